package probe

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// TestFollowUpsKeepTheTimeout: follow-ups take no longer than the step may.
func TestFollowUpsKeepTheTimeout(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users/1":  ok(map[string]any{"id": 1}),
		"HEAD /users/1": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	})
	const limit = 300 * time.Millisecond
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps: [ { request: GET /users/1 -> 200, timeout: 300ms } ]\n"})
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
	heads := 0
	for _, x := range s.scenarios[0].Steps[0].Exchanges {
		if x.Request.Method != http.MethodHead {
			continue
		}
		heads++
		if x.Failure == nil || x.Timing.Total < limit || x.Timing.Total > 10*limit {
			t.Errorf("HEAD took %s, %v", x.Timing.Total, x.Failure)
		}
	}
	if heads == 0 {
		t.Error("no HEAD was sent")
	}
}

// TestFollowUpsKeepTheRate: follow-ups count against the rate of the run.
func TestFollowUpsKeepTheRate(t *testing.T) {
	a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users/1": ok(map[string]any{"id": 1})}))
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps: [ GET /users/1 -> 200 ]\n"})
	const rate = 40
	began := time.Now()
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps, Rate: rate})
	least := time.Duration(s.summary.Requests-1) * time.Second / rate
	if took := time.Since(began); took < least || s.summary.FollowUps < 5 {
		t.Errorf("%d requests, %d of them follow-ups, in %s, want %s at least", s.summary.Requests, s.summary.FollowUps, took, least)
	}
}

// TestFollowUpsThatReadOnlyRead: what one asks for that may change something is
// not sent, and those that write come last.
func TestFollowUpsThatReadOnlyRead(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"POST /users": func(w http.ResponseWriter, r *http.Request) {
		reply(w, 201, map[string]any{"id": 1})
	}})
	ask := func(method, note string) func(*rule.Trail) {
		return func(t *rule.Trail) { t.Ask(rule.Ask{Method: method, URL: "/" + note}) }
	}
	s, step := following(t, a.URL, rule.Rule{ID: "odd", Severity: finding.Error, FollowUps: []rule.FollowUp{
		{Writes: true, Judge: ask("PUT", "writes")}, {Judge: ask("DELETE", "unsafe")}, {Judge: ask("GET", "safe")},
	}})
	s.step(t.Context(), finding.Main, step, -1)
	if want := []string{"POST /users", "GET /safe", "PUT /writes"}; !slices.Equal(a.asked, want) {
		t.Errorf("asked %q, want %q", a.asked, want)
	}
}

// TestNoFollowUpsOfBrokenAnswers: an answer that was cut off says nothing about
// what others say of the same thing.
func TestNoFollowUpsOfBrokenAnswers(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /users/1": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		reply(w, 200, map[string]any{"id": 1})
		panic(http.ErrAbortHandler)
	}})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps: [ GET /users/1 -> 200 ]\n"})
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
	if s.summary.Requests != 1 || s.summary.Errors != 1 {
		t.Errorf("%+v", s.summary.Counts)
	}
}
