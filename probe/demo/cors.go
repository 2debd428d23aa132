package demo

import (
	"net/http"
	"strings"
)

// common are the fields of every answer. Pages of all origins may use the API,
// but without cookies: no browser adds a token on its own.
var common = map[string]string{
	"X-Content-Type-Options":        "nosniff",
	"Access-Control-Allow-Origin":   "*",
	"Access-Control-Expose-Headers": "*",
}

// complete adds the fields of every answer to h, but for those that are there
// already, be it without a value.
func complete(h http.Header) {
	for name, value := range common {
		if _, there := h[name]; !there {
			h.Set(name, value)
		}
	}
}

// scriptFields are the fields that scripts may send besides those that they
// always may; a * would leave Authorization out.
const scriptFields = "Authorization, Content-Type, Prefer, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, If-Range, Range, Idempotency-Key, X-Client-Id"

// preflight adds to the answer to OPTIONS what a browser wants to know before
// it lets a script use a method.
func preflight(c *call, r reply, allowed []string) reply {
	if c.Header.Get("Origin") == "" || c.Header.Get("Access-Control-Request-Method") == "" {
		return r
	}
	return r.with("Access-Control-Allow-Methods", strings.Join(allowed, ", ")).
		with("Access-Control-Allow-Headers", scriptFields).
		with("Access-Control-Max-Age", "600")
}
