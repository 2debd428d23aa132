package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/finding"
)

// text writes for people who watch a terminal or read the log of a CI job.
type text struct {
	w        io.Writer
	options  Options
	printer  printer
	header   finding.Header
	groups   finding.Groups
	exhibits exhibits
	broken   []string // what did not pass, for the end
	beyond   int      // what did not pass and is not in broken
	// How scenarios ended; the summary counts their steps only.
	scenarios [finding.Errored + 1]int
}

// maxBroken is how many failures are named again at the end.
const maxBroken = 20

func newText(w io.Writer, o Options) Report {
	if o.Width == 0 {
		o.Width = 100
	}
	return &text{w: w, options: o, printer: printer{styles: newStyles(o.Color)}, exhibits: exhibits{}}
}

func (t *text) flush() error {
	if _, err := t.printer.WriteTo(t.w); err != nil {
		return fmt.Errorf("write the text report: %w", err)
	}
	return nil
}

func (t *text) Begin(h finding.Header) error {
	t.header = h
	if t.options.Quiet {
		return nil
	}
	parts := []string{strings.TrimSpace("probe " + visible(h.Version))}
	if h.BaseURL != "" {
		parts = append(parts, visible(h.BaseURL))
	}
	parts = append(parts, count(len(h.Suites), "suite"))
	if h.Strict {
		parts = append(parts, "strict: warnings fail")
	}
	t.printer.line(strings.Join(parts, " · "))
	t.printer.line()
	return t.flush()
}

func (t *text) Scenario(s finding.Scenario) error {
	t.scenarios[s.Outcome]++
	if !t.options.Quiet {
		t.list(s)
	}
	if needsCase(s) && s.Outcome >= finding.Failed {
		t.whole(s)
	}
	t.groups.Add(s)
	brief := false
	for _, step := range s.Steps {
		if step.Outcome < finding.Failed {
			continue
		}
		if brief && !t.repeated(step) {
			t.printer.line()
		}
		brief = t.failure(s, step)
	}
	if brief {
		t.printer.line()
	}
	return t.flush()
}

// whole writes that a scenario did not pass as a whole.
func (t *text) whole(s finding.Scenario) {
	at := place(s, finding.Step{Pos: s.Pos, Name: wholeScenario})
	t.remember(at)
	if !t.options.Quiet {
		return // list has told it
	}
	t.printer.line(t.mark(s.Outcome), " ", t.printer.bold(at))
	t.printer.in(func() { t.printer.line(scenarioReason(s)) })
	t.printer.line()
}

// failure writes what is wrong with a step. It gives true where that is brief,
// since all of it was explained before; no empty line follows then.
func (t *text) failure(s finding.Scenario, step finding.Step) (brief bool) {
	p := &t.printer
	t.remember(place(s, step))
	p.line(t.mark(step.Outcome), " ", p.bold(place(s, step)))
	failing := step.Failing(t.header.Strict)
	told := failing[:min(len(failing), maxFindings)]
	if t.repeated(step) {
		p.in(func() {
			for _, f := range told {
				p.again(step, f, t.exhibits)
			}
			if more := len(failing) - len(told); more > 0 {
				p.line("… ", count(more, "more finding"))
			}
		})
		t.exhibits.add(step, told)
		return true
	}
	how := telling{strict: t.header.Strict, limit: terminalLimits, exhibits: t.exhibits}
	if t.options.Verbose {
		how = telling{strict: t.header.Strict, limit: noLimits, details: true}
	}
	p.in(func() { p.explain(step, how) })
	p.line()
	t.exhibits.add(step, told)
	return false
}

// repeated reports whether nothing is to be said of a failed step but what was
// explained before.
func (t *text) repeated(step finding.Step) bool {
	failing := step.Failing(t.header.Strict)
	return !t.options.Verbose && step.Outcome == finding.Failed && len(failing) > 0 &&
		!slices.ContainsFunc(failing, func(f finding.Finding) bool { return t.exhibits[f.Rule] == nil })
}

func (t *text) remember(place string) {
	if len(t.broken) < maxBroken {
		t.broken = append(t.broken, place)
	} else {
		t.beyond++
	}
}

// list writes a scenario with one line for each step.
func (t *text) list(s finding.Scenario) {
	p := &t.printer
	title := p.bold(visible(title(s)))
	if s.Pos.File != "" {
		at := s.Pos
		at.Column = 0
		title += "  " + p.faint(visible(at.String()))
	}
	p.line(title)
	p.in(func() {
		if s.Reason != "" || needsCase(s) {
			p.line(t.mark(s.Outcome), " ", scenarioReason(s))
		}
		for _, step := range s.Steps {
			t.step(step)
		}
	})
	p.line()
}

// step writes the line of a step: mark, name, status, time, and what else is
// to be known of a step that is not written out below.
func (t *text) step(step finding.Step) {
	p := &t.printer
	name := visible(step.Name)
	if step.Phase == finding.Setup || step.Phase == finding.Teardown {
		name += " (" + string(step.Phase) + ")"
	}
	if step.Outcome == finding.Skipped {
		p.line(t.mark(step.Outcome), " ", name, "  ", p.faint(reason(step)))
		return
	}
	status := "-"
	if x := answer(step); x != nil && x.Response != nil {
		status = statusText(x.Response.Status)
	}
	// Besides the name: margin and mark 8, status 5, time 11, warnings 12.
	pad := strings.Repeat(" ", max(0, t.options.Width-36-utf8.RuneCountInString(name)))
	line := name + pad + fmt.Sprintf("  %3s  %9s", status, duration(step.Duration))
	p.line(t.mark(step.Outcome), " ", line, t.beside(step))
	if step.Outcome == finding.Failed || step.Outcome == finding.Errored {
		return
	}
	p.in(func() {
		for _, n := range step.Notes {
			p.line(p.faint("note: "), visible(n))
		}
		if t.options.Verbose {
			t.verbose(step)
		}
	})
}

// beside counts the warnings of a step.
func (t *text) beside(step finding.Step) string {
	n := 0
	for _, f := range step.Findings {
		if f.Weight() == finding.Warning {
			n++
		}
	}
	if n == 0 || t.header.Strict {
		return ""
	}
	return "  " + t.printer.warn(count(n, "warning"))
}

// verbose writes the infos and the exchanges of a step that passed.
func (t *text) verbose(step finding.Step) {
	p := &t.printer
	p.infos(step)
	for _, x := range step.Exchanges {
		p.exchange(x, noLimits, true)
		p.line()
	}
}

func (t *text) mark(o finding.Outcome) string {
	p := &t.printer
	switch o {
	case finding.Passed:
		return p.good("ok") + "   "
	case finding.Skipped:
		return p.warn("skip") + " "
	case finding.Failed:
		return p.bad("FAIL") + " "
	}
	return p.bad("ERROR")
}

func (t *text) End(s finding.Summary) error {
	p := &t.printer
	if !t.options.Quiet {
		t.summarise()
		t.recall()
	}
	for _, n := range s.Notes {
		p.line(p.faint("note: "), visible(n))
	}
	if s.Unreached {
		p.line(p.bad("no request reached its server"), ": is it running, and is the base URL right?")
	}
	if s.Interrupted != "" {
		p.line(p.warn("stopped early: "), visible(s.Interrupted))
	}
	t.totals(s)
	return t.flush()
}

// recall names again what did not pass in a run that does not fit a screen.
func (t *text) recall() {
	p := &t.printer
	if len(t.broken) == 0 || t.scenarios[finding.Passed]+len(t.broken) < 2 {
		return
	}
	p.line(p.bad("Not passed"))
	p.in(func() {
		for _, b := range t.broken {
			p.line(b)
		}
		if t.beyond > 0 {
			p.line("… and ", commas(t.beyond), " more")
		}
	})
	p.line()
}
