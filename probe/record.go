package probe

import (
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// add judges the exchanges of a step by the rulebook and enters the step into
// the result. From here on secrets are masked: what is kept holds none.
func (s *session) add(out finding.Step, a *attempt, p *plan.Step) {
	if s.job.kind == runSetup {
		s.hide() // what was captured may be a credential
	}
	var across []judged
	var decided []string
	if a != nil {
		decided = a.decided
		out.Exchanges = make([]finding.Exchange, len(a.sent))
		for i := range a.sent {
			out.Exchanges[i] = s.veil.exchange(&a.sent[i])
		}
		var found []finding.Finding
		found, across = s.judge(out, a, p)
		out.Findings = append(out.Findings, found...)
	}
	settle(&out, s.run.options.Strict)
	s.veil.step(&out)
	s.out.Steps = append(s.out.Steps, out)
	s.out.judged = append(s.out.judged, across)
	s.out.waiting += max(1, len(out.Exchanges))*stepWeight + bodies(across)
	s.out.plans = append(s.out.plans, p)
	s.out.decided = append(s.out.decided, decided)
	s.run.out.early(s.job.place, &s.out)
	s.run.out.progress(s.veil.Mask(s.out.Suite+" › "+s.out.Name), out)
}

// judge holds each exchange of a step against the rules that look at one
// exchange, and keeps what is to be compared across the run. A rule is
// reported once a step for the same breach.
func (s *session) judge(out finding.Step, a *attempt, p *plan.Step) ([]finding.Finding, []judged) {
	if s.run.rules == nil {
		return nil, nil
	}
	var found []finding.Finding
	var across []judged
	told := map[[2]string]bool{}
	for i := range a.sent {
		x := &a.sent[i].Exchange
		if x.Response == nil {
			continue
		}
		subject := rule.Subject{
			Place: source.Pos{File: out.Pos.File, Line: out.Pos.Line}.String(), Step: out.Name, Endpoint: p.Endpoint,
			Expected: a.sent[i].expected || p.Expect.Status != nil && p.Expect.Status.Has(x.Response.Status),
			Off:      p.Off, Allowed: p.Allowed(),
		}
		if role := a.sent[i].role; p.Expect.Status != nil && len(p.Expect.Status.Class) == 0 && !a.sent[i].expected && role != finding.Verified {
			subject.Named = p.Expect.Status.Exact
		}
		if a.sent[i].role == finding.Verified {
			// Where the step expects the server to fail, or a rule has made it
			// fail and tells so, that the same is seen again is no news.
			fails := x.Response.Status >= 500 && (subject.Expected || a.blamed(&x.Request))
			subject.Endpoint, subject.Expected, subject.FollowUp = a.sent[i].endpoint, a.sent[i].expected || fails, true
		}
		pass := rule.NewPass(x, subject, s.suite.Settings)
		if x.Response == a.checked {
			pass.Content = a.content
		}
		j := judged{pass: pass, levels: p.Levels, allow: p.Allow, place: i, pos: out.Pos, veil: s.veil}
		for _, f := range s.veil.findings(s.run.rules.Judge(pass), j) {
			if key := [2]string{f.Rule, f.Message}; !told[key] {
				told[key] = true
				found = append(found, f)
			}
		}
		pass.Rest()
		across = append(across, j)
	}
	found = fresh(found, out.Exchanges)
	for _, v := range a.verified {
		found = append(found, s.veil.findings([]rule.Report{v.Report}, judged{levels: p.Levels, allow: p.Allow, place: v.exchange, pos: out.Pos})...)
	}
	return found, across
}

// blamed reports whether a rule tells that the server failed when that rule's
// follow-up provoked it with such a request.
func (a *attempt) blamed(r *exchange.Request) bool {
	return slices.ContainsFunc(a.verified, func(v verified) bool {
		x := &a.sent[v.exchange]
		return x.role == finding.Verified && x.expected && x.Request.Method == r.Method && x.Request.URL == r.URL
	})
}
