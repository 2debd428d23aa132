package rule

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// Trail is an exchange of a scenario and the requests that follow it for the
// rules' sake. It is not for concurrent use.
type Trail struct {
	*Pass
	// Identity is who the exchange was made as.
	Identity Identity
	// Before is GET on the same target just before the request; nil where
	// none was made, no answer came, or the request was sent several times.
	Before *exchange.Exchange
	// Earlier is the last request with which the scenario has changed, created
	// or deleted the target before; nil: none is known. A copy of the data that
	// lags behind may show that only by now.
	Earlier *exchange.Request
	// Public is set where the run itself also reads the target without an
	// identity, and means to get it.
	Public bool
	// Created reports whether the run itself created the resource at a URL.
	Created func(url string) bool
	// Base is the URL that the suite's targets are joined to, without a slash
	// at its end; empty where there is none.
	Base string
	// Calm reports whether, from so long before the exchange began until now,
	// the run has sent nothing that may change something, in this or another
	// scenario; nil: it has not.
	Calm func(before time.Duration) bool
	// Others reports whether another scenario of the run has sent something
	// that may change what is at a URL, or one level below it, since Before, or
	// since the exchange where there is no Before; nil: none has.
	Others func(url string) bool

	answers []answer
	held    int // octets of their content, also of answers that are forgotten
	wanted  []Ask
	writer  *Pursuit // whose answers these are; nil for the safe ones

	lists map[*exchange.Exchange]*page // those that were read
}

// Identity is what the identity of a step added to its request. The zero
// value is anonymous.
type Identity struct {
	Name   string
	Fields exchange.Fields
	Query  []exchange.Field
	// Certificate is set where connections are made with a certificate that
	// tells who asks, whatever requests say.
	Certificate bool
}

// Who says as whom a follow-up is sent.
type Who uint8

// The ways.
const (
	AsBefore Who = iota
	AsNobody     // without credentials and cookies
	AsBroken     // with one character of each credential changed, without cookies
)

// Ask is a request that a rule wants to be sent: that of the exchange, with
// what is said here in its place. Fields that describe content, conditions,
// ranges and the like are left out unless Keep is set.
type Ask struct {
	Method string // empty: GET
	URL    string // a reference, resolved against that of the exchange; empty: the same
	Set    exchange.Fields
	Drop   []string // names of fields that are left out
	// Keep takes over the content of the request and the fields that go with
	// it, for a request that does the same again.
	Keep bool
	Body []byte // takes the place of the content, where Keep is set
	Old  bool   // in HTTP/1.0
	Who  Who
	// Nth tells requests apart that are otherwise alike: each is sent once.
	Nth int
	// After is waited before it is sent.
	After time.Duration
	// Provokes is set where a 5xx in answer to it is the rule's own business.
	Provokes bool
	// Together are asks that go out at the same moment as this one, each over
	// a connection of its own.
	Together []Ask
}

func (a *Ask) method() string {
	if a.Method == "" {
		return http.MethodGet
	}
	return a.Method
}

func (a *Ask) same(b *Ask) bool {
	return a.method() == b.method() && a.URL == b.URL && slices.Equal(a.Set, b.Set) && slices.Equal(a.Drop, b.Drop) &&
		a.Keep == b.Keep && (a.Body == nil) == (b.Body == nil) && string(a.Body) == string(b.Body) && a.Old == b.Old && a.Who == b.Who && a.Nth == b.Nth
}

// answer is what came of a request that was asked for.
type answer struct {
	ask Ask
	x   *exchange.Exchange
}

// Ask gives the exchange that was made for an ask: nil where none was made
// yet, or it could not be carried out to its end. A judge that gets nil
// returns, or goes on without: it is called again when there is an answer.
func (t *Trail) Ask(a Ask) *exchange.Exchange {
	x, known := t.answered(&a)
	if !known && !slices.ContainsFunc(t.wanted, func(w Ask) bool { return w.same(&a) }) {
		t.wanted = append(t.wanted, a)
	}
	return x
}

// answered gives the whole exchange that was made for an ask, and whether
// there was an attempt.
func (t *Trail) answered(a *Ask) (*exchange.Exchange, bool) {
	for _, known := range t.answers {
		if !known.ask.same(a) {
			continue
		}
		if known.x == nil || known.x.Response == nil || known.x.Failure != nil {
			return nil, true
		}
		return known.x, true
	}
	return nil, false
}

// Get asks for the target, or for the reference given, with GET and these
// fields: "If-None-Match", `"1"`.
func (t *Trail) Get(reference string, fields ...string) *exchange.Exchange {
	return t.Ask(Ask{URL: reference, Set: pairs(fields)})
}

func pairs(texts []string) exchange.Fields {
	var out exchange.Fields
	for i := 0; i+1 < len(texts); i += 2 {
		out = append(out, exchange.Field{Name: texts[i], Value: texts[i+1]})
	}
	return out
}

// calm reports what Calm does.
func (t *Trail) calm(before time.Duration) bool { return t.Calm == nil || t.Calm(before) }

// read gives what rules share about an exchange of the trail.
func (t *Trail) read(x *exchange.Exchange) *Pass { return NewPass(x, t.Subject, t.Settings) }

// Answer takes in what came of an ask; nil: it could not be sent.
func (t *Trail) Answer(a Ask, x *exchange.Exchange) {
	t.answers = append(t.answers, answer{a, x})
	if x != nil && x.Response != nil {
		t.held += max(len(x.Response.Body), len(x.Response.Content))
	}
}

// told names a follow-up in messages: `GET /users/1 with If-None-Match: "1"`.
func (t *Trail) told(x *exchange.Exchange) string {
	path, _, _ := strings.Cut(x.Request.Target, "?")
	if path == "" {
		path = pathOf(x.Request.URL)
	}
	out := x.Request.Method + " " + path
	for _, known := range t.answers {
		if known.x == x {
			return out + known.ask.manner()
		}
	}
	return out
}

// manner says what is special about a request.
func (a *Ask) manner() string {
	var with []string
	for _, f := range a.Set {
		with = append(with, f.Name+": "+f.Value)
	}
	out := ""
	if len(with) > 0 {
		out = " with " + strings.Join(with, ", ")
	}
	switch a.Who {
	case AsNobody:
		out += " without credentials"
	case AsBroken:
		out += " with wrong credentials"
	}
	if a.Old {
		out += " in HTTP/1.0"
	}
	if a.Keep && a.URL == "" && a.Body == nil && len(a.Set) == 0 {
		out += " again"
	}
	return out
}

// Reportf reports a breach that a follow-up shows, at the rule's severity.
func (t *Trail) Reportf(about *exchange.Exchange, path, format string, args ...any) {
	t.reportAt(about, t.rule.Severity, path, format, args...)
}

func (t *Trail) reportAt(about *exchange.Exchange, s finding.Severity, path, format string, args ...any) {
	t.Report(Report{About: about, Severity: s, Path: path, Message: fmt.Sprintf(format, args...)})
}

func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.EscapedPath()
}
