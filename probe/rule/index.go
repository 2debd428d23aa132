package rule

import (
	"slices"
	"sync/atomic"
)

// Index holds rules ordered for quick lookup. It is safe for concurrent use.
type Index struct {
	book     []Rule
	names    fieldNames
	byStatus [statusEnd - statusBegin]atomic.Pointer[[]indexed] // the ones with a Check, from first use on
	across   []indexed
}

// indexed is a rule with the fields that its When names as a set.
type indexed struct {
	*Rule
	fields fieldSet
}

func (r indexed) applies(p *Pass, present fieldSet) bool {
	return (len(r.When.Fields) == 0 || r.fields.meets(present)) &&
		(len(r.When.Methods) == 0 || slices.Contains(r.When.Methods, p.Request.Method))
}

// Statuses outside of these are rare enough to be looked up rule by rule.
const (
	statusBegin = 100
	statusEnd   = 600
)

// NewIndex orders rules; reports come in the order of book. The rules are
// copied.
func NewIndex(book []Rule) *Index {
	ix := &Index{book: slices.Clone(book), names: fieldNames{}}
	for i := range ix.book {
		ix.names.add(ix.book[i].When.Fields)
	}
	for i := range ix.book {
		if r := &ix.book[i]; r.Across != nil {
			ix.across = append(ix.across, indexed{r, ix.names.set(r.When.Fields)})
		}
	}
	return ix
}

// forStatus gives the rules with a Check that a status is of interest to.
func (ix *Index) forStatus(status int) []indexed {
	if status < statusBegin || status >= statusEnd {
		return ix.checks(status)
	}
	known := &ix.byStatus[status-statusBegin]
	if rules := known.Load(); rules != nil {
		return *rules
	}
	rules := ix.checks(status)
	known.Store(&rules)
	return rules
}

func (ix *Index) checks(status int) []indexed {
	var out []indexed
	for i := range ix.book {
		if r := &ix.book[i]; r.Check != nil && r.When.status(status) {
			out = append(out, indexed{r, ix.names.set(r.When.Fields)})
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
	rules := ix.forStatus(p.Response.Status)
	p.found = nil
	present := ix.names.of(p.Response.Fields)
	for _, r := range rules {
		if r.applies(p, present) {
			p.rule = r.Rule
			r.Check(p)
		}
	}
	return p.found
}

// Across is the part of the rulebook that compares the exchanges of one run.
// It remembers, so each run needs its own, and it is not for concurrent use.
type Across struct {
	rules  []indexed
	names  fieldNames
	judges []func(*Pass)
}

// Begin begins a run.
func (ix *Index) Begin() *Across {
	a := &Across{rules: ix.across, names: ix.names}
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
	present := a.names.of(p.Response.Fields)
	for i, r := range a.rules {
		if r.When.status(p.Response.Status) && r.applies(p, present) {
			p.rule = r.Rule
			a.judges[i](p)
		}
	}
	return p.found
}
