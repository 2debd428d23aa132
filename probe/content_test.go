package probe

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/finding"
)

func content(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		io.WriteString(w, text)
	}
}

// TestBodyByLabel tells text that looks like JSON from JSON.
func TestBodyByLabel(t *testing.T) {
	const text = "text/plain; charset=utf-8"
	for _, c := range []struct {
		kind, content, wanted string
		met                   bool
	}{
		{text, `1.10`, `"1.10"`, true},
		{text, `1.10`, `"1.1"`, false},
		{text, `42`, `42`, true},
		{text, `42`, `43`, false},
		{text, `42`, `{ $gt: 3 }`, true},
		{text, `42`, `{ $not: "42" }`, false},
		{text, `true`, `$string`, true},
		{text, `null`, `"null"`, true},
		{text, `"x"`, `'"x"'`, true},
		{text, `hello`, `hello`, true},
		{text, `{"id": 1}`, `{ id: 1 }`, true},
		{"application/json", `42`, `"42"`, false},
		{"application/json", `"42"`, `"42"`, true},
		{"application/json", `42`, `$string`, false},
		{"", `42`, `42`, true},
	} {
		a := newAPI(t, map[string]http.HandlerFunc{"GET /a": content(c.kind, c.content)})
		p := prepare(t, a.URL, map[string]string{"s.yaml": "steps:\n- request: GET /a -> 200\n  expect: { body: " + c.wanted + " }\n"})
		findings := run(t, t.Context(), p, Options{NoRules: true}).scenarios[0].Steps[0].Findings
		if met := len(findings) == 0; met != c.met {
			t.Errorf("%s %s against %s: %+v", c.kind, c.content, c.wanted, findings)
		}
	}
}

// TestEventStream lets a stream be cut by the step's limit, which is no
// failure: what was expected of it is checked all the same.
func TestEventStream(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /events": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: hello\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
keep_going: true
defaults: { timeout: 150ms }
steps:
- request: GET /events -> 200
  expect: { body: { $contains: hello }, assert: [text contains "hello"] }
- request: GET /events -> 200
  expect: { body: { $contains: bye }, trailers: { X: y }, time: { $lt: 1ms }, assert: [text contains "bye"] }
`})
	expectLines(t, run(t, t.Context(), p, Options{}),
		"s/GET /events -> 200: passed",
		"s/GET /events -> 200 (2): failed [expectation trailers.X] [expectation body] [expectation time] [expectation assert]",
	)
}

func TestAssertIsCut(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(strings.Repeat("long ", 1<<20))})
	p := prepare(t, a.URL, map[string]string{"s.yaml": "steps:\n- request: GET /a -> 200\n  expect: { assert: [body == 1] }\n"})
	step := run(t, t.Context(), p, Options{}).scenarios[0].Steps[0]
	i := slices.IndexFunc(step.Findings, func(f finding.Finding) bool { return f.Path == "assert" })
	if i < 0 || len(step.Findings[i].Actual) > 4<<10 || !strings.HasPrefix(step.Findings[i].Actual, `body = "long long`) {
		t.Errorf("findings %.500v", step.Findings)
	}
}

// TestCookieValues keeps what the grammar of cookies does not allow but every
// client takes.
func TestCookieValues(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /set": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", `quoted="abc"; Path=/`)
			w.Header().Add("Set-Cookie", `json={"a":1}; Path=/; HttpOnly`)
			reply(w, http.StatusOK, 1)
		},
		"GET /get": func(w http.ResponseWriter, r *http.Request) { reply(w, http.StatusOK, r.Header.Get("Cookie")) },
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: GET /set -> 200
  expect: { cookies: { json: { value: '{"a":1}', httpOnly: true } }, assert: ['cookie("json") == "{\"a\":1}"'] }
- request: GET /get -> 200
  expect: { body: 'quoted="abc"; json={"a":1}' }
`})
	expectLines(t, run(t, t.Context(), p, Options{NoRules: true}), "s/GET /set -> 200: passed", "s/GET /get -> 200: passed")
}
