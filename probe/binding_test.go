package probe

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRunBinding looks at what requests are made of.
func TestRunBinding(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /echo": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			reply(w, 200, map[string]any{"query": r.URL.RawQuery, "tags": strings.Join(r.Header.Values("X-Tag"), "|"), "body": string(body)})
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
vars: { n: 1, list: [a, b c], none: "" }
steps:
- request: POST /echo -> 200
  query: { l: "${list}" }
  headers: { X-Tag: "${list}" }
  json: { "k${n}": 1, "$${n}": "${n}" }
  expect: { body: { query: l=a&l=b+c, tags: "a|b c", body: '{"k1":1,"$${n}":1}' } }
- DELETE /users/{none} -> 204
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got,
		"s/POST /echo -> 200: passed",
		"s/DELETE /users/{none} -> 204: error the request cannot be made: {none} is an empty text, which cannot be a segment of a path",
	)
}

// TestRunSuiteSetupIsShared lets setup hand on cookies to scenarios, and its
// own variables to teardown.
func TestRunSuiteSetupIsShared(t *testing.T) {
	var made, deleted atomic.Value
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /login": func(w http.ResponseWriter, r *http.Request) {
			made.Store(r.URL.Query().Get("name"))
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
			w.WriteHeader(204)
		},
		"GET /me": func(w http.ResponseWriter, r *http.Request) {
			_, err := r.Cookie("sid")
			reply(w, 200, err == nil)
		},
		"POST /logout": func(w http.ResponseWriter, r *http.Request) {
			deleted.Store(r.URL.Query().Get("name"))
			w.WriteHeader(204)
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
vars: { name: "${uuid()}" }
setup: [ "POST /login?name=${name} -> 204" ]
teardown: [ "POST /logout?name=${name} -> 204" ]
scenarios:
- name: s
  steps: [ { request: GET /me -> 200, expect: { body: true } } ]
`})
	got := run(t, t.Context(), p, Options{})
	if got.summary.Passed != 3 {
		t.Errorf("got %v", got.lines())
	}
	if made.Load() != deleted.Load() || made.Load() == "" {
		t.Errorf("setup made %v, teardown deleted %v", made.Load(), deleted.Load())
	}
}

// TestRunRetriedFailures does not blame a server for what the step retried.
func TestRunRetriedFailures(t *testing.T) {
	var asked atomic.Int32
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /a": func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) < 3 {
				reply(w, 503, map[string]any{"error": map[string]any{"code": "STARTING", "message": "not ready yet"}})
				return
			}
			reply(w, 200, 1)
		},
	})
	text := "steps: [ { request: GET /a -> 200, retry: { times: 3, every: 1ms } } ]\n"
	expectLines(t, run(t, t.Context(), prepare(t, a.URL, map[string]string{"s.yaml": text}), Options{}), "s/GET /a -> 200: passed")
	asked.Store(-10)
	expectLines(t, run(t, t.Context(), prepare(t, a.URL, map[string]string{"s.yaml": text}), Options{}),
		"s/GET /a -> 200: failed [expectation status] [unexpected-5xx status]")
}

// TestRunEmptyBody tells no content from an empty text.
func TestRunEmptyBody(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": func(w http.ResponseWriter, r *http.Request) {}})
	for want, passes := range map[string]bool{
		`$any`: false, `$string`: false, `{ $not: x }`: false, `x`: false, `{ a: 1 }`: false,
		`$absent`: true, `$empty`: true, `""`: true, `{ $len: 0 }`: true, `{ $len: 1 }`: false,
	} {
		p := prepare(t, a.URL, map[string]string{"s.yaml": "steps: [ { request: GET /a -> 200, expect: { body: " + want + " } } ]\n"})
		if got := run(t, t.Context(), p, Options{}); (got.summary.Passed == 1) != passes {
			t.Errorf("%s: %v", want, got.lines())
		}
	}
}
