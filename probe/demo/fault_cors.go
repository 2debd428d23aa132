package demo

import "net/http"

// corsFaults break the rules about pages of other origins.
func corsFaults() []Fault {
	return []Fault{
		{
			Rule:  "cors-origin-value",
			Text:  "lets in two origins in one field",
			begin: onGraphQL("Access-Control-Allow-Origin", "https://app.example, https://admin.example"),
		},
		{
			Rule: "cors-credentials",
			Text: "lets in credentials from *, which browsers refuse",
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/graphql") {
					r.header.Set("Access-Control-Allow-Credentials", "true")
					r.header["Access-Control-Expose-Headers"] = nil
				}
			}),
		},
		{
			Rule: "cors-vary-origin",
			Text: "lets one origin in by its name without Vary: Origin",
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/api/users/1") {
					r.header["Access-Control-Allow-Origin"] = nil
					if origin := c.Header.Get("Origin"); origin == "https://app.example" {
						r.header.Set("Access-Control-Allow-Origin", origin)
					}
				}
			}),
		},
		{
			Rule: "cors-expose-headers",
			Text: "hides ETag from scripts of other origins",
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/api/users/1") {
					r.header["Access-Control-Expose-Headers"] = nil
				}
			}),
		},
		{
			Rule: "cors-on-errors",
			Text: "lets other origins read successes, but not a 404",
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusNotFound {
					r.header["Access-Control-Allow-Origin"] = nil
				}
			}),
		},
		{
			Rule: "preflight-status",
			Text: "demands a token of preflights, which carry none",
			// There should be a 204.
			Entails: []string{"expectation"},
			begin: onPreflight(func(r *reply) {
				*r = failure(http.StatusUnauthorized, "UNAUTHENTICATED", "Authentication required: send a bearer token").
					with("WWW-Authenticate", `Bearer realm="demo"`)
			}),
		},
		{
			Rule:  "preflight-covers-request",
			Text:  "lets scripts send *, which does not stand for Authorization",
			begin: onPreflight(func(r *reply) { r.header.Set("Access-Control-Allow-Headers", "*") }),
		},
	}
}

// onPreflight is a fault in what a browser is told that asks before it lets a
// script use a method.
func onPreflight(f func(*reply)) func() hooks {
	return onReply(func(c *call, r *reply) {
		if c.Method == http.MethodOptions && c.Header.Get("Access-Control-Request-Method") != "" {
			f(r)
		}
	})
}
