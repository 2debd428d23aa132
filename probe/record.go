package probe

import (
	"slices"

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
	if a != nil {
		var found []finding.Finding
		found, across = s.judge(out, a, p)
		out.Findings = append(out.Findings, found...)
		out.Exchanges = make([]finding.Exchange, len(a.sent))
		for i := range a.sent {
			out.Exchanges[i] = s.veil.exchange(&a.sent[i])
		}
	}
	settle(&out, s.run.options.Strict)
	s.veil.step(&out)
	for i := range across {
		across[i].step = finding.Step{Name: out.Name, Pos: out.Pos}
	}
	s.out.Steps = append(s.out.Steps, out)
	s.out.judged = append(s.out.judged, across)
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
	for i := range a.sent {
		x := &a.sent[i].Exchange
		if x.Response == nil {
			continue
		}
		pass := rule.NewPass(x, rule.Subject{
			Place: source.Pos{File: out.Pos.File, Line: out.Pos.Line}.String(), Step: out.Name, Endpoint: p.Endpoint,
			// Who retries expects that a server is not ready at first.
			Expected: i < a.first || p.Expect.Status != nil && p.Expect.Status.Has(x.Response.Status),
		}, s.suite.Settings)
		j := judged{pass: pass, levels: p.Levels, place: i, step: out, veil: s.veil}
		for _, f := range s.veil.findings(s.run.rules.Judge(pass), j) {
			same := func(g finding.Finding) bool { return g.Rule == f.Rule && g.Message == f.Message }
			if !slices.ContainsFunc(found, same) {
				found = append(found, f)
			}
		}
		across = append(across, j)
	}
	return found, across
}
