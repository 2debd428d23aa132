package demo

import (
	"net/http"
	"strings"
)

// guardFaults break the rules about what is not for everyone.
func guardFaults() []Fault {
	const guarded = "/api/admin/users/1"
	anonymous := func(c *call) bool {
		return c.Method == http.MethodGet && c.URL.Path == guarded && c.Header.Get("Authorization") == ""
	}
	return []Fault{
		{
			Rule: "missing-credentials-401",
			Text: "answers 403 where nobody has said who asks",
			begin: onAnswer(func(c *call, r *reply) {
				if anonymous(c) {
					*r = failure(http.StatusForbidden, "FORBIDDEN", "Admin access required")
				}
			}),
		},
		{
			Rule: "credentials-enforced",
			Text: "shows users to everyone at a path that is for admins",
			begin: onRequest(func(c *call) {
				if anonymous(c) {
					c.URL.Path = strings.Replace(guarded, "/admin", "", 1)
				}
			}),
		},
	}
}

// originFaults break the rules about who may act for the user.
func originFaults() []Fault {
	return []Fault{{
		Rule: "cors-reflects-origin",
		Text: "lets in with credentials whatever origin asks",
		begin: onReply(func(c *call, r *reply) {
			if c.URL.Path != "/api/profile" || c.Method != http.MethodGet && c.Method != http.MethodHead {
				return
			}
			r.header["Access-Control-Allow-Origin"] = nil
			r.header.Add("Vary", "Origin")
			if origin := c.Header.Get("Origin"); strings.HasPrefix(origin, "https://") {
				r.header.Set("Access-Control-Allow-Origin", origin)
				r.header.Set("Access-Control-Allow-Credentials", "true")
				r.header.Set("Access-Control-Expose-Headers", "ETag")
			}
		}),
	}}
}

// handshakeFaults break the rules about WebSocket handshakes that are not
// whole.
func handshakeFaults() []Fault {
	return []Fault{{
		Rule: "ws-refuses-bad-handshake",
		Text: "opens a WebSocket whatever version it is asked for",
		begin: onRequest(func(c *call) {
			if c.is(http.MethodGet, "/ws") {
				c.Header.Set("Sec-WebSocket-Version", "13")
			}
		}),
	}}
}
