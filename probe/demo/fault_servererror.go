package demo

import (
	"net/http"
	"strconv"
)

// serverErrorFaults break the rules about 5xx, and about what errors give away.
func serverErrorFaults() []Fault {
	return []Fault{
		{
			Rule: "unexpected-5xx",
			Text: "fails with a 500 when limit is not a number",
			// A 400 was expected.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if _, err := strconv.Atoi(c.URL.Query().Get("limit")); err != nil && c.is("GET", "/api/users") && c.URL.Query().Has("limit") {
					*r = failure(http.StatusInternalServerError, "INTERNAL_ERROR", "Something went wrong on our side")
				}
			}),
		},
		{
			Rule: "no-stack-trace",
			Text: "sends the stack of the crash at /api/crash along",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/crash") {
					r.amend(func(e map[string]any) { e["stack"] = crashStack })
				}
			}),
		},
		{
			Rule: "no-internal-details",
			Text: "tells the address of the service behind it that refuses the connection at /api/gateway/refusing",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/gateway/refusing") {
					r.amend(func(e map[string]any) { e["message"] = "The service at 10.20.0.7:8443 refused the connection" })
				}
			}),
		},
		{
			Rule: "not-implemented-501",
			Text: "answers PUT /api/jobs with 501 although PUT works elsewhere",
			// A 405 was expected.
			Entails: []string{"unexpected-5xx", "expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("PUT", "/api/jobs") {
					*r = failure(http.StatusNotImplemented, "NOT_IMPLEMENTED", "This method is not known anywhere in the API")
				}
			}),
		},
		{
			Rule: "retry-after-on-503",
			Text: "leaves Retry-After out of a 503",
			// A scenario looks for it.
			Entails: []string{"expectation"},
			begin: onAnswer(func(_ *call, r *reply) {
				if r.status == http.StatusServiceUnavailable {
					r.header.Del("Retry-After")
				}
			}),
		},
		{
			Rule: "network-auth-511",
			Text: "asks for credentials with 511 instead of 401 where uploads are made",
			// A 401 was expected.
			Entails: []string{"unexpected-5xx", "expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/uploads") && r.status == http.StatusUnauthorized {
					r.status = http.StatusNetworkAuthenticationRequired
					r.header.Del("WWW-Authenticate")
				}
			}),
		},
		{
			Rule: "webdav-status-context",
			Text: "answers 424 instead of 502 when the service behind /api/gateway/garbled fails",
			// A 502 was expected.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/gateway/garbled") {
					r.status = http.StatusFailedDependency
				}
			}),
		},
		{
			Rule: "gateway-error-shape",
			Text: "lets its gateway word the 502 of /api/gateway/truncated in JSON of another shape",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/gateway/truncated") {
					*r = content(http.StatusBadGateway, map[string]string{"code": "UPSTREAM_FAILED", "message": "The upstream broke off"}).
						with("Via", "1.1 gateway")
				}
			}),
		},
	}
}

// crashStack is what Go writes when a handler panics.
const crashStack = `goroutine 51 [running]:
main.crash({0x7f2c40, 0xc0001a8000}, 0xc0001b6000)
	/srv/demo/crash.go:23 +0x1d
net/http.HandlerFunc.ServeHTTP(0xc00011e0c0, {0x7f2c40, 0xc0001a8000}, 0xc0001b6000)
	/usr/local/go/src/net/http/server.go:2322 +0x29
`
