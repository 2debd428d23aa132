package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var authentication = []Rule{
	{
		ID:       "www-authenticate-on-401",
		Topic:    Authentication,
		Title:    "a 401 tells by which scheme to authenticate",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.5.2", "RFC 9110 §11.6.1"},
		Text:     "A 401 is a challenge: WWW-Authenticate names at least one scheme that the server would accept. A client that knows several ways to authenticate cannot choose without it.",
		Silent:   "Bearer, or a scheme of the API's own, does not make browsers ask for a password; only Basic, Digest and Negotiate do.",
		Mend:     `add WWW-Authenticate to the 401, such as Bearer realm="api"`,
		Bad:      `GET /me → 401 {"error":"Log in first"}`,
		Good:     `GET /me → 401 + WWW-Authenticate: Bearer realm="api"`,
		When:     When{Statuses: []int{http.StatusUnauthorized}},
		Check: func(p *Pass) {
			switch {
			case !p.Response.Fields.Has("WWW-Authenticate"):
				p.Reportf("headers.WWW-Authenticate", "the 401 to %s has no WWW-Authenticate field", p.line())
			case len(p.Response.Fields.Tokens("WWW-Authenticate")) == 0:
				p.Reportf("headers.WWW-Authenticate", "WWW-Authenticate of the 401 to %s names no scheme", p.line())
			}
		},
	},
	{
		ID:       "challenge-valid",
		Topic:    Authentication,
		Title:    "a client can make out what a challenge asks for",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9110 §11.2", "RFC 9110 §11.3", "RFC 9110 §11.5", "RFC 9110 §11.6.1",
			"RFC 7617 §2", "RFC 6750 §3", "RFC 6750 §3.1"},
		Text: "A challenge is a scheme, then a space, then either one token or parameters with commas between them. No parameter comes twice, the realm stands in double quotes, and Basic has one. " +
			"Clients that cannot read the field behave as if the server had offered no way to log in.",
		Silent: "What is amiss with a readable Bearer challenge is a warning: no parameter at all, an error code that belongs to another status, or an error although the request carried no credentials. Negotiate and NTLM " +
			"stand alone, and of schemes that are not registered only the grammar is judged.",
		Mend:  `write challenges as Scheme name="value", name="value"`,
		Bad:   "WWW-Authenticate: Basic",
		Good:  `WWW-Authenticate: Basic realm="api", charset="UTF-8"`,
		When:  When{Fields: []string{"WWW-Authenticate", "Proxy-Authenticate"}},
		Check: challengeValid,
	},
	{
		ID:       "proxy-authenticate-on-407",
		Topic:    Authentication,
		Title:    "a 407 tells how to log in to the proxy",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.5.8", "RFC 9110 §11.7.1"},
		Text:     "With a 407 a proxy asks for credentials of its own, and Proxy-Authenticate carries the challenge. Without one the client knows that it has to log in, but not how.",
		Silent:   "Info when the challenge is there but the request was not addressed to a proxy: an API that wants credentials says 401.",
		Mend:     "send Proxy-Authenticate with the 407, or 401 with WWW-Authenticate if it is the API that asks",
		Bad:      "GET /users → 407",
		Good:     `GET http://api.example/users → 407 + Proxy-Authenticate: Basic realm="proxy"`,
		When:     When{Statuses: []int{http.StatusProxyAuthRequired}},
		Check: func(p *Pass) {
			switch {
			case len(p.Response.Fields.Tokens("Proxy-Authenticate")) == 0:
				p.Reportf("headers.Proxy-Authenticate", "the 407 to %s carries no challenge in Proxy-Authenticate", p.line())
			case strings.HasPrefix(p.Request.Target, "/"):
				p.reportAt(finding.Info, "status", "%s is answered with 407, but it was not sent to a proxy: 401 asks for the API's own credentials", p.line())
			}
		},
	},
	{
		ID:       "valid-credentials-403",
		Topic:    Authentication,
		Title:    "who is known but may not is told 403, not 401",
		Severity: finding.Warning,
		Basis:    "ought to",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"RFC 9110 §11.4", "RFC 9110 §15.5.4", "guide (401 versus 403)"},
		Text: "A 401 says that the credentials are missing or wrong, so clients drop them and ask the user to log in again. Where the same credentials are accepted before and after, in " +
			"places that refuse others, they are right and only the permission is missing: that is 403, or 404 to hide what is there.",
		Silent: "Challenges of another scheme or realm, demands for a stronger login, requests that carry a password or code in their content, and logins. Credentials that have run out are not accepted afterwards, " +
			"so that nothing is said of them.",
		Mend:   "answer 403 once the credentials have been verified, or 404 where the API hides what one may not see",
		Bad:    "GET /me → 200, DELETE /admin/users/1 → 401, GET /me → 200, with one token",
		Good:   "GET /me → 200, DELETE /admin/users/1 → 403, GET /me → 200, with one token",
		When:   When{Classes: []int{2, 4}},
		Across: validCredentials,
	},
}

// knownSchemes are those of which more than the grammar is known.
var knownSchemes = []string{"basic", "bearer", "digest", "dpop", "gnap", "hoba", "mutual", "oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid"}

func challengeValid(p *Pass) {
	for _, name := range [...]string{"WWW-Authenticate", "Proxy-Authenticate"} {
		value := p.Response.Fields.Joined(name)
		if value == "" {
			continue
		}
		path, subject := "headers."+name, p.of(name)
		list, fault := challenges(value)
		if fault != "" {
			p.Report(Report{Path: path, Message: fmt.Sprintf("%s cannot be read: %s", subject, fault), Actual: value})
		}
		for i := range list {
			c := &list[i]
			if twice := c.repeated(); twice != "" {
				p.Reportf(path, "%s has the parameter %s twice in one challenge", subject, twice)
			}
			if slices.Contains(knownSchemes, c.scheme) && c.bare {
				p.Reportf(path, "%s has its realm without double quotes", subject)
			}
			_, realm := c.param("realm")
			last := fault != "" && i == len(list)-1 // it may have more that could not be read
			switch {
			case last:
			case c.scheme == "basic" && !realm:
				p.Reportf(path, "%s offers Basic without a realm", subject)
			case c.scheme == "bearer" && name == "WWW-Authenticate":
				bearerValid(p, c)
			}
		}
	}
}

// bearerStatus is the status of each error code of RFC 6750 §3.1.
var bearerStatus = map[string]int{"invalid_request": 400, "invalid_token": 401, "insufficient_scope": 403}

func bearerValid(p *Pass, c *challenge) {
	const path = "headers.WWW-Authenticate"
	code, failed := c.param("error")
	status, known := bearerStatus[code]
	switch {
	case len(c.params) == 0:
		p.reportAt(finding.Warning, path, "WWW-Authenticate of %s offers Bearer without a single parameter", p.answer())
	case failed && !p.authenticates():
		p.reportAt(finding.Warning, path, "WWW-Authenticate of %s names the error %s, although the request carried no credentials", p.answer(), quote(code))
	case known && status != p.Response.Status && p.Response.Status/100 == 4:
		p.reportAt(finding.Warning, path, "WWW-Authenticate of %s names the error %s, which belongs to %d", p.answer(), code, status)
	}
}

// authenticates reports whether a request may carry credentials, in whatever
// place APIs look for them.
func (p *Pass) authenticates() bool {
	for _, f := range p.Request.Fields {
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "sec-") && namesSecret(name) || name == "sec-websocket-protocol" {
			return true
		}
	}
	return namesSecret(strings.ToLower(p.Request.Target)) || namesSecret(strings.ToLower(string(p.Request.Body[:min(len(p.Request.Body), 4096)])))
}

func namesSecret(text string) bool {
	return slices.ContainsFunc([]string{"auth", "token", "key", "cookie", "session", "secret", "credential", "signature", "cert", "password", "jwt"},
		func(word string) bool { return strings.Contains(text, word) })
}
