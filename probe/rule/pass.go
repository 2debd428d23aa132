package rule

import (
	"fmt"
	"net/http"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// Pass is one exchange under judgement, with what rules share about it. It is
// not for concurrent use.
type Pass struct {
	*exchange.Exchange
	Subject Subject
	// Settings are those of the suite.
	Settings Settings
	// Content is the content of the response, for who shares its reading with
	// others; nil for who does not.
	Content *exchange.Document

	rule  *Rule
	found []Report

	index   *Index
	present fieldSet // the fields that rules of index ask for
	traits  trait

	// What several rules need is worked out on first use.
	server    string // see origin
	route     string // see endpoint
	media     string
	document  document
	rooted    root
	caching   directives
	errorBody *ErrorBody
	known     struct{ media, document, rooted, caching bool }
}

// NewPass begins the judgement of an exchange.
func NewPass(x *exchange.Exchange, s Subject, settings Settings) *Pass {
	return &Pass{Exchange: x, Subject: s, Settings: settings}
}

// Subject is where an exchange belongs, for findings that name another place.
type Subject struct {
	Place    string // file:line of the step
	Step     string // its name
	Endpoint string // method and templated target
	Expected bool   // the step named the status that came
	FollowUp bool   // a follow-up made it, not the step
	// Named are the statuses that the step names for its answer; nil where it
	// names none, or a class of them.
	Named []int
	// Off are the ids of rules that do not look at the step, Allowed those of
	// rules whose findings on it are accepted.
	Off, Allowed []string
}

// Report is one breach as a rule states it. Its texts quote the exchange.
type Report struct {
	Rule     *Rule
	Severity finding.Severity // the rule's own unless milder or harsher
	Declared bool             // breaks what the suite itself declares, whatever the profile
	Message  string           // one line that makes sense alone
	Path     string           // "headers.Allow", "body", "status"
	Expected string
	Actual   string
	// About is the exchange that shows it, where that is not the one under
	// judgement but one that a follow-up made.
	About *exchange.Exchange
}

// Reportf reports a breach at the rule's severity.
func (p *Pass) Reportf(path, format string, args ...any) {
	p.reportAt(p.rule.Severity, path, format, args...)
}

func (p *Pass) reportAt(s finding.Severity, path, format string, args ...any) {
	p.Report(Report{Severity: s, Path: path, Message: fmt.Sprintf(format, args...)})
}

// maxReports is how many breaches one exchange can have.
const maxReports = 200

// Report reports a breach; a zero Severity means the rule's own.
func (p *Pass) Report(r Report) {
	r.Rule = p.rule
	if r.Severity == finding.Off {
		r.Severity = p.rule.Severity
	}
	// A server that breaks the same rule in thousands of fields is told enough.
	if len(p.found) < maxReports {
		p.found = append(p.found, r)
	}
}

// Rest gets the pass ready to wait for Across.Judge, which is asked of one
// pass after another: it works out what that will want to know of an ordinary
// answer, and lets go of what takes much memory.
func (p *Pass) Rest() {
	p.endpoint()
	if p.Response.Status == http.StatusOK {
		p.root()
	}
	if p.Content != nil && p.succeeded() {
		p.Content.Forget()
	}
}

// line names the exchange in messages: "POST /api/users". The query stays out,
// it may be long.
func (p *Pass) line() string {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	return p.Request.Method + " " + path
}

// subject is what a message is about; it is put into words only when there is
// something to say.
type subject struct {
	what string
	p    *Pass
}

// answer is the response, in messages: "the 404 to GET /users/42".
func (p *Pass) answer() subject { return subject{"", p} }

// of is a part of the response: "Allow of the 405 to PUT /users".
func (p *Pass) of(what string) subject { return subject{what, p} }

func (s subject) String() string {
	answer := fmt.Sprintf("the %d to %s", s.p.Response.Status, s.p.line())
	if s.what == "" {
		return answer
	}
	return s.what + " of " + answer
}

// whole reports whether the content is known to its end and in plain.
func (p *Pass) whole() bool {
	r := p.Response
	cut := p.Failure != nil && p.Failure.Kind == exchange.FailedTooLarge // once its coding is undone
	return r.Complete && !cut && r.CodingFault == "" && !p.bodiless()
}

// bodiless reports whether the message has no content by its nature, in
// whatever version of HTTP.
func (p *Pass) bodiless() bool {
	r := p.Response
	return r.Framing == exchange.NoBody || p.Request.Method == http.MethodHead ||
		r.Status == http.StatusNoContent || r.Status == http.StatusNotModified
}

// mediaType is the response's media type in lower case, without parameters.
func (p *Pass) mediaType() string {
	if !p.known.media {
		p.media, p.known.media = mediaType(p.Response.Fields.Get("Content-Type")), true
	}
	return p.media
}

// quote shortens a text of the exchange for a message.
func quote(s string) string {
	const limit = 80
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
