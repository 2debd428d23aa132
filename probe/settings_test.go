package probe

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/finding"
)

// answering answers each request with a status, a media type and a body by its path.
func answering(t *testing.T, answers map[string][3]string) *api {
	t.Helper()
	routes := map[string]http.HandlerFunc{}
	for path, a := range answers {
		routes["GET "+path] = func(w http.ResponseWriter, r *http.Request) {
			status := 0
			fmt.Sscan(a[0], &status)
			w.Header().Set("Content-Type", a[1])
			w.WriteHeader(status)
			io.WriteString(w, a[2])
		}
	}
	return newAPI(t, routes)
}

// found gives the findings of a run as "step rule severity", those of the given
// rules only.
func found(s *seen, rules ...string) []string {
	var out []string
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			for _, f := range step.Findings {
				if slices.Contains(rules, f.Rule) {
					out = append(out, step.Name+" "+f.Rule+" "+f.Severity.String())
				}
			}
		}
	}
	return out
}

const (
	asJSON  = "application/json"
	flat    = `{"error":"gone","code":"GONE"}`
	envelop = `{"error":{"code":"GONE","message":"it is gone"}}`
	listed  = `{"errors":[{"field":"id","message":"unknown","code":"GONE"}]}`
	problem = `{"type":"https://a.example/gone","title":"Gone","detail":"it is gone","status":404}`
	other   = `{"fault":"gone"}`
)

// TestErrorSettings runs two steps, the first with an error in one shape and the
// second in another, under each setting of errors.
func TestErrorSettings(t *testing.T) {
	shapes := map[string][3]string{
		"flat": {"404", asJSON, flat}, "list": {"404", asJSON, listed}, "envelope": {"404", asJSON, envelop},
		"problem": {"404", "application/problem+json", problem}, "other": {"404", asJSON, other},
	}
	const consistent, known = "error-shape-consistent", "error-shape-known"
	tests := []struct {
		setting, first, second string
		want                   []string
	}{
		{"", "flat", "flat", nil},
		{"", "flat", "envelope", []string{"b " + consistent + " warning"}},
		{"auto", "envelope", "flat", []string{"b " + consistent + " warning"}},
		{"auto", "problem", "list", []string{"b " + consistent + " warning"}},
		{"auto", "other", "flat", []string{"a " + known + " warning"}},
		{"flat", "flat", "flat", nil},
		{"flat", "envelope", "flat", []string{"a " + consistent + " error"}},
		{"flat", "envelope", "envelope", []string{"a " + consistent + " error", "b " + consistent + " error"}},
		{"list", "list", "list", nil},
		{"list", "list", "flat", []string{"b " + consistent + " error"}},
		{"envelope", "envelope", "envelope", nil},
		{"envelope", "problem", "envelope", []string{"a " + consistent + " error"}},
		{"problem", "problem", "problem", nil},
		{"problem", "flat", "problem", []string{"a " + consistent + " error"}},
		{"envelope", "other", "envelope", []string{"a " + known + " warning", "a " + consistent + " error"}},
		{"off", "flat", "envelope", nil},
		{"off", "other", "problem", nil},
		{"{ schema: error.json }", "other", "other", nil},
		{"{ schema: error.json }", "other", "flat", []string{"b " + consistent + " error"}},
	}
	for _, test := range tests {
		t.Run(test.setting+" "+test.first+" "+test.second, func(t *testing.T) {
			a := answering(t, map[string][3]string{"/a": shapes[test.first], "/b": shapes[test.second]})
			text := "steps:\n- { name: a, request: GET /a -> 404 }\n- { name: b, request: GET /b -> 404 }\n"
			if test.setting != "" {
				text = "errors: " + test.setting + "\n" + text
			}
			p := prepare(t, a.URL, map[string]string{"a.yaml": text, "error.json": `{"type":"object","required":["fault"]}`})
			s := run(t, t.Context(), p, Options{})
			if got := found(s, consistent, known); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			fails := slices.ContainsFunc(test.want, func(line string) bool { return strings.HasSuffix(line, "error") })
			if (s.summary.Outcome == finding.Failed) != fails {
				t.Errorf("the run %s", s.summary.Outcome)
			}
		})
	}
}

// TestNormOfErrors compares within a run and an origin, across files, and names
// the first error.
func TestNormOfErrors(t *testing.T) {
	one := answering(t, map[string][3]string{"/a": {"404", asJSON, flat}, "/b": {"409", asJSON, envelop}, "/c": {"410", asJSON, listed}})
	two := answering(t, map[string][3]string{"/a": {"404", asJSON, envelop}})
	fsys := fstest.MapFS{
		"a.yaml": {Data: []byte("steps:\n- GET /a -> 404\n- GET " + two.URL + "/a -> 404\n")},
		"b.yaml": {Data: []byte("steps:\n- GET /b -> 409\n- GET /c -> 410\n- GET /c -> 410\n")},
	}
	p, err := Prepare(Input{Paths: []string{"."}, FS: fsys, BaseURL: one.URL, AllowHosts: []string{strings.TrimPrefix(two.URL, "http://")}})
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, t.Context(), p, Options{})
	var got []string
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			for _, f := range step.Findings {
				if f.Rule == "error-shape-consistent" {
					got = append(got, f.Message)
				}
			}
		}
	}
	want := []string{
		"the 409 to GET /b has the shape envelope, but the first error of the run, the 404 to GET /a (a.yaml:2), has flat",
		"the 410 to GET /c has the shape list, but the first error of the run, the 404 to GET /a (a.yaml:2), has flat",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestExpectedError finds message, code and details in errors of every shape.
func TestExpectedError(t *testing.T) {
	tests := []struct{ name, status, media, body, expect string }{
		{"problem", "404", "application/problem+json; charset=utf-8", `{"type":"https://a.example/p","title":"t","detail":"d","violations":[{"field":"a"}]}`,
			`{ message: d, code: "https://a.example/p", details: [{ field: a }] }`},
		{"problem without a type", "404", "application/problem+json", `{"title":"t","code":"C"}`, `{ message: t, code: C, details: $absent }`},
		{"envelope", "422", asJSON, `{"error":{"code":"C","message":"m","details":[{"field":"a","message":"b"}]}}`, `{ message: m, code: C, details: [{ field: a }] }`},
		{"Google", "404", asJSON, `{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}`, `{ message: m, code: NOT_FOUND }`},
		{"Azure", "404", asJSON, `{"error":{"code":"NotFound","message":"m","details":[{"code":"c"}]}}`, `{ message: m, code: NotFound, details: [{ code: c }] }`},
		{"framework", "400", asJSON, `{"statusCode":400,"code":"FST","error":"Bad Request","message":"m"}`, `{ message: m, code: FST }`},
		{"Spring", "404", asJSON, `{"timestamp":"t","status":404,"error":"Not Found","path":"/a"}`, `{ message: Not Found, code: $absent }`},
		{"flat", "404", asJSON, `{"error":"m","code":7}`, `{ message: m, code: 7 }`},
		{"OAuth", "400", asJSON, `{"error":"invalid_grant","error_description":"d"}`, `{ message: d, code: invalid_grant }`},
		{"message", "404", asJSON, `{"message":"m","code":"C","errors":{"a":["b"]}}`, `{ message: m, code: C, details: { a: [b] } }`},
		{"list", "422", asJSON, `{"errors":[{"message":"m","code":"C"}]}`, `{ message: m, code: C, details: [{ message: m }] }`},
		{"JSON:API", "422", "application/vnd.api+json", `{"errors":[{"title":"t","detail":"d","status":"422","source":{"pointer":"/a"}}]}`, `{ message: d, details: [{ source: { pointer: /a } }] }`},
		{"field map", "422", asJSON, `{"email":["is taken"]}`, `{ message: $absent, details: { email: [is taken] } }`},
		{"field map below errors", "422", asJSON, `{"errors":{"email":["is taken"]}}`, `{ details: { email: [is taken] } }`},
		{"text", "404", "text/plain", "gone\nfor good", `gone`},
		{"HTML", "404", "text/html", "<html><body><h1>gone</h1></body></html>", `{ message: gone, code: $absent }`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := answering(t, map[string][3]string{"/a": {test.status, test.media, test.body}})
			text := fmt.Sprintf(`
keep_going: true
steps:
- { name: right, request: GET /a, expect: { status: %[1]s, error: %[2]s } }
- { name: wrong, request: GET /a, expect: { status: %[1]s, error: { message: another } } }
- { name: code, request: GET /a, expect: { status: %[1]s, error: { code: another } } }
- { name: details, request: GET /a, expect: { status: %[1]s, error: { details: another } } }
`, test.status, test.expect)
			s := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": text}), Options{NoRules: true})
			expectLines(t, s, "a/right: passed",
				"a/wrong: failed [expectation error.message]", "a/code: failed [expectation error.code]", "a/details: failed [expectation error.details]")
		})
	}
}

// TestProfiles weighs what the guide demands and the standards do not, and what
// both demand, by profile, suite and step.
func TestProfiles(t *testing.T) {
	// A 429 without Retry-After, a guide's demand; a 405 without Allow, a MUST.
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /guide": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 429, map[string]any{"error": map[string]any{"code": "SLOW", "message": "slow down"}})
		},
		"PUT /must": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 405, map[string]any{"error": map[string]any{"code": "NO", "message": "not that way"}})
		},
	})
	const guide, must = "guide retry-after-on-429 ", "must allow-on-405 "
	tests := []struct {
		suite, step string
		want        []string
		outcome     finding.Outcome
		strict      finding.Outcome
	}{
		{"", "", []string{guide + "error", must + "error"}, finding.Failed, finding.Failed},
		{"profile: guide", "", []string{guide + "error", must + "error"}, finding.Failed, finding.Failed},
		{"profile: rfc", "", []string{guide + "info", must + "error"}, finding.Failed, finding.Failed},
		{"profile: rfc, allow-on-405: info", "", []string{guide + "info", must + "info"}, finding.Passed, finding.Passed},
		{"profile: rfc, allow-on-405: warning", "", []string{guide + "info", must + "warning"}, finding.Passed, finding.Failed},
		{"profile: rfc, retry-after-on-429: error, allow-on-405: off", "", []string{guide + "error"}, finding.Failed, finding.Failed},
		{"profile: rfc, client-errors: off", "", nil, finding.Passed, finding.Passed},
		{"profile: rfc, client-errors: warning", "", []string{guide + "warning", must + "warning"}, finding.Passed, finding.Failed},
		{"client-errors: off", "", nil, finding.Passed, finding.Passed},
		{"client-errors: off, allow-on-405: error", "", []string{must + "error"}, finding.Failed, finding.Failed},
		{"client-errors: off", "retry-after-on-429: warning, allow-on-405: info", []string{guide + "warning", must + "info"}, finding.Passed, finding.Failed},
		{"client-errors: info", "client-errors: off", nil, finding.Passed, finding.Passed},
		{"retry-after-on-429: error, allow-on-405: error", "client-errors: info", []string{guide + "info", must + "info"}, finding.Passed, finding.Passed},
		{"profile: rfc", "client-errors: error", []string{guide + "error", must + "error"}, finding.Failed, finding.Failed},
		{"profile: rfc", "client-errors: error, allow-on-405: off", []string{guide + "error"}, finding.Failed, finding.Failed},
	}
	for _, test := range tests {
		for _, strict := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s; %s; %t", test.suite, test.step, strict), func(t *testing.T) {
				text := fmt.Sprintf("rules: { caching: off, %s }\nsteps:\n- { name: guide, request: GET /guide -> 429, rules: { caching: off, %s } }\n"+
					"- { name: must, request: PUT /must -> 405, rules: { caching: off, %s } }\n", test.suite, test.step, test.step)
				s := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": text}), Options{Strict: strict})
				if got := found(s, "retry-after-on-429", "allow-on-405"); !slices.Equal(got, test.want) {
					t.Errorf("found %q, want %q", got, test.want)
				}
				want := test.outcome
				if strict {
					want = test.strict
				}
				if s.summary.Outcome != want {
					t.Errorf("the run %s, want %s: %q", s.summary.Outcome, want, s.lines())
				}
			})
		}
	}
}

// TestRuleSettings runs a suite with and without a setting that changes what a
// rule says.
func TestRuleSettings(t *testing.T) {
	challenge := func(w http.ResponseWriter, status int) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="api"`)
		reply(w, status, map[string]any{"error": map[string]any{"code": "NO", "message": "not you"}})
	}
	routes := map[string]http.HandlerFunc{
		"GET /late": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(-10*time.Minute).UTC().Format(http.TimeFormat))
			reply(w, 200, map[string]any{})
		},
		"GET /error": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 404, map[string]any{"error": map[string]any{"code": "NO", "message": "not here"}})
		},
		"GET /gateway": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
			io.WriteString(w, "<html><body>bad gateway</body></html>")
		},
		"GET /me": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				challenge(w, 401)
				return
			}
			reply(w, 200, map[string]any{"id": 1})
		},
		"GET /admin": func(w http.ResponseWriter, r *http.Request) { challenge(w, 401) },
	}
	const known = "identities: { user: { bearer: abc } }\nsteps:\n- GET /me -> 401\n- { request: GET /me -> 200, as: user }\n" +
		"- { name: x, request: GET /admin -> 401, as: user }\n- { name: z, request: GET /me -> 200, as: user }\n"
	tests := []struct {
		rule, setting, suite string
		want                 string // of the message; empty: nothing is found
	}{
		{"date-accurate", "", "steps:\n- GET /late -> 200\n", "behind the clock here"},
		{"date-accurate", "clock-tolerance: 11m", "steps:\n- GET /late -> 200\n", ""},
		{"date-accurate", "clock-tolerance: 5m", "steps:\n- GET /late -> 200\n", "behind the clock here"},
		{"gateway-error-shape", "", "steps:\n- GET /error -> 404\n- GET /gateway -> 502\n", "the API's own errors"},
		{"gateway-error-shape", "gateway: api", "steps:\n- GET /error -> 404\n- GET /gateway -> 502\n", "the API's own errors"},
		{"gateway-error-shape", "gateway: own", "steps:\n- GET /error -> 404\n- GET /gateway -> 502\n", ""},
		{"valid-credentials-403", "", known, "403 says what is missing"},
		{"valid-credentials-403", "hide-forbidden: false", known, "403 says what is missing"},
		{"valid-credentials-403", "hide-forbidden: true", known, "404 hides what they may not see"},
	}
	for _, test := range tests {
		t.Run(test.rule+" "+test.setting, func(t *testing.T) {
			a := newAPI(t, routes)
			text := test.suite
			if test.setting != "" {
				text = "rules: { " + test.setting + " }\n" + text
			}
			s := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": text}), Options{})
			var got []string
			for _, sc := range s.scenarios {
				for _, step := range sc.Steps {
					for _, f := range step.Findings {
						if f.Rule == test.rule {
							got = append(got, f.Message)
						}
					}
				}
			}
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("found %q", got)
			case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
				t.Errorf("found %q, want one with %q", got, test.want)
			}
		})
	}
}

// TestContinueWait asks a server for 100 Continue that answers only once it has
// the content.
func TestContinueWait(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	waited := make(chan time.Duration, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for line := ""; line != "\r\n"; {
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
		}
		began := time.Now()
		io.CopyN(io.Discard, in, 5)
		waited <- time.Since(began)
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	}()
	text := "rules: { continue-wait: 50ms }\nsteps:\n- request: POST /a -> 204\n  headers: { Expect: 100-continue }\n  text: hello\n"
	s := run(t, t.Context(), prepare(t, "http://"+l.Addr().String(), map[string]string{"a.yaml": text}), Options{})
	if got := found(s, "continue-or-final-promptly"); len(got) != 1 {
		t.Errorf("found %q: %q", got, s.lines())
	}
	if d := <-waited; d < 40*time.Millisecond || d > 900*time.Millisecond {
		t.Errorf("the content came after %s", d)
	}
}

// TestRetryAfterLimit does not wait for longer than the suite lets it.
func TestRetryAfterLimit(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "2")
		reply(w, 503, map[string]any{"error": map[string]any{"code": "DOWN", "message": "later"}})
	}})
	text := "rules: { retry-after-limit: 1s }\nsteps:\n- request: GET /a -> 200\n  retry: { times: 3, every: 1ms }\n"
	s := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": text}), Options{NoRules: true})
	if notes := s.scenarios[0].Steps[0].Notes; len(notes) != 1 || notes[0] != "not sent again: 2s is longer than probe waits for a Retry-After (1s)" {
		t.Errorf("notes %q", notes)
	}
}
