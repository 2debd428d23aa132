package probe

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"httpprobe/probe/finding"
)

// TestRetryGivenUp shows that a step whose condition never held does not pass,
// whatever made probe stop asking.
func TestRetryGivenUp(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /busy": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			reply(w, http.StatusServiceUnavailable, map[string]any{"error": map[string]any{"code": "BUSY", "message": "come back later"}})
		},
		"GET /a": ok(1),
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
keep_going: true
steps:
- request: GET /busy -> 503
  retry: { times: 3, every: 1ms, until: status == 200 }
- request: GET /a -> 200
  retry: { times: 1, until: body == 2 }
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got, "s/GET /busy -> 503: failed [expectation retry.until]", "s/GET /a -> 200: failed [expectation retry.until]")
	steps := got.scenarios[0].Steps
	if notes := strings.Join(steps[0].Notes, "\n"); !strings.Contains(notes, "1h0m0s is longer than probe waits for a Retry-After (30s)") {
		t.Errorf("notes: %s", notes)
	}
	if message := steps[1].Findings[0].Message; message != "body == 2 was not true after 1 request" {
		t.Errorf("message: %s", message)
	}
}

func TestRetryStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	a := newAPI(t, map[string]http.HandlerFunc{"GET /job": ok(1)})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: GET /job -> 200
  retry: { times: 3, every: 1h, until: body == 2 }
`})
	time.AfterFunc(100*time.Millisecond, stop)
	expectLines(t, run(t, ctx, p, Options{}), "s/GET /job -> 200: error the run was stopped before the request was sent again")
}

// TestRetryShowsTheLast shows that findings point at the exchange they are about.
func TestRetryShowsTheLast(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: GET /a -> 201
  retry: { times: 3, every: 1ms }
  capture: { id: body.id }
`})
	step := run(t, t.Context(), p, Options{}).scenarios[0].Steps[0]
	if len(step.Exchanges) != 3 || step.Exchanges[0].Role != finding.Asked || step.Exchanges[2].Role != finding.Retried {
		t.Errorf("exchanges %+v", step.Exchanges)
	}
	for _, f := range step.Findings {
		if f.Rule == finding.Expectation && f.Exchange != 2 {
			t.Errorf("%s points at exchange %d", f.Path, f.Exchange)
		}
	}
}

func TestRetryOfRefusedHost(t *testing.T) {
	a := newAPI(t, nil)
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
vars: { host: other.test }
steps:
- request: GET http://${host}/ -> 200
  retry: { times: 1000, every: 1h }
`})
	got := run(t, t.Context(), p, Options{})
	expectLines(t, got, "s/GET http://${host}/ -> 200: error other.test is not the host of the base URL and was not allowed")
	if step := got.scenarios[0].Steps[0]; len(step.Notes) > 0 || len(step.Exchanges) > 0 {
		t.Errorf("nothing was sent, and the report says %v, %v", step.Notes, step.Exchanges)
	}
}

func TestRetryAfterOfPolling(t *testing.T) {
	var asked atomic.Int32
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /job": func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 1 {
				reply(w, http.StatusOK, 1)
				return
			}
			w.Header().Set("Retry-After", "1")
			reply(w, http.StatusAccepted, 1)
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
steps:
- request: GET /job -> 200
  retry: { every: 1ms, until: status == 200 }
`})
	began := time.Now()
	expectLines(t, run(t, t.Context(), p, Options{}), "s/GET /job -> 200: passed")
	if took := time.Since(began); took < time.Second {
		t.Errorf("Retry-After: 1 was waited for %v", took)
	}
}

// TestFollowedFailure shows that a redirect does not make a 5xx an expected one.
func TestFollowedFailure(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /old": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusFound) },
		"GET /new": func(w http.ResponseWriter, r *http.Request) {
			reply(w, http.StatusInternalServerError, map[string]any{"error": map[string]any{"code": "INTERNAL", "message": "something went wrong"}})
		},
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": "steps:\n- { request: GET /old, follow: true, expect: { body: $object } }\n"})
	findings := run(t, t.Context(), p, Options{}).scenarios[0].Steps[0].Findings
	if !slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Rule == "unexpected-5xx" && f.Exchange == 1 }) {
		t.Errorf("findings %+v", findings)
	}
}
