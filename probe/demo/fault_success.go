package demo

import "net/http"

// successFaults break the rules about 2xx.
func successFaults() []Fault {
	return []Fault{
		{
			Rule: "location-on-201",
			Text: "does not say where an upload can be found",
			// The scenario names the place.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/api/uploads") {
					r.header.Del("Location")
				}
			}),
		},
		{
			Rule: "created-on-wrong-method",
			Text: "answers 201 to a GET",
			// The scenario asks for 200.
			Entails: []string{"expectation"},
			begin:   onForwarded(func(r *reply) { r.status = http.StatusCreated }),
		},
		{
			Rule: "accepted-has-monitor",
			Text: "does not say where a job can be followed",
			// The scenario names the place.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/api/jobs") {
					r.header.Del("Location")
				}
			}),
		},
		{
			Rule: "nonauthoritative-203",
			Text: "answers 203 although it passes on what it got unchanged",
			// The scenario asks for 200.
			Entails: []string{"expectation"},
			begin:   onForwarded(func(r *reply) { r.status = http.StatusNonAuthoritativeInfo }),
		},
		{
			Rule: "no-content-on-204",
			Text: "writes content behind a 204",
			begin: onReply(inEndOfSession(func(r *reply) {
				r.octets(func(message []byte) []byte { return append(message, "{\"ended\":true}\n"...) })
			})),
		},
		{
			Rule:  "length-on-204",
			Text:  "announces content with a 204",
			begin: onReply(inEndOfSession(func(r *reply) { r.octets(inserted("Content-Length: 15\r\n")) })),
		},
		{
			Rule: "no-content-on-205",
			Text: "sends content with a 205",
			// The scenario asks for 204, and 205 is about forms, not about DELETE.
			Entails: []string{"expectation", "crud-success-status"},
			begin: onAnswer(inEndOfSession(func(r *reply) {
				*r = content(http.StatusResetContent, map[string]bool{"ended": true}).with("Set-Cookie", r.header.Get("Set-Cookie"))
			})),
		},
		{
			Rule: "multistatus-207",
			Text: "answers 207 without telling several outcomes",
			// The scenario asks for 200.
			Entails: []string{"expectation"},
			begin:   onForwarded(func(r *reply) { r.status = http.StatusMultiStatus }),
		},
		{
			Rule: "success-body-is-error",
			Text: "answers 200 and says in the content that it failed",
			begin: onForwarded(func(r *reply) {
				*r = failure(http.StatusOK, "UPSTREAM_FAILED", "The service behind the API gave no valid answer")
			}),
		},
	}
}

// inEndOfSession is a fault in the answer to who logs out.
func inEndOfSession(f func(*reply)) func(*call, *reply) {
	return func(c *call, r *reply) {
		if c.is("DELETE", "/api/session") && r.status == http.StatusNoContent {
			f(r)
		}
	}
}
