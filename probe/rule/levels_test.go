package rule

import (
	"slices"
	"testing"

	"httpprobe/probe/finding"
)

func TestLevels(t *testing.T) {
	const (
		off  = finding.Off
		info = finding.Info
		warn = finding.Warning
		fail = finding.Error
	)
	type set map[string]finding.Severity
	rule := func(s finding.Severity, basis string, rfc *finding.Severity) *Rule {
		return &Rule{ID: "r", Topic: Caching, Severity: s, Basis: basis, RFC: rfc}
	}
	optional := &Rule{ID: "r", Topic: Caching, Severity: warn, Basis: "MUST NOT", Optional: true}
	tests := []struct {
		name     string
		levels   Levels
		rule     *Rule
		report   finding.Severity
		declared bool
		want     finding.Severity
	}{
		{"nothing set", Levels{}, rule(fail, "MUST", nil), fail, false, fail},
		{"nothing set, milder", Levels{}, rule(fail, "MUST", nil), info, false, info},
		{"lowered", Levels{Suite: set{"r": info}}, rule(fail, "MUST", nil), fail, false, info},
		{"lowered, milder stays", Levels{Suite: set{"r": warn}}, rule(fail, "MUST", nil), info, false, info},
		{"lowered below the milder", Levels{Suite: set{"r": info}}, rule(fail, "MUST", nil), warn, false, info},
		{"raised", Levels{Suite: set{"r": fail}}, rule(warn, "SHOULD", nil), warn, false, fail},
		{"raised, milder stays", Levels{Suite: set{"r": fail}}, rule(warn, "SHOULD", nil), info, false, info},
		{"harsher is capped", Levels{Suite: set{"r": warn}}, rule(warn, "SHOULD", nil), fail, false, warn},
		{"off", Levels{Suite: set{"r": off}}, rule(fail, "MUST", nil), fail, false, off},
		{"off, milder", Levels{Suite: set{"r": off}}, rule(fail, "MUST", nil), info, false, off},
		{"topic", Levels{Suite: set{"caching": off}}, rule(fail, "MUST", nil), fail, false, off},
		{"other topic", Levels{Suite: set{"content": off}}, rule(fail, "MUST", nil), fail, false, fail},
		{"id over topic", Levels{Suite: set{"caching": off, "r": warn}}, rule(fail, "MUST", nil), fail, false, warn},
		{"step over suite", Levels{Suite: set{"r": off}, Step: set{"r": fail}}, rule(fail, "MUST", nil), fail, false, fail},
		{"step's topic over suite's id", Levels{Suite: set{"r": fail}, Step: set{"caching": off}}, rule(fail, "MUST", nil), fail, false, off},
		{"optional", Levels{}, optional, warn, false, off},
		{"optional, topic", Levels{Suite: set{"caching": fail}, Step: set{"caching": fail}}, optional, warn, false, off},
		{"optional, rfc", Levels{Profile: RFCProfile}, optional, warn, true, off},
		{"optional, turned on", Levels{Suite: set{"r": warn}}, optional, warn, false, warn},
		{"optional, turned on, milder", Levels{Suite: set{"r": fail}}, optional, info, false, info},
		{"optional, turned on in a step", Levels{Step: set{"r": fail}}, optional, warn, false, fail},
		{"optional, turned on, step's topic", Levels{Suite: set{"r": warn}, Step: set{"caching": off}}, optional, warn, false, off},
		{"optional, turned on, own topic", Levels{Suite: set{"r": warn, "caching": off}}, optional, warn, false, warn},
		{"rfc: own", Levels{Profile: RFCProfile}, rule(fail, "SHOULD + guide", new(warn)), fail, false, warn},
		{"rfc: own, milder stays", Levels{Profile: RFCProfile}, rule(fail, "SHOULD + guide", new(warn)), info, false, info},
		{"rfc: guide", Levels{Profile: RFCProfile}, rule(warn, "guide", nil), warn, false, info},
		{"rfc: guide and practice", Levels{Profile: RFCProfile}, rule(warn, "guide, practice", nil), warn, false, info},
		{"rfc: guide, harsher", Levels{Profile: RFCProfile}, rule(warn, "guide", nil), fail, false, info},
		{"rfc: declared", Levels{Profile: RFCProfile}, rule(warn, "guide", nil), fail, true, fail},
		{"rfc: security and guide", Levels{Profile: RFCProfile}, rule(fail, "security, guide", nil), fail, false, fail},
		{"rfc: harsher of a standard", Levels{Profile: RFCProfile}, rule(warn, "SHOULD", nil), fail, false, fail},
		{"rfc: set by hand", Levels{Profile: RFCProfile, Suite: set{"r": fail}}, rule(warn, "guide", nil), warn, false, fail},
	}
	for _, test := range tests {
		got := test.levels.Severity(Report{Rule: test.rule, Severity: test.report, Declared: test.declared})
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestKnown(t *testing.T) {
	ids, topics := Known()
	if len(ids) != len(Book()) || !slices.IsSorted(ids) || !slices.Contains(ids, "allow-on-405") {
		t.Errorf("ids: %v", ids)
	}
	if len(topics) != 21 || !slices.IsSorted(topics) || !slices.Contains(topics, "client-errors") {
		t.Errorf("topics: %v", topics)
	}
	if r, ok := Find("allow-on-405"); !ok || r.ID != "allow-on-405" {
		t.Errorf("Find gave %q, %t", r.ID, ok)
	}
	if _, ok := Find("allow-on-406"); ok {
		t.Error("Find knows a rule that is none")
	}
}
