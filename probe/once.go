package probe

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// verifying says after which steps of a run follow-ups are sent, so that it
// does not depend on which scenario is faster.
type verifying struct {
	// steps are, of those that send alike and expect alike, the first one in the
	// files. One that may be skipped only counts where there is no other.
	steps map[*plan.Step]bool
	// shared are the endpoints with such steps in several parts of the run. In
	// the others there is nothing to choose, and there may be very many.
	shared map[reach]bool
	// where is the part of the run for each follow-up, if there are several: the
	// first one with a step that gets such an answer if all is as expected, or
	// else one that may.
	where map[bounded]choice
}

// bounded is a follow-up, and what it is done only once for.
type bounded struct {
	*rule.FollowUp
	reach
}

type choice struct {
	part
	sure bool // that the answer comes, if all is as expected
}

// part is a scenario, or the setup or teardown of a suite. Its steps come one
// after the other.
type part struct {
	suite    *plan.Suite
	scenario *plan.Scenario
	kind     jobKind
}

func newVerifying(files []file, run rule.Verify, rules *rule.Index, public openTargets) verifying {
	type pick struct {
		part
		*plan.Step
		likeness
		skippable bool
	}
	out := verifying{steps: map[*plan.Step]bool{}, shared: map[reach]bool{}, where: map[bounded]choice{}}
	var picks []pick
	taken := map[likeness]bool{}
	home := map[reach]part{}
	for _, conditional := range []bool{false, true} {
		choose := func(at part, steps []*plan.Step, may bool) {
			made := at.makes()
			for _, s := range steps {
				made = made || creates(s)
				if (may || s.If != nil) != conditional || s.Verify.In(run) == rule.NoFollowUps {
					continue
				}
				if like := likenessOf(at.suite, s, run, made); !taken[like] {
					taken[like], out.steps[s] = true, true
					picks = append(picks, pick{at, s, like, conditional})
					of := reachOf(rule.OncePerEndpoint, at.suite, s)
					if first, ok := home[of]; ok && first != at {
						out.shared[of] = true
					} else {
						home[of] = at
					}
				}
			}
		}
		for _, f := range files {
			if f.suite == nil {
				continue
			}
			for _, s := range f.suite.Scenarios {
				choose(part{f.suite, s, runScenario}, s.Steps, s.If != nil)
			}
			choose(part{f.suite, nil, runSetup}, f.suite.Setup, false)
			for _, s := range f.suite.Scenarios {
				choose(part{f.suite, s, runScenario}, s.Setup, s.If != nil)
				choose(part{f.suite, s, runScenario}, s.Teardown, s.If != nil)
			}
			choose(part{f.suite, nil, runTeardown}, f.suite.Teardown, false)
		}
	}
	for _, p := range picks {
		out.assign(p.part, p.Step, p.likeness, p.skippable, rules, public)
	}
	return out
}

// makes reports whether something may have been created before the steps of a
// part.
func (p part) makes() bool {
	return p.kind != runSetup && slices.ContainsFunc(p.suite.Setup, creates) || p.scenario != nil && slices.ContainsFunc(p.scenario.Setup, creates)
}

// creates reports whether a step may create something.
func creates(s *plan.Step) bool {
	if s.Method != http.MethodPost && s.Method != http.MethodPut {
		return false
	}
	set := s.Expect.Status
	return set == nil || slices.Contains(set.Exact, http.StatusCreated) || slices.Contains(set.Class, 2)
}

// assign gives the part of a step what may come after that step and has no
// better place yet. Steps that may be skipped must come last.
func (v *verifying) assign(at part, s *plan.Step, like likeness, skippable bool, rules *rule.Index, public openTargets) {
	endpoint := reachOf(rule.OncePerEndpoint, at.suite, s)
	for r, u := range rules.FollowUps() {
		if u.Once == rule.OncePerEndpoint && !v.shared[endpoint] {
			continue
		}
		may, sure := like.follows(u, s)
		if !may || slices.Contains(s.Off, r.ID) {
			continue
		}
		// What everyone may read tells nothing about who asks.
		if u.Once == rule.OncePerIdentity && s.As != nil && public.has(at.suite, s) {
			continue
		}
		key := bounded{u, reachOf(u.Once, at.suite, s)}
		if before, assigned := v.where[key]; !assigned || sure && !before.sure && !skippable {
			v.where[key] = choice{at, sure}
		}
	}
}

// follows reports whether a step may get an answer that a follow-up comes
// after, and whether it is sure to if all is as expected.
func (l likeness) follows(u *rule.FollowUp, s *plan.Step) (may, sure bool) {
	if u.Writes && l.level < rule.WritingFollowUps || len(u.When.Methods) > 0 && !slices.Contains(u.When.Methods, s.Method) {
		return false, false
	}
	set := s.Expect.Status
	switch {
	case len(u.When.Statuses)+len(u.When.Classes) == 0:
		return true, l.made || !u.Writes
	case set == nil:
		return true, false
	}
	sure = l.made || !u.Writes
	for _, status := range set.Exact {
		one := slices.Contains(u.When.Statuses, status) || slices.Contains(u.When.Classes, status/100)
		may, sure = may || one, sure && one
	}
	for _, class := range set.Class {
		one := slices.Contains(u.When.Classes, class) || slices.ContainsFunc(u.When.Statuses, func(status int) bool { return status/100 == class })
		may, sure = may || one, sure && one
	}
	return may, sure
}

// likeness is what steps have in common whose answers need to be verified only
// once.
type likeness struct {
	base, endpoint, as, status string
	paged, keyed               bool
	level                      rule.Verify
	made                       bool // the target may be of the run's own making, which only writes ask
}

func likenessOf(suite *plan.Suite, s *plan.Step, run rule.Verify, made bool) likeness {
	out := likeness{base: baseOf(suite, s), endpoint: s.Endpoint, as: who(s), paged: paged(s), keyed: keyed(s), level: s.Verify.In(run)}
	out.made = made && out.level == rule.WritingFollowUps
	if s.Expect.Status != nil {
		out.status = s.Expect.Status.Text
	}
	return out
}

// baseOf is the part of a step's URL before its endpoint, as it is written.
func baseOf(suite *plan.Suite, s *plan.Step) string {
	if i := strings.Index(s.Target.Text, "://") + len("://"); i >= len("://") {
		host, _, _ := strings.Cut(s.Target.Text[i:], "/")
		return s.Target.Text[:i] + host
	}
	if suite.BaseURL == nil {
		return ""
	}
	return suite.BaseURL.String()
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

// reach is what a follow-up is done only once for.
type reach struct {
	base, endpoint, as string
	paged              bool
}

func reachOf(once rule.Once, suite *plan.Suite, p *plan.Step) reach {
	out := reach{base: baseOf(suite, p)}
	if once != rule.OncePerOrigin {
		out.as = who(p)
	}
	if once == rule.OncePerEndpoint {
		out.endpoint, out.paged = p.Endpoint, paged(p)
	}
	return out
}

// take reports whether a follow-up is still to be done after a step, and takes
// it.
func (s *session) take(u *rule.FollowUp, p *plan.Step) bool {
	of := reachOf(u.Once, s.suite, p)
	if slices.Contains(s.asked[of], u) {
		return false
	}
	v, here := &s.run.verifying, part{s.suite, s.job.scenario, s.job.kind}
	if (u.Once != rule.OncePerEndpoint || v.shared[of]) && v.where[bounded{u, of}].part != here {
		return false
	}
	s.asked[of] = append(s.asked[of], u)
	return true
}
