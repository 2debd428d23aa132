package demo

import (
	"context"
	"net"
	"net/http"
	"slices"
)

// securityFaults break the rules about what may fall into wrong hands.
func securityFaults() []Fault {
	return []Fault{
		{
			Rule: "nosniff",
			Text: "lets browsers guess at content",
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/graphql") {
					r.header["X-Content-Type-Options"] = nil
				}
			}),
		},
		{
			Rule:  "hsts-valid",
			Text:  "promises to be reached over TLS alone, but not for how long",
			begin: onGraphQL("Strict-Transport-Security", "includeSubDomains"),
		},
		{
			Rule:  "version-disclosure",
			Text:  "tells which version of what it runs",
			begin: onGraphQL("Server", "nginx/1.18.0 (Ubuntu)"),
		},
		{
			Rule:   "credentials-in-clear",
			Text:   "takes tokens over plain http from the internet",
			Public: true,
			begin: func() hooks {
				// To the API it is as if all came from the machine itself.
				here := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
				return hooks{request: func(c *call) {
					c.Request = c.WithContext(context.WithValue(c.Context(), http.LocalAddrContextKey, here))
				}}
			},
		},
		{
			Rule:  "cookie-valid",
			Text:  "sets a cookie whose Max-Age is no number",
			begin: onGraphQL("Set-Cookie", "theme=dark; Path=/graphql; Max-Age=1h; SameSite=Lax"),
		},
		{
			Rule:  "cookie-flags",
			Text:  "sets a cookie with a token that every script can read",
			begin: onGraphQL("Set-Cookie", "refresh_token=c2VjcmV0; Path=/graphql; SameSite=Lax"),
		},
		{
			Rule:  "secrets-in-urls",
			Text:  "links to itself with a token in the URL",
			begin: onGraphQL("Link", `</graphql?access_token=c2VjcmV0>; rel="self"`),
		},
		{
			Rule:   "internal-url-disclosed",
			Text:   "links to its address within its own network",
			Secure: true,
			Public: true,
			begin:  onGraphQL("Link", `<http://10.0.0.5:8080/>; rel="index"`),
		},
	}
}

// onGraphQL is a fault in the answers of one resource: fields, each with its
// value, that should not be there.
func onGraphQL(fields ...string) func() hooks {
	return onReply(func(c *call, r *reply) {
		if !c.is("POST", "/graphql") {
			return
		}
		for pair := range slices.Chunk(fields, 2) {
			r.header.Set(pair[0], pair[1])
		}
	})
}
