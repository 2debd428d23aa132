package rule

import (
	"fmt"
	"net/http"
	"strings"

	"httpprobe/probe/finding"
)

var fitting = []Rule{
	{
		ID:       "status-fits-request",
		Topic:    ClientErrors,
		Title:    "a status speaks of something that the request really had",
		Severity: finding.Warning,
		Basis:    "definitions",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9110 §15.5.7", "RFC 9110 §15.5.12–§15.5.18", "RFC 9110 §15.5.21", "RFC 9110 §15.6.6", "RFC 9110 §4.1",
			"RFC 8470 §5.2", "RFC 6585 §5"},
		Text: "Some statuses blame one part of the request: 406 its Accept fields, 408 that it was not sent to the end, 411 a missing Content-Length, 412 a condition, 413, 415 and 422 its content, 414 " +
			"its URI, 416 a Range, 417 Expect, 425 early data, 431 its fields, 505 its version. A client that has nothing of the kind cannot mend it.",
		Silent: "Info for a short URI with 414, small fields with 431, a 421 on a connection of its own, a 422 for query parameters, and a 412 where another field may be the condition. A 413 without content on " +
			"a kept connection may speak of the message before.",
		Undecided: "A 422 is held against requests without content alone: whether content is well-formed, in a format that the API takes, is not for probe to know. A 421 on a kept connection is not asked for again on one of its own.",
		Mend:      "answer with the status of what is really wrong, or 400",
		Bad:       "GET /users without a condition → 412",
		Good:      `PUT /users/1 + If-Match: "old" → 412`,
		needs:     failing,
		Check:     statusFitsRequest,
		Across:    versionsSpoken,
	},
}

// Beyond these a server may rightly complain.
const (
	longURI    = 8000    // octets, RFC 9110 §4.1
	largeField = 8 << 10 // octets of all field lines together
)

func statusFitsRequest(p *Pass) {
	status := p.Response.Status
	missing, severity := p.missingCause(status)
	if missing == "" {
		return
	}
	p.Report(Report{
		Severity: severity,
		Path:     "status",
		Message:  fmt.Sprintf("%s is answered with %d, but %s", p.line(), status, missing),
	})
}

// versionsSpoken judges a 505 by the versions that the origin has answered.
func versionsSpoken() func(*Pass) {
	spoken := map[[2]string]bool{}
	return func(p *Pass) {
		key := [2]string{p.origin(), p.Request.Proto}
		if p.Response.Status != http.StatusHTTPVersionNotSupported {
			spoken[key] = true
		} else if spoken[key] {
			p.Reportf("status", "%s is answered with 505, but other requests in %s were served", p.line(), p.Request.Proto)
		}
	}
}

// missingCause says what the request lacks of what a status blames; "" when
// it is there.
func (p *Pass) missingCause(status int) (missing string, s finding.Severity) {
	r := &p.Request
	has := func(names ...string) bool {
		for _, name := range names {
			if r.Fields.Has(name) {
				return true
			}
		}
		return false
	}
	content := len(r.Body) > 0
	var given bool
	s = finding.Warning
	switch status {
	case 406:
		given, missing = has("Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset"), "it has no Accept field to be unhappy with"
	case 408:
		given, missing = r.Withheld || r.Early || r.Partial, "it was sent to its end"
	case 411:
		given, missing = !has("Content-Length"), "it has a Content-Length"
	case 412:
		given, missing = has("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "If"), "it has no condition"
		if p.ownCondition() {
			s = finding.Info
		}
	case 413:
		given, missing = content || p.Conn.Reused, "it has no content"
	case 414:
		given, missing, s = len(r.URL) > longURI, fmt.Sprintf("its URI has only %d octets", len(r.URL)), finding.Info
	case 415:
		given, missing = content, "it has no content"
	case 416:
		given, missing = has("Range") && reads(r.Method), "it is no GET with Range"
	case 417:
		given, missing = has("Expect"), "it has no Expect field"
	case 421:
		given, missing, s = p.Conn.Reused, "it came on a connection of its own: the server does not know that authority", finding.Info
	case 422:
		given, missing = content, "it has no content"
		if strings.Contains(r.Target, "?") {
			missing, s = "it has no content, only a query", finding.Info
		}
	case 425:
		given, missing = r.Fields.Get("Early-Data") == "1", "it was not sent as early data"
	case 431:
		size := 0
		for _, f := range r.Fields {
			size += len(f.Name) + len(f.Value) + len(": \r\n")
		}
		given, missing, s = size > largeField, fmt.Sprintf("its fields have only %d octets", size), finding.Info
	}
	if given {
		missing = ""
	}
	return missing, s
}

// ownCondition reports whether a field of the application's own may be the
// condition that failed.
func (p *Pass) ownCondition() bool {
	for _, f := range p.Request.Fields {
		name := strings.ToLower(f.Name)
		for _, part := range []string{"if-", "precondition", "version", "revision", "etag"} {
			if strings.Contains(name, part) {
				return true
			}
		}
	}
	return false
}
