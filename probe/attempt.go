package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// sent is one exchange of a step and why it was made.
type sent struct {
	role finding.Role
	exchange.Exchange
	endpoint string // where it is not the step's own
	rule     string // that asked for it, or empty
	expected bool   // nobody is surprised by what came, whatever the step expects
}

// attempt is one try of a step: its request, the redirects that were
// followed, and what was found.
type attempt struct {
	sent     []sent             // by the step so far, earlier attempts included
	final    *exchange.Exchange // the last exchange
	hops     []hop
	response *expression.Response
	checked  *exchange.Response // the one that was checked
	content  *exchange.Document // its content
	vars     expression.Vars    // the scenario's, and what the Location gave
	captured map[string]string
	findings []finding.Finding
	notes    []string
	failure  *exchange.Failure

	own      int                // index into sent of the final exchange
	again    bool               // it is not the first attempt
	level    rule.Verify        // how far follow-ups may go
	before   *exchange.Exchange // GET on the target, sent ahead for the sake of a rule
	earlier  *exchange.Request  // the scenario's last write to the target
	bound    *plan.Bound        // the request that got the final answer
	verified []verified
	decided  []string // rules whose follow-ups have shown all they can
}

// index is the place of the final exchange among those of the step.
func (a *attempt) index() int { return a.own }

// attempt sends a step's request once and checks the answer. The error is why
// there is no request to send.
func (s *session) attempt(ctx context.Context, p *plan.Step, a *attempt) error {
	bound, err := p.Bind(s.suite, s.vars, s.run.agent)
	if err != nil {
		return a.refused(err)
	}
	s.conceal(bound.Identity.Secrets)
	role := finding.Asked
	if a.again {
		role = finding.Retried
	} else {
		s.prior(a, p, &bound)
	}
	a.bound = &bound
	if r, ok := s.wrote[bound.Request.URL]; ok {
		a.earlier = &r
	}
	s.exchange(ctx, a, role, &bound, p.Timeout)
	for a.failure == nil && p.Follow > 0 && isRedirect(a.final.Response) {
		if !s.follow(ctx, a, &bound, p) {
			break
		}
	}
	// A redirect that could not be followed is not the answer that was asked for.
	if a.final.Response != nil && a.failure == a.final.Failure {
		a.checked, a.content = a.final.Response, exchange.NewDocument(a.final.Response.Content)
		a.response = response(a.final, a.content)
		s.check(p, a, bound.URL)
	}
	return nil
}

// refused turns the reason why a request cannot be sent into a result. A host
// that may not be reached comes with advice.
func (a *attempt) refused(err error) error {
	var host *plan.HostError
	if errors.As(err, &host) {
		a.failure = &exchange.Failure{Kind: exchange.FailedHost, Text: host.Error(), Hint: host.Hint()}
		return nil
	}
	return fmt.Errorf("the request cannot be made: %w", err)
}

// exchange sends one request with the cookies of the scenario and keeps what
// came back.
func (s *session) exchange(ctx context.Context, a *attempt, role finding.Role, b *plan.Bound, limit time.Duration) {
	if s.run.pace != nil {
		if err := s.run.pace.Wait(ctx); err != nil {
			a.failure = &exchange.Failure{Kind: exchange.FailedCanceled, Text: "the run was stopped before the request was sent"}
			a.final = &exchange.Exchange{Request: b.Request, Failure: a.failure, Started: s.run.now()}
			a.own = len(a.sent)
			a.sent = append(a.sent, sent{role: role, Exchange: *a.final})
			return
		}
	}
	request := b.Request
	request.ContinueWait = s.suite.Settings.Patience()
	if cookies := s.jar.cookies(b.URL); cookies != "" && !request.Fields.Has("Cookie") {
		request.Fields = append(request.Fields[:len(request.Fields):len(request.Fields)], exchange.Field{Name: "Cookie", Value: cookies})
	}
	x := s.run.send(ctx, s.job.place, request, limit)
	if x.Conn.Resent {
		a.notes = append(a.notes, "the server closed the kept connection, so the request was sent again on a new one")
	}
	if x.Response != nil {
		s.jar.store(b.URL, x.Response.Fields)
	}
	s.remember(&x)
	a.final, a.failure = &x, x.Failure
	a.own = len(a.sent)
	a.sent = append(a.sent, sent{role: role, Exchange: x})
}

// mostWritten is how long the content of a write may be to be kept: what is
// compared with it are objects, not uploads.
const mostWritten = 256 << 10

// remember keeps what the scenario has created and changed.
func (s *session) remember(x *exchange.Exchange) {
	at := created(x)
	if at != "" {
		s.made[at] = true
	}
	if len(s.run.verifying.steps) == 0 || x.Response == nil || x.Response.Status/100 != 2 || !changes(x.Request.Method) {
		return
	}
	write := x.Request
	if len(write.Body) > mostWritten {
		write.Body = nil
	}
	s.wrote[write.URL] = write
	if at != "" {
		s.wrote[at] = write
	}
}

// response is an answer as expressions see it.
func response(x *exchange.Exchange, content *exchange.Document) *expression.Response {
	r := x.Response
	out := &expression.Response{
		Status: r.Status, Content: content, Fields: r.Fields, Cookies: map[string]string{},
		Time: x.Timing.Total, URL: x.Request.URL,
	}
	for _, c := range setCookies(r.Fields) {
		out.Cookies[c.Name] = c.Value
	}
	return out
}

// retryAfter reads Retry-After, whatever the status: polling meets it on 202 as
// well.
func retryAfter(r *exchange.Response, now time.Time) (time.Duration, bool) {
	value := r.Fields.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		const most = 1 << 30 // beyond any wait, and no overflow
		return time.Duration(min(seconds, most)) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

// hop is one redirect that was followed.
type hop struct {
	status   int
	location string
	method   string   // of the request that was redirected
	from     *url.URL // its URL
}

func isRedirect(r *exchange.Response) bool {
	if r == nil || !r.Fields.Has("Location") {
		return false
	}
	switch r.Status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// follow sends the request that a redirect asks for. It gives false when
// there is nothing more to follow, with the failure set when that is an error.
func (s *session) follow(ctx context.Context, a *attempt, b *plan.Bound, p *plan.Step) bool {
	r := a.final.Response
	location := r.Fields.Get("Location")
	fail := func(kind exchange.FailureKind, hint, format string, args ...any) bool {
		a.failure = &exchange.Failure{Kind: kind, Text: fmt.Sprintf(format, args...), Hint: hint}
		return false
	}
	to, err := b.URL.Parse(location)
	if err != nil {
		return fail(exchange.FailedRequest, "", "the redirect to %q cannot be followed: it is no URI reference", location)
	}
	if to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "" {
		return fail(exchange.FailedHost, "only http and https are followed", "the redirect to %q is not followed", location)
	}
	if to.User != nil {
		return fail(exchange.FailedHost, "", "the redirect to %s is not followed: it has a user or password in it", to.Redacted())
	}
	if !s.suite.Hosts.Allows(to) {
		host := &plan.HostError{URL: to}
		return fail(exchange.FailedHost, host.Hint(), "the redirect to %q is not followed: %s", location, host.Error())
	}
	if len(a.hops) >= p.Follow {
		return fail(exchange.FailedRequest, fmt.Sprintf("raise `follow` above %d if this is wanted", p.Follow), "the answer after %s is a redirect again, to %q", redirects(len(a.hops)), location)
	}
	a.hops = append(a.hops, hop{r.Status, location, b.Request.Method, b.URL})
	a.notes = append(a.notes, redirected(b, r.Status, to, s.veil.Set)...)
	// With a new cookie the same request may be answered in another way.
	if circle(a.hops, b) && !r.Fields.Has("Set-Cookie") {
		return fail(exchange.FailedRequest, "", "the redirects go in a circle: %s was asked before", b.URL)
	}
	s.exchange(ctx, a, finding.Followed, b, p.Timeout)
	return a.failure == nil
}

// redirects counts them in words.
func redirects(n int) string {
	if n == 1 {
		return "1 redirect"
	}
	return fmt.Sprintf("%d redirects", n)
}
