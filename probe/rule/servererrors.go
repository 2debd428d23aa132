package rule

import (
	"bytes"
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
		Silent: "Steps that expect the 5xx. A 503 to a follow-up, since probe may have asked too often by then. A 501 to OPTIONS, a method that a server need not know; where it knows it not-implemented-501 tells.",
		Mend:   "look for the failure in the server's log, and answer bad input with a 4xx",
		Bad:    "GET /users/abc → 500",
		Good:   "GET /users/abc → 400",
		When:   When{Classes: []int{5}},
		Check: func(p *Pass) {
			if p.Subject.Expected || p.Subject.FollowUp && p.Response.Status == http.StatusServiceUnavailable || p.Request.Method == http.MethodOptions && p.Response.Status == http.StatusNotImplemented {
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
		Silent:    "Identifiers such as trace_id or traceparent are meant for clients. What the request itself contained is an echo, not a disclosure.",
		Undecided: "Of long texts the first 256 KiB are searched.",
		Mend:      "log the details with a correlation id, and send the client that id and a plain message",
		Bad:       `500 {"error":"boom","stack":"Error: boom\n    at Object.<anonymous> (/app/index.js:3:9)"}`,
		Good:      `500 {"error":"Something went wrong on our side","request_id":"7f3a"}`,
		When:      When{Classes: []int{4, 5}},
		Check:     noStackTrace,
	},
	{
		ID:       "no-internal-details",
		Topic:    ServerErrors,
		Title:    "errors do not describe the machinery behind them",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"OWASP Error Handling sheet", "RFC 9457 §5"},
		Text: "Paths on the server's disk, private addresses with their ports, names that resolve only inside (*.internal, *.svc.cluster.local), and products with their versions are of " +
			"no use to a client, and a map to an attacker.",
		Silent:    "The addresses of the target itself, so that tests against localhost or a private network are not accused; ports of clients; what the request said; and what no-stack-trace reports.",
		Undecided: "Of long texts the first 256 KiB are searched.",
		Mend:      "log what failed inside, and tell the client in its own terms",
		Bad:       `502 {"error":"connect to 10.0.3.7:5432 refused"}`,
		Good:      `502 {"error":"The order service is not reachable"}`,
		When:      When{Classes: []int{4, 5}},
		Check:     noInternalDetails,
	},
	{
		ID:       "not-implemented-501",
		Topic:    ServerErrors,
		Title:    "a 501 is about a method that the server has for no resource",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"RFC 9110 §15.6.2", "RFC 9110 §9.1"},
		Text: "With 501 a server says that it does not know the method at all, and caches may keep that. If the method works elsewhere on the same server, the " +
			"resource is what does not support it: 405. GET and HEAD have to be known by every server, so a 501 to them is an error.",
		Silent:      "Info for a common method that works nowhere, which often stands for something not built yet. Methods that nobody has to know.",
		Mend:        "answer 405 with Allow where the method works elsewhere, and let the router know GET and HEAD",
		Bad:         "PUT /users/1 → 501, PUT /orders/1 → 200",
		Good:        "PUT /users/1 → 405 + Allow: GET",
		acrossNeeds: notReading | besides200,
		Across:      notImplemented,
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
		Silent: "A warning where the content names a time in words alone, of which programs make nothing.",
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
	{
		ID:       "network-auth-511",
		Topic:    ServerErrors,
		Title:    "a 511 comes from the network on the way, and points to its login",
		Severity: finding.Warning,
		Basis:    "SHOULD NOT",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6585 §6"},
		Text: "511 is for access points that let nobody through before a login. An API does not send it, since 401 is how it asks for credentials. Its content links to the login page and " +
			"does not hold the form itself, or users get used to typing passwords into pages that pose as any site.",
		Silent: "Nothing about the content is said where it cannot be read.",
		Mend:   "answer 401 with a challenge; if a network on the way sent the 511, log in to it and run again",
		Bad:    "GET /api/users → 511",
		Good:   "GET /api/users → 401",
		When:   When{Statuses: []int{http.StatusNetworkAuthenticationRequired}},
		Check: func(p *Pass) {
			p.Reportf("status", "%s is answered with 511: a network on the way wants a login, or the API should say 401", p.line())
			if !p.whole() {
				return
			}
			switch {
			case bytes.Contains(bytes.ToLower(p.Response.Content), []byte("<form")):
				p.Reportf("body", "the 511 to %s holds a form: it should only link to the login", p.line())
			case !p.refersElsewhere():
				p.Reportf("body", "the 511 to %s does not link to the login", p.line())
			}
		},
	},
	{
		ID:       "webdav-status-context",
		Topic:    ServerErrors,
		Title:    "statuses of WebDAV keep their meaning elsewhere",
		Severity: finding.Info,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 4918 §11.3", "RFC 4918 §11.4", "RFC 4918 §11.5", "RFC 5842 §7.2"},
		Text: "208 and 424 are statuses of one part of a multistatus or batch; 508 is for a request with infinite depth, or a link that leads back to itself; a 423 explains the lock; and 507 says " +
			"that there is no room to store what came, so it does not answer a request that stores nothing.",
		Silent: "WebDAV methods, and answers of servers that show themselves as WebDAV. A 423 for a locked account or record is right when it says so.",
		Mend:   "use 502 or 503 for the failure of another service, and 409 or 403 for a record that may not be changed",
		Bad:    "POST /items → 424, because another service is down",
		Good:   "POST /items → 503",
		When:   When{Statuses: []int{208, 423, 424, 507, 508}},
		Check:  webdavContext,
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
