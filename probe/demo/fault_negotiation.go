package demo

import "net/http"

// negotiationFaults break the rules about the choice of a format.
func negotiationFaults() []Fault {
	return []Fault{
		{
			Rule: "accept-honoured",
			Text: "gives CSV to a client that reads XML alone",
			// There should be a 406.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/users/1") && r.status == http.StatusNotAcceptable {
					*r = empty(http.StatusOK).with("Content-Type", "text/csv; charset=utf-8").with("Vary", "Accept").
						containing([]byte("id,name\r\n1,Alice\r\n"))
				}
			}),
		},
		{
			Rule: "preference-applied",
			Text: "claims to have met a preference that nobody named",
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/graphql") {
					r.header.Set("Preference-Applied", "return=representation")
				}
			}),
		},
	}
}
