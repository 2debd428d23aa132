package rule

import (
	"fmt"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// Pass is one exchange under judgement, with what rules share about it.
type Pass struct {
	*exchange.Exchange
	Subject Subject
	// Settings are those of the suite.
	Settings Settings

	rule    *Rule
	found   *[]Report
	content *parsed // filled on first use
}

// Subject is where an exchange belongs, for findings that name another place.
type Subject struct {
	Place    string // file:line of the step
	Step     string // its name
	Endpoint string // method and templated target
	Expected bool   // the step named the status that came
}

// Settings is what rules need to know about a project.
type Settings struct {
	Errors ErrorMode
	// Schema judges error bodies when Errors is SchemaErrors: it gives what
	// is wrong with a parsed body, or "".
	Schema func(body any) string
}

// ErrorMode is the `errors` setting of a suite.
type ErrorMode string

// The modes. The zero value is AutoErrors.
const (
	AutoErrors     ErrorMode = ""
	FlatErrors     ErrorMode = "flat"
	ListErrors     ErrorMode = "list"
	EnvelopeErrors ErrorMode = "envelope"
	ProblemErrors  ErrorMode = "problem"
	NoErrors       ErrorMode = "off"
	SchemaErrors   ErrorMode = "schema"
)

// Report is one breach as a rule states it.
type Report struct {
	Rule     *Rule
	Severity finding.Severity // the rule's own unless milder or harsher
	Message  string           // one line that makes sense alone
	Path     string           // "headers.Allow", "body", "status"
	Expected string
	Actual   string
}

// Reportf reports a breach at the rule's severity.
func (p *Pass) Reportf(path, format string, args ...any) {
	p.Report(Report{Severity: p.rule.Severity, Path: path, Message: fmt.Sprintf(format, args...)})
}

// Report reports a breach; a zero Severity means the rule's own.
func (p *Pass) Report(r Report) {
	r.Rule = p.rule
	if r.Severity == finding.Off {
		r.Severity = p.rule.Severity
	}
	*p.found = append(*p.found, r)
}
