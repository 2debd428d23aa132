package rule

import (
	"fmt"
	"net/http"
	"testing"

	"httpprobe/probe/exchange"
)

// listPage is an answer with one item and a link to the next page; the last one
// leads back to the first.
func listPage(n, last int) *exchange.Exchange {
	next := n + 1
	if n == last {
		next = 1
	}
	body := fmt.Appendf(nil, `{"items":[{"id":%d}],"next":"/users?page=%d"}`, n, next)
	target := fmt.Sprintf("/users?page=%d", n)
	return &exchange.Exchange{
		Request: exchange.Request{Method: http.MethodGet, Target: target, URL: "https://api.example" + target, Proto: "HTTP/1.1"},
		Response: &exchange.Response{
			Status: http.StatusOK, Complete: true, Body: body, Content: body,
			Fields: exchange.Fields{{Name: "Content-Type", Value: "application/json"}},
		},
	}
}

// pursueAll sends nothing: it answers with what answer gives, and counts.
func pursueAll(u *Pursuit, t *Trail, answer func(Ask) *exchange.Exchange) int {
	sent := 0
	for asks := u.Next(); len(asks) > 0; asks = u.Next() {
		for _, a := range asks {
			t.Answer(a, answer(a))
			sent++
		}
	}
	return sent
}

func pursuitOf(t *testing.T, id string, trail *Trail) *Pursuit {
	t.Helper()
	for _, u := range NewIndex(Book()).Pursue(trail, SafeFollowUps) {
		if u.Rule.ID == id {
			return u
		}
	}
	t.Fatalf("%s has no follow-up here", id)
	return nil
}

func TestAllPagesThatAreAllowedAreWalked(t *testing.T) {
	const last = 400
	trail := &Trail{Pass: NewPass(listPage(1, last), Subject{}, Settings{PageLimit: 500})}
	u := pursuitOf(t, "pagination-terminates", trail)
	sent := pursueAll(u, trail, func(a Ask) *exchange.Exchange {
		var n int
		if _, err := fmt.Sscanf(a.URL, "https://api.example/users?page=%d", &n); err != nil {
			t.Fatal(err)
		}
		return listPage(n, last)
	})
	if sent != last-1 || len(u.Reports()) != 1 {
		t.Errorf("%d requests and %v, want %d and one report", sent, u.Reports(), last-1)
	}
}

func TestLargeAnswersAreNotAskedForWithoutEnd(t *testing.T) {
	trail := &Trail{Pass: NewPass(listPage(1, 100), Subject{}, Settings{})}
	endless := Rule{FollowUps: []FollowUp{{Judge: func(t *Trail) {
		for nth := range 10_000 {
			if t.plain(nth) == nil {
				return
			}
		}
	}}}}
	u := &Pursuit{&endless, &endless.FollowUps[0], trail}
	large := listPage(1, 100)
	large.Response.Body = make([]byte, mostCompared)
	sent := pursueAll(u, trail, func(Ask) *exchange.Exchange { return large })
	if most := mostHeld/mostCompared + 1; sent > most || sent < 10 {
		t.Errorf("%d answers of %d octets were asked for, want at most %d", sent, mostCompared, most)
	}
	if len(u.Reports()) > 0 {
		t.Error("what was not pursued to its end is reported")
	}
}
