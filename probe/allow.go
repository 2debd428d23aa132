package probe

import (
	"fmt"
	"slices"

	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// allowances follows what became of the findings that steps allow.
type allowances struct {
	steps  map[*plan.Step]*allowance
	notes  []string
	beyond int // notes that found no room
}

// allowance is what the results of one step of a plan, such as the rows of its
// table, have shown of what it allows.
type allowance struct {
	needed []bool // as the step lists them
	// doubt is set once a result could not show whether something is needed.
	doubt bool
}

// maxAllowanceNotes is how many allowances that are not needed are named.
const maxAllowanceNotes = 20

// take takes in a result. Once the last result of a step is there it notes
// there what is not needed.
func (a *allowances) take(r *result) {
	for i, p := range r.plans {
		if p == nil || len(p.Allow) == 0 {
			continue
		}
		known := a.steps[p]
		if known == nil {
			known = &allowance{needed: make([]bool, len(p.Allow))}
			a.steps[p] = known
		}
		known.take(p, &r.Steps[i])
		if r.last && !slices.Contains(r.plans[i+1:], p) {
			delete(a.steps, p)
			a.tell(p, known, &r.Steps[i])
		}
	}
}

func (k *allowance) take(p *plan.Step, s *finding.Step) {
	if s.Outcome == finding.Skipped || s.Outcome == finding.Errored || hasExpectation(s.Findings) {
		k.doubt = true
	}
	for _, f := range s.Findings {
		if i := slices.IndexFunc(p.Allow, func(a plan.Allowance) bool { return a.Rule == f.Rule }); i >= 0 {
			k.needed[i] = true
		}
	}
}

func (a *allowances) tell(p *plan.Step, known *allowance, s *finding.Step) {
	if known.doubt {
		return
	}
	for i, allowed := range p.Allow {
		r, _ := rule.Find(allowed.Rule)
		if known.needed[i] || !r.Decides() {
			continue
		}
		at := source.Pos{File: allowed.Pos.File, Line: allowed.Pos.Line}
		note := fmt.Sprintf("%s: allow: %s is no longer needed", at, allowed.Rule)
		s.Notes = append(s.Notes, note)
		if len(a.notes) == maxAllowanceNotes {
			a.beyond++
			continue
		}
		a.notes = append(a.notes, note)
	}
}

// summary gives the notes for the run as a whole.
func (a *allowances) summary() []string {
	if a.beyond == 0 {
		return a.notes
	}
	return append(slices.Clone(a.notes), fmt.Sprintf("allow: %d more are no longer needed", a.beyond))
}

// allowedRules are the rules that some step allows.
func allowedRules(files []file) []string {
	var out []string
	for _, f := range files {
		if f.suite == nil {
			continue
		}
		for s := range f.suite.Steps() {
			out = append(out, s.Allowed()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
