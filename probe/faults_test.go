package probe_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe"
	"httpprobe/probe/demo"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
	"httpprobe/scenarios"
)

// TestFaults runs the shipped suites against the demo API with each fault: the
// rule that is broken is reported at its severity, and nothing but what the
// fault entails.
func TestFaults(t *testing.T) {
	for _, f := range demo.Faults() {
		t.Run(f.Rule, func(t *testing.T) {
			t.Parallel()
			broken, ok := rule.Find(f.Rule)
			if !ok {
				t.Fatalf("no rule %q", f.Rule)
			}
			seen := map[string]finding.Severity{}
			for _, s := range runDemo(t, f, broken.Extent()) {
				for _, step := range s.Steps {
					if step.Outcome == finding.Errored {
						t.Errorf("%s: %s", step.Pos, step.Reason)
					}
					for _, found := range step.Findings {
						if found.Rule != f.Rule && !slices.Contains(f.Entails, found.Rule) {
							t.Errorf("%s: %s %s: %s", step.Pos, found.Severity, found.Rule, found.Message)
						}
						seen[found.Rule] = max(seen[found.Rule], found.Severity)
					}
				}
			}
			if seen[f.Rule] != broken.Severity {
				t.Errorf("reported at severity %s, want %s", seen[f.Rule], broken.Severity)
			}
			for _, other := range f.Entails {
				if _, ok := seen[other]; !ok {
					t.Errorf("%s is said to follow from it, but was not reported", other)
				}
			}
		})
	}
}

// runDemo runs the shipped suites against the demo API with a fault.
func runDemo(t *testing.T, f demo.Fault, level rule.Verify) []finding.Scenario {
	t.Helper()
	api := demo.New(demo.Options{Fault: f})
	server := httptest.NewUnstartedServer(api)
	server.Config.DisableGeneralOptionsHandler = true
	options := probe.Options{Verify: level, Strict: true}
	if f.Public {
		server.Listener = public{server.Listener}
	}
	if f.Secure {
		server.StartTLS()
		options.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig
	} else {
		server.Start()
	}
	base := server.URL
	if f.Public {
		base, options.Dial = published(server, options.TLS)
	}
	t.Cleanup(func() {
		server.Close()
		if err := api.Close(); err != nil {
			t.Error(err)
		}
	})
	p, err := probe.Prepare(probe.Input{Paths: []string{"."}, FS: scenarios.Files(), BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	out := &gathered{}
	options.Observer = out
	p.Run(t.Context(), options)
	return out.scenarios
}

// TestEveryRuleHasAFault: what cannot be broken on request is not shown to be
// found.
func TestEveryRuleHasAFault(t *testing.T) {
	for _, r := range rule.Book() {
		if _, ok := demo.FindFault(r.ID); !ok && r.State() != rule.Undecided {
			t.Errorf("no fault breaks %s", r.ID)
		}
	}
}

// gathered keeps the results of a run.
type gathered struct{ scenarios []finding.Scenario }

func (g *gathered) Begin(finding.Header)        {}
func (g *gathered) Step(probe.Progress)         {}
func (g *gathered) Scenario(s finding.Scenario) { g.scenarios = append(g.scenarios, s) }
func (g *gathered) End(finding.Summary)         {}

// TestSoundDemo: of a server that does all right nothing is said.
func TestSoundDemo(t *testing.T) {
	for _, level := range []rule.Verify{rule.NoFollowUps, rule.SafeFollowUps, rule.WritingFollowUps} {
		for _, s := range runDemo(t, demo.Fault{}, level) {
			for _, step := range s.Steps {
				if step.Outcome != finding.Passed {
					t.Errorf("%s: %s %s", step.Pos, step.Outcome, step.Reason)
				}
				for _, note := range step.Notes {
					if strings.Contains(note, "follow-up") {
						t.Errorf("%s: %s", step.Pos, note)
					}
				}
				for _, f := range step.Findings {
					t.Errorf("%s: %s %s: %s", step.Pos, f.Severity, f.Rule, f.Message)
				}
			}
		}
	}
}
