package finding

import (
	"testing"

	"httpprobe/probe/exchange"
)

func TestParseSeverity(t *testing.T) {
	for _, s := range []Severity{Off, Info, Warning, Error} {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%s: got %v, %v", s, got, err)
		}
	}
	if _, err := ParseSeverity("fatal"); err == nil {
		t.Error(`"fatal" was taken for a severity`)
	}
}

func TestFailing(t *testing.T) {
	s := Step{Findings: []Finding{{Severity: Info}, {Severity: Warning}, {Severity: Error}}}
	if n := len(s.Failing(false)); n != 1 {
		t.Errorf("%d findings fail the step", n)
	}
	if n := len(s.Failing(true)); n != 2 {
		t.Errorf("%d findings fail the step in a strict run", n)
	}
}

func TestCounts(t *testing.T) {
	var c Counts
	c.Add(Scenario{Steps: []Step{
		{Outcome: Passed, Exchanges: make([]Exchange, 2), Findings: []Finding{{Severity: Warning}, {Severity: Info}}},
		{Outcome: Failed, Exchanges: make([]Exchange, 1), Findings: []Finding{{Severity: Error}}},
		{Outcome: Errored},
		{Outcome: Skipped},
	}})
	c.Add(Scenario{})
	want := Counts{Scenarios: 2, Steps: 4, Passed: 1, Failed: 1, Errors: 1, Skipped: 1, Warnings: 1, Infos: 1, Requests: 3}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestUnreached(t *testing.T) {
	var none *exchange.Failure
	if none.Unreached() {
		t.Error("a request without a failure did not reach its server")
	}
	for kind, want := range map[exchange.FailureKind]bool{
		exchange.FailedLookup: true, exchange.FailedConnect: true, exchange.FailedTLS: true,
		exchange.FailedTruncated: false, exchange.FailedClosed: false,
	} {
		if got := (&exchange.Failure{Kind: kind}).Unreached(); got != want {
			t.Errorf("%s: got %v", kind, got)
		}
	}
}
