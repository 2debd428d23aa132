package rule

import (
	"strings"

	"httpprobe/probe/finding"
)

// Profile says whose demands count in full.
type Profile string

// The profiles.
const (
	// GuideProfile, the default, takes what the status-code guide demands as
	// seriously as what the standards do.
	GuideProfile Profile = ""
	// RFCProfile makes rules that rest on the guide or on practice alone info.
	RFCProfile Profile = "rfc"
)

// Levels are the severities a suite and a step set, by rule id or topic. A
// step's word goes before the suite's, and in each an id before a topic.
type Levels struct {
	Profile Profile
	Suite   map[string]finding.Severity
	Step    map[string]finding.Severity
}

// Severity gives how much a report counts. What was set takes the place of the
// rule's own severity; a part of the rule that is milder than the rule stays
// so, and a harsher part never exceeds what was set. Optional rules are off
// unless their id was set.
func (l Levels) Severity(r Report) finding.Severity {
	if r.Rule.Optional && !l.named(r.Rule) {
		return finding.Off
	}
	for _, set := range []map[string]finding.Severity{l.Step, l.Suite} {
		for _, name := range [...]string{r.Rule.ID, string(r.Rule.Topic)} {
			if level, ok := set[name]; ok {
				return scale(r, level)
			}
		}
	}
	if level := r.Rule.InRFC(); l.Profile == RFCProfile && !r.Declared && level != r.Rule.Severity {
		return scale(r, level)
	}
	return r.Severity
}

// named reports whether a severity was set for the rule itself.
func (l Levels) named(r *Rule) bool {
	_, suite := l.Suite[r.ID]
	_, step := l.Step[r.ID]
	return suite || step
}

// Off gives the ids of the rules of a book that were turned off. Optional ones
// that nobody turned on are not among them.
func (l Levels) Off(book []Rule) []string {
	if len(l.Suite) == 0 && len(l.Step) == 0 {
		return nil
	}
	var out []string
	for i := range book {
		r := &book[i]
		if (!r.Optional || l.named(r)) && l.Severity(Report{Rule: r, Severity: r.Severity}) == finding.Off {
			out = append(out, r.ID)
		}
	}
	return out
}

// scale gives a report's severity when its rule has that level.
func scale(r Report, level finding.Severity) finding.Severity {
	if r.Severity < r.Rule.Severity {
		return min(r.Severity, level)
	}
	return level
}

// InRFC is the rule's severity in profile rfc.
func (r *Rule) InRFC() finding.Severity {
	if r.RFC != nil {
		return *r.RFC
	}
	for basis := range strings.SplitSeq(strings.ReplaceAll(r.Basis, " + ", ", "), ", ") {
		if basis != "guide" && basis != "practice" {
			return r.Severity
		}
	}
	return min(r.Severity, finding.Info)
}
