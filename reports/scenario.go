package reports

import (
	"fmt"

	"httpprobe/probe/finding"
)

// wholeScenario names the case that stands for a scenario, not for a step.
const wholeScenario = "the scenario as a whole"

// title names a scenario. A file with steps only has one, named as the suite.
func title(s finding.Scenario) string {
	switch {
	case s.Name == "" || s.Name == s.Suite:
		return s.Suite
	case s.Suite == "":
		return s.Name
	}
	return s.Suite + " › " + s.Name
}

// needsCase reports whether a scenario ended worse than its steps show, so
// that a report of steps alone would hide it: it could not be begun, say.
func needsCase(s finding.Scenario) bool {
	if len(s.Steps) == 0 {
		return s.Outcome != finding.Passed
	}
	worst := finding.Passed
	for _, step := range s.Steps {
		worst = max(worst, step.Outcome)
	}
	return s.Outcome >= finding.Failed && s.Outcome > worst
}

func scenarioReason(s finding.Scenario) string {
	switch {
	case s.Reason != "":
		return visible(s.Reason)
	case s.Outcome == finding.Skipped:
		return "the scenario did not run"
	case s.Outcome == finding.Failed:
		return "the scenario failed"
	}
	return "the scenario could not be carried out"
}

func statusText(status int) string { return fmt.Sprintf("%03d", status) }
