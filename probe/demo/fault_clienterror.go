package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// clientErrorFaults break the rules about 4xx and about methods.
func clientErrorFaults() []Fault {
	return []Fault{
		{
			Rule: "error-explained",
			Text: "does not say why a user may not change a user",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("PATCH", "/api/users/1") && r.status == http.StatusForbidden {
					*r = empty(http.StatusForbidden)
				}
			}),
		},
		{
			Rule: "allow-on-405",
			Text: "leaves Allow out of a 405",
			// A scenario captures it.
			Entails: []string{"expectation"},
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusMethodNotAllowed {
					r.header.Del("Allow")
				}
			}),
		},
		{
			Rule: "allow-valid",
			Text: "lists PUT in Allow when it has just refused it",
			begin: onReply(func(c *call, r *reply) {
				if c.is("PUT", "/api/jobs") {
					r.header.Set("Allow", "POST, PUT, OPTIONS")
				}
			}),
		},
		{
			Rule: "retry-after-on-429",
			Text: "does not say when the limit is lifted",
			// A scenario looks at Retry-After.
			Entails: []string{"expectation"},
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusTooManyRequests {
					r.header.Del("Retry-After")
					left, _, _ := strings.Cut(r.header.Get("RateLimit"), ";t=")
					r.header.Set("RateLimit", left)
				}
			}),
		},
		{
			Rule: "retry-after-valid",
			Text: "puts a unit behind the number in Retry-After",
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/api/jobs") {
					r.header.Set("Retry-After", "1s")
				}
			}),
		},
		{
			Rule: "accept-on-415",
			Text: "does not say in which format users can be posted",
			// A scenario looks at Accept.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/users") && r.status == http.StatusUnsupportedMediaType {
					*r = failure(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Send the content in another format")
				}
			}),
		},
		{
			Rule: "upgrade-on-426",
			Text: "leaves Connection out of a 426",
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusUpgradeRequired {
					r.header.Del("Connection")
				}
			}),
		},
		{
			Rule: "precondition-required-428",
			Text: "asks for a precondition although there was one, which failed",
			// The scenario asks for 412.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodPatch && r.status == http.StatusPreconditionFailed {
					*r = failure(http.StatusPreconditionRequired, "PRECONDITION_FAILED", "Send If-Match with the ETag of what you have read")
				}
			}),
		},
		{
			Rule: "legal-451",
			Text: "answers 451 without naming the one who blocks",
			// The scenarios ask for 403.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("DELETE", "/api/admin/users/1") && r.status == http.StatusForbidden {
					*r = failure(http.StatusUnavailableForLegalReasons, "FORBIDDEN", "A court has ordered that this user is kept")
				}
			}),
		},
		{
			Rule:  "validation-names-field",
			Text:  "names no field where several are wrong",
			begin: onAnswer(nameNoField),
		},
		{
			Rule: "options-allow",
			Text: "leaves Allow out of the answer to OPTIONS",
			// A scenario looks at it.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("OPTIONS", "/api/users") {
					r.header.Del("Allow")
				}
			}),
		},
		{
			Rule: "wrong-method-405",
			Text: "answers 404 to a POST to a user that is there",
			// The scenario asks for 405.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/users/1") {
					*r = failure(http.StatusNotFound, "NOT_FOUND", "There is nothing at this path")
				}
			}),
		},
		{
			Rule: "head-supported",
			Text: "refuses HEAD where GET works",
			begin: onAnswer(func(c *call, r *reply) {
				const allowed = "GET, OPTIONS"
				switch {
				case c.is("HEAD", "/api/profile"):
					*r = failure(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "Allowed here: "+allowed).with("Allow", allowed)
				case c.is("OPTIONS", "/api/profile"):
					r.header.Set("Allow", allowed)
				}
			}),
		},
		{
			Rule: "gone-stays-gone",
			Text: "says of a file that it is gone for good, and serves it again",
			// The scenario asks for the last octets.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/files/video.bin") && strings.HasPrefix(c.Header.Get("Range"), "bytes=-") {
					*r = failure(http.StatusGone, "GONE", "The file has been removed")
				}
			}),
		},
		{
			Rule: "status-fits-request",
			Text: "answers 422, which blames the content, when there is none",
			// The scenario asks for 400.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("POST", "/api/users") && c.ContentLength == 0 {
					r.status = http.StatusUnprocessableEntity
				}
			}),
		},
	}
}

// nameNoField takes the fields from the details of an error that has several.
func nameNoField(_ *call, r *reply) {
	var e envelope
	if r.status != http.StatusUnprocessableEntity || json.Unmarshal(r.body, &e) != nil || len(e.Error.Details) < 2 {
		return
	}
	type nameless struct {
		Message string `json:"message"`
	}
	details := make([]nameless, len(e.Error.Details))
	for i := range details {
		details[i].Message = "Is not valid"
	}
	r.body = encode(map[string]any{"error": map[string]any{
		"code": e.Error.Code, "message": e.Error.Message, "details": details,
	}})
}
