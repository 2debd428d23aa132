package rule

import (
	"slices"
	"sync/atomic"
)

// Index holds rules ordered for quick lookup. It is safe for concurrent use.
type Index struct {
	book     []Rule
	names    fieldNames
	marks    marks
	byStatus [statusEnd - statusBegin]atomic.Pointer[selection] // from first use on
}

// selection is the rules that a status is of interest to.
type selection struct {
	checks, across []indexed
}

// indexed is what is looked at to see whether a rule applies, close together:
// rules are large, and most do not apply.
type indexed struct {
	fields  fieldSet // of When; always where it names none
	needs   trait
	place   int // in the book
	methods []string
}

func (r *indexed) applies(p *Pass) bool {
	return r.fields.meets(p.present) && (r.needs == 0 || r.needs&p.traits != 0) && (len(r.methods) == 0 || slices.Contains(r.methods, p.Request.Method))
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
	ix.marks = ix.names.marks()
	ix.names.add(singletons[:]) // to see which are repeated
	for i := range ix.book {
		ix.names.add(ix.book[i].When.Fields)
	}
	return ix
}

// of gives the rules that a status is of interest to.
func (ix *Index) of(status int) *selection {
	if status < statusBegin || status >= statusEnd {
		return ix.selection(status)
	}
	known := &ix.byStatus[status-statusBegin]
	if rules := known.Load(); rules != nil {
		return rules
	}
	rules := ix.selection(status)
	known.Store(rules)
	return rules
}

func (ix *Index) selection(status int) *selection {
	out := new(selection)
	for i := range ix.book {
		r := &ix.book[i]
		if !r.When.Answers(status) {
			continue
		}
		entry := indexed{fields: ix.names.set(r.When.Fields), methods: r.When.Methods, place: i}
		if len(r.When.Fields) == 0 {
			entry.fields.add(always)
		}
		if r.Check != nil {
			entry.needs = r.needs
			out.checks = append(out.checks, entry)
		}
		if r.Across != nil {
			entry.needs = r.acrossNeeds
			out.across = append(out.across, entry)
		}
	}
	return out
}

// look notes by what rules tell whether an exchange is of interest to them.
func (ix *Index) look(p *Pass) {
	if p.index == ix {
		return
	}
	present, repeated := ix.names.of(p.Response.Fields)
	p.index, p.present, p.traits = ix, present, ix.marks.traits(p, present, repeated)
}

// Judge asks every rule that one exchange can answer and gives what is
// broken. Without a final response there is nothing to judge.
func (ix *Index) Judge(p *Pass) []Report {
	if p.Response == nil {
		return nil
	}
	p.found = nil
	ix.look(p)
	rules := ix.of(p.Response.Status).checks
	for i := range rules {
		if r := &rules[i]; r.applies(p) {
			p.rule = &ix.book[r.place]
			p.rule.Check(p)
		}
	}
	return p.found
}

// Across is the part of the rulebook that compares the exchanges of one run.
// It remembers, so each run needs its own, and it is not for concurrent use.
type Across struct {
	index  *Index
	judges []func(*Pass) // by place in the book
	beside []func(*Pass) // of the rules that some step allows, nil of the others
}

// Begin begins a run in which steps allow the given rules.
func (ix *Index) Begin(allowed ...string) *Across {
	n := len(ix.book)
	a := &Across{index: ix, judges: make([]func(*Pass), n), beside: make([]func(*Pass), n)}
	for i := range ix.book {
		r := &ix.book[i]
		if r.Across == nil {
			continue
		}
		a.judges[i] = r.Across()
		if slices.Contains(allowed, r.ID) {
			a.beside[i] = r.Across()
		}
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
	a.index.look(p)
	rules := a.index.of(p.Response.Status).across
	for i := range rules {
		r := &rules[i]
		if !r.applies(p) {
			continue
		}
		p.rule = &a.index.book[r.place]
		if !within(p.rule, p.Subject.Off) {
			a.judge(r.place, p)
		}
	}
	return p.found
}

func within(r *Rule, ids []string) bool { return len(ids) > 0 && slices.Contains(ids, r.ID) }

// judge keeps what a step allows out of the sight of the others: it is not
// what they are measured by, and does not stand for what is told once a run.
// It is itself measured by all.
func (a *Across) judge(i int, p *Pass) {
	accepted := within(p.rule, p.Subject.Allowed)
	before := len(p.found)
	if a.beside[i] != nil {
		a.beside[i](p)
	}
	if !accepted {
		p.found = p.found[:before]
		a.judges[i](p)
	} else if len(p.found) == before {
		p.rule.Across()(p)
	}
}

// Decides reports whether a step by itself shows whether a rule is broken, so
// that an allowance without a finding is not needed.
func (r *Rule) Decides() bool {
	return (r.Across == nil || r.Once) &&
		!slices.ContainsFunc(r.Seen, func(s Sight) bool { return s != OneExchange && s != Octets })
}

// DecidesBy reports whether the rule's follow-ups, done as far as that and all
// answered, show whether it is broken.
func (r *Rule) DecidesBy(level Verify) bool {
	return len(r.FollowUps) > 0 && (r.Across == nil || r.Once) && !slices.ContainsFunc(r.FollowUps, func(f FollowUp) bool { return level < f.level() })
}
