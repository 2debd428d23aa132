package probe

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// blamed gives the outcome of each step with how often a rule's breach counts
// there.
func blamed(s *seen, id string) map[string]int {
	out := map[string]int{}
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			n := 0
			for _, f := range step.Findings {
				if f.Rule == id && f.Weight() == finding.Error {
					n++
				}
			}
			if (step.Outcome == finding.Failed) == (n > 0) {
				out[sc.Name+"/"+step.Name] = n
			}
		}
	}
	return out
}

func TestFollowUpsTellOnce(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) {
		reply(w, 405, map[string]any{"error": map[string]any{"code": "NOT_ALLOWED", "message": "not with that method"}})
	}
	read := func(w http.ResponseWriter, r *http.Request) { reply(w, 200, []any{}) }
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users": read, "HEAD /users": read, "POST /users": refuse, "OPTIONS /users": refuse,
		"GET /orders": read, "HEAD /orders": read, "OPTIONS /orders": refuse, "PUT /carts": refuse, "OPTIONS /carts": refuse,
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": `
scenarios:
  - name: accepted
    steps:
      - request: GET /users -> 200
        allow: allow-on-405 # known
  - name: first
    steps: [ GET /orders -> 200, HEAD /users -> 200 ]
  - name: again
    steps: [ HEAD /orders -> 200 ]
  - name: own
    steps: [ POST /users -> 405, PUT /carts -> 405 ]
`})
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
	want := map[string]int{
		"accepted/GET /users -> 200": 0,
		"first/GET /orders -> 200":   1,
		"first/HEAD /users -> 200":   1, // what is accepted of one step is not of all
		"again/HEAD /orders -> 200":  0, // of the same OPTIONS the first step of the run tells
		"own/POST /users -> 405":     1, // of its own answer, not of OPTIONS as well
		"own/PUT /carts -> 405":      1,
	}
	got := blamed(s, "allow-on-405")
	for name, n := range want {
		if times, sound := got[name]; !sound || times != n {
			t.Errorf("%s: told %d times, want %d; outcome in agreement: %t", name, times, n, sound)
		}
	}
	for _, sc := range s.scenarios {
		if want := outcome(finding.Scenario{Steps: sc.Steps}); sc.Outcome != want {
			t.Errorf("%s: the scenario %s, its steps %s", sc.Name, sc.Outcome, want)
		}
	}
	if s.summary.Failed != 4 || s.summary.Passed != 2 {
		t.Errorf("%+v", s.summary.Counts)
	}
	if notes := s.summary.Notes; len(notes) > 0 {
		t.Errorf("%q", notes) // the allowance is needed
	}
}

func TestRepeatsHaveBounds(t *testing.T) {
	told := repeats{}
	for i := range mostTold + 10 {
		told.drop(&finding.Scenario{Steps: []finding.Step{{Findings: []finding.Finding{
			{Rule: "a", Severity: finding.Error, Message: fmt.Sprint(i), Exchange: -1},
			{Rule: "b", Severity: finding.Error, Message: fmt.Sprint(i), Exchange: -1},
		}}}})
	}
	if len(told) != mostTold {
		t.Errorf("%d are remembered", len(told))
	}
}

// TestFresh: an answer of another place, class or rule is news.
func TestFresh(t *testing.T) {
	x := func(role finding.Role, url string, status int) finding.Exchange {
		out := finding.Exchange{Role: role}
		out.Request.URL = url
		out.Response = &exchange.Response{Status: status}
		return out
	}
	exchanges := []finding.Exchange{
		x(finding.Verified, "/a", 200), x(finding.Asked, "/a", 200), x(finding.Verified, "/a", 206),
		x(finding.Verified, "/a", 404), x(finding.Verified, "/b", 200), x(finding.Retried, "/a", 200),
	}
	var found []finding.Finding
	for i := range exchanges {
		found = append(found, finding.Finding{Rule: "content-type-present", Path: "headers.Content-Type", Exchange: i})
	}
	found = append(found,
		finding.Finding{Rule: "date-present", Path: "headers.Date", Exchange: 2},
		finding.Finding{Rule: "content-type-present", Path: "headers.Content-Type", Severity: finding.Info, Exchange: 2},
	)
	var kept []int
	for _, f := range fresh(found, exchanges) {
		kept = append(kept, f.Exchange)
	}
	if want := []int{1, 3, 4, 5, 2, 2}; !slices.Equal(kept, want) {
		t.Errorf("kept those on %v, want %v", kept, want)
	}
}

// TestProvokedFailuresAreToldOnce: unexpected-5xx speaks of failures that no
// other rule tells of.
func TestProvokedFailuresAreToldOnce(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"POST /users": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Odd") != "" {
			reply(w, 500, map[string]any{})
			return
		}
		reply(w, 201, map[string]any{"id": 1})
	}})
	fails, ok := rule.Find("unexpected-5xx")
	if !ok {
		t.Fatal("no such rule")
	}
	for tells, want := range map[bool]string{true: "provoking", false: "unexpected-5xx"} {
		provoking := rule.Rule{ID: "provoking", Severity: finding.Error, FollowUps: []rule.FollowUp{{Writes: true, Judge: func(t *rule.Trail) {
			odd := rule.Ask{Method: "POST", Set: exchange.Fields{{Name: "X-Odd", Value: "1"}}, Provokes: true}
			if x := t.Ask(odd); x != nil && tells {
				t.Reportf(x, "status", "it fails")
			}
			odd.Set, odd.Provokes = exchange.Fields{{Name: "X-Odd", Value: "2"}}, false
			t.Ask(odd)
		}}}}
		s, step := following(t, a.URL, provoking, fails)
		s.step(t.Context(), finding.Main, step, -1)
		if found := s.out.Steps[0].Findings; len(found) != 1 || found[0].Rule != want {
			t.Errorf("%+v, want %s alone", found, want)
		}
	}
}
