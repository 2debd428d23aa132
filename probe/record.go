package probe

import (
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// keptBody is how much of a body reports can show.
const keptBody = 16 << 10

// maskReach is how far beyond a cut secrets are looked for; it is longer than
// the encoded form of any.
const maskReach = 16 << 10

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
			out.Exchanges[i] = s.run.record(&a.sent[i])
		}
	}
	settle(&out, s.run.options.Strict)
	s.run.maskStep(&out)
	for i := range across {
		across[i].step = finding.Step{Name: out.Name, Pos: out.Pos}
	}
	s.out.Steps = append(s.out.Steps, out)
	s.out.judged = append(s.out.judged, across)
	s.run.out.progress(s.out.Suite+" › "+s.out.Name, out)
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
			Expected: p.Expect.Status != nil && p.Expect.Status.Has(x.Response.Status),
		}, s.suite.Settings)
		j := judged{pass: pass, levels: p.Levels, place: i, step: out}
		for _, f := range s.run.findings(s.run.rules.Judge(pass), j) {
			same := func(g finding.Finding) bool { return g.Rule == f.Rule && g.Message == f.Message }
			if !slices.ContainsFunc(found, same) {
				found = append(found, f)
			}
		}
		across = append(across, j)
	}
	return found, across
}

// findings gives what rules reported its weight and its place.
func (r *runner) findings(reports []rule.Report, j judged) []finding.Finding {
	var out []finding.Finding
	for _, report := range reports {
		severity := j.levels.Severity(report)
		if severity == finding.Off {
			continue
		}
		out = append(out, finding.Finding{
			Rule: report.Rule.ID, Severity: severity, Pos: j.step.Pos, Path: report.Path,
			Message: r.secrets.Mask(report.Message), Expected: r.secrets.Mask(report.Expected), Actual: r.secrets.Mask(report.Actual),
			Title: report.Rule.Title, Cites: report.Rule.Spec, Mend: report.Rule.Mend, Exchange: j.place,
		})
	}
	return out
}

// maskStep hides secrets in everything that a step says.
func (r *runner) maskStep(s *finding.Step) {
	if r.secrets.Empty() {
		return
	}
	for _, text := range []*string{&s.Name, &s.Line, &s.Endpoint, &s.Reason, &s.Hint} {
		*text = r.secrets.Mask(*text)
	}
	for i := range s.Notes {
		s.Notes[i] = r.secrets.Mask(s.Notes[i])
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		for _, text := range []*string{&f.Message, &f.Expected, &f.Actual, &f.Path} {
			*text = r.secrets.Mask(*text)
		}
	}
}

// maskScenario hides secrets in what a scenario says of itself.
func (r *runner) maskScenario(s *finding.Scenario) {
	if r.secrets.Empty() {
		return
	}
	for _, text := range []*string{&s.Suite, &s.Name, &s.BaseURL, &s.Reason} {
		*text = r.secrets.Mask(*text)
	}
	s.Tags = slices.Clone(s.Tags)
	for i := range s.Tags {
		s.Tags[i] = r.secrets.Mask(s.Tags[i])
	}
}

// record gives what reports may see of an exchange: a copy without secrets
// and without the rest of long bodies.
func (r *runner) record(x *sent) finding.Exchange {
	out := finding.Exchange{Role: x.role, Exchange: x.Exchange, RequestSize: len(x.Request.Body)}
	q := &out.Request
	q.URL, q.Target, q.Fields = r.secrets.Mask(q.URL), r.secrets.Mask(q.Target), r.maskFields(q.Fields)
	q.Body = r.trim(q.Body)
	if x.Failure != nil {
		f := *x.Failure
		f.Text, f.Hint = r.secrets.Mask(f.Text), r.secrets.Mask(f.Hint)
		out.Failure = &f
	}
	if len(x.Interims) > 0 {
		out.Interims = slices.Clone(x.Interims)
		for i := range out.Interims {
			in := &out.Interims[i]
			in.Reason, in.Fields, in.Head = r.secrets.Mask(in.Reason), r.maskFields(in.Fields), nil
			in.Faults = r.maskFaults(in.Faults)
		}
	}
	if x.Response == nil {
		return out
	}
	p := *x.Response
	out.BodySize, out.ContentSize = len(p.Body), len(p.Content)
	p.Reason, p.Fields, p.Trailers = r.secrets.Mask(p.Reason), r.maskFields(p.Fields), r.maskFields(p.Trailers)
	p.Content = r.trim(p.Content)
	p.Extra = r.trim(p.Extra)
	p.Faults, p.CodingFault = r.maskFaults(p.Faults), r.secrets.Mask(p.CodingFault)
	// Of compressed content reports show the decoded form: the octets behind
	// it, as those of the header section, could hold secrets that no mask finds.
	p.Body, p.Head = p.Content, nil
	if len(p.Codings) > 0 {
		p.Body = nil
	}
	out.Response = &p
	return out
}

func (r *runner) maskFields(in exchange.Fields) exchange.Fields {
	if r.secrets.Empty() || len(in) == 0 {
		return in
	}
	out := slices.Clone(in)
	for i := range out {
		out[i].Name, out[i].Value = r.secrets.Mask(out[i].Name), r.secrets.Mask(out[i].Value)
	}
	return out
}

func (r *runner) maskFaults(in []exchange.Fault) []exchange.Fault {
	if r.secrets.Empty() || len(in) == 0 {
		return in
	}
	out := slices.Clone(in)
	for i := range out {
		out[i].Text, out[i].Octets = r.secrets.Mask(out[i].Text), r.secrets.Mask(out[i].Octets)
	}
	return out
}

// trim masks a body and cuts it: in that order, so that no cut goes through a
// secret and leaves a part of it. Only what could reach into the kept part is
// looked at.
func (r *runner) trim(body []byte) []byte {
	if len(body) > keptBody+maskReach {
		body = body[:keptBody+maskReach]
	}
	body = r.secrets.MaskBytes(body)
	if len(body) > keptBody {
		body = slices.Clone(body[:keptBody])
	}
	return body
}
