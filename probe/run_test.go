package probe

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

func TestMain(m *testing.M) {
	if os.Getenv(servesBench) != "" {
		benchAPI()
		return
	}
	// What runs in parallel here mostly waits for servers, so it is more than
	// there are processors unless the command line says how many.
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// seen collects what an observer is told.
type seen struct {
	header    finding.Header
	steps     []Progress
	scenarios []finding.Scenario
	summary   finding.Summary
}

func (s *seen) Begin(h finding.Header)      { s.header = h }
func (s *seen) Step(p Progress)             { s.steps = append(s.steps, p) }
func (s *seen) Scenario(r finding.Scenario) { s.scenarios = append(s.scenarios, r) }
func (s *seen) End(summary finding.Summary) { s.summary = summary }

// lines gives every step as "scenario/step: outcome reason or first finding".
func (s *seen) lines() []string {
	var out []string
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			line := sc.Name + "/" + step.Name + ": " + step.Outcome.String()
			if step.Reason != "" {
				line += " " + step.Reason
			}
			for _, f := range step.Failing(false) {
				line += " [" + f.Rule + " " + f.Path + "]"
			}
			out = append(out, line)
		}
	}
	return out
}

func prepare(t *testing.T, base string, files map[string]string) *Prepared {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := Prepare(Input{Paths: []string{"."}, FS: fsys, BaseURL: base, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, ctx context.Context, p *Prepared, o Options) *seen {
	t.Helper()
	for _, problem := range p.Problems() {
		var b strings.Builder
		source.Write(&b, problem)
		t.Log(b.String())
	}
	s := &seen{}
	o.Observer = s
	summary := p.Run(ctx, o)
	if s.summary.Counts != summary.Counts {
		t.Errorf("the observer was told %+v, the caller %+v", s.summary, summary)
	}
	return s
}

func expectLines(t *testing.T, got *seen, want ...string) {
	t.Helper()
	if lines := got.lines(); !slices.Equal(lines, want) {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(lines, "\n  "), strings.Join(want, "\n  "))
	}
}

// api is a small correct server that remembers what it was asked.
type api struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newAPI(t *testing.T, routes map[string]http.HandlerFunc) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.asked = append(a.asked, r.Method+" "+r.URL.RequestURI())
		a.mu.Unlock()
		if h, ok := routes[r.Method+" "+r.URL.Path]; ok {
			h(w, r)
			return
		}
		reply(w, 404, map[string]any{"error": map[string]any{"code": "NOT_FOUND", "message": "there is nothing at " + r.URL.Path}})
	}))
	t.Cleanup(a.Close)
	return a
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func ok(body any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { reply(w, 200, body) }
}

func TestRunFlow(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /users": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/users/4%202")
			reply(w, 201, map[string]any{"id": 42})
		},
		"GET /users/4 2": ok(map[string]any{"id": 42, "name": "Bob"}),
		"GET /users/42":  ok(map[string]any{"id": 42}),
	})
	p := prepare(t, a.URL, map[string]string{"users.yaml": `
name: Users
vars: { name: Bob }
scenarios:
  - name: flow
    steps:
      - request: POST /users -> 201 /users/{id}
        json: { name: "${name}" }
        capture: { number: body.id }
      - request: GET /users/{id} -> 200
        expect: { body: { name: "${name}", id: "${number}" } }
      - GET /users/{number} -> 200
      - GET /users/{number} -> 200
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got,
		"flow/POST /users -> 201 /users/{id}: passed",
		"flow/GET /users/{id} -> 200: passed",
		"flow/GET /users/{number} -> 200: passed",
		"flow/GET /users/{number} -> 200 (2): passed",
	)
	if a.asked[1] != "GET /users/4%202" {
		t.Errorf("the captured segment was sent as %s", a.asked[1])
	}
	if got.summary.Passed != 4 || got.summary.Requests != 4 || got.summary.Outcome != finding.Passed || got.summary.Unreached {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestRunUnmetSkipsTheRest(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1), "DELETE /a": ok(1)})
	text := `
scenarios:
  - name: s
    KEEP
    steps:
      - GET /a -> 200
      - GET /missing -> 200
      - GET /a -> 200
    teardown:
      - DELETE /missing -> 200
      - DELETE /a -> 200
  - name: other
    steps: [GET /a -> 200]
`
	got := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": strings.Replace(text, "KEEP", "", 1)}), Options{})
	expectLines(t, got,
		"s/GET /a -> 200: passed",
		"s/GET /missing -> 200: failed [expectation status]",
		"s/GET /a -> 200 (2): skipped an earlier step was not as expected: GET /missing -> 200 (line 7)",
		"s/DELETE /missing -> 200: failed [expectation status]",
		"s/DELETE /a -> 200: passed",
		"other/GET /a -> 200: passed",
	)
	got = run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": strings.Replace(text, "KEEP", "keep_going: true", 1)}), Options{})
	if line := got.lines()[2]; line != "s/GET /a -> 200 (2): passed" {
		t.Errorf("with keep_going: %s", line)
	}
}

func TestRunRuleFindingsDoNotStop(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /a": ok(1),
		"PUT /a": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 405, map[string]any{"error": map[string]any{"code": "NO", "message": "not so"}})
		},
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n- PUT /a -> 405\n- GET /a -> 200\n"})
	expectLines(t, run(t, t.Context(), p, Options{}), "a/PUT /a -> 405: failed [allow-on-405 headers.Allow]", "a/GET /a -> 200: passed")
	expectLines(t, run(t, t.Context(), p, Options{NoRules: true}), "a/PUT /a -> 405: passed", "a/GET /a -> 200: passed")
	p = prepare(t, a.URL, map[string]string{"a.yaml": "rules: { client-errors: error, allow-on-405: off }\nsteps:\n- PUT /a -> 405\n"})
	expectLines(t, run(t, t.Context(), p, Options{}), "a/PUT /a -> 405: passed")
	p = prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n- request: PUT /a -> 405\n  rules: { allow-on-405: warning }\n"})
	expectLines(t, run(t, t.Context(), p, Options{}), "a/PUT /a -> 405: passed")
	if got := run(t, t.Context(), p, Options{Strict: true}); got.summary.Failed != 1 {
		t.Errorf("strict: %v", got.lines())
	}
}

func TestRunSetupAndTables(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /token": ok(map[string]any{"token": "t1"}),
		"GET /echo": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"who": r.URL.Query().Get("who"), "token": r.Header.Get("X-Token")})
		},
		"DELETE /token": ok(nil),
	})
	p := prepare(t, a.URL, map[string]string{
		"suite.yaml": `
setup:
  - request: POST /token -> 200
    capture: { token: body.token }
teardown:
  - DELETE /token -> 200
scenarios:
  - name: who
    each: { file: people.yaml }
    steps:
      - request: GET /echo?who=${name} -> 200
        headers: { X-Token: "${token}" }
        expect: { body: { who: "${name}", token: t1 } }
  - name: twice
    steps:
      - request: GET /echo?who={item} -> 200
        each: [1, 2]
        expect: { body: { who: "${string(item)}" } }
`,
		"people.yaml": "- { name: Ann }\n- { name: Bob }\n",
	})
	expectLines(t, run(t, t.Context(), p, Options{}),
		"setup/POST /token -> 200: passed",
		"who [Ann]/GET /echo?who=${name} -> 200: passed",
		"who [Bob]/GET /echo?who=${name} -> 200: passed",
		"twice/GET /echo?who={item} -> 200 [1]: passed",
		"twice/GET /echo?who={item} -> 200 [2]: passed",
		"teardown/DELETE /token -> 200: passed",
	)
	if first, last := a.asked[0], a.asked[len(a.asked)-1]; first != "POST /token" || last != "DELETE /token" {
		t.Errorf("asked %v", a.asked)
	}
}

func TestRunFailedSetupSkipsScenarios(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"s.yaml": "setup: [GET /nope -> 200]\nteardown: [GET /a -> 200]\nscenarios:\n- name: s\n  steps: [GET /a -> 200]\n"})
	expectLines(t, run(t, t.Context(), p, Options{}),
		"setup/GET /nope -> 200: failed [expectation status]",
		"s/GET /a -> 200: skipped the setup of the suite failed",
		"teardown/GET /a -> 200: passed",
	)
}

func TestRunIf(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
vars: { stage: prod }
scenarios:
- name: s
  steps:
  - request: GET /a -> 200
    if: stage != "prod"
  - GET /a -> 200
- name: all
  if: stage == "dev"
  steps: [GET /a -> 200]
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got,
		`s/GET /a -> 200: skipped its condition is false: stage != "prod"`,
		"s/GET /a -> 200 (2): passed",
		`all/GET /a -> 200: skipped its condition is false: stage == "dev"`,
	)
	if got.scenarios[1].Outcome != finding.Skipped || got.summary.Outcome != finding.Passed {
		t.Errorf("outcomes %v %v", got.scenarios[1].Outcome, got.summary.Outcome)
	}
}

func TestRunRetry(t *testing.T) {
	var asked atomic.Int32
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /job": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"state": map[bool]string{true: "done", false: "running"}[asked.Add(1) >= 3]})
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: GET /job -> 200
  retry: { times: 5, every: 1ms, until: body.state == "done" }
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got, "s/GET /job -> 200: passed")
	if n := len(got.scenarios[0].Steps[0].Exchanges); n != 3 {
		t.Errorf("%d exchanges", n)
	}
	asked.Store(-100)
	expectLines(t, run(t, t.Context(), p, Options{}), "s/GET /job -> 200: failed [expectation retry.until]")
}

func TestRunRedirects(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /old": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/new", http.StatusTemporaryRedirect)
		},
		"POST /form": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/done", http.StatusSeeOther) },
		"GET /done":  ok(1),
		"POST /new": func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			reply(w, 200, string(b))
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: POST /old -> 200
  text: hello
  follow: true
  expect: { body: hello, redirects: ["307 /new"] }
- request: POST /form -> 200
  text: hello
  follow: 1
  expect: { redirects: 1 }
`})
	expectLines(t, run(t, t.Context(), p, Options{}), "s/POST /old -> 200: passed", "s/POST /form -> 200: passed")
}

func TestRunCookies(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /login": func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s3", Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
			w.WriteHeader(204)
		},
		"GET /me": func(w http.ResponseWriter, r *http.Request) {
			c, err := r.Cookie("sid")
			if err != nil {
				reply(w, 200, "nobody")
				return
			}
			reply(w, 200, c.Value)
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
scenarios:
- name: in
  steps:
  - request: POST /login -> 204
    expect: { cookies: { sid: { value: s3, httpOnly: true, secure: true, sameSite: Lax } } }
  - request: GET /me -> 200
    expect: { body: s3 }
- name: out
  steps:
  - request: GET /me -> 200
    expect: { body: nobody }
`})
	expectLines(t, run(t, t.Context(), p, Options{Parallel: 1}), "in/POST /login -> 204: passed", "in/GET /me -> 200: passed", "out/GET /me -> 200: passed")
}

func TestRunStopped(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /slow": func(w http.ResponseWriter, r *http.Request) {
			stop(ErrTerminated)
			<-r.Context().Done()
		},
		"DELETE /a": ok(1),
		"GET /a":    ok(1),
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
setup: [GET /a -> 200]
teardown: [DELETE /a -> 200]
scenarios:
- name: slow
  steps: [GET /slow -> 200, GET /a -> 200]
  teardown: [DELETE /a -> 200]
- name: later
  steps: [GET /a -> 200]
`})
	got := run(t, ctx, p, Options{Parallel: 1})
	expectLines(t, got,
		"setup/GET /a -> 200: passed",
		"slow/GET /slow -> 200: error the run was stopped before the answer was complete",
		"slow/GET /a -> 200: skipped an earlier step could not be carried out: GET /slow -> 200 (line 6)",
		"slow/DELETE /a -> 200: passed",
		"later/GET /a -> 200: skipped the run was stopped before it began",
		"teardown/DELETE /a -> 200: passed",
	)
	if got.summary.Interrupted != "terminated" {
		t.Errorf("interrupted: %q", got.summary.Interrupted)
	}
}

func TestRunFailFast(t *testing.T) {
	a := newAPI(t, nil)
	p := prepare(t, a.URL, map[string]string{"s.yaml": "scenarios:\n- name: one\n  steps: [GET /x -> 200]\n- name: two\n  steps: [GET /y -> 200]\n"})
	expectLines(t, run(t, t.Context(), p, Options{Parallel: 1, FailFast: true}),
		"one/GET /x -> 200: failed [expectation status]",
		"two/GET /y -> 200: skipped an earlier scenario did not pass (--fail-fast)",
	)
}

// TestRunOrder lets the first scenario finish last: reports stay in file
// order, and the norm of error shapes is the first in the files.
func TestRunOrder(t *testing.T) {
	last := make(chan struct{})
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /first": func(w http.ResponseWriter, r *http.Request) {
			<-last
			reply(w, 404, map[string]any{"error": map[string]any{"code": "GONE", "message": "not here"}})
		},
		"GET /second": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 404, map[string]any{"error": "flat text", "code": "FLAT"})
			close(last)
		},
	})
	p := prepare(t, a.URL, map[string]string{
		"a.yaml": "steps: [GET /first -> 404]\n",
		"b.yaml": "steps: [GET /second -> 404]\n",
	})
	got := run(t, t.Context(), p, Options{})
	if got.scenarios[0].Suite != "a" || got.scenarios[1].Suite != "b" {
		t.Fatalf("order: %v", got.lines())
	}
	inconsistent := func(f finding.Finding) bool { return f.Rule == "error-shape-consistent" }
	if slices.ContainsFunc(got.scenarios[0].Steps[0].Findings, inconsistent) {
		t.Errorf("the norm has findings: %+v", got.scenarios[0].Steps[0].Findings)
	}
	i := slices.IndexFunc(got.scenarios[1].Steps[0].Findings, inconsistent)
	if i < 0 {
		t.Fatalf("no finding: %+v", got.scenarios[1].Steps[0].Findings)
	}
	if f := got.scenarios[1].Steps[0].Findings[i]; !strings.Contains(f.Message, "a.yaml:1") {
		t.Errorf("the norm's place is not named: %s", f.Message)
	}
}

func TestRunBrokenFileKeepsOthers(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps: [GET /a]\n", "b.yaml": "steps: [GET /a -> 200]\n"})
	got := run(t, t.Context(), p, Options{})
	if len(got.scenarios) != 2 || got.scenarios[0].Outcome != finding.Errored || got.scenarios[1].Outcome != finding.Passed {
		t.Errorf("got %v", got.lines())
	}
	got = run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": "steps: [GET /a]\n"}), Options{})
	if got.summary.Outcome != finding.Errored || got.summary.Errors != 1 || got.summary.Unreached {
		t.Errorf("nothing to run: %+v", got.summary)
	}
}

func TestRunUnreached(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1", map[string]string{"a.yaml": "steps: [GET /a -> 200]\n"})
	got := run(t, t.Context(), p, Options{})
	if !got.summary.Unreached || got.summary.Errors != 1 {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestRunRate(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps: [{request: GET /a -> 200, each: [1, 2, 3, 4, 5]}]\n"})
	began := time.Now()
	run(t, t.Context(), p, Options{Rate: 100})
	if took := time.Since(began); took < 40*time.Millisecond {
		t.Errorf("5 requests at 100 a second took %v", took)
	}
}

func TestPrepareFilters(t *testing.T) {
	files := fstest.MapFS{"a.yaml": {Data: []byte("base_url: http://127.0.0.1:1\ntags: [all]\nscenarios:\n- {name: one, tags: [smoke], steps: [GET /a -> 200]}\n- {name: two, steps: [GET /b -> 200]}\n")}}
	for _, c := range []struct {
		tags, name string
		want       []string
		fails      string
	}{
		{"", "", []string{"one", "two"}, ""},
		{"smoke", "", []string{"one"}, ""},
		{"all && !smoke", "", []string{"two"}, ""},
		{"", "^tw", []string{"two"}, ""},
		{"nope", "", nil, `--tags "nope" selects no scenario`},
		{"smoke", "two", nil, `--tags "smoke" with --name "two" selects no scenario`},
		{"a &&", "", nil, "--tags"},
	} {
		in := Input{Paths: []string{"."}, FS: files, Tags: c.tags}
		if c.name != "" {
			in.Name = regexp.MustCompile(c.name)
		}
		p, err := Prepare(in)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%q %q: %v", c.tags, c.name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Requests() {
			got = append(got, r.Scenario)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q %q: %v", c.tags, c.name, got)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	files := fstest.MapFS{"a.yaml": {Data: []byte("steps: [GET /a -> 200]\n")}, "empty/readme.txt": {}}
	for _, c := range []struct {
		in   Input
		want string
	}{
		{Input{}, "no scenario file was named"},
		{Input{Paths: []string{"b.yaml"}}, `there is no file or folder "b.yaml"`},
		{Input{Paths: []string{"empty"}}, `the folder "empty" holds no scenario file`},
		{Input{Paths: []string{"a.yaml"}, BaseURL: "localhost"}, "--base-url"},
		{Input{Paths: []string{"a.yaml"}, Vars: map[string]string{"emial": "x"}}, "--var emial: no scenario file uses"},
	} {
		c.in.FS = files
		if _, err := Prepare(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	p, err := Prepare(Input{Paths: []string{"a.yaml"}, FS: files})
	if err != nil || len(p.Problems()) != 1 || !strings.Contains(p.Problems()[0].Text, "no base URL") {
		t.Errorf("without a base URL: %v, %v", err, p.Problems())
	}
}

func TestHeadersSent(t *testing.T) {
	got := make(chan http.Header, 1)
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /a": func(w http.ResponseWriter, r *http.Request) { got <- r.Header; reply(w, 200, 1) },
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "steps:\n- request: POST /a -> 200\n  json: { z: 1, a: 1.10 }\n"})
	run(t, t.Context(), p, Options{})
	h := <-got
	want := map[string]string{"User-Agent": "probe/1.2.3", "Accept": "*/*", "Content-Type": "application/json", "Content-Length": "16"}
	if len(h) != len(want) {
		t.Errorf("sent %v", h)
	}
	for name, value := range want {
		if h.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, h.Get(name), value)
		}
	}
}

func ExamplePrepare() {
	files := fstest.MapFS{"users.yaml": {Data: []byte("base_url: http://127.0.0.1:8080\nsteps:\n  - GET /users/1 -> 200\n  - GET /users/{di} -> 200\n")}}
	p, err := Prepare(Input{Paths: []string{"users.yaml"}, FS: files})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, problem := range p.Problems() {
		fmt.Println(problem)
	}
	// Output: users.yaml:4:17: "di" is not defined here
}
