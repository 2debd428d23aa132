package demo

import "net/http"

// errorFaults break the rules about the content of errors.
func errorFaults() []Fault {
	return []Fault{
		{
			Rule: "error-media-type",
			Text: "answers an unknown path with a page of HTML",
			// The suites declare errors of another shape.
			Entails: []string{"error-shape-consistent"},
			begin: onUnknownPath(func(r *reply) {
				r.header.Set("Content-Type", "text/html; charset=utf-8")
				r.body = []byte("<!doctype html>\n<title>404 Not Found</title>\n<h1>There is nothing at this path</h1>\n")
			}),
		},
		{
			Rule: "error-shape-known",
			Text: "lets its gateway answer with an empty object when the service behind /api/gateway/truncated breaks off",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/api/gateway/truncated") {
					*r = content(http.StatusBadGateway, struct{}{}).with("Via", "1.1 gateway")
				}
			}),
		},
		{
			Rule: "error-shape-consistent",
			Text: "answers an unknown path with another media type than that of its other errors",
			begin: onUnknownPath(func(r *reply) {
				r.header.Set("Content-Type", "application/vnd.demo.error+json")
			}),
		},
		{
			Rule: "error-message-and-code",
			Text: "answers an unknown path with an error without a code",
			begin: onUnknownPath(func(r *reply) {
				r.amend(func(e map[string]any) { delete(e, "code") })
			}),
		},
		{
			Rule: "error-status-agrees",
			Text: "answers an unknown path with a problem document that speaks of status 400",
			// The suites declare errors of another shape.
			Entails: []string{"error-shape-consistent"},
			begin:   onUnknownPath(problem("application/problem+json", http.StatusBadRequest)),
		},
		{
			Rule: "error-details-shape",
			Text: "writes the first of several details of a 422 as a text, the others as objects",
			begin: onAnswer(func(_ *call, r *reply) {
				if r.status == http.StatusUnprocessableEntity {
					r.amend(func(e map[string]any) {
						if details, _ := e["details"].([]any); len(details) > 1 {
							details[0] = "the request is not complete"
						}
					})
				}
			}),
		},
		{
			Rule: "error-code-consistent",
			Text: "writes the code of the error for an unknown path in another style",
			begin: onUnknownPath(func(r *reply) {
				r.amend(func(e map[string]any) { e["code"] = "notFound" })
			}),
		},
		{
			Rule: "problem-media-type",
			Text: "answers an unknown path with a problem document that is called application/json",
			// The suites declare errors of another shape.
			Entails: []string{"error-shape-consistent"},
			begin:   onUnknownPath(problem(jsonType, http.StatusNotFound)),
		},
		{
			Rule: "problem-members-valid",
			Text: "answers an unknown path with a problem document whose status is a text",
			// The suites declare errors of another shape.
			Entails: []string{"error-shape-consistent"},
			begin:   onUnknownPath(problem("application/problem+json", "404")),
		},
	}
}

// onUnknownPath is a fault in the 404 to a path at which there is nothing.
func onUnknownPath(f func(*reply)) func() hooks {
	return onAnswer(func(c *call, r *reply) {
		if r.status == http.StatusNotFound && len(c.vars) == 0 {
			f(r)
		}
	})
}

// problem turns a 404 into a problem document of that media type and with that
// status in it.
func problem(media string, status any) func(*reply) {
	return func(r *reply) {
		r.header.Set("Content-Type", media)
		r.body = encode(map[string]any{"type": "about:blank", "title": "Not Found", "status": status})
	}
}

// amend changes the error in the envelope that the answer holds.
func (r *reply) amend(edit func(e map[string]any)) {
	whole := asDocument(r.body)
	e, _ := whole["error"].(map[string]any)
	edit(e)
	r.body = encode(whole)
}
