package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// allowed gives what a run allowed as "step rule: reason", and the notes of its
// steps as "step! note".
func allowed(s *seen) []string {
	var out []string
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			for _, f := range step.Findings {
				if f.Allowed != "" {
					out = append(out, step.Name+" "+f.Rule+": "+f.Allowed)
				}
			}
			for _, n := range step.Notes {
				if strings.Contains(n, "allow: ") {
					out = append(out, step.Name+"! "+n)
				}
			}
		}
	}
	return out
}

func TestAllow(t *testing.T) {
	fail := map[string]any{"error": map[string]any{"code": "NO", "message": "not so"}}
	routes := map[string]http.HandlerFunc{
		"PUT /bare": func(w http.ResponseWriter, r *http.Request) { reply(w, 405, fail) },
		"PUT /told": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", "GET")
			reply(w, 405, fail)
		},
		"PUT /typed": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(405) },
		"GET /plain": ok(map[string]any{}),
		"GET /safe": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Content-Type-Options", "nosniff")
			reply(w, 200, map[string]any{})
		},
		"GET /odd": func(w http.ResponseWriter, r *http.Request) { reply(w, 404, map[string]any{"error": "not so"}) },
	}
	const unneeded = "a.yaml:%d: allow: %s is no longer needed"
	tests := []struct {
		name, suite string
		want        []string
		rest        []string // what is found and not allowed
	}{
		{"a finding", "steps:\n- { name: a, request: PUT /bare -> 405, allow: allow-on-405 } # known\n- { name: b, request: PUT /bare -> 405 }\n",
			[]string{"a allow-on-405: known"}, []string{"b allow-on-405"}},
		{"no finding", "steps:\n- { name: a, request: PUT /told -> 405, allow: allow-on-405 } # known\n",
			[]string{"a! " + fmt.Sprintf(unneeded, 2, "allow-on-405")}, nil},
		{"one of two", "steps:\n- name: a\n  request: PUT /bare -> 405\n  allow:\n  - allow-on-405 # known\n  - content-type-present # as well\n",
			[]string{"a allow-on-405: known", "a! " + fmt.Sprintf(unneeded, 6, "content-type-present")}, nil},
		{"told once, here first", "steps:\n- { name: a, request: GET /plain -> 200, allow: nosniff } # known\n- { name: b, request: GET /plain -> 200 }\n",
			[]string{"a nosniff: known"}, []string{"b nosniff"}},
		{"told once, elsewhere first", "steps:\n- { name: b, request: GET /plain -> 200 }\n- { name: a, request: GET /plain -> 200, allow: nosniff } # known\n",
			[]string{"a nosniff: known"}, []string{"b nosniff"}},
		{"told once, not here", "steps:\n- { name: b, request: GET /plain -> 200 }\n- { name: a, request: GET /safe -> 200, allow: nosniff } # known\n",
			[]string{"a! " + fmt.Sprintf(unneeded, 3, "nosniff")}, []string{"b nosniff"}},
		{"compared, odd one second", "steps:\n- { name: b, request: GET /none -> 404 }\n- { name: a, request: GET /odd -> 404, allow: error-shape-consistent } # known\n",
			[]string{"a error-shape-consistent: known"}, nil},
		{"compared, odd one first", "steps:\n- { name: a, request: GET /odd -> 404, allow: error-shape-consistent } # known\n- { name: b, request: GET /none -> 404 }\n",
			nil, nil},
		{"rows of a step, needed by one", "steps:\n- name: a\n  each: [told, bare, told]\n  request: PUT /{item} -> 405\n  allow: allow-on-405 # known\n",
			[]string{"a [bare] allow-on-405: known"}, nil},
		{"rows of a step, needed by none", "steps:\n- name: a\n  each: [told, told]\n  request: PUT /{item} -> 405\n  allow: allow-on-405 # known\n",
			[]string{"a [told (2)]! " + fmt.Sprintf(unneeded, 5, "allow-on-405")}, nil},
		{"rows of a scenario, needed by the first", "scenarios:\n- name: s\n  each: [bare, told]\n  steps:\n  - { name: a, request: \"PUT /{item} -> 405\", allow: allow-on-405 } # known\n",
			[]string{"a allow-on-405: known"}, nil},
		{"rows of a scenario, needed by none", "scenarios:\n- name: s\n  each: [told, told]\n  steps:\n  - { name: a, request: \"PUT /{item} -> 405\", allow: allow-on-405 } # known\n",
			[]string{"a! " + fmt.Sprintf(unneeded, 5, "allow-on-405")}, nil},
		{"a row that did not run", "scenarios:\n- name: s\n  each: [told, bare]\n  steps:\n  - { name: a, request: \"PUT /{item} -> 405\", if: item == \"told\", allow: allow-on-405 } # known\n",
			nil, nil},
		{"skipped", "steps:\n- { name: a, request: PUT /told -> 405, if: \"false\", allow: allow-on-405 } # known\n- PUT /told -> 405\n", nil, nil},
		{"another answer", "steps:\n- { name: a, request: PUT /told -> 404, allow: allow-on-405 } # known\n", nil, nil},
		{"not carried out", "steps:\n- { name: a, request: \"PUT ${base}/x -> 405\", allow: allow-on-405 } # known\nvars: { base: \"http://127.0.0.1:1\" }\n", nil, nil},
		{"an attempt of a retry", "steps:\n- { name: a, request: PUT /bare -> 405, retry: { times: 2, every: 1ms, until: \"false\" }, allow: allow-on-405 } # known\n",
			[]string{"a allow-on-405: known"}, nil},
		{"setup and teardown", "setup:\n- { name: a, request: PUT /told -> 405, allow: allow-on-405 } # known\nteardown:\n- { name: b, request: PUT /told -> 405, allow: allow-on-405 } # known\nsteps:\n- PUT /told -> 405\n",
			[]string{"a! " + fmt.Sprintf(unneeded, 2, "allow-on-405"), "b! " + fmt.Sprintf(unneeded, 4, "allow-on-405")}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, routes)
			p := prepare(t, a.URL, map[string]string{"a.yaml": test.suite + "rules: { nosniff: warning, caching: off }\n"})
			for _, strict := range []bool{false, true} {
				s := run(t, t.Context(), p, Options{Strict: strict})
				if got := allowed(s); !slices.Equal(got, test.want) {
					t.Errorf("got %q, want %q; %q", got, test.want, s.lines())
				}
				if got := counting(s, "nosniff", "allow-on-405", "error-shape-consistent"); !slices.Equal(got, test.rest) {
					t.Errorf("%q count, want %q", got, test.rest)
				}
			}
		})
	}
}

// counting gives the findings of the given rules that are not allowed, as "step
// rule", and holds the totals against what was found.
func counting(s *seen, rules ...string) []string {
	var out []string
	for _, sc := range s.scenarios {
		for _, step := range sc.Steps {
			for _, f := range step.Findings {
				if f.Weight() != finding.Off && slices.Contains(rules, f.Rule) {
					out = append(out, step.Name+" "+f.Rule)
				}
			}
		}
	}
	return out
}

// TestAllowedFindingsCountForNothing runs one step that only has findings which
// are allowed: it passes, also in a strict run.
func TestAllowedFindingsCountForNothing(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(map[string]any{})})
	p := prepare(t, a.URL, map[string]string{"a.yaml": "rules: { nosniff: error, freshness-explicit: warning }\nsteps:\n- request: GET /a -> 200\n" +
		"  # the gateway takes it away,\n  # and nothing here is cached\n  allow: [nosniff, freshness-explicit, hsts-valid]\n"})
	s := run(t, t.Context(), p, Options{Strict: true})
	c := s.summary.Counts
	if s.summary.Outcome != finding.Passed || c.Passed != 1 || c.Warnings != 0 || c.Infos != 0 || c.Allowed != 2 {
		t.Errorf("%s, %+v, %q", s.summary.Outcome, c, s.lines())
	}
	if want := []string{"a.yaml:6: allow: hsts-valid is no longer needed"}; !slices.Equal(s.summary.Notes, want) {
		t.Errorf("notes %q", s.summary.Notes)
	}
	at := slices.IndexFunc(s.scenarios[0].Steps[0].Findings, func(f finding.Finding) bool { return f.Rule == "nosniff" })
	if f := s.scenarios[0].Steps[0].Findings[at]; f.Allowed != "the gateway takes it away, and nothing here is cached" || f.Severity != finding.Error {
		t.Errorf("%+v", f)
	}
	if s = run(t, t.Context(), p, Options{NoRules: true}); len(s.summary.Notes) > 0 {
		t.Errorf("without rules: %q", s.summary.Notes)
	}
}

// TestUnneededAllowancesAreFew names so many and counts the others.
func TestUnneededAllowancesAreFew(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(map[string]any{})})
	text := "steps:\n" + strings.Repeat("- { request: GET /a -> 200, verify: false, allow: allow-on-405 } # known\n", maxAllowanceNotes+3)
	s := run(t, t.Context(), prepare(t, a.URL, map[string]string{"a.yaml": text}), Options{})
	notes := s.summary.Notes
	if len(notes) != maxAllowanceNotes+1 || notes[0] != "a.yaml:2: allow: allow-on-405 is no longer needed" || notes[maxAllowanceNotes] != "allow: 3 more are no longer needed" {
		t.Errorf("%q", notes)
	}
}

// TestAllowancesOfFollowUps: what only follow-ups can show is needed until they
// have shown that it is not; and what a follow-up may need is not called idle
// by a run without them.
func TestAllowancesOfFollowUps(t *testing.T) {
	read := ok(map[string]any{})
	a := newAPI(t, map[string]http.HandlerFunc{
		"GET /a": read, "HEAD /a": read, "GET /b": read, "HEAD /b": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(429) },
		"GET /c": read, "HEAD /c": func(w http.ResponseWriter, r *http.Request) { reply(w, 405, map[string]any{}) },
		"PUT /d": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
	})
	p := prepare(t, a.URL, map[string]string{"a.yaml": `
steps:
  - request: GET /a -> 200
    allow: head-supported # known
  - request: GET /b -> 200
    allow: head-supported # known
  - request: GET /c -> 200
    allow: [ head-supported, allow-on-405 ] # known
  - request: GET /a -> 200
    allow: [ head-supported, allow-on-405 ] # known, and followed above
  - request: GET /a -> 200
    verify: false
    allow: [ head-supported, allow-on-405 ] # known
  - request: PUT /d -> 204
    allow: redirect-method-preserved # known
`})
	never := "a.yaml:13: allow: allow-on-405 is no longer needed"
	for level, want := range map[rule.Verify][]string{
		rule.NoFollowUps:   {never},
		rule.SafeFollowUps: {"a.yaml:4: allow: head-supported is no longer needed", never},
	} {
		s := run(t, t.Context(), p, Options{Verify: level})
		if !slices.Equal(s.summary.Notes, want) {
			t.Errorf("with level %d: %q, want %q", level, s.summary.Notes, want)
		}
		if level == rule.SafeFollowUps && s.summary.Allowed != 2 {
			t.Errorf("%d are allowed: %q", s.summary.Allowed, s.lines())
		}
	}
}
