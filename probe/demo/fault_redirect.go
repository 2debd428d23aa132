package demo

import "net/http"

// redirectFaults break the rules about 3xx and Location.
func redirectFaults() []Fault {
	return []Fault{
		{
			Rule: "location-on-redirect",
			Text: "sends clients of /promo elsewhere without saying where",
			// The scenario names the target.
			Entails: []string{"expectation"},
			begin:   onReply(inPromo(func(r *reply) { r.header.Del("Location") })),
		},
		{
			Rule: "location-valid",
			Text: "leaves a space in Location as it is",
			// The scenario names the target.
			Entails: []string{"expectation"},
			begin: onReply(inPromo(func(r *reply) {
				r.header.Set("Location", "/seasonal sale")
			})),
		},
		{
			Rule: "choices-on-300",
			Text: "answers 300 and offers nothing to choose from",
			// The scenario asks for 302.
			Entails: []string{"expectation"},
			begin: onReply(inPromo(func(r *reply) {
				r.status = http.StatusMultipleChoices
				r.header.Del("Location")
			})),
		},
		{
			Rule:   "redirect-keeps-https",
			Text:   "sends clients from https to http",
			Secure: true,
			// The scenario names the target.
			Entails: []string{"expectation"},
			begin: onReply(inPromo(func(r *reply) {
				r.header.Set("Location", "http://shop.example/seasonal-sale")
			})),
		},
		{
			Rule: "redirect-post-ambiguous",
			Text: "redirects a POST for good with 301, after which clients may drop the content",
			// The scenario asks for 308.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/api/old") {
					r.status = http.StatusMovedPermanently
				}
			}),
		},
	}
}

// inPromo is a fault in the redirect of GET /promo.
func inPromo(f func(*reply)) func(*call, *reply) {
	return func(c *call, r *reply) {
		if c.is("GET", "/promo") {
			f(r)
		}
	}
}
