package demo

import "net/http"

// authenticationFaults break the rules about who calls.
func authenticationFaults() []Fault {
	return []Fault{
		{
			Rule:  "www-authenticate-on-401",
			Text:  "leaves WWW-Authenticate out of a 401",
			begin: onChallenge(func(r *reply) { r.header.Del("WWW-Authenticate") }),
		},
		{
			Rule:  "challenge-valid",
			Text:  "offers Basic without a realm",
			begin: onChallenge(func(r *reply) { r.header.Set("WWW-Authenticate", "Basic") }),
		},
		{
			Rule: "proxy-authenticate-on-407",
			Text: "asks for a login with the 407 of a proxy, and no challenge",
			// There should be a 401.
			Entails: []string{"expectation"},
			begin: onChallenge(func(r *reply) {
				r.status = http.StatusProxyAuthRequired
				r.header.Del("WWW-Authenticate")
			}),
		},
		{
			Rule: "valid-credentials-403",
			Text: "answers 401 to a token that is known but does not suffice",
			// There should be a 403.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("PATCH", "/api/users/1") && r.status == http.StatusForbidden {
					*r = failure(http.StatusUnauthorized, "UNAUTHENTICATED", "Admin access required").
						with("WWW-Authenticate", `Bearer realm="demo"`)
				}
			}),
		},
	}
}

// onChallenge is a fault in the 401 to who deletes a user without a token.
func onChallenge(f func(*reply)) func() hooks {
	return onAnswer(func(c *call, r *reply) {
		if c.is("DELETE", "/api/users/1") && r.status == http.StatusUnauthorized {
			f(r)
		}
	})
}
