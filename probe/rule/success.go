package rule

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var success = []Rule{
	{
		ID:       "location-on-201",
		Topic:    Success,
		Title:    "a POST that creates tells where the new resource lives",
		Severity: finding.Error,
		Basis:    "SHOULD + guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3.2", "RFC 9110 §9.3.3", "RFC 9110 §10.2.2"},
		Text: "Location on a 201 names the resource that was made, and it is another one than the collection that was posted to. " +
			"If the field is missing, a client has to conclude that the URI it posted to is what was created, and it cannot reach the real thing.",
		Silent: "Only POST is judged: PUT and PATCH name the resource themselves. It is info where Content-Location tells the URI, or the body by a link to itself. " +
			"Where many are created at once any Location will do, or a body with a link for each.",
		Mend: "add Location with the URI of the created resource to the 201",
		Bad:  `POST /users → 201 {"id":42}`,
		Good: "POST /users → 201 + Location: /users/42",
		RFC:  new(finding.Warning),
		When: When{Statuses: []int{http.StatusCreated}, Methods: []string{http.MethodPost}},

		Check: locationOn201,
	},
	{
		ID:       "created-on-wrong-method",
		Topic:    Success,
		Title:    "reading and deleting create nothing",
		Severity: finding.Warning,
		Basis:    "method semantics",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §9.2.1", "RFC 9110 §9.3.5", "RFC 9110 §15.3.2"},
		Text: "A 201 says that the request has made a resource. GET, HEAD, OPTIONS, TRACE and QUERY ask for no change, so crawlers and caches send them at will, and DELETE asks for the " +
			"opposite.",
		Mend: "create with POST or PUT, or answer 200 if nothing was created",
		Bad:  "GET /reports/new → 201",
		Good: "POST /reports → 201",
		When: When{Statuses: []int{http.StatusCreated},
			Methods: []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "QUERY", http.MethodDelete}},
		Check: func(p *Pass) {
			p.Reportf("status", "%s is answered with 201, but %s creates nothing", p.line(), p.Request.Method)
		},
	},
	{
		ID:       "accepted-has-monitor",
		Topic:    Success,
		Title:    "a 202 points to where the work can be followed",
		Severity: finding.Info,
		Basis:    "ought to",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.3.3", "RFC 7240 §4.1"},
		Text: "After a 202 the work is still to be done, and it may fail. A client can only learn how it went if the response names a place to ask: Location, Content-Location, a Link " +
			"(monitor, status or self), or a URL in the body. GET on it gets 2xx or 3xx.",
		Silent: "Endpoints that take things in and forget about them, by the look of their path: events, logs, metrics, telemetry, webhooks. HEAD, and content that cannot be read. " +
			"Of several places the one is asked that most clearly is about the work, and again a second later; only 404, 405 and 410 count: other answers may have other reasons, and 5xx is told of by unexpected-5xx. " +
			"Another origin is asked only if hosts allow it, and only 405 counts there, as it gets no credentials.",
		Undecided: "Which endpoints need no monitor, and which URL in a body is one, is told by names alone.",
		Mend:      "make a resource for the job, and send its URI in Location and in the body",
		Bad:       "POST /exports → 202, empty",
		Good:      `POST /exports → 202 + Location: /jobs/7 + {"status":"queued"}`,
		When:      When{Statuses: []int{http.StatusAccepted}},
		Check:     acceptedHasMonitor,

		FollowUps: []FollowUp{{When: When{Statuses: []int{http.StatusAccepted}}, Judge: monitorAnswers}},
	},
	{
		ID:       "nonauthoritative-203",
		Topic:    Success,
		Title:    "a 203 was made by a proxy that changed the answer",
		Severity: finding.Info,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3.4", "RFC 9110 §7.7"},
		Text:     "With 203 a proxy tells that the content is no longer what the origin server sent with its 200. An API that sends it itself says that it is not to be relied on.",
		Silent:   "Responses that bear the mark of an intermediary, such as Via or Age.",
		Mend:     "answer 200",
		Bad:      "GET /users → 203 from the API itself",
		Good:     "GET /users → 200",
		When:     When{Statuses: []int{http.StatusNonAuthoritativeInfo}},
		Check: func(p *Pass) {
			if !p.passedOn() {
				p.Reportf("status", "the 203 to %s shows no proxy that could have changed it: an origin server says 200", p.line())
			}
		},
	},
	{
		ID:       "no-content-on-204",
		Topic:    Success,
		Title:    "a 204 is over at its blank line",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §15.3.5", "RFC 9110 §6.4.1", "RFC 9112 §6.3"},
		Text: "No content, no chunk and no trailer follows the header section of a 204, whatever its fields announce. A client on a kept connection " +
			"takes octets found there for the beginning of the next response.",
		Silent:    "Stray line ends are passed over.",
		Undecided: "Octets are waited for 10 ms; what comes later is not seen.",
		Mend:      "write nothing after the header section of a 204, or answer 200 if there is something to say",
		Bad:       `204 No Content + {"deleted":true}`,
		Good:      "204 No Content, blank line",
		When:      When{Statuses: []int{http.StatusNoContent}},
		Check:     func(p *Pass) { nothingFollows(p, "the 204 to") },
	},
	{
		ID:       "length-on-204",
		Topic:    Success,
		Title:    "a 204 announces no content",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.6", "RFC 9112 §6.1"},
		Text: "Content-Length and Transfer-Encoding say how to find the end of content, and a 204 never has any. Some clients wait for " +
			"what was announced.",
		Silent: "Content-Length: 0 is a warning, being as forbidden but harmless. Fields that describe the resource, such as ETag or Content-Type, are right.",
		Mend:   "leave both fields out of a 204",
		Bad:    "204 No Content + Transfer-Encoding: chunked",
		Good:   "204 No Content with neither field",
		When:   When{Statuses: []int{http.StatusNoContent}, Fields: []string{"Content-Length", "Transfer-Encoding"}},
		Check: func(p *Pass) {
			if p.Response.Fields.Has("Transfer-Encoding") {
				p.Reportf("headers.Transfer-Encoding", "the 204 to %s carries Transfer-Encoding", p.line())
			}
			for _, v := range p.Response.Fields.Values("Content-Length") {
				severity := finding.Error
				if v != "" && strings.Trim(v, "0") == "" {
					severity = finding.Warning
				}
				p.reportAt(severity, "headers.Content-Length", "the 204 to %s carries Content-Length: %s", p.line(), v)
			}
		},
	},
	{
		ID:       "no-content-on-205",
		Topic:    Success,
		Title:    "a 205 is empty, and its framing says so",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3.6", "RFC 9112 §6.3"},
		Text: "A 205 tells the client to clear its form and has nothing else to say. Unlike a 204 it does not end at the blank line by itself: " +
			"Content-Length: 0, an empty chunked body or the end of the connection has to mark the end.",
		Undecided: "A 205 that announces no end, on a connection that stays open, cannot be told from one that is late: the step runs into its limit.",
		Mend:      "send Content-Length: 0 and no content with a 205",
		Bad:       `205 Reset Content + {"ok":true}`,
		Good:      "205 Reset Content + Content-Length: 0",
		When:      When{Statuses: []int{http.StatusResetContent}},
		Check: func(p *Pass) {
			if len(p.Response.Body) > 0 {
				p.Reportf("body", "the 205 to %s has %d octets of content", p.line(), len(p.Response.Body))
			}
		},
	},
	{
		ID:       "multistatus-207",
		Topic:    Success,
		Title:    "a 207 says of each part how it went",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 4918 §11.1", "RFC 4918 §13", "Zalando #152"},
		Text: "A 207 stands for several outcomes and is none itself, so the body has to tell them: in XML a DAV:multistatus whose responses have a status or propstat each, in JSON " +
			"a status with each item.",
		Silent: "In JSON any member that tells an outcome will do, and so will separate lists of what succeeded and what failed. Other formats, HEAD, and content that cannot be read.",
		Mend:   "list the parts, each with its own status",
		Bad:    `207 {"ok":true}`,
		Good:   `207 {"responses":[{"id":1,"status":201},{"id":2,"status":422}]}`,
		When:   When{Statuses: []int{http.StatusMultiStatus}},
		Check:  multistatus,
	},
	{
		ID:       "success-body-is-error",
		Topic:    Success,
		Title:    "a 2xx does not carry bad news",
		Severity: finding.Warning,
		Basis:    "definition of 2xx",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3", "RFC 9110 §15.5", "RFC 9205 §4.6"},
		Text: "Clients, caches and monitors go by the status. A 2xx whose JSON says nothing but that the request failed (an error member alone, " +
			"a problem document, success or ok being false beside an error, a status of 400 or more beside a message) misleads all of them.",
		Silent: "GraphQL, JSON-RPC, 206, 207 and batches; an error member that is null or empty; objects that hold other data as well, such as a job that failed; " +
			"endpoints whose work is to validate.",
		Mend: "answer failures with the 4xx or 5xx that fits",
		Bad:  `GET /users/9 → 200 {"error":"User not found"}`,
		Good: `GET /users/9 → 404 {"error":"User not found"}`,
		When: When{Statuses: []int{200, 201, 202, 203}, Fields: []string{"Content-Type"}},

		Check: successBodyIsError,
	},
}

func locationOn201(p *Pass) {
	values := p.Response.Fields.Values("Location")
	if len(values) > 0 {
		if sameResource(p.Request.URL, values[0]) && !p.createsMany() {
			p.Reportf("headers.Location", "Location of the 201 to %s is the URI that was posted to, not the new resource", p.line())
		}
		return
	}
	severity, bulk := finding.Error, p.createsMany()
	switch {
	case p.Response.Fields.Get("Content-Location") != "":
		severity = finding.Info
	case !p.bodiless() && !p.whole():
		return // the body may hold the link
	case bulk && p.linksEach():
		return
	case p.linksItself():
		severity = finding.Info
	}
	p.reportAt(severity, "headers.Location", "the 201 to %s has no Location: clients cannot tell what was created", p.line())
}

// sameResource reports whether a reference leads back to the target. A query
// of its own makes it another resource.
func sameResource(target, reference string) bool {
	base, err := url.Parse(target)
	if err != nil {
		return false
	}
	to, err := base.Parse(strings.TrimSpace(reference))
	if err != nil {
		return false
	}
	return strings.EqualFold(base.Scheme, to.Scheme) && strings.EqualFold(base.Host, to.Host) &&
		strings.TrimRight(base.Path, "/") == strings.TrimRight(to.Path, "/") &&
		(to.RawQuery == "" || to.RawQuery == base.RawQuery)
}

func (p *Pass) createsMany() bool {
	if body, ok := p.requestBody(); ok {
		if _, list := body.([]any); list {
			return true
		}
	}
	if d := p.json(); d != nil {
		body, _ := d.body()
		_, list := body.([]any)
		return list
	}
	return false
}

func (p *Pass) linksItself() bool {
	if d := p.json(); d != nil {
		body, _ := d.body()
		return hasOwnLink(body)
	}
	return false
}

// linksEach reports whether every item that the body lists has a link.
func (p *Pass) linksEach() bool {
	d := p.json()
	if d == nil {
		return false
	}
	body, _ := d.body()
	lists, _ := listsOf(body, 1)
	return len(lists) == 1 && len(lists[0]) > 0 && !slices.ContainsFunc(lists[0], func(item any) bool { return !hasOwnLink(item) })
}

// hasOwnLink looks for the usual members by which a resource links to itself.
func hasOwnLink(v any) bool {
	o, _ := v.(map[string]any)
	for _, name := range []string{"self", "href", "url", "@id"} {
		if isLink(o[name]) {
			return true
		}
	}
	for _, name := range []string{"_links", "links"} {
		if links, ok := o[name].(map[string]any); ok && isLink(links["self"]) {
			return true
		}
	}
	data, ok := o["data"].(map[string]any)
	return ok && hasOwnLink(data)
}

func isLink(v any) bool {
	o, _ := v.(map[string]any)
	return text(v) != "" || text(o["href"]) != ""
}

// nothingFollows reports octets after a message that ends at its blank line.
func nothingFollows(p *Pass, message string) {
	extra := p.Response.Extra
	if len(bytes.Trim(extra, "\r\n")) == 0 || bytes.HasPrefix(extra, []byte("HTTP/1.")) || p.Request.Method == http.MethodHead {
		return
	}
	p.Report(Report{
		Path:     "body",
		Message:  message + " " + p.line() + " is followed by octets: " + quote(string(extra)),
		Expected: "nothing after the blank line",
		Actual:   quote(string(extra)),
	})
}
