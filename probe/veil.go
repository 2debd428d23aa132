package probe

import (
	"cmp"
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/secret"
)

// keptBody is how much of a body reports can show.
const keptBody = 16 << 10

// maskReach is how far beyond a cut secrets are looked for; it is longer than
// the encoded form of any.
const maskReach = 16 << 10

// veil hides secrets in what a run hands out.
type veil struct{ *secret.Set }

// findings gives what rules reported its weight and its place.
func (v veil) findings(reports []rule.Report, j judged) []finding.Finding {
	var out []finding.Finding
	for _, report := range reports {
		severity := j.levels.Severity(report)
		if severity == finding.Off {
			continue
		}
		allowed := ""
		if i := slices.IndexFunc(j.allow, func(a plan.Allowance) bool { return a.Rule == report.Rule.ID }); i >= 0 {
			allowed = v.Mask(j.allow[i].Reason)
		}
		out = append(out, finding.Finding{
			Rule: report.Rule.ID, Severity: severity, Allowed: allowed, Pos: j.pos, Path: report.Path,
			Message: v.Mask(report.Message), Expected: v.Mask(report.Expected), Actual: v.Mask(report.Actual),
			Title: report.Rule.Title, Cites: report.Rule.Spec, Mend: report.Rule.Mend, Exchange: j.place,
		})
	}
	return out
}

// step hides secrets in everything that a step says.
func (v veil) step(s *finding.Step) {
	if v.Empty() {
		return
	}
	for _, text := range []*string{&s.Name, &s.Line, &s.Endpoint, &s.Reason, &s.Hint} {
		*text = v.Mask(*text)
	}
	for i := range s.Notes {
		s.Notes[i] = v.Mask(s.Notes[i])
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		for _, text := range []*string{&f.Message, &f.Expected, &f.Actual, &f.Path} {
			*text = v.Mask(*text)
		}
	}
}

// scenario hides secrets in what a scenario says of itself.
func (v veil) scenario(s *finding.Scenario) {
	if v.Empty() {
		return
	}
	for _, text := range []*string{&s.Suite, &s.Name, &s.BaseURL, &s.Reason} {
		*text = v.Mask(*text)
	}
	s.Tags = slices.Clone(s.Tags)
	for i := range s.Tags {
		s.Tags[i] = v.Mask(s.Tags[i])
	}
}

// exchange gives what reports may see of an exchange: a copy without secrets
// and without the rest of long bodies.
func (v veil) exchange(x *sent) finding.Exchange {
	out := finding.Exchange{Role: x.role, Exchange: x.Exchange, RequestSize: len(x.Request.Body)}
	if x.role == finding.Verified {
		out.Rule = x.rule
		out.Endpoint = v.Mask(cmp.Or(x.endpoint, x.Request.Method+" "+pathOf(x.Request.URL)))
	}
	q := &out.Request
	q.URL, q.Target, q.Fields = v.Mask(q.URL), v.Mask(q.Target), v.fields(q.Fields)
	q.Body = v.trim(q.Body)
	if x.Failure != nil {
		f := *x.Failure
		f.Text, f.Hint = v.Mask(f.Text), v.Mask(f.Hint)
		out.Failure = &f
	}
	if len(x.Interims) > 0 {
		out.Interims = slices.Clone(x.Interims)
		for i := range out.Interims {
			in := &out.Interims[i]
			in.Reason, in.Fields, in.Head = v.Mask(in.Reason), v.fields(in.Fields), nil
			in.Faults = v.faults(in.Faults)
		}
	}
	if x.Response == nil {
		return out
	}
	p := *x.Response
	out.BodySize, out.ContentSize = len(p.Body), len(p.Content)
	p.Reason, p.Fields, p.Trailers = v.Mask(p.Reason), v.fields(p.Fields), v.fields(p.Trailers)
	p.Content = v.trim(p.Content)
	p.Extra = v.trim(p.Extra)
	p.Faults, p.CodingFault = v.faults(p.Faults), v.Mask(p.CodingFault)
	// Of compressed content reports show the decoded form: the octets behind
	// it, as those of the header section, could hold secrets that no mask finds.
	p.Body, p.Head = p.Content, nil
	if len(p.Codings) > 0 {
		p.Body = nil
	}
	out.Response = &p
	return out
}

func (v veil) fields(in exchange.Fields) exchange.Fields {
	if v.Empty() || len(in) == 0 {
		return in
	}
	out := slices.Clone(in)
	for i := range out {
		out[i].Name, out[i].Value = v.Mask(out[i].Name), v.Mask(out[i].Value)
	}
	return out
}

func (v veil) faults(in []exchange.Fault) []exchange.Fault {
	if v.Empty() || len(in) == 0 {
		return in
	}
	out := slices.Clone(in)
	for i := range out {
		out[i].Text, out[i].Octets = v.Mask(out[i].Text), v.Mask(out[i].Octets)
	}
	return out
}

// trim masks a body and cuts it: in that order, so that no cut goes through a
// secret and leaves a part of it. Only what could reach into the kept part is
// looked at.
func (v veil) trim(body []byte) []byte {
	if len(body) > keptBody+maskReach {
		body = body[:keptBody+maskReach]
	}
	body = v.MaskBytes(body)
	if len(body) > keptBody {
		body = slices.Clone(body[:keptBody])
	}
	return body
}
