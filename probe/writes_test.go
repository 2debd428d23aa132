package probe

import (
	"net/http"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

func TestCalm(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	w := writes{}
	calm := func(since int, want bool) {
		t.Helper()
		if w.calm(at(since)) != want {
			t.Errorf("calm since %d: %t", since, !want)
		}
	}
	calm(1, true)
	w.begin()
	calm(1, false)
	w.begin()
	w.end(at(10))
	calm(20, false) // one is still on its way
	w.end(at(9))
	calm(10, false)
	calm(11, true)
}

// TestWhatTrailsTell: a judge learns the base of the suite, and whether the
// run writes elsewhere.
func TestWhatTrailsTell(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, nil) },
		"PUT /other":  func(w http.ResponseWriter, r *http.Request) { reply(w, 204, nil) },
	})
	base, calm := "", map[string]bool{}
	var s *session
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Judge: func(t *rule.Trail) {
		base = t.Base
		t.Started = t.Started.Add(time.Minute) // as if it had read after the POST
		calm["at first"] = t.Calm(0)
		calm["with what was before"] = t.Calm(2 * time.Minute)
		s.run.writes.begin()
		calm["with another under way"] = t.Calm(0)
		s.run.writes.end(t.Started)
		calm["after another"] = t.Calm(0)
		t.Started = t.Started.Add(-time.Minute)
	}}}}
	s, step := following(t, a.URL, watch)
	s.step(t.Context(), finding.Main, step, -1)
	if base != a.URL {
		t.Errorf("base %q, want %q", base, a.URL)
	}
	for name, want := range map[string]bool{"at first": true, "with what was before": false, "with another under way": false, "after another": false} {
		if got, ok := calm[name]; !ok || got != want {
			t.Errorf("calm %s: %t", name, got)
		}
	}
	began := s.run.now()
	s.run.writes = writes{}
	s.run.send(t.Context(), s.job.place, exchange.Request{Method: http.MethodGet, URL: a.URL + "/other"}, 0)
	if !s.run.writes.calm(began) {
		t.Error("GET counts as something that writes")
	}
	s.run.send(t.Context(), s.job.place, exchange.Request{Method: http.MethodPut, URL: a.URL + "/other"}, 0)
	if s.run.writes.calm(began) {
		t.Error("PUT does not count as something that writes")
	}
}
