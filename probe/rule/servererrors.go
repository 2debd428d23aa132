package rule

import (
	"net/http"
	"regexp"
	"slices"

	"httpprobe/probe/finding"
)

var serverErrors = []Rule{
	{
		ID:       "unexpected-5xx",
		Topic:    ServerErrors,
		Title:    "no request brings the server down",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.6", "RFC 9110 §15.6.1"},
		Text: "A 5xx says that the server is at fault. Whatever a client sends, it is the client's mistake or it works; a 5xx that nobody provoked on purpose is " +
			"a defect or an outage.",
		Silent: "Steps that expect the 5xx.",
		Mend:   "look for the failure in the server's log, and answer bad input with a 4xx",
		Bad:    "GET /users/abc → 500",
		Good:   "GET /users/abc → 400",
		When:   When{Classes: []int{5}},
		Check: func(p *Pass) {
			if p.Subject.Expected {
				return
			}
			said := ""
			if e, ok := p.ErrorBody(); ok && e.Message != "" {
				said = ": " + quote(e.Message)
			}
			p.Reportf("status", "%s made the server fail with %d%s", p.line(), p.Response.Status, said)
		},
	},
	{
		ID:       "no-stack-trace",
		Topic:    ServerErrors,
		Title:    "errors keep code, queries and secrets to themselves",
		Severity: finding.Error,
		Basis:    "security, guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"guide (500)", "OWASP Error Handling and REST Security sheets", "RFC 9457 §5", "Zalando #177"},
		Text: "Stack traces, exception classes, messages of the database, debug pages, keys and connection strings tell an attacker how the service is built, and " +
			"tell a client nothing. Members such as stack, exception, debug or sql count when they hold something. JSON strings are decoded and markup is removed before looking.",
		Silent: "Identifiers such as trace_id or traceparent are meant for clients. What the request itself contained is an echo, not a disclosure.",
		Mend:   "log the details with a correlation id, and send the client that id and a plain message",
		Bad:    `500 {"error":"boom","stack":"Error: boom\n    at Object.<anonymous> (/app/index.js:3:9)"}`,
		Good:   `500 {"error":"Something went wrong on our side","request_id":"7f3a"}`,
		When:   When{Classes: []int{4, 5}},
		Check:  noStackTrace,
	},
	{
		ID:       "retry-after-on-503",
		Topic:    ServerErrors,
		Title:    "a 503 gives the end of the outage if it is known",
		Severity: finding.Info,
		Basis:    "MAY, guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.6.4", "RFC 9110 §10.2.3", "guide (503)"},
		Text: "Retry-After on a 503 keeps clients from hammering a service that is down, and lets them come back in time. During planned maintenance " +
			"the time is known.",
		Silent: "A warning when the body promises a time in words, which programs cannot read.",
		Mend:   "add Retry-After to the 503",
		Bad:    `503 {"error":"Back in 5 minutes"}`,
		Good:   `503 + Retry-After: 300`,
		When:   When{Statuses: []int{http.StatusServiceUnavailable}},
		Check: func(p *Pass) {
			if p.Response.Fields.Has("Retry-After") {
				return
			}
			if p.Response.CodingFault == "" {
				if promise := promisedTime.FindString(p.visibleText()); promise != "" {
					p.reportAt(finding.Warning, "headers.Retry-After", "the 503 to %s promises a time in words alone: %s", p.line(), quote(promise))
					return
				}
			}
			p.Reportf("headers.Retry-After", "the 503 to %s does not say when the service is back", p.line())
		},
	},
}

var promisedTime = regexp.MustCompile(`(?i)\b(?:in|after|within|for)\s+(?:about\s+|approximately\s+|another\s+)?\d+\s*(?:s|secs?|seconds?|mins?|minutes?|h|hours?)\b|` +
	`\b(?:until|at|by)\s+\d{1,2}:\d{2}\b`)

func noStackTrace(p *Pass) {
	// A page may be longer than any error; its end is not worth the time.
	const limit = 256 << 10
	if p.Response.CodingFault != "" || len(p.Response.Content) == 0 {
		return
	}
	subject := p.line()
	text := p.visibleText()
	if kind, match := disclosed(text[:min(len(text), limit)], p.sent); kind != nil {
		shown := ""
		if !kind.secret {
			shown = ": " + quote(match)
		}
		p.Reportf("body", "the %d to %s shows %s%s", p.Response.Status, subject, kind.name, shown)
		return
	}
	body, ok := p.parsedBody()
	if !ok {
		return
	}
	var said []string
	if at := telltale(body, "body", func() []string {
		if said == nil {
			said = slices.Clip(p.sent())
		}
		return said
	}); at != "" {
		p.Reportf(at, "the %d to %s holds inner details in %s", p.Response.Status, subject, at)
	}
}
