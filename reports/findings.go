package reports

import (
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// maxEndpoints is how many endpoints of a rule are named at the end.
const maxEndpoints = 10

// maxKinds is how many endpoints of a rule are told apart at steps.
const maxKinds = 20

// exhibits are the rules that were explained in full at some step. Further
// steps say what is wrong and where it was explained.
type exhibits map[string]*exhibit

type exhibit struct {
	place string // file:line
	kinds []kind // that were told so far
}

// kind is what findings of a rule have in common that need telling once.
type kind struct {
	endpoint string
	status   int
}

func kindOf(step finding.Step, f finding.Finding) kind {
	return kind{step.EndpointOf(f), step.Status(f)}
}

// again gives where a finding of a rule was explained before; "" where it is
// still to be explained. It is new where that was for another endpoint or
// status.
func (e exhibits) again(step finding.Step, f finding.Finding) (place string, isNew bool) {
	known := e[f.Rule]
	if known == nil {
		return "", true
	}
	return known.place, len(known.kinds) < maxKinds && !slices.Contains(known.kinds, kindOf(step, f))
}

// add notes that the findings of a step were told.
func (e exhibits) add(step finding.Step, told []finding.Finding) {
	for _, f := range told {
		if f.Rule == finding.Expectation || step.Pos.File == "" {
			continue
		}
		place, isNew := e.again(step, f)
		switch {
		case place == "":
			e[f.Rule] = &exhibit{spot(step.Pos), []kind{kindOf(step, f)}}
		case isNew:
			e[f.Rule].kinds = append(e[f.Rule].kinds, kindOf(step, f))
		}
	}
}

// spot gives file:line.
func spot(at source.Pos) string {
	at.Column = 0
	return at.String()
}

// summarise writes the findings of a run once for each rule: how often it is
// broken, by which endpoints, and at which steps. What expectations found
// belongs to its steps, and failures need no summary where all differ.
func (t *text) summarise() {
	p := &t.printer
	severities := []finding.Severity{finding.Error, finding.Warning}
	if t.options.Verbose {
		severities = append(severities, finding.Info)
	}
	b := printer{styles: p.styles, indent: "  "}
	for _, s := range severities {
		rules := byRule(t.groups.Of(s))
		fails := s == finding.Error || s == finding.Warning && t.header.Strict
		if fails && !slices.ContainsFunc(rules, func(same []finding.Group) bool { return total(same) > 1 }) {
			continue
		}
		for _, same := range rules {
			b.rule(same, fails && total(same) == 1)
		}
		if n := t.groups.Beyond(s); n > 0 {
			b.line("… and ", count(n, "more finding"), " of severity ", s.String())
		}
	}
	if b.Len() > 0 {
		p.line(p.bold("Findings"))
		p.Write(b.Bytes())
		p.line()
	}
}

// byRule gives the groups of each rule, in the order of their first ones.
func byRule(groups []finding.Group) [][]finding.Group {
	var out [][]finding.Group
	at := map[string]int{}
	for _, g := range groups {
		if g.Rule == finding.Expectation {
			continue
		}
		i, known := at[g.Rule]
		if !known {
			i = len(out)
			at[g.Rule] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], g)
	}
	return out
}

func total(groups []finding.Group) int {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	return n
}

// rule writes the groups of one rule, in one line where it has just been
// explained.
func (p *printer) rule(same []finding.Group, brief bool) {
	first := same[0]
	head := []string{p.severity(first.Severity), p.bold(headline(first.First)), " ", p.faint("[" + visible(first.Rule) + "]"), p.bold(times(total(same)))}
	if brief {
		p.line(append(head, p.faint(" at "), visible(places(first)))...)
		return
	}
	p.line(head...)
	p.in(func() {
		p.citation(first.First)
		for _, g := range same[:min(len(same), maxEndpoints)] {
			p.line(endpoint(g), p.bold(times(g.Count)), p.faint(" at "), visible(places(g)))
		}
		if more := len(same) - maxEndpoints; more > 0 {
			p.line("… and ", count(more, "more endpoint"))
		}
	})
}

func (p *printer) severity(s finding.Severity) string {
	word := s.String() + ": "
	switch s {
	case finding.Error:
		return p.bad(word)
	case finding.Warning:
		return p.warn(word)
	}
	return p.faint(word)
}

// times says that something was found more than once.
func times(n int) string {
	if n < 2 {
		return ""
	}
	return " ×" + commas(n)
}

func endpoint(g finding.Group) string {
	what := visible(g.Endpoint)
	if g.Status != 0 {
		what += " " + statusText(g.Status)
	}
	return strings.TrimSpace(what)
}

// places lists the steps of a group: "a.yaml:3, 7 ×2; b.yaml:9 and 12 more
// steps".
func places(g finding.Group) string {
	var b strings.Builder
	file := ""
	for i := 0; i < len(g.Places); {
		at := g.Places[i].Pos
		rows := 1
		for i+rows < len(g.Places) && g.Places[i+rows].Pos == at {
			rows++
		}
		switch {
		case i == 0:
			b.WriteString(spot(at))
		case at.File == file:
			b.WriteString(", " + strconv.Itoa(at.Line))
		default:
			b.WriteString("; " + spot(at))
		}
		b.WriteString(times(rows))
		file = at.File
		i += rows
	}
	if more := g.Steps - len(g.Places); more > 0 {
		b.WriteString(" and " + count(more, "more step"))
	}
	return b.String()
}
