package probe

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// level is how far follow-ups of a step may go.
func (s *session) level(p *plan.Step, row int) rule.Verify {
	// Of a table the first row stands for all.
	if s.run.rules == nil || !s.run.verifying.steps[p] || row > 0 || s.job.row > 0 {
		return rule.NoFollowUps
	}
	return p.Verify.In(s.run.options.Verify)
}

// verification is the follow-ups of one step.
type verification struct {
	*session
	a     *attempt
	step  *plan.Step
	rule  string // that asks; empty: several
	trail *rule.Trail
	index map[*exchange.Exchange]int // into the step's exchanges
	notes []string
	late  int // requests that got no answer in time
}

// mostLate is how often a server may keep a step's follow-ups waiting in vain:
// each may take as long as the step itself.
const mostLate = 3

// verified is what a follow-up reports, and the exchange it is about.
type verified struct {
	rule.Report
	exchange int
}

func (s *session) verification(a *attempt, p *plan.Step, b *plan.Bound, x *exchange.Exchange) *verification {
	cause := *x
	cause.Request.Fields = b.Request.Fields // cookies are added anew
	since, before := cause.Started, a.before
	if before != nil {
		since = before.Started
	}
	if len(a.hops) > 0 {
		before = nil // it is about another target
	}
	base := ""
	if s.suite.BaseURL != nil {
		base = s.suite.BaseURL.String()
	}
	return &verification{session: s, a: a, step: p, index: map[*exchange.Exchange]int{}, trail: &rule.Trail{
		Pass:     rule.NewPass(&cause, rule.Subject{Endpoint: p.Endpoint}, s.suite.Settings),
		Identity: rule.Identity{Name: who(p), Fields: b.Identity.Fields, Query: b.Identity.Query, Certificate: s.run.shows()},
		Before:   before,
		Earlier:  a.earlier,
		Public:   p.As != nil && s.run.public.has(s.suite, p),
		Created:  func(url string) bool { return s.made[url] },
		Base:     base,
		Calm:     func(before time.Duration) bool { return s.run.writes.calm(cause.Started.Add(-before)) },
		Others:   func(url string) bool { return s.run.writes.others(s.job.place, url, since) },
	}}
}

// shows reports whether the client has a certificate of its own.
func (r *runner) shows() bool {
	c := r.options.TLS
	return c != nil && (len(c.Certificates) > 0 || c.GetClientCertificate != nil)
}

// wanted tells of rules whether a step is held against them: what nobody wants
// to hear of is not asked about.
func wanted(p *plan.Step) func(*rule.Rule) bool {
	return func(r *rule.Rule) bool {
		return p.Levels.Severity(rule.Report{Rule: r, Severity: finding.Error}) != finding.Off
	}
}

// prior reads the target of a step before its request changes it.
func (s *session) prior(a *attempt, p *plan.Step, b *plan.Bound) {
	if a.level == rule.NoFollowUps || !s.run.rules.Prior(p.Method, a.level, wanted(p)) {
		return
	}
	v := s.verification(a, p, b, &exchange.Exchange{Request: b.Request})
	if x := v.send(s.until, rule.Ask{}); x != nil && x.Response != nil && x.Failure == nil {
		a.before = x
	}
}

// verify sends the follow-ups of a step's answer, until the run is stopped. It
// gives notes for people.
func (s *session) verify(a *attempt, p *plan.Step) []string {
	if a == nil || a.level == rule.NoFollowUps || a.bound == nil || a.failure != nil || a.final == nil || a.final.Response == nil {
		return nil
	}
	v := s.verification(a, p, a.bound, a.final)
	v.index[v.trail.Exchange] = a.index()
	whole := map[*rule.Rule]bool{} // all follow-ups of a rule came to their end
	for _, u := range s.run.rules.Pursue(v.trail, a.level) {
		if !wanted(p)(u.Rule) {
			continue
		}
		v.rule = u.Rule.ID
		first := len(a.sent)
		ended := v.pursue(u)
		before, known := whole[u.Rule]
		whole[u.Rule] = ended && (before || !known)
		for _, r := range u.Reports() {
			at, ok := v.index[r.About]
			if !ok {
				at = v.index[v.trail.Exchange]
			}
			a.verified = append(a.verified, verified{r, at})
		}
		if u.Writes {
			v.tidy(s.after, first)
		}
	}
	if v.late >= mostLate {
		v.notes = append(v.notes, fmt.Sprintf("follow-ups were given up: %d of them got no answer in time", v.late))
	}
	for r, ended := range whole {
		if ended && r.DecidesBy(a.level) {
			a.decided = append(a.decided, r.ID)
		}
	}
	return v.notes
}

// pursue sends what a follow-up asks for until it has all, and reports whether
// it asked for something and each request got an answer that says something.
func (v *verification) pursue(u *rule.Pursuit) bool {
	begun, first, asked := false, len(v.a.sent), 0
	for asks := u.Next(); len(asks) > 0; asks = u.Next() {
		// Who has begun to write may have something to put right.
		late := v.late >= mostLate && !(begun && u.Writes)
		if late || v.until.Err() != nil || !begun && !v.take(u.FollowUp, v.step) {
			return false
		}
		begun = true
		for _, ask := range asks {
			asked += 1 + len(ask.Together)
			v.answer(v.until, ask)
		}
	}
	came := v.a.sent[first:]
	return begun && len(came) == asked && !slices.ContainsFunc(came, func(x sent) bool { return saysNothing(&x.Exchange) })
}

// saysNothing reports whether an answer did not come whole, or may be due to
// the number of requests.
func saysNothing(x *exchange.Exchange) bool {
	return x.Failure != nil || x.Response == nil || x.Response.Status == http.StatusTooManyRequests || x.Response.Status >= 500
}

// answer sends what a rule asks for, and what is to go out at the same moment.
func (v *verification) answer(ctx context.Context, ask rule.Ask) {
	asks := append([]rule.Ask{ask}, ask.Together...)
	if len(asks) == 1 {
		v.trail.Answer(ask, v.send(ctx, ask))
		return
	}
	exchanges := make([]*exchange.Exchange, len(asks))
	var all sync.WaitGroup
	for i, one := range asks {
		if r, ok := v.request(one); ok {
			all.Go(func() { exchanges[i] = v.do(ctx, one, r) })
		}
	}
	all.Wait()
	for i, x := range exchanges {
		v.keep(asks[i], x)
		v.trail.Answer(asks[i], x)
	}
}

// send sends one request; nil when it is not sent.
func (v *verification) send(ctx context.Context, ask rule.Ask) *exchange.Exchange {
	r, ok := v.request(ask)
	if !ok {
		return nil
	}
	x := v.do(ctx, ask, r)
	v.keep(ask, x)
	return x
}

// request builds the request of an ask, if it leads to a host that may be
// reached.
func (v *verification) request(ask rule.Ask) (exchange.Request, bool) {
	r, ok := v.trail.NewRequest(ask)
	if !ok {
		return r, false
	}
	to, err := url.Parse(r.URL)
	if err != nil || !v.suite.Hosts.Allows(to) {
		return r, false
	}
	if from, err := url.Parse(v.trail.Request.URL); err != nil || !plan.SameOrigin(from, to) {
		leaveSecrets(&r, v.veil.Set)
	}
	if cookies := v.jar.cookies(to); cookies != "" && ask.Who == rule.AsBefore && !r.Fields.Has("Cookie") {
		r.Fields = append(r.Fields, exchange.Field{Name: "Cookie", Value: cookies})
	}
	if ask.Who == rule.AsBroken {
		v.conceal(broken(&r, to, v.trail.Identity))
	}
	return r, true
}

// broken gives the credentials of a request that are nearly the right ones:
// they tell almost as much.
func broken(r *exchange.Request, to *url.URL, identity rule.Identity) []string {
	var out []string
	names := []string{"Authorization"} // be it the step's own
	for _, f := range identity.Fields {
		names = append(names, f.Name)
	}
	for _, name := range names {
		value := r.Fields.Get(name)
		if scheme, secret, ok := strings.Cut(value, " "); ok {
			value = secret
			if pair, err := base64.StdEncoding.DecodeString(secret); err == nil && strings.EqualFold(scheme, "Basic") {
				_, password, _ := strings.Cut(string(pair), ":")
				out = append(out, password)
			}
		}
		out = append(out, value)
	}
	for _, f := range identity.Query {
		out = append(out, to.Query().Get(f.Name))
	}
	return out
}

func (v *verification) do(ctx context.Context, ask rule.Ask, r exchange.Request) *exchange.Exchange {
	if !pause(ctx, ask.After) {
		return nil
	}
	if v.run.pace != nil && v.run.pace.Wait(ctx) != nil {
		return nil
	}
	x := v.run.send(ctx, v.job.place, r, v.step.Timeout)
	return &x
}

// keep enters a follow-up into the step's exchanges.
func (v *verification) keep(ask rule.Ask, x *exchange.Exchange) {
	if x == nil {
		return
	}
	if x.Failure != nil && x.Failure.Kind == exchange.FailedTimeout {
		v.late++
	}
	v.index[x] = len(v.a.sent)
	out := sent{role: finding.Verified, rule: v.rule, Exchange: *x}
	out.expected = ask.Provokes && x.Response != nil && x.Response.Status >= 500
	if _, target, ok := strings.Cut(v.step.Endpoint, " "); ok && placesOf(x.Request.URL)[0] == placesOf(v.trail.Request.URL)[0] {
		out.endpoint = x.Request.Method + " " + target
	}
	v.a.sent = append(v.a.sent, out)
}

func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.EscapedPath()
}
