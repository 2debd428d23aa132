package reports

import (
	"strings"

	"httpprobe/probe/finding"
)

// totals writes the last line of a run.
func (t *text) totals(s finding.Summary) {
	p := &t.printer
	words := [...]string{
		finding.Passed:  p.good("PASSED"),
		finding.Skipped: p.warn("SKIPPED"),
		finding.Failed:  p.bad("FAILED"),
		finding.Errored: p.bad("ERROR"),
	}
	outcomes := tally([]amount{
		{s.Passed, "passed"}, {s.Failed, "failed"}, {s.Errors, plural(s.Errors, "error")}, {s.Skipped, "skipped"},
	})
	line := words[s.Outcome] + ": " + count(s.Steps, "step") + " in " + count(s.Scenarios, "scenario")
	if outcomes != "" {
		line += ": " + outcomes
	}
	if beside := tally([]amount{{s.Warnings, plural(s.Warnings, "warning")}, {s.Infos, plural(s.Infos, "info")}, {s.Allowed, "allowed"}}); beside != "" {
		line += " · " + beside
	}
	requests := count(s.Requests, "request")
	if s.FollowUps > 0 {
		requests += " (" + count(s.FollowUps, "follow-up") + ")"
	}
	p.line(line, " · ", requests, " in ", duration(s.Duration))
}

type amount struct {
	n    int
	noun string
}

func tally(amounts []amount) string {
	var parts []string
	for _, a := range amounts {
		if a.n > 0 {
			parts = append(parts, commas(a.n)+" "+a.noun)
		}
	}
	return strings.Join(parts, ", ")
}
