package demo

import (
	"net/http"
	"time"
)

// statusFaults break the rules about status codes and about Date.
func statusFaults() []Fault {
	return []Fault{
		{
			Rule: "status-code-range",
			Text: "refuses to delete an admin with 999",
			// 403 is what the scenarios ask for.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("DELETE", "/api/admin/users/1") && r.status == http.StatusForbidden {
					r.status = 999
				}
			}),
		},
		{
			Rule: "status-code-registered",
			Text: "answers 419 when there is no session",
			// 401 is what the scenario asks for.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/api/session") && r.status == http.StatusUnauthorized {
					r.status = 419
				}
			}),
		},
		{
			Rule: "date-present",
			Text: "does not say when it answered",
			// net/http leaves a field out that is there without a value.
			begin: onReply(func(_ *call, r *reply) { r.header["Date"] = nil }),
		},
		{
			Rule: "date-accurate",
			Text: "has a clock that is two hours fast",
			begin: onReply(func(_ *call, r *reply) {
				r.header.Set("Date", time.Now().Add(2*time.Hour).UTC().Format(http.TimeFormat))
			}),
		},
		{
			Rule: "http-date-format",
			Text: "writes UTC where GMT has to stand in the Date of a profile",
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/api/profile") {
					r.header.Set("Date", time.Now().UTC().Format(time.RFC1123))
				}
			}),
		},
	}
}
