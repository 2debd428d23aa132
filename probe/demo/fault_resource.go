package demo

import "net/http"

// resourceFaults break the rules about what becomes of resources.
func resourceFaults() []Fault {
	return []Fault{
		{
			Rule: "crud-success-status",
			Text: "answers a DELETE that worked with 205",
			// The scenarios ask for 204.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.Method == http.MethodDelete && r.status == http.StatusNoContent {
					r.status = http.StatusResetContent
				}
			}),
		},
	}
}
