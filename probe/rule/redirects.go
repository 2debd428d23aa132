package rule

import (
	"net/http"
	"net/url"
	"strings"

	"httpprobe/probe/finding"
)

// redirections are the statuses that send a client elsewhere.
var redirections = []int{301, 302, 303, 307, 308}

var redirects = []Rule{
	{
		ID:       "location-on-redirect",
		Topic:    Redirects,
		Title:    "a redirect names its target",
		Severity: finding.Error,
		Basis:    "SHOULD, unusable without",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9110 §15.4.2", "RFC 9110 §15.4.3", "RFC 9110 §15.4.4", "RFC 9110 §15.4.8",
			"RFC 9110 §15.4.9"},
		Text: "A 301, 302, 303, 307 or 308 carries one Location that is not empty. Without it a client stands still, and with two of them " +
			"each client goes its own way.",
		Silent: "300 and 304 are not concerned.",
		Mend:   "send one Location with the URI to go to",
		Bad:    "GET /old → 301 without Location",
		Good:   "GET /old → 301 + Location: /new",
		When:   When{Statuses: redirections},
		Check: func(p *Pass) {
			switch values := p.Response.Fields.Values("Location"); {
			case len(values) == 0:
				p.Reportf("headers.Location", "the %d to %s has no Location", p.Response.Status, p.line())
			case len(values) > 1:
				p.Reportf("headers.Location", "the %d to %s has %d Location fields", p.Response.Status, p.line(), len(values))
			case values[0] == "":
				p.Reportf("headers.Location", "the %d to %s has an empty Location", p.Response.Status, p.line())
			}
		},
	},
	{
		ID:       "location-valid",
		Topic:    Redirects,
		Title:    "Location holds a URI that clients can use",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §10.2.2", "RFC 9110 §4.2.1", "RFC 9110 §4.2.4"},
		Text: "Location is one URI reference: free of spaces, controls, quotes and the like, each percent sign with its two hex digits, and what it resolves " +
			"to has a host and no name and password. Browsers repair such values, each in its own way; other clients give up.",
		Silent: "Relative references are right, and so are schemes such as myapp: on a redirect. Unencoded octets beyond ASCII are a warning, a fragment on a 201 is info.",
		Mend:   "percent-encode what goes into Location, and build it with a URI library",
		Bad:    "302 + Location: /search?q=two words",
		Good:   "302 + Location: /search?q=two%20words",
		When:   When{Statuses: append([]int{201, 202, 300, 304}, redirections...), Fields: []string{"Location"}},
		Check: func(p *Pass) {
			for _, v := range p.Response.Fields.Values("Location") {
				checkLocation(p, v)
			}
		},
	},
	{
		ID:       "choices-on-300",
		Topic:    Redirects,
		Title:    "a 300 lays out what there is to choose from",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.4.1"},
		Text: "Several representations exist and the client, or its user, picks one. For that a 300 has a body that refers to them, or a Location with the one that the server " +
			"prefers; a bare 300 is a dead end.",
		Silent: "HEAD; alternatives that are given in Link or Alternates.",
		Mend:   "list the variants with their URIs in the body, and name the preferred one in Location",
		Bad:    "GET /doc → 300, empty",
		Good:   "GET /doc → 300 + Location: /doc.en + a list of variants",
		When:   When{Statuses: []int{http.StatusMultipleChoices}},
		Check: func(p *Pass) {
			f := p.Response.Fields
			if p.Request.Method == http.MethodHead || f.Get("Location") != "" || f.Has("Alternates") || len(links(f)) > 0 ||
				!p.whole() || p.refersElsewhere() {
				return
			}
			p.Reportf("body", "the 300 to %s offers nothing to choose from: no reference in its content, and no Location", p.line())
		},
	},
	{
		ID:       "redirect-keeps-https",
		Topic:    Redirects,
		Title:    "a redirect from https leads to https",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §4.2.2", "RFC 9205 §4.4.2", "OWASP Transport Layer Security sheet"},
		Text: "A client that follows a redirect from https to http sends what it says next, credentials maybe, for everyone on the way to read and to change. The usual cause is a " +
			"server behind a proxy that builds absolute URIs from its own, unencrypted side.",
		Silent: "Loopback addresses, where applications listen for the end of a login.",
		Mend:   "send a relative Location, or let the server know the scheme that clients use",
		Bad:    "https://api.example/a → 301 http://api.example/b",
		Good:   "https://api.example/a → 301 https://api.example/b",
		When:   When{Statuses: redirections, Fields: []string{"Location"}},
		Check: func(p *Pass) {
			if !strings.HasPrefix(p.Request.URL, "https:") {
				return
			}
			for _, v := range p.Response.Fields.Values("Location") {
				to, err := url.Parse(v)
				if err == nil && to.Scheme == "http" && to.Host != "" && !isLoopback(to.Hostname()) {
					p.Reportf("headers.Location", "the %d to %s leads from https to http: %s", p.Response.Status, p.line(), quote(v))
				}
			}
		},
	},
	{
		ID:       "redirect-post-ambiguous",
		Topic:    Redirects,
		Title:    "a POST is sent on with 307, 308 or 303",
		Severity: finding.Warning,
		Basis:    "guide + note",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.4.2", "RFC 9110 §15.4.3", "RFC 9205 §4.6.1"},
		Text: "After a 301 or 302 many clients repeat a POST as GET and drop its body, others do not. 307 and 308 keep method and body for " +
			"everyone, 303 asks for a GET outright.",
		Silent: "Info when a form was posted, since a page is likely to follow; info too for PUT, PATCH and DELETE, which clients do not rewrite.",
		Mend:   "use 308 or 307 to have the request sent again, 303 to point to a result",
		Bad:    "POST /api/submit → 302 /api/v2/submit",
		Good:   "POST /api/submit → 307 /api/v2/submit",
		When: When{Statuses: []int{http.StatusMovedPermanently, http.StatusFound},
			Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}},
		Check: func(p *Pass) {
			severity := finding.Warning
			switch mediaType(p.Request.Fields.Get("Content-Type")) {
			case "application/x-www-form-urlencoded", "multipart/form-data":
				severity = finding.Info
			}
			if p.Request.Method != http.MethodPost {
				severity = finding.Info
			}
			p.reportAt(severity, "status", "%s is redirected with %d: clients may send it again as GET, without its body", p.line(), p.Response.Status)
		},
	},
}

func checkLocation(p *Pass, value string) {
	const path = "headers.Location"
	subject := p.of("Location")
	if value == "" {
		return // said by the rules that want the field
	}
	if i := strings.IndexFunc(value, barredFromURI); i >= 0 {
		p.Reportf(path, "%s holds %q, which no URI may hold unencoded: %s", subject, value[i], quote(value))
		return
	}
	if strings.IndexFunc(value, func(r rune) bool { return r > 0x7f }) >= 0 {
		p.reportAt(finding.Warning, path, "%s holds characters beyond ASCII unencoded: %s", subject, quote(value))
	}
	if !percentsPaired(value) {
		p.Reportf(path, "%s has a percent sign without two hex digits: %s", subject, quote(value))
		return
	}
	base, err := url.Parse(p.Request.URL)
	if err != nil {
		return
	}
	base.User = nil // would be inherited
	to, err := base.Parse(value)
	switch {
	case err != nil:
		p.Reportf(path, "%s is not a URI reference: %s", subject, quote(value))
	case to.Scheme != "http" && to.Scheme != "https":
	case to.Hostname() == "":
		p.Reportf(path, "%s has no host: %s", subject, quote(value))
	case to.User != nil:
		p.Reportf(path, "%s holds a user name before the host", subject)
	case to.Fragment != "" && p.Response.Status == http.StatusCreated:
		p.reportAt(finding.Info, path, "%s names a fragment, which is no resource of its own: %s", subject, quote(value))
	}
}

// barredFromURI reports whether a URI may hold an ASCII character only encoded
// (RFC 3986 §2).
func barredFromURI(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>{}|\\^`", r)
}

func percentsPaired(s string) bool {
	for i := range len(s) {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
