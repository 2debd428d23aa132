package probe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// heads counts the HEAD requests for a path: the follow-up after each GET.
func (a *api) heads(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, line := range a.asked {
		if line == "HEAD "+path {
			n++
		}
	}
	return n
}

func headed(routes map[string]http.HandlerFunc) map[string]http.HandlerFunc {
	for line, h := range routes {
		if path, ok := strings.CutPrefix(line, "GET "); ok {
			routes["HEAD "+path] = h
		}
	}
	return routes
}

func TestFollowUpsAreSentOnce(t *testing.T) {
	a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users/1": ok(map[string]any{"id": 1}), "GET /users/2": ok(map[string]any{"id": 2})}))
	file := `
identities:
  ada: { bearer: ada-secret }
vars: { id: 1, other: 2 }
scenarios:
  - name: not sure
    if: 1 == 1
    steps: [ "GET /users/{id} -> 200" ]
  - name: first
    steps:
      - GET /users/{id} -> 200
      - request: GET /users/{id} -> 200
        each: [ 1, 2 ]
      - request: GET /users/{id} -> 200
        as: ada
  - name: second
    each: [ 1, 2, 3 ]
    steps: [ "GET /users/{id} -> 200" ]
`
	for range 5 {
		a.asked = nil
		p := prepare(t, a.URL, map[string]string{"a.yaml": file, "b.yaml": file})
		s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
		if n := a.heads("/users/1"); n != 2 {
			t.Errorf("HEAD was sent %d times, want once as anybody and once as ada", n)
		}
		if s.summary.Steps != 16 || s.summary.FollowUps == 0 || s.summary.Requests != 16+s.summary.FollowUps {
			t.Errorf("%+v", s.summary.Counts)
		}
		var where []string
		for _, sc := range s.scenarios {
			for _, step := range sc.Steps {
				if slices.ContainsFunc(step.Exchanges, func(x finding.Exchange) bool { return x.Role == finding.Verified }) {
					where = append(where, fmt.Sprintf("%s/%d", sc.Pos.File, step.Pos.Line))
				}
			}
		}
		// The same in every run, whichever scenario is faster.
		if want := []string{"a.yaml/11", "a.yaml/14"}; !slices.Equal(where, want) {
			t.Errorf("followed %v, want %v", where, want)
		}
	}
}

// TestKeyedStepsAreNoOthers: what is to be asked of a request that may be sent
// again is not asked of one that may not.
func TestKeyedStepsAreNoOthers(t *testing.T) {
	made, replays := 0, 0
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /orders": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Idempotency-Key") == "a" {
				replays++
			}
			made++
			reply(w, 200, map[string]any{"id": made})
		},
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": `
steps:
  - request: POST /orders -> 200
    json: { n: 1 }
  - request: POST /orders -> 200
    headers: { idempotency-key: a }
    json: { n: 1 }
`})
	s := run(t, t.Context(), p, Options{Verify: rule.WritingFollowUps})
	found := s.scenarios[0].Steps[1].Findings
	if replays != 2 || !slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Rule == "idempotency-key-honoured" }) {
		t.Errorf("sent %d times, found %+v", replays, found)
	}
}

// TestNamedStatuses: data is invalid where a step expects nothing but 400 or
// 422.
func TestNamedStatuses(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /orders": func(w http.ResponseWriter, r *http.Request) { reply(w, 200, map[string]any{"id": 1}) },
	})
	for status, want := range map[string]bool{"422": true, "400|422": true, "4xx": false, "200|422": false, "2xx|422": false} {
		p := prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n  - request: POST /orders -> " + status + "\n    json: { n: -1 }\n"})
		s := run(t, t.Context(), p, Options{})
		found := s.scenarios[0].Steps[0].Findings
		if got := slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Rule == "crud-invalid-422" }); got != want {
			t.Errorf("%s: %+v", status, found)
		}
	}
}

func TestVerifyInFiles(t *testing.T) {
	for name, c := range map[string]struct {
		suite, step string
		run         rule.Verify
		want        bool
	}{
		"nobody asks":            {},
		"the run asks":           {run: rule.SafeFollowUps, want: true},
		"the suite asks":         {suite: "verify: true", want: true},
		"the step asks":          {step: "verify: true", want: true},
		"the step refuses":       {step: "verify: false", run: rule.WritingFollowUps},
		"the step refuses alone": {suite: "verify: write", step: "verify: false"},
		"the suite cannot":       {suite: "verify: false", run: rule.SafeFollowUps, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users": ok([]any{})}))
			file := c.suite + "\nsteps:\n  - request: GET /users -> 200\n"
			if c.step != "" {
				file += "    " + c.step + "\n"
			}
			run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": file}), Options{Verify: c.run})
			if got := a.heads("/users") > 0; got != c.want {
				t.Errorf("followed: %t", got)
			}
		})
	}
}

func TestFollowUpsAreReported(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /users": ok([]any{})})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n  - GET /users -> 200\n"})
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps, Strict: true})
	step := s.scenarios[0].Steps[0]
	i := slices.IndexFunc(step.Findings, func(f finding.Finding) bool { return f.Rule == "head-supported" })
	if step.Outcome != finding.Failed || i < 0 {
		t.Fatalf("%s %+v", step.Outcome, step.Findings)
	}
	x := step.Exchanges[step.Findings[i].Exchange]
	if x.Role != finding.Verified || x.Request.Method != http.MethodHead || x.Response.Status != 404 {
		t.Errorf("it is about %s %s", x.Role, x.Request.Method)
	}
	if s.summary.Steps != 1 {
		t.Errorf("%+v", s.summary.Counts)
	}
}

// TestFollowUpsAreNamed: each says which rule asked, and what its endpoint is.
func TestFollowUpsAreNamed(t *testing.T) {
	a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users/1": ok(map[string]any{"id": 1})}))
	p := prepare(t, a.URL, map[string]string{"a.yaml": `
vars: { id: 1 }
steps: [ "GET /users/{id} -> 200" ]
`})
	s := run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
	endpoints := map[string]string{}
	for i, x := range s.scenarios[0].Steps[0].Exchanges {
		if named := x.Endpoint != "" && x.Rule != ""; named != (i > 0) {
			t.Errorf("exchange %d: %s of %q, endpoint %q", i, x.Role, x.Rule, x.Endpoint)
		}
		endpoints[x.Rule] = x.Endpoint
	}
	if got := endpoints["options-allow"]; got != "OPTIONS /users/{id}" {
		t.Errorf("OPTIONS is at %q", got)
	}
	if got := endpoints["unknown-path-404"]; !strings.HasPrefix(got, "GET /x") {
		t.Errorf("an unknown path is at %q", got)
	}
}

func TestFollowUpsStayOnAllowedHosts(t *testing.T) {
	elsewhere := newAPI(t, nil)
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL+"/users/1")
			reply(w, 201, map[string]any{"id": 1})
		},
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n  - POST /users -> 201\n"})
	run(t, t.Context(), p, Options{Verify: rule.WritingFollowUps})
	if len(elsewhere.asked) > 0 {
		t.Errorf("asked elsewhere: %v", elsewhere.asked)
	}
}

func TestNoFollowUpsWithoutRules(t *testing.T) {
	a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users": ok([]any{})}))
	p := prepare(t, a.URL, map[string]string{"a.yaml": "verify: write\nsteps:\n  - GET /users -> 200\n"})
	run(t, t.Context(), p, Options{Verify: rule.WritingFollowUps, NoRules: true})
	if want := []string{"GET /users"}; !slices.Equal(a.asked, want) {
		t.Errorf("asked %v", a.asked)
	}
}

// sessionOf is a session of the first scenario, held against these rules, with
// their follow-ups.
func sessionOf(t *testing.T, p *Prepared, level rule.Verify, book ...rule.Rule) (*session, []*plan.Step) {
	t.Helper()
	r := newRunner(p, Options{Verify: level})
	t.Cleanup(func() { r.client.Close() })
	r.use(book, p.files)
	work := newSchedule(p.files)
	r.out = newEmitter(r, work.total)
	j, _ := work.take()
	return newSession(t.Context(), t.Context(), r, j), j.scenario.Steps
}

// following is a session with one step that creates something.
func following(t *testing.T, base string, book ...rule.Rule) (*session, *plan.Step) {
	t.Helper()
	s, steps := sessionOf(t, prepare(t, base, map[string]string{"a.yaml": `
identities: { ada: { bearer: abcdefghijklm } }
steps:
  - request: POST /users -> 201
    as: ada
    json: { name: Ada }
`}), rule.WritingFollowUps, book...)
	return s, steps[0]
}

func TestWhatFollowUpsCreateIsDeleted(t *testing.T) {
	n := 0
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Replay") == "" {
				n++
			}
			w.Header().Set("Location", fmt.Sprintf("/users/%d", n))
			reply(w, 201, map[string]any{"id": n})
		},
		"DELETE /users/2": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
		"DELETE /users/3": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) },
	})
	again := rule.Rule{ID: "again", FollowUps: []rule.FollowUp{{Writes: true, Judge: func(t *rule.Trail) {
		if t.Created("http://nowhere/users/1") {
			panic("that was never created")
		}
		if first := t.Ask(rule.Ask{Method: "POST", Keep: true}); first != nil {
			t.Ask(rule.Ask{Method: "POST", Keep: true, Nth: 1, Set: exchange.Fields{{Name: "X-Last", Value: "yes"}}})
			t.Ask(rule.Ask{Method: "POST", Keep: true, Nth: 2, Set: exchange.Fields{{Name: "X-Replay", Value: "yes"}}})
		}
	}}}}
	s, step := following(t, a.URL, again)
	s.step(t.Context(), finding.Main, step, -1)
	want := []string{"POST /users", "POST /users", "POST /users", "POST /users", "DELETE /users/2", "DELETE /users/3"}
	if !slices.Equal(a.asked, want) {
		t.Errorf("asked %v", a.asked)
	}
	got := s.out.Steps[0]
	if note := "a follow-up created " + a.URL + "/users/3, which could not be deleted"; !slices.Equal(got.Notes, []string{note}) {
		t.Errorf("notes %q", got.Notes)
	}
	if !s.made[a.URL+"/users/1"] || s.made[a.URL+"/users/2"] {
		t.Errorf("created by the scenario: %v", s.made)
	}
}

func TestPriorAndCredentials(t *testing.T) {
	var sent []string
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /users": func(w http.ResponseWriter, r *http.Request) {
			sent = append(sent, fmt.Sprintf("GET %q %q", r.Header.Get("Authorization"), r.Header.Get("Cookie")))
			reply(w, 200, []any{})
		},
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			sent = append(sent, "POST")
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Path: "/"})
			w.Header().Set("Location", "/users/1")
			reply(w, 201, map[string]any{"id": 1})
		},
	})
	before := false
	watch := rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Prior: []string{"POST"}, Judge: func(t *rule.Trail) {
		before = t.Before != nil && t.Before.Response.Status == 200
		for _, who := range []rule.Who{rule.AsBefore, rule.AsNobody, rule.AsBroken} {
			if t.Ask(rule.Ask{Who: who}) == nil {
				return
			}
		}
	}}}}
	s, step := following(t, a.URL, watch)
	s.step(t.Context(), finding.Main, step, -1)
	want := []string{
		`GET "Bearer abcdefghijklm" ""`, "POST", `GET "Bearer abcdefghijklm" "session=1"`, `GET "" ""`, `GET "Bearer abcdefthijklm" ""`,
	}
	if !before || !slices.Equal(sent, want) {
		t.Errorf("before: %t, sent %q", before, sent)
	}
	for _, x := range s.out.Steps[0].Exchanges {
		if v := x.Request.Fields.Get("Authorization"); strings.Contains(v, "abc") {
			t.Errorf("%s shows %s", x.Request.Method, v)
		}
	}
}

func TestFollowUpsEndWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, map[string]any{"id": 1}) },
	})
	asked := 0
	waits := rule.Rule{ID: "waits", FollowUps: []rule.FollowUp{{Judge: func(t *rule.Trail) {
		asked++
		cancel()
		t.Ask(rule.Ask{After: time.Hour})
	}}}}
	s, step := following(t, a.URL, waits)
	s.until = ctx
	s.step(ctx, finding.Main, step, -1)
	if len(a.asked) != 1 || asked != 1 || s.out.Steps[0].Outcome != finding.Passed {
		t.Errorf("asked %v, %d times, %s", a.asked, asked, s.out.Steps[0].Outcome)
	}
}

func TestAsksThatGoTogether(t *testing.T) {
	var both sync.WaitGroup // neither is answered before both are there
	both.Add(2)
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, map[string]any{"id": 1}) },
		"PUT /users": func(w http.ResponseWriter, r *http.Request) {
			both.Done()
			both.Wait()
			w.WriteHeader(204)
		},
	})
	answered := 0
	pair := rule.Rule{ID: "pair", FollowUps: []rule.FollowUp{{Writes: true, Judge: func(t *rule.Trail) {
		second := rule.Ask{Method: "PUT", Keep: true, Nth: 1}
		if t.Ask(rule.Ask{Method: "PUT", Keep: true, Together: []rule.Ask{second}}) != nil && t.Ask(second) != nil {
			answered = 2
		}
	}}}}
	s, step := following(t, a.URL, pair)
	s.step(t.Context(), finding.Main, step, -1)
	if answered != 2 || len(s.out.Steps[0].Exchanges) != 3 {
		t.Errorf("%d answered, %d exchanges", answered, len(s.out.Steps[0].Exchanges))
	}
}
