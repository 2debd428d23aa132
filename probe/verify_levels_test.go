package probe

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/rule"
)

// TestFollowUpsOfRulesThatAreOff shows that nothing is sent for a rule that is
// turned off, or that nobody turned on.
func TestFollowUpsOfRulesThatAreOff(t *testing.T) {
	for _, c := range []struct {
		rules string
		heads int
		puts  bool // etag-on-put-response has something to say
	}{
		{"{ profile: guide }", 1, false},
		{"{ head-supported: off }", 1, false}, // head-mirrors-get asks for the same
		{"{ head-supported: off, head-mirrors-get: off }", 0, false},
		{"{ etag-on-put-response: error }", 1, true},
		{"{ caching: error }", 1, false},
	} {
		a := newAPI(t, headed(map[string]http.HandlerFunc{
			"GET /users/1": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"1"`)
				reply(w, http.StatusOK, map[string]any{"id": 1, "name": "Ada"})
			},
			"PUT /users/1": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"1"`)
				w.WriteHeader(http.StatusNoContent)
			},
		}))
		p := prepare(t, a.URL, map[string]string{"s.yaml": "rules: " + c.rules + "\n" + `
steps:
- GET /users/1 -> 200
- request: PUT /users/1 -> 204
  json: { name: Ada }
`})
		told := false
		for _, step := range run(t, t.Context(), p, Options{Verify: rule.SafeFollowUps}).scenarios[0].Steps {
			for _, f := range step.Findings {
				told = told || f.Rule == "etag-on-put-response"
			}
		}
		if got := a.heads("/users/1"); got != c.heads || told != c.puts {
			t.Errorf("%s: %d HEAD requests, etag-on-put-response reported: %t", c.rules, got, told)
		}
	}
}

// TestNothingIsReadAheadForRulesThatAreOff: nobody compares what was there
// before.
func TestNothingIsReadAheadForRulesThatAreOff(t *testing.T) {
	var off []string
	for _, r := range rule.Book() {
		if slices.ContainsFunc(r.FollowUps, func(f rule.FollowUp) bool { return slices.Contains(f.Prior, http.MethodPut) }) {
			off = append(off, r.ID+": off")
		}
	}
	for _, c := range []struct {
		rules string
		ahead bool
	}{
		{"{}", true},
		{"{ " + strings.Join(off[1:], ", ") + " }", true},
		{"{ " + strings.Join(off, ", ") + " }", false},
	} {
		a := newAPI(t, map[string]http.HandlerFunc{
			"GET /users/1": ok(map[string]any{"id": 1}),
			"PUT /users/1": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		})
		p := prepare(t, a.URL, map[string]string{"s.yaml": "rules: " + c.rules + "\nsteps:\n- request: PUT /users/1 -> 204\n  json: { id: 1 }\n"})
		run(t, t.Context(), p, Options{Verify: rule.WritingFollowUps})
		if got := a.asked[0] == "GET /users/1"; got != c.ahead {
			t.Errorf("%s: asked %v", c.rules, a.asked)
		}
	}
}
