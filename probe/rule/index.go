package rule

import "slices"

// Index holds rules ordered for quick lookup. It is safe for concurrent use.
type Index struct {
	book     []Rule
	byStatus [statusEnd - statusBegin][]*Rule // the ones with a Check
	across   []*Rule
}

// Statuses outside of these are rare enough to be looked up rule by rule.
const (
	statusBegin = 100
	statusEnd   = 600
)

// NewIndex orders rules; reports come in the order of book. The rules are
// copied.
func NewIndex(book []Rule) *Index {
	ix := &Index{book: slices.Clone(book)}
	for i := range ix.book {
		if ix.book[i].Across != nil {
			ix.across = append(ix.across, &ix.book[i])
		}
	}
	for i := range ix.byStatus {
		ix.byStatus[i] = ix.checks(statusBegin + i)
	}
	return ix
}

func (ix *Index) checks(status int) []*Rule {
	var out []*Rule
	for i := range ix.book {
		if r := &ix.book[i]; r.Check != nil && r.When.status(status) {
			out = append(out, r)
		}
	}
	return out
}

// Judge asks every rule that one exchange can answer and gives what is
// broken. Without a final response there is nothing to judge.
func (ix *Index) Judge(p *Pass) []Report {
	if p.Response == nil {
		return nil
	}
	var rules []*Rule
	if s := p.Response.Status; s >= statusBegin && s < statusEnd {
		rules = ix.byStatus[s-statusBegin]
	} else {
		rules = ix.checks(s)
	}
	p.found = nil
	for _, r := range rules {
		if r.When.message(p.Exchange) {
			p.rule = r
			r.Check(p)
		}
	}
	return p.found
}

// Across is the part of the rulebook that compares the exchanges of one run.
// It remembers, so each run needs its own, and it is not for concurrent use.
type Across struct {
	rules  []*Rule
	judges []func(*Pass)
}

// Begin begins a run.
func (ix *Index) Begin() *Across {
	a := &Across{rules: ix.across}
	for _, r := range ix.across {
		a.judges = append(a.judges, r.Across())
	}
	return a
}

// Judge compares an exchange with those judged before, and gives what is
// broken by this one. Exchanges must come in the order of the files, or
// reports differ from run to run. A pass that went through Index.Judge may be
// used again.
func (a *Across) Judge(p *Pass) []Report {
	if p.Response == nil {
		return nil
	}
	p.found = nil
	for i, r := range a.rules {
		if r.When.status(p.Response.Status) && r.When.message(p.Exchange) {
			p.rule = r
			a.judges[i](p)
		}
	}
	return p.found
}
