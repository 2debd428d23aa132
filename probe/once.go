package probe

import (
	"slices"
	"strings"
	"sync"

	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// verifiers are the steps whose answers follow-ups may come after: of those
// that send alike and expect alike the first one in the files, so that it does
// not depend on which scenario is faster. One that may be skipped only counts
// where there is no other. The first of each base URL is verified in full, the
// others leave out what is asked once per origin.
func verifiers(files []file, run rule.Verify) map[*plan.Step]extent {
	out := map[*plan.Step]extent{}
	taken := map[likeness]bool{}
	begun := map[string]bool{} // base URLs
	for _, conditional := range []bool{false, true} {
		for _, f := range files {
			if f.suite == nil {
				continue
			}
			choose := func(steps []*plan.Step, may bool) {
				for _, s := range steps {
					like := likenessOf(f.suite, s)
					if (may || s.If != nil) == conditional && s.Verify.In(run) > rule.NoFollowUps && !taken[like] {
						taken[like], out[s] = true, inPart
						if !begun[like.base] {
							begun[like.base], out[s] = true, inFull
						}
					}
				}
			}
			for _, s := range f.suite.Scenarios {
				choose(s.Steps, s.If != nil)
			}
			choose(f.suite.Setup, false)
			for _, s := range f.suite.Scenarios {
				choose(s.Setup, s.If != nil)
				choose(s.Teardown, s.If != nil)
			}
			choose(f.suite.Teardown, false)
		}
	}
	return out
}

// extent is how much of an answer is verified.
type extent uint8

const (
	notAtAll extent = iota
	inPart
	inFull
)

// likeness is what steps have in common whose answers need to be verified only
// once.
type likeness struct {
	base, endpoint, as, status string
	paged, keyed               bool
}

func likenessOf(suite *plan.Suite, s *plan.Step) likeness {
	out := likeness{endpoint: s.Endpoint, as: who(s), paged: paged(s), keyed: keyed(s)}
	if suite.BaseURL != nil {
		out.base = suite.BaseURL.String()
	}
	if s.Expect.Status != nil {
		out.status = s.Expect.Status.Text
	}
	return out
}

// keyed reports whether a step may be sent again without doing its work twice.
func keyed(s *plan.Step) bool {
	return slices.ContainsFunc(s.Headers, func(p plan.Param) bool { return strings.EqualFold(p.Name, "Idempotency-Key") })
}

// paged reports whether a step asks for a page of a list: its answer leads to
// others, which that to the same endpoint without such a query need not.
func paged(s *plan.Step) bool {
	names := []string{"limit", "per_page", "perpage", "page", "page_size", "pagesize", "$top", "max_results", "maxresults"}
	_, query, _ := strings.Cut(s.Target.Text, "?")
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); slices.Contains(names, strings.ToLower(name)) {
			return true
		}
	}
	return slices.ContainsFunc(s.Query, func(p plan.Param) bool { return slices.Contains(names, strings.ToLower(p.Name)) })
}

// who names the identity of a step; empty: anonymous.
func who(s *plan.Step) string {
	if s.As == nil {
		return ""
	}
	return s.As.Name
}

// claims are the follow-ups that were done in a run. It is safe for concurrent
// use.
type claims struct {
	mu   sync.Mutex
	done map[claim]bool
}

type claim struct {
	followUp             *rule.FollowUp
	origin, endpoint, as string
	paged                bool
}

// take reports whether a follow-up is still to be done, and takes it.
func (c *claims) take(u *rule.Pursuit, origin string, p *plan.Step, e extent) bool {
	if u.Once == rule.OncePerOrigin && e != inFull {
		return false
	}
	key := claim{followUp: u.FollowUp, origin: origin}
	if u.Once != rule.OncePerOrigin {
		key.as = who(p)
	}
	if u.Once == rule.OncePerEndpoint {
		key.endpoint, key.paged = p.Endpoint, paged(p)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done[key] {
		return false
	}
	if c.done == nil {
		c.done = map[claim]bool{}
	}
	c.done[key] = true
	return true
}
