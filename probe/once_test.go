package probe

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"httpprobe/probe/rule"
)

// TestSeldomFollowUps: what is asked once for an identity or an origin is asked
// in the first scenario of the files that may get the right answer, however
// slow it is.
func TestSeldomFollowUps(t *testing.T) {
	for range 3 {
		var mu sync.Mutex
		var asked []string
		last := make(chan struct{})
		over := sync.OnceFunc(func() { close(last) })
		guarded := func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/last":
				over()
			case "/first":
				<-last
			}
			mu.Lock()
			defer mu.Unlock()
			token := r.Header.Get("Authorization")
			if token != "" && token != "Bearer ada-secret" {
				asked = append(asked, "as somebody else: "+r.URL.Path)
			}
			if r.Header.Get("Origin") == "https://probe.invalid" {
				asked = append(asked, "from elsewhere: "+r.URL.Path)
			}
			if token != "Bearer ada-secret" && r.URL.Path != "/open" {
				w.Header().Set("WWW-Authenticate", "Bearer")
				reply(w, 401, map[string]any{"error": map[string]any{"code": "UNAUTHORIZED", "message": "who are you?"}})
				return
			}
			status := http.StatusOK
			if r.Method == http.MethodPost {
				status = http.StatusCreated
			}
			reply(w, status, map[string]any{"id": 1})
		}
		routes := map[string]http.HandlerFunc{"POST /made": guarded}
		for _, path := range []string{"/open", "/maybe", "/refused", "/first", "/last"} {
			routes["GET "+path] = guarded
		}
		a := newAPI(t, routes)
		p := prepare(t, a.URL, map[string]string{"a.yaml": `
identities:
  ada: { bearer: ada-secret }
scenarios:
  - name: not sure
    if: 1 == 1
    steps: [ { request: GET /maybe -> 200, as: ada } ]
  - name: open to all
    steps: [ { request: GET /open -> 200, as: ada, rules: { cors: off } } ]
  - name: writes
    steps: [ { request: POST /made -> 201, as: ada } ]
  - name: refused
    steps: [ GET /refused -> 401 ]
  - name: first
    steps: [ { request: GET /first -> 2xx, as: ada } ]
  - name: last
    steps: [ { request: GET /last -> 200, as: ada }, GET /open -> 200 ]
`})
		run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
		slices.Sort(asked)
		if want := []string{"as somebody else: /first", "from elsewhere: /first"}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
	}
}

// TestFollowUpsOfOneEndpoint: steps that expect other answers of one endpoint
// are all verified, but nothing is asked twice within a run; one that may do
// more than those before it does it.
func TestFollowUpsOfOneEndpoint(t *testing.T) {
	a := newAPI(t, headed(map[string]http.HandlerFunc{"GET /users/1": ok(map[string]any{"id": 1})}))
	for steps, want := range map[string]string{
		"[ GET /users/1 -> 200 ]\n  - name: two\n    steps: [ GET /users/1 -> 2xx ]\n  - name: three\n    steps: [ { request: GET /users/1, expect: { body: { id: 1 } } } ]": "HEAD 1, verified 3",
		"[ GET /users/1 -> 404 ]\n  - name: two\n    keep_going: true\n    steps: [ { request: GET /users/1, expect: { body: { id: 2 } } }, GET /users/1 -> 200 ]":           "HEAD 1, verified 3",
		"[ GET /users/1 -> 200 ]\n    each: [ 1, 2, 3 ]":                                                       "HEAD 1, verified 1",
		"[ GET /users/1 -> 200, GET /users/1 -> 2xx ]":                                                         "HEAD 1, verified 2",
		"[ GET /users/1 -> 200, { request: GET /users/1 -> 200, verify: write } ]":                             "HEAD 1, verified 2",
		"[ { request: GET /users/1 -> 200, verify: write }, { request: GET /users/1 -> 200, verify: false } ]": "HEAD 1, verified 1",
	} {
		a.asked = nil
		p := prepare(t, a.URL, map[string]string{"a.yaml": "scenarios:\n  - name: one\n    steps: " + steps + "\n"})
		run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps})
		chosen := newVerifying(p.files, rule.SafeFollowUps, rule.NewIndex(nil), nil)
		if got := fmt.Sprintf("HEAD %d, verified %d", a.heads("/users/1"), len(chosen.steps)); got != want {
			t.Errorf("%s: %s, want %s", steps, got, want)
		}
	}
}

// TestHostsOfOneName: the same path of another host is another endpoint.
func TestHostsOfOneName(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1/api", map[string]string{"a.yaml": `
steps:
  - GET /users -> 200
  - GET http://127.0.0.1:80/api/users -> 200
  - GET http://127.0.0.1:80/api/users?q=1 -> 200
`})
	chosen := newVerifying(p.files, rule.SafeFollowUps, rule.NewIndex(nil), nil)
	suite := p.files[0].suite
	var got []string
	for _, s := range suite.Scenarios[0].Steps {
		if chosen.steps[s] {
			got = append(got, baseOf(suite, s))
		}
	}
	if want := []string{"http://127.0.0.1:1/api", "http://127.0.0.1:80"}; !slices.Equal(got, want) {
		t.Errorf("verified those of %q, want %q", got, want)
	}
}

// TestWritesGoToWhatTheRunMade: of steps that send alike those that come after
// a creation are followed by requests that write; others would have to do
// without.
func TestWritesGoToWhatTheRunMade(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1", map[string]string{"a.yaml": `
verify: write
scenarios:
  - name: theirs
    vars: { id: 1 }
    steps: [ "PUT /users/{id} -> 200" ]
  - name: ours
    steps: [ "POST /users -> 201 /users/{id}", "PUT /users/{id} -> 200", "PUT /users/{id} -> 200" ]
  - name: set up
    setup: [ "POST /users -> 201 /users/{id}" ]
    steps: [ "PUT /users/{id} -> 200" ]
  - name: refused
    vars: { id: 1 }
    steps: [ POST /users -> 409, "DELETE /users/{id} -> 204" ]
  - name: refused again
    vars: { id: 1 }
    steps: [ "DELETE /users/{id} -> 2xx" ]
`})
	ix := rule.NewIndex([]rule.Rule{{ID: "watch", FollowUps: []rule.FollowUp{
		{When: rule.When{Methods: []string{"PUT"}}},
		{When: rule.When{Methods: []string{"PUT", "DELETE"}}, Writes: true},
	}}})
	chosen := newVerifying(p.files, rule.NoFollowUps, ix, nil)
	var got []string
	for of, to := range chosen.where {
		got = append(got, fmt.Sprintf("%s, writes %t: %s, sure %t", of.endpoint, of.Writes, to.scenario.Name, to.sure))
	}
	slices.Sort(got)
	want := []string{
		"DELETE /users/{id}, writes true: refused, sure false",
		"PUT /users/{id}, writes false: theirs, sure true",
		"PUT /users/{id}, writes true: ours, sure true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var steps []bool
	for _, s := range p.files[0].suite.Scenarios {
		for _, step := range s.Steps {
			steps = append(steps, chosen.steps[step])
		}
	}
	if want := []bool{true, true, true, false, false, true, true, true}; !slices.Equal(steps, want) {
		t.Errorf("followed %v, want %v", steps, want)
	}
}
