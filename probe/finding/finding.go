// Package finding holds what was concluded: findings, and the steps, scenarios
// and runs they belong to. Values are not changed once they are made.
package finding

import (
	"fmt"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/source"
)

// Severity says how much a finding weighs. Error findings fail their step;
// warnings do so in strict runs.
type Severity uint8

// The severities, from the one that is not reported to the heaviest.
const (
	Off Severity = iota
	Info
	Warning
	Error
)

// Severities are the words of scenario files, by severity.
var severityWords = [...]string{"off", "info", "warning", "error"}

// String gives the word of scenario files and reports.
func (s Severity) String() string { return severityWords[s] }

// MarshalText makes the word the JSON form.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads the word of a scenario file.
func ParseSeverity(word string) (Severity, error) {
	for i, w := range severityWords {
		if w == word {
			return Severity(i), nil
		}
	}
	return Off, fmt.Errorf("unknown severity %q: off, info, warning or error", word)
}

// Expectation is the Rule of findings that come from the scenario itself, not
// from the rulebook.
const Expectation = "expectation"

// Finding is one thing that is wrong with the service.
type Finding struct {
	Rule     string     // a rule's id, or Expectation
	Severity Severity   // after settings; see Weight
	Allowed  string     // why the scenario's author accepts it; empty: it is not accepted
	Pos      source.Pos // the line of the scenario that asked for it
	Path     string     // what it is about: "status", "headers.Location", "body.items[2].email"
	Message  string     // one line that makes sense alone
	Expected string     // rendered; may be empty, may have several lines
	Actual   string     // rendered; may be empty, may have several lines
	Title    string     // the rule's own sentence: "a 405 names the methods that are allowed"
	Cites    []string   // sections: "RFC 9110 §15.5.6"
	Mend     string     // what to change in the service
	Exchange int        // index into the step's Exchanges; -1 when about none
}

// Weight gives the severity with which the finding counts: none where it is
// accepted.
func (f Finding) Weight() Severity {
	if f.Allowed != "" {
		return Off
	}
	return f.Severity
}

// Outcome is how a step, scenario or run ended.
type Outcome uint8

// The outcomes, from the lightest to the heaviest.
const (
	Passed  Outcome = iota
	Skipped         // did not run
	Failed          // the service broke an expectation or a rule
	Errored         // could not be carried out
)

// String gives the word of reports.
func (o Outcome) String() string {
	return [...]string{"passed", "skipped", "failed", "error"}[o]
}

// MarshalText makes the word the JSON form.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Role says why an exchange was made.
type Role string

// The roles of exchanges within a step.
const (
	Asked    Role = "request"   // the step's own request
	Retried  Role = "retry"     // an attempt after the first
	Followed Role = "redirect"  // a redirect that was followed
	Verified Role = "follow-up" // a request of the rulebook
)

// Exchange is an exchange of a step with its reason, secrets masked and
// bodies trimmed to what reports show.
type Exchange struct {
	Role Role
	// Of a follow-up are known, too: method and target, templated where it is
	// the step's own, and the id of the rule that asked for it first, empty
	// where it reads or tidies up for several.
	Endpoint, Rule string
	exchange.Exchange
	RequestSize, BodySize, ContentSize int // octets before trimming
}

// Phase is the part of a scenario a step belongs to.
type Phase string

// The phases of a scenario.
const (
	Setup    Phase = "setup"
	Main     Phase = "steps"
	Teardown Phase = "teardown"
)

// Step is the result of one step.
type Step struct {
	Name      string // unique within the scenario: the author's, or the request line
	Pos       source.Pos
	Phase     Phase
	Line      string // the request line as written: "POST /api/users -> 201 /api/users/{id}"
	Endpoint  string // method and templated target: "GET /api/users/{id}"
	Outcome   Outcome
	Reason    string // one line: why it was skipped, or could not be carried out
	Hint      string // what to try, beside Reason
	Findings  []Finding
	Exchanges []Exchange
	Notes     []string // what a reader may want to know: a retry, a method that a redirect changed
	Started   time.Time
	Duration  time.Duration
}

// Failing gives the findings that fail the step.
func (s Step) Failing(strict bool) []Finding {
	var out []Finding
	for _, f := range s.Findings {
		if w := f.Weight(); w == Error || strict && w == Warning {
			out = append(out, f)
		}
	}
	return out
}

// Scenario is the result of one scenario.
type Scenario struct {
	Suite    string // the suite's name
	Name     string // unique within the suite
	Pos      source.Pos
	Tags     []string
	BaseURL  string
	Outcome  Outcome
	Reason   string // why it was skipped or could not be begun
	Steps    []Step
	Started  time.Time
	Duration time.Duration
}

// Counts adds up steps by outcome, and findings that do not fail a step.
type Counts struct {
	Scenarios int `json:"scenarios"`
	Steps     int `json:"steps"`
	Passed    int `json:"passed"`
	Failed    int `json:"failed"`
	Errors    int `json:"errors"`
	Skipped   int `json:"skipped"`
	Warnings  int `json:"warnings"`
	Infos     int `json:"infos"`
	Allowed   int `json:"allowed"`    // findings that scenarios accept
	Requests  int `json:"requests"`   // all of them, follow-ups included
	FollowUps int `json:"follow_ups"` // requests of the rulebook
}

// Add counts a scenario in.
func (c *Counts) Add(s Scenario) {
	c.Scenarios++
	for _, step := range s.Steps {
		c.Steps++
		c.Requests += len(step.Exchanges)
		for i := range step.Exchanges {
			if step.Exchanges[i].Role == Verified {
				c.FollowUps++
			}
		}
		switch step.Outcome {
		case Passed:
			c.Passed++
		case Failed:
			c.Failed++
		case Errored:
			c.Errors++
		case Skipped:
			c.Skipped++
		}
		for _, f := range step.Findings {
			switch {
			case f.Allowed != "":
				c.Allowed++
			case f.Severity == Warning:
				c.Warnings++
			case f.Severity == Info:
				c.Infos++
			}
		}
	}
}

// Header is what is known of a run before its first request.
type Header struct {
	Version string // probe's own
	BaseURL string // the one given for the whole run; empty when each suite has its own
	Suites  []string
	Strict  bool
	Started time.Time
}

// Summary is what is known of a run when it has ended.
type Summary struct {
	Counts
	Outcome     Outcome
	Unreached   bool   // no request of the run reached its server
	Interrupted string // the reason when the run was stopped early: "interrupted" or "terminated"
	Duration    time.Duration
	Notes       []string // of the run as a whole
}
