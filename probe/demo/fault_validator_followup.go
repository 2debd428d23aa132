package demo

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// validatorFaults break the rules about tags, dates, parts and forms that show
// when the same is asked for once more.
func validatorFaults() []Fault {
	return []Fault{
		{
			Rule: "head-mirrors-get",
			Text: "calls /api/gateway/healthy plain text when asked with HEAD",
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodHead, forwarded) {
					r.header.Set("Content-Type", "text/plain; charset=utf-8")
				}
			}),
		},
		{
			Rule:  "etag-tracks-content",
			Text:  "leaves name and roles out of the tag of a user",
			begin: onAnswer(tagByEmail),
		},
		{
			Rule: "etag-per-coding",
			Text: "gives the compressed form of /api/gateway/healthy the tag of the plain one",
			begin: onForwardedReply(func(r *reply) {
				if r.header.Get("Content-Encoding") != "" {
					r.header.Set("ETag", strings.Replace(r.header.Get("ETag"), `-gzip"`, `"`, 1))
				}
			}),
		},
		{
			Rule: "etag-on-put-response",
			Text: "answers a PUT with the tag of what it has made of the content",
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodPut && r.status == http.StatusOK && strings.HasPrefix(c.URL.Path, "/api/users/") {
					*r = r.tagged()
				}
			}),
		},
		{
			Rule: "partial-consistent-with-full",
			Text: "begins a part of /files/video.bin one octet too early, unless it is the first",
			begin: onReply(func(c *call, r *reply) {
				s, ok := parseRange(strings.TrimPrefix(c.Header.Get("Range"), "bytes="), videoSize)
				if c.is(http.MethodGet, "/files/video.bin") && r.status == http.StatusPartialContent && ok && s.start > 0 {
					r.body = video()[s.start-1 : s.start-1+s.size]
				}
			}),
		},
		{
			Rule: "if-range-respected",
			Text: "passes over If-Range",
			// A scenario asks for 200.
			Entails: []string{"expectation"},
			begin:   onRequest(func(c *call) { c.Header.Del("If-Range") }),
		},
		{
			Rule: "not-modified-consistent",
			Text: "leaves ETag and Vary out of the 304 of /api/gateway/healthy",
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodGet, forwarded) && r.status == http.StatusNotModified {
					r.header.Del("ETag")
					r.header.Del("Vary")
				}
			}),
		},
		{
			Rule:  "conditional-get-304",
			Text:  "passes over If-None-Match at /api/gateway/healthy",
			begin: onForwardedRequest(func(c *call) { c.Header.Del("If-None-Match") }),
		},
		{
			Rule: "conditional-get-date",
			Text: "dates /api/gateway/healthy, and passes over If-Modified-Since",
			begin: onAnswer(func(c *call, r *reply) {
				if c.URL.Path == forwarded && r.status == http.StatusOK {
					r.header.Set("Last-Modified", time.Date(2026, time.January, 5, 9, 30, 0, 0, time.UTC).Format(http.TimeFormat))
				}
			}),
		},
		{
			Rule: "precondition-enforced",
			Text: "deletes an order whatever If-Match says",
			begin: onRequest(func(c *call) {
				if c.Method == http.MethodDelete && strings.HasPrefix(c.URL.Path, "/api/orders/") {
					c.Header.Del("If-Match")
				}
			}),
		},
		{
			Rule: "unsupported-accept-handled",
			Text: "answers 400 to who wants /api/gateway/healthy in a format that there is not",
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodGet, forwarded) && r.status == http.StatusNotAcceptable {
					*r = failure(http.StatusBadRequest, "NOT_ACCEPTABLE", "This resource comes only as "+jsonType)
				}
			}),
		},
	}
}

// onForwardedRequest is a fault in how GET and HEAD on that path are read.
func onForwardedRequest(misread func(*call)) func() hooks {
	return onRequest(func(c *call) {
		if c.URL.Path == forwarded {
			misread(c)
		}
	})
}

// tagByEmail makes the tag of a user that is read of some members alone.
func tagByEmail(c *call, r *reply) {
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	if !reading || r.status != http.StatusOK || !strings.HasPrefix(c.URL.Path, "/api/users/") {
		return
	}
	var u user
	if err := json.Unmarshal(r.body, &u); err == nil {
		u.Name, u.Roles = "", nil
		r.header.Set("ETag", tagOf(encode(u)))
	}
}
