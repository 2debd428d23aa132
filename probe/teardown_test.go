package probe

import (
	"context"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"
)

var twoSuites = map[string]string{
	"a.yaml": "steps: [GET /missing -> 200]\n",
	"b.yaml": "setup: [GET /b -> 200]\nteardown: [DELETE /b -> 200]\nscenarios:\n- name: s\n  steps: [GET /b -> 200]\n  teardown: [GET /after -> 200]\n",
}

// TestNotBegunIsNotTornDown shows that a suite of which nothing ran sends
// nothing, and that each of its steps is reported.
func TestNotBegunIsNotTornDown(t *testing.T) {
	a := newAPI(t, nil)
	p := prepare(t, a.URL, twoSuites)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		ctx    context.Context
		o      Options
		reason string
		asked  []string
	}{
		{t.Context(), Options{Parallel: 1, FailFast: true}, "an earlier scenario did not pass (--fail-fast)", []string{"GET /missing"}},
		{stopped, Options{Parallel: 1}, "the run was stopped before it began", nil},
	} {
		a.asked = nil
		got := run(t, c.ctx, p, c.o).lines()
		want := []string{
			"setup/GET /b -> 200: skipped " + c.reason,
			"s/GET /b -> 200: skipped " + c.reason,
			"s/GET /after -> 200: skipped " + c.reason,
			"teardown/DELETE /b -> 200: skipped " + c.reason,
		}
		if !slices.Equal(got[1:], want) || !slices.Equal(a.asked, c.asked) {
			t.Errorf("asked %v, reported %q", a.asked, got)
		}
	}
}

// TestGrace lets all teardowns hang: together they take no longer than the
// grace.
func TestGrace(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /a":    func(w http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() },
		"DELETE /a": hang,
	})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
teardown: [DELETE /a -> 200, DELETE /a -> 200]
scenarios:
- name: s
  steps: [GET /a -> 200]
  teardown: [DELETE /a -> 200, DELETE /a -> 200]
`})
	began := time.Now()
	expectLines(t, run(t, ctx, p, Options{Grace: 200 * time.Millisecond}),
		"s/GET /a -> 200: error the run was stopped before the answer was complete",
		"s/DELETE /a -> 200: error the run was stopped before the answer was complete",
		"s/DELETE /a -> 200 (2): skipped the run was stopped",
		"teardown/DELETE /a -> 200: skipped the run was stopped",
		"teardown/DELETE /a -> 200 (2): skipped the run was stopped",
	)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestUnreachedByTimeout is a target behind a firewall that drops packets.
func TestUnreachedByTimeout(t *testing.T) {
	p := prepare(t, "http://api.test", map[string]string{"s.yaml": "defaults: { timeout: 50ms }\nsteps: [GET /a -> 200]\n"})
	drop := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if got := run(t, t.Context(), p, Options{Dial: drop}); !got.summary.Unreached {
		t.Errorf("summary %+v, %v", got.summary, got.lines())
	}
}
