package reports

import (
	"strings"

	"httpprobe/probe/finding"
)

// maxFindings is how many findings of one step are written out.
const maxFindings = 50

// place names a step as people look for it: file, line, scenario, step.
func place(s finding.Scenario, step finding.Step) string {
	at := step.Pos
	at.Column = 0
	text := title(s) + " › " + step.Name
	if at.File != "" {
		text = at.String() + ": " + text
	}
	return visible(text)
}

// answer gives the exchange that a step was about, or nil when it has none:
// the last that is not a follow-up of the rulebook.
func answer(step finding.Step) *finding.Exchange {
	for i := len(step.Exchanges) - 1; i >= 0; i-- {
		if step.Exchanges[i].Role != finding.Verified {
			return &step.Exchanges[i]
		}
	}
	return nil
}

// headline gives a finding in one line that makes sense alone.
func headline(f finding.Finding) string {
	if f.Path == "" || saysWhat(f) {
		return visible(f.Message)
	}
	return visible(f.Path + ": " + f.Message)
}

// saysWhat reports whether the message of a finding says what it is about.
func saysWhat(f finding.Finding) bool {
	if f.Path == "status" {
		return true
	}
	last := f.Path[strings.LastIndexByte(f.Path, '.')+1:]
	if f.Rule != finding.Expectation {
		return strings.Contains(strings.ToLower(f.Message), strings.ToLower(last))
	}
	return strings.HasPrefix(f.Message, f.Path) || last != f.Path && strings.Contains(f.Message, f.Path)
}

// reason gives in one line why a step was skipped or could not be carried out.
func reason(step finding.Step) string {
	if step.Reason != "" {
		return visible(step.Reason)
	}
	if x := answer(step); x != nil && x.Failure != nil {
		return visible(x.Failure.Text)
	}
	if step.Outcome == finding.Skipped {
		return "it did not run"
	}
	return "the step could not be carried out"
}

// hint says what to try where a step could not be carried out.
func hint(step finding.Step) string {
	if x := answer(step); step.Hint == "" && x != nil && x.Failure != nil {
		return x.Failure.Hint
	}
	return step.Hint
}

// telling is how much is written of a step.
type telling struct {
	strict  bool // warnings are failures
	limit   limits
	details bool // infos, and every exchange in full
	// exhibits are the rules that need no explanation.
	exhibits exhibits
}

// explain writes all that is needed to act on a step that failed or could not
// be carried out, below the line that names it.
func (p *printer) explain(step finding.Step, t telling) {
	if step.Line != "" {
		p.line(p.bold(visible(step.Line)))
	}
	if step.Outcome == finding.Errored {
		p.line()
		p.line(p.bad("error: "), reason(step))
		p.told = hint(step)
		p.labelled("try", p.told)
	}
	failing := step.Failing(t.strict)
	var explained []finding.Finding
	for _, f := range failing[:min(len(failing), maxFindings)] {
		p.line()
		if t.exhibits[f.Rule] != nil {
			p.again(step, f, t.exhibits)
			continue
		}
		p.finding(step, f, t.limit)
		explained = append(explained, f)
	}
	if more := len(failing) - maxFindings; more > 0 {
		p.line()
		p.line("… ", count(more, "more finding"))
	}
	if len(failing) == 0 && step.Outcome == finding.Failed {
		p.line()
		p.line(p.bad("• "), failureMessage(step, failing))
	}
	if t.details {
		p.infos(step)
	}
	for _, n := range step.Notes {
		p.line(p.faint("note: "), visible(n))
	}
	p.exchanges(step, explained, t.limit, t.details)
}

// again writes a finding of a rule that was explained at another step.
func (p *printer) again(step finding.Step, f finding.Finding, known exhibits) {
	at, isNew := known.again(step, f)
	p.line(p.bullet(f), headline(f), " ", p.faint("["+visible(f.Rule)+"], as at "+visible(at)))
	if isNew {
		p.in(func() { p.difference(f.Expected, f.Actual, terminalLimits) })
	}
}

func (p *printer) finding(step finding.Step, f finding.Finding, limit limits) {
	head := []string{p.bullet(f), p.bold(headline(f))}
	if f.Rule != finding.Expectation && f.Rule != "" {
		head = append(head, " ", p.faint("["+visible(f.Rule)+"]"))
	}
	p.line(head...)
	p.in(func() {
		p.difference(f.Expected, f.Actual, limit)
		p.citation(f)
		if len(step.Exchanges) > 1 && f.Exchange >= 0 && f.Exchange < len(step.Exchanges) {
			p.labelled("in", brief(step.Exchanges[f.Exchange]))
		}
		if at := f.Pos; at.Line != 0 && at.Line != step.Pos.Line {
			at.Column = 0
			p.labelled("at", at.String())
		}
	})
}

func (p *printer) bullet(f finding.Finding) string {
	if f.Severity == finding.Warning {
		return p.warn("• warning: ")
	}
	return p.bad("• ")
}

// citation writes what a finding of the rulebook is founded on, and the mend.
func (p *printer) citation(f finding.Finding) {
	rule := f.Title
	if cites := strings.Join(f.Cites, ", "); cites != "" && rule != "" {
		rule += " (" + cites + ")"
	} else if cites != "" {
		rule = cites
	}
	p.labelled("rule", rule)
	p.labelled("mend", f.Mend)
}

// infos writes the findings that are only worth knowing, and those that the
// scenario accepts.
func (p *printer) infos(step finding.Step) {
	for _, f := range step.Findings {
		if f.Weight() == finding.Info {
			p.line(p.faint("info: "), headline(f), " ", p.faint("["+visible(f.Rule)+"]"))
		}
	}
	for _, f := range step.Findings {
		if f.Allowed != "" {
			p.line(p.faint("allowed: "), headline(f), " ", p.faint("["+visible(f.Rule)+"], since "+visible(f.Allowed)))
		}
	}
}

// exchanges writes the exchanges that the findings are about, or the answer
// when they are about none, and the others in one line each. Of follow-ups
// there are many: those that the findings are not about are only counted.
func (p *printer) exchanges(step finding.Step, failing []finding.Finding, limit limits, details bool) {
	if len(step.Exchanges) == 0 {
		return
	}
	full := inFull(step, failing, details)
	counted := func(i int) bool {
		return !full[i] && step.Exchanges[i].Role == finding.Verified && step.Exchanges[i].Failure == nil
	}
	further := 0
	for i := range full {
		if counted(i) {
			further++
		}
	}
	p.line()
	left := len(full) - further
	for i, x := range step.Exchanges {
		switch {
		case counted(i):
			continue
		case !full[i]:
			p.line(p.faint("* "), brief(x))
		default:
			if len(full) > 1 && !details {
				p.line(p.faint("* " + role(x)))
			}
			p.exchange(x, limit, details)
			if left > 1 || further > 0 {
				p.line()
			}
		}
		left--
	}
	if further > 0 {
		p.line(p.faint("* and " + count(further, "more follow-up")))
	}
}

// inFull says which exchanges of a step are written out.
func inFull(step finding.Step, failing []finding.Finding, details bool) []bool {
	full := make([]bool, len(step.Exchanges))
	none := true
	for _, f := range failing {
		if f.Exchange >= 0 && f.Exchange < len(full) {
			full[f.Exchange], none = true, false
		}
	}
	for i := range step.Exchanges {
		if &step.Exchanges[i] == answer(step) && none || details {
			full[i], none = true, false
		}
	}
	if none {
		full[len(full)-1] = true
	}
	return full
}

// failureMessage gives in one line why a step failed.
func failureMessage(step finding.Step, failing []finding.Finding) string {
	switch len(failing) {
	case 0:
		if step.Reason != "" {
			return visible(step.Reason)
		}
		return "the step failed"
	case 1:
		return headline(failing[0])
	}
	return headline(failing[0]) + " (and " + commas(len(failing)-1) + " more)"
}
