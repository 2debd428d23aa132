package scenarios

import (
	"io/fs"
	"slices"
	"testing"

	"httpprobe/probe/rule"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// guide is the status codes that the shipped suites must meet.
var guide = []int{
	100, 101,
	200, 201, 204, 206,
	301, 302, 304, 307, 308,
	400, 401, 403, 404, 405, 409, 422, 429,
	500, 502, 503, 504,
}

func suites(t *testing.T) map[string]*scenario.Suite {
	t.Helper()
	names, err := fs.Glob(Files(), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*scenario.Suite{}
	for _, name := range names {
		data, err := fs.ReadFile(Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		suite, problems := scenario.Parse(source.File{Name: name, Data: data}, Files())
		for _, p := range problems {
			t.Error(p)
		}
		if suite == nil {
			t.Fatalf("%s holds nothing", name)
		}
		out[name] = suite
	}
	return out
}

// met gives the statuses that a step accepts as its only ones.
func met(step scenario.Step) []int {
	out := slices.Clone(step.Expect.Informational)
	for _, set := range []*scenario.StatusSet{step.Line.Status, step.Expect.Status} {
		if set != nil && len(set.Exact) == 1 && len(set.Class) == 0 {
			out = append(out, set.Exact...)
		}
	}
	return out
}

func TestEveryStatusCodeOfTheGuideIsMet(t *testing.T) {
	suite := suites(t)["status-codes.yaml"]
	if suite == nil {
		t.Fatal("status-codes.yaml is not shipped")
	}
	var seen []int
	for _, s := range suite.Scenarios {
		if s.If.Given() {
			continue // it may not run
		}
		for _, step := range s.Steps {
			if !step.If.Given() {
				seen = append(seen, met(step)...)
			}
		}
	}
	for _, code := range guide {
		if !slices.Contains(seen, code) {
			t.Errorf("no step of status-codes.yaml expects %d", code)
		}
	}
}

// TestNoSuiteSilencesTheRulebook: the demo is right, so nothing needs to be
// turned off. What is off by itself may be turned on.
func TestNoSuiteSilencesTheRulebook(t *testing.T) {
	for name, suite := range suites(t) {
		if suite.KeepGoing {
			t.Errorf("%s sets keep_going", name)
		}
		for _, level := range suite.Levels {
			if r, ok := rule.Find(level.Name.Text); !ok || !r.Optional {
				t.Errorf("%s sets the severity of %s", name, level.Name.Text)
			}
		}
		for _, s := range suite.Scenarios {
			for _, step := range s.Steps {
				if len(step.Levels) > 0 {
					t.Errorf("%s:%d sets rules", name, step.Pos.Line)
				}
			}
		}
	}
}
