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
	rules  []rule.Rule // as the step lists them
	needed []bool
	// shown are those that a result would have shown to be needed.
	shown []bool
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
			known = newAllowance(p)
			a.steps[p] = known
		}
		known.take(p, &r.Steps[i], r.decided[i])
		if r.last && !slices.Contains(r.plans[i+1:], p) {
			delete(a.steps, p)
			a.tell(p, known, &r.Steps[i])
		}
	}
}

func newAllowance(p *plan.Step) *allowance {
	out := &allowance{needed: make([]bool, len(p.Allow)), shown: make([]bool, len(p.Allow))}
	for _, a := range p.Allow {
		r, _ := rule.Find(a.Rule)
		out.rules = append(out.rules, r)
	}
	return out
}

// take takes in a result of a step; decided are the rules whose follow-ups have
// shown all that they can.
func (k *allowance) take(p *plan.Step, s *finding.Step, decided []string) {
	if s.Outcome == finding.Skipped || s.Outcome == finding.Errored || hasExpectation(s.Findings) {
		k.doubt = true
	}
	for _, f := range s.Findings {
		if i := slices.IndexFunc(p.Allow, func(a plan.Allowance) bool { return a.Rule == f.Rule }); i >= 0 {
			k.needed[i] = true
		}
	}
	for i := range k.rules {
		r := &k.rules[i]
		k.shown[i] = k.shown[i] || slices.Contains(decided, r.ID) || r.Decides() && speaksOf(r, p, s)
	}
}

// speaksOf reports whether a rule that looks at one exchange is about an answer
// of a step. If not, the allowance may be for a follow-up, which only some runs
// send.
func speaksOf(r *rule.Rule, p *plan.Step, s *finding.Step) bool {
	return p.Verify.Fixed && p.Verify.Level == rule.NoFollowUps || slices.ContainsFunc(s.Exchanges, func(x finding.Exchange) bool {
		return x.Role == finding.Verified || x.Response != nil && r.When.Answers(x.Response.Status)
	})
}

func (a *allowances) tell(p *plan.Step, known *allowance, s *finding.Step) {
	if known.doubt {
		return
	}
	for i, allowed := range p.Allow {
		if known.needed[i] || !known.shown[i] {
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
