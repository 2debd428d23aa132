package reports

import (
	"strings"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// maxGroups is how many kinds of warnings are told apart, and maxPlaces how
// many places of each are named.
const (
	maxGroups = 200
	maxPlaces = 3
)

// kind is what warnings have in common that are told once.
type kind struct {
	rule, path, endpoint string
	status               int
}

type group struct {
	kind
	first  finding.Finding
	count  int
	places []source.Pos
}

// warnings collects the warnings of a run, those of the same rule, endpoint
// and status as one.
type warnings struct {
	groups map[kind]*group
	order  []*group
	beyond int // warnings of further kinds
}

func (w *warnings) add(step finding.Step, f finding.Finding) {
	k := kind{rule: f.Rule, endpoint: step.Endpoint}
	if f.Rule == finding.Expectation {
		k.path = f.Path
	}
	x := answer(step)
	if f.Exchange >= 0 && f.Exchange < len(step.Exchanges) {
		x = &step.Exchanges[f.Exchange]
	}
	if x != nil && x.Response != nil {
		k.status = x.Response.Status
	}
	g := w.groups[k]
	if g == nil {
		if len(w.order) >= maxGroups {
			w.beyond++
			return
		}
		if w.groups == nil {
			w.groups = make(map[kind]*group)
		}
		g = &group{kind: k, first: f}
		w.groups[k] = g
		w.order = append(w.order, g)
	}
	g.count++
	if len(g.places) < maxPlaces {
		at := step.Pos
		at.Column = 0
		g.places = append(g.places, at)
	}
}

func (w *warnings) write(p *printer) {
	if len(w.order) == 0 {
		return
	}
	p.line(p.warn("Warnings"))
	p.in(func() {
		for _, g := range w.order {
			g.write(p)
		}
		if w.beyond > 0 {
			p.line("… ", count(w.beyond, "warning"), " of further kinds")
		}
	})
	p.line()
}

func (g *group) write(p *printer) {
	what := g.endpoint
	if g.status != 0 {
		what += " " + statusText(g.status)
	}
	times := ""
	if g.count > 1 {
		times = " ×" + commas(g.count)
	}
	p.line(p.warn(visible(g.rule)), " ", visible(strings.TrimSpace(what)), p.bold(times))
	p.in(func() {
		p.line(headline(g.first))
		p.citation(g.first)
		var places []string
		for _, at := range g.places {
			if at.File != "" {
				places = append(places, at.String())
			}
		}
		text := strings.Join(places, ", ")
		if more := g.count - len(g.places); more > 0 && text != "" {
			text += " and " + commas(more) + " more"
		}
		p.labelled("at", text)
	})
}
