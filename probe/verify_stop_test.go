package probe

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// TestNoFollowUpsInTeardownOnceStopped: what time there is left belongs to the
// teardown itself.
func TestNoFollowUpsInTeardownOnceStopped(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users":  ok([]any{}),
		"POST /users": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, map[string]any{"id": 1}) },
	})
	waits := rule.Rule{ID: "waits", FollowUps: []rule.FollowUp{{Prior: []string{"POST"}, Judge: func(t *rule.Trail) {
		t.Ask(rule.Ask{After: time.Hour})
	}}}}
	s, step := following(t, a.URL, waits)
	ctx, stop := context.WithCancel(t.Context())
	s.until = ctx
	stop()
	s.steps(s.after, finding.Teardown, []*plan.Step{step, step})
	if want := []string{"POST /users", "POST /users"}; !slices.Equal(a.asked, want) {
		t.Errorf("asked %v", a.asked)
	}
}

// TestFollowUpsAreGivenUp where a server answers nothing but what the scenario
// asks.
func TestFollowUpsAreGivenUp(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, map[string]any{"id": 1}) },
		"GET /users":  func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	})
	var book []rule.Rule
	for i := range mostLate + 2 {
		book = append(book, rule.Rule{ID: "hangs", FollowUps: []rule.FollowUp{{Judge: func(t *rule.Trail) { t.Ask(rule.Ask{Nth: i}) }}}})
	}
	s, step := following(t, a.URL, book...)
	var out finding.Step
	tried, err := s.attempts(t.Context(), step, -1, &out)
	if err != nil {
		t.Fatal(err)
	}
	step.Timeout = 10 * time.Millisecond
	notes := s.verify(tried, step)
	if len(tried.sent) != 1+mostLate || !slices.Equal(notes, []string{"follow-ups were given up: 3 of them got no answer in time"}) {
		t.Errorf("sent %d, notes %q", len(tried.sent), notes)
	}
}

// TestWhatFollowUpsCreateIsDeletedOnceStopped: it is torn down like all else.
func TestWhatFollowUpsCreateIsDeletedOnceStopped(t *testing.T) {
	n := 0
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			n++
			w.Header().Set("Location", []string{"", "/users/1", "/users/2"}[n])
			reply(w, 201, map[string]any{"id": n})
		},
		"DELETE /users/2": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
	})
	ctx, stop := context.WithCancel(t.Context())
	again := rule.Rule{ID: "again", FollowUps: []rule.FollowUp{{Writes: true, Judge: func(t *rule.Trail) {
		if t.Ask(rule.Ask{Method: "POST", Keep: true}) != nil {
			stop()
			t.Ask(rule.Ask{Method: "POST", Keep: true, Nth: 1})
		}
	}}}}
	s, step := following(t, a.URL, again)
	s.until = ctx
	s.step(ctx, finding.Main, step, -1)
	if want := []string{"POST /users", "POST /users", "DELETE /users/2"}; !slices.Equal(a.asked, want) {
		t.Errorf("asked %v", a.asked)
	}
	if notes := s.out.Steps[0].Notes; len(notes) > 0 {
		t.Errorf("notes %q", notes)
	}
}
