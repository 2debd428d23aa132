package rule

import (
	"iter"
	"slices"
)

// Verify is how far a run may go to learn more about an answer than the
// scenario asked for.
type Verify uint8

// The extents. The zero value sends nothing.
const (
	NoFollowUps      Verify = iota
	SafeFollowUps           // GET, HEAD and OPTIONS
	WritingFollowUps        // also what may change something, on what the run itself created
)

// Extent is how far follow-ups have to go for all of the rule to be decided.
func (r *Rule) Extent() Verify {
	extent := NoFollowUps
	for _, seen := range r.Seen {
		switch seen {
		case SafeFollowUp:
			extent = max(extent, SafeFollowUps)
		case WritingRequest:
			extent = WritingFollowUps
		}
	}
	return extent
}

// FollowUp is the part of a rule that needs more requests than the scenario
// made: Judge says which, and judges the answers.
type FollowUp struct {
	// When says after which exchanges. Those with a target of `*` never count.
	When When
	// Writes is set where requests other than GET, HEAD and OPTIONS are sent.
	Writes bool
	// Prior are methods before whose request the target is read with GET, for
	// Trail.Before.
	Prior []string
	// Once says how often it is done in a run.
	Once Once
	// Judge is called again and again until all that it asks for has been
	// answered, each time from its beginning: what it asks for may depend on
	// earlier answers. Reports count only from the last call. It must depend on
	// nothing but the trail.
	Judge func(*Trail)
}

// Once says what a follow-up is done only once for, within a run and an origin.
type Once uint8

// The bounds.
const (
	OncePerEndpoint Once = iota // for each endpoint, and identity
	OncePerIdentity             // for each identity
	OncePerOrigin
)

// Pursuit is a follow-up of one rule after one exchange. Ask Next for requests,
// give their answers to Trail.Answer, and again until Next gives none; then
// Reports holds what is broken.
type Pursuit struct {
	Rule *Rule
	*FollowUp
	trail *Trail
}

// Pursue gives the follow-ups that apply to an exchange, those that write
// last. Each is pursued to its end before the next one begins. What safe ones
// ask for alike is sent once.
func (ix *Index) Pursue(t *Trail, level Verify) []*Pursuit {
	if t.Response == nil || t.Request.Target == "*" {
		return nil
	}
	var out []*Pursuit
	for i := range ix.book {
		for j := range ix.book[i].FollowUps {
			f := &ix.book[i].FollowUps[j]
			if level >= f.level() && f.When.holds(t.Pass) {
				out = append(out, &Pursuit{&ix.book[i], f, t})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *Pursuit) int { return int(a.level()) - int(b.level()) })
	return out
}

// FollowUps gives all follow-ups, with their rules.
func (ix *Index) FollowUps() iter.Seq2[*Rule, *FollowUp] {
	return func(yield func(*Rule, *FollowUp) bool) {
		for i := range ix.book {
			for j := range ix.book[i].FollowUps {
				if !yield(&ix.book[i], &ix.book[i].FollowUps[j]) {
					return
				}
			}
		}
	}
}

// Prior reports whether a follow-up of a rule that is wanted needs the target of
// a request with that method read before it is sent.
func (ix *Index) Prior(method string, level Verify, wanted func(*Rule) bool) bool {
	for r, f := range ix.FollowUps() {
		if level >= f.level() && slices.Contains(f.Prior, method) && wanted(r) {
			return true
		}
	}
	return false
}

func (f *FollowUp) level() Verify {
	if f.Writes {
		return WritingFollowUps
	}
	return SafeFollowUps
}

// holds reports whether an exchange is one of those.
func (w *When) holds(p *Pass) bool {
	return w.Answers(p.Response.Status) &&
		(len(w.Methods) == 0 || slices.Contains(w.Methods, p.Request.Method)) &&
		(len(w.Fields) == 0 || slices.ContainsFunc(w.Fields, p.Response.Fields.Has))
}

// Next gives the requests that are to be sent now; none when the follow-up is
// at its end.
func (u *Pursuit) Next() []Ask {
	t := u.trail
	if u.Writes && t.writer != u {
		t.writer, t.answers = u, nil // what was read before may have changed
	}
	t.rule, t.found, t.wanted = u.Rule, nil, nil
	u.Judge(t)
	if len(t.answers) >= maxAsks+2*t.Settings.Pages() || t.held > mostHeld {
		return nil
	}
	if !u.Writes {
		t.wanted = slices.DeleteFunc(t.wanted, func(a Ask) bool { return !isSafe(a.method()) })
	}
	return t.wanted
}

const (
	// maxAsks is how many requests may follow one exchange, besides those for
	// two walks over the pages of a list.
	maxAsks = 250
	// mostHeld is how many octets of answers may be held for the rules' sake: a
	// server that sends as much as it may each time is not asked for ever.
	mostHeld = 128 << 20
)

// Reports gives what the follow-up found.
func (u *Pursuit) Reports() []Report {
	if len(u.trail.wanted) > 0 {
		return nil // it was not pursued to its end
	}
	return u.trail.found
}
