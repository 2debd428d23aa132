package demo

import (
	"net/http"
	"slices"
	"sync"
	"testing"
)

func TestIdempotencyKey(t *testing.T) {
	s := start(t, Options{})
	const tea, more = `{"user_id":1,"quantity":2}`, `{"user_id":1,"quantity":3}`
	key := `Idempotency-Key: "8e03978e-40d5-43e8-bc93-6894a57f9324"`
	first := s.do("POST /api/orders", tea, asUser, key).status(201).field("Location", "/api/orders/42")
	again := s.do("POST /api/orders", tea, asUser, key).status(201).field("Location", "/api/orders/42")
	if string(again.content) != string(first.content) {
		t.Errorf("first %s, then %s", first.content, again.content)
	}
	s.do("POST /api/orders", more, asUser, key).failed(422, "KEY_REUSED")
	s.do("POST /api/orders", tea, asAdmin, key).status(201).field("Location", "/api/orders/43")
	s.do("POST /api/orders", tea, asUser, `Idempotency-Key: "other"`).status(201).field("Location", "/api/orders/44")
	s.do("POST /api/orders", tea, asUser).status(201).field("Location", "/api/orders/45")
	// What was refused has done nothing.
	s.do("POST /api/orders", `{"user_id":1,"quantity":0}`, asUser, `Idempotency-Key: "new"`).failed(422, "VALIDATION_ERROR")
	s.do("POST /api/orders", tea, asUser, `Idempotency-Key: "new"`).status(201).field("Location", "/api/orders/46")
}

func TestIdempotencyKeyAtOnce(t *testing.T) {
	l := newLedger()
	begun, goOn := make(chan bool), make(chan bool)
	order := l.once(func(*call) reply {
		close(begun)
		<-goOn
		return empty(http.StatusCreated)
	})
	request := func() *call {
		return &call{Request: &http.Request{Header: http.Header{"Idempotency-Key": {"a"}}}}
	}
	var both sync.WaitGroup
	var first reply
	both.Go(func() { first = order(request()) })
	<-begun
	second := order(request())
	close(goOn)
	both.Wait()
	third := order(request())
	if got := []int{first.status, second.status, third.status}; !slices.Equal(got, []int{201, 409, 201}) {
		t.Errorf("got %v", got)
	}
}
