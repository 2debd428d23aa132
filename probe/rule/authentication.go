package rule

import (
	"net/http"

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
}
