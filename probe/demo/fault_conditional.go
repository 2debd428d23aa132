package demo

import "net/http"

// conditionalFaults break the rules about 304.
func conditionalFaults() []Fault {
	return []Fault{
		{
			Rule: "not-modified-unasked",
			Text: "answers /api/gateway/healthy with 304, whoever asks",
			// Another status than the one that a scenario wants.
			Entails: []string{"expectation"},
			begin:   onForwardedReply(func(r *reply) { *r = notModified(*r) }),
		},
		{
			Rule: "no-content-on-304",
			Text: "sends content after the 304 of /api/users/1",
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodGet, "/api/users/1") && r.status == http.StatusNotModified {
					r.octets(func(message []byte) []byte { return append(message, "{\"id\":1}\n"...) })
				}
			}),
		},
		{
			Rule: "not-modified-etag",
			Text: "confirms the tag of another form of /api/users/1 in a 304 than the client has",
			begin: onReply(func(c *call, r *reply) {
				if c.URL.Path == "/api/users/1" && r.status == http.StatusNotModified {
					r.header.Set("ETag", codedTag(r.header.Get("ETag")))
				}
			}),
		},
	}
}
