package probe

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

func TestOthers(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	const users, ada = "http://api.example/users", "http://api.example/users/1"
	w := writes{}
	others := func(by int, url string, since int, want bool) {
		t.Helper()
		if w.others(by, url, at(since)) != want {
			t.Errorf("others than %d at %s since %d: %t", by, url, since, !want)
		}
	}
	others(1, ada, 0, false)
	left := w.enter(2, ada+"?notify=yes", at(10))
	others(1, ada, 99, true) // still under way
	others(1, users, 99, true)
	others(1, users+"/?page=2", 99, true)
	others(1, users+"/12", 0, false)
	others(1, "http://api.example", 0, false)
	others(2, ada, 0, false) // its own
	left(at(20))
	others(1, ada, 20, true)
	others(1, ada, 21, false)
	again := w.enter(1, ada, at(30))
	others(2, ada, 30, true)
	others(3, users, 30, true)
	again(at(31))
	others(1, ada, 30, false)
}

// TestOthersOfMany: whoever asks, those who wrote last count, and no more is kept
// of a place than that.
func TestOthersOfMany(t *testing.T) {
	const users, writers = "http://api.example/users", 40
	order := rand.New(rand.NewPCG(1, 2))
	w := writes{}
	last := map[int]time.Time{}
	for i := range 2000 {
		by, now := order.IntN(writers), time.Unix(int64(i), 0)
		w.enter(by, users, now)(now)
		last[by] = now
		asks, since := order.IntN(writers), time.Unix(int64(i-order.IntN(3)), 0)
		if i%2 == 0 {
			asks = by
		}
		want := false
		for other, at := range last {
			want = want || other != asks && !at.Before(since)
		}
		if got := w.others(asks, users, since); got != want {
			t.Fatalf("%d: others than %d: %t", i, asks, got)
		}
	}
	if n := len(w.at[users].under); n > 0 {
		t.Errorf("%d are still under way", n)
	}
}

func TestOldWritesAreForgotten(t *testing.T) {
	w := writes{}
	began := time.Unix(0, 0)
	under := w.enter(1, "http://api.example/slow/1", began)
	for i := range mostPlaces / 2 {
		w.enter(1, fmt.Sprintf("http://api.example/users/%d/mail/1", i), began)(began)
	}
	later := began.Add(longestTrail + time.Second)
	w.enter(1, "http://api.example/orders/1", later)(later)
	if len(w.at) != 4 || !w.others(2, "http://api.example/slow/1", later) {
		t.Errorf("%d places are kept", len(w.at))
	}
	under(later)
}

// TestTrailsTellOfOthers: what another scenario writes between the reading
// before a request and its follow-ups is known to the judge.
func TestTrailsTellOfOthers(t *testing.T) {
	var s *session
	elsewhere := 0
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users": ok([]any{}),
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Other") == "" && elsewhere > 0 {
				s.run.send(r.Context(), elsewhere, exchange.Request{
					Method: http.MethodPost, URL: "http://" + r.Host + "/users", Proto: "HTTP/1.1",
					Fields: exchange.Fields{{Name: "Host", Value: r.Host}, {Name: "X-Other", Value: "yes"}, {Name: "Content-Length", Value: "0"}},
				}, time.Minute)
			}
			reply(w, 422, map[string]any{})
		},
	})
	told := map[string]bool{}
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Prior: []string{"POST"}, Judge: func(t *rule.Trail) {
		told["here"], told["below"] = t.Others(a.URL+"/users"), t.Others(a.URL+"/users/1")
	}}}}
	for _, c := range []struct {
		name  string
		by    func() int
		other bool
	}{
		{"nobody else", func() int { return 0 }, false},
		{"another scenario", func() int { return s.job.place + 1 }, true},
	} {
		session, step := following(t, a.URL, watch)
		s = session
		began := s.run.now()
		elsewhere = c.by()
		s.step(t.Context(), finding.Main, step, -1)
		if told["here"] != c.other || told["below"] {
			t.Errorf("%s: %v", c.name, told)
		}
		if s.run.writes.others(s.job.place+1, a.URL+"/users", began) != true {
			t.Errorf("%s: the scenario's own request is not known to others", c.name)
		}
	}
}

// TestBeforeIsOfTheOnlyRequest: what was there before the first of several
// attempts is not what was there before the last one.
func TestBeforeIsOfTheOnlyRequest(t *testing.T) {
	times := 0
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users/1": ok(map[string]any{"id": 1}),
		"PUT /users/1": func(w http.ResponseWriter, r *http.Request) {
			times++
			if times == 1 {
				w.WriteHeader(503)
				return
			}
			w.WriteHeader(204)
		},
	})
	known, judged := false, false
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Prior: []string{"PUT"}, Judge: func(t *rule.Trail) {
		known, judged = t.Before != nil, true
	}}}}
	s, steps := sessionOf(t, prepare(t, a.URL, map[string]string{"a.yaml": `
steps:
  - request: PUT /users/1 -> 204
    retry: { times: 3, every: 1ms }
    json: { name: Ada }
`}), rule.SafeFollowUps, watch)
	s.step(t.Context(), finding.Main, steps[0], -1)
	if times != 2 || !judged || known {
		t.Errorf("sent %d times, judged: %t, with what was there before: %t", times, judged, known)
	}
}

// TestBeforeIsOfTheSameTarget: where a redirect was followed, what was read
// before is something else.
func TestBeforeIsOfTheSameTarget(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /old": ok(map[string]any{"id": 1}),
		"PUT /old": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/new")
			w.WriteHeader(307)
		},
		"PUT /new": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
	})
	known, judged := false, false
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Prior: []string{"PUT"}, Judge: func(t *rule.Trail) {
		known, judged = t.Before != nil, true
	}}}}
	s, steps := sessionOf(t, prepare(t, a.URL, map[string]string{"a.yaml": `
steps:
  - request: PUT /old -> 204
    follow: true
    json: { name: Ada }
`}), rule.SafeFollowUps, watch)
	s.step(t.Context(), finding.Main, steps[0], -1)
	if want := []string{"GET /old", "PUT /old", "PUT /new"}; !slices.Equal(a.asked, want) || !judged || known {
		t.Errorf("asked %v, judged: %t, with what was before: %t", a.asked, judged, known)
	}
}

// TestEarlierWrites: a judge learns what the scenario itself has sent to the
// target before.
func TestEarlierWrites(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/users/1")
			reply(w, 201, map[string]any{"id": 1})
		},
		"GET /users/1":   ok(map[string]any{"id": 1}),
		"PUT /users/1":   func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
		"PATCH /users/1": func(w http.ResponseWriter, r *http.Request) { reply(w, 422, map[string]any{}) },
	})
	var got []string
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Judge: func(t *rule.Trail) {
		if t.Earlier != nil {
			got = append(got, fmt.Sprintf("%s after %s %s", t.Request.Method, t.Earlier.Method, t.Earlier.Body))
		}
	}}}}
	s, steps := sessionOf(t, prepare(t, a.URL, map[string]string{"a.yaml": `
steps:
  - request: POST /users -> 201
    json: { name: Ada }
  - request: PUT /users/1 -> 204
    json: { name: Bob }
  - request: PATCH /users/1 -> 422
    json: { name: Cy }
  - request: PATCH /users/1 -> 422
    json: { name: Di }
`}), rule.SafeFollowUps, watch)
	s.steps(t.Context(), finding.Main, steps)
	want := []string{`PUT after POST {"name":"Ada"}`, `PATCH after PUT {"name":"Bob"}`}
	if !slices.Equal(slices.Compact(got), want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
