package probe

import (
	"slices"

	"httpprobe/probe/finding"
)

// repeats leaves out what follow-ups only show again: steps that are about one
// resource lead to the same ones.
type repeats map[telling]bool

// telling is what a finding says. Rules name the request in their messages.
type telling struct{ base, rule, severity, message string }

// mostTold is how much is remembered, so that a run of any length takes no more.
const mostTold = 10_000

// drop takes from a scenario the findings on follow-ups that were told in the
// same words before, of this step or an earlier one of the run. Scenarios must
// come in the order of the files.
func (r repeats) drop(s *finding.Scenario) {
	for i := range s.Steps {
		step := &s.Steps[i]
		step.Findings = slices.DeleteFunc(step.Findings, func(f finding.Finding) bool {
			if f.Weight() == finding.Off || f.Rule == finding.Expectation {
				return false
			}
			t := telling{s.BaseURL, f.Rule, f.Severity.String(), f.Message}
			if r[t] && followUp(step.Exchanges, f) {
				return true
			}
			if len(r) < mostTold {
				r[t] = true
			}
			return false
		})
	}
}

func followUp(exchanges []finding.Exchange, f finding.Finding) bool {
	return f.Exchange >= 0 && exchanges[f.Exchange].Role == finding.Verified
}

// fresh leaves out of a step's findings what a follow-up shows just as the
// step's own answer from the same place did: the same rule is broken in the
// same part of it.
func fresh(found []finding.Finding, exchanges []finding.Exchange) []finding.Finding {
	seen := func(f finding.Finding) bool { return followUp(exchanges, f) }
	if !slices.ContainsFunc(found, seen) {
		return found
	}
	answers := slices.DeleteFunc(slices.Clone(found), seen) // few, whatever follow-ups show
	return slices.DeleteFunc(found, func(f finding.Finding) bool {
		again := func(own finding.Finding) bool {
			return own.Rule == f.Rule && own.Path == f.Path && own.Severity == f.Severity && alike(&exchanges[own.Exchange], &exchanges[f.Exchange])
		}
		return seen(f) && slices.ContainsFunc(answers, again)
	})
}

// alike reports whether two answers come from the same place and are of the
// same class.
func alike(a, b *finding.Exchange) bool {
	return a.Request.URL == b.Request.URL && a.Response != nil && b.Response != nil && a.Response.Status/100 == b.Response.Status/100
}
