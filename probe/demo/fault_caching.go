package demo

import (
	"net/http"
	"strings"
	"time"
)

// cachingFaults break the rules about what caches may keep and for how long.
func cachingFaults() []Fault {
	return []Fault{
		{
			Rule: "etag-syntax",
			Text: "leaves the quotes off the ETag of /api/gateway/healthy",
			begin: onForwardedReply(func(r *reply) {
				r.header.Set("ETag", strings.Trim(r.header.Get("ETag"), `"`))
			}),
		},
		{
			Rule: "last-modified-not-future",
			Text: "says that /api/gateway/healthy was modified two hours from now, as if local time were GMT",
			begin: onForwardedReply(func(r *reply) {
				r.header.Set("Last-Modified", time.Now().UTC().Add(2*time.Hour).Format(http.TimeFormat))
			}),
		},
		{
			Rule:  "cache-control-syntax",
			Text:  "gives the max-age of /api/gateway/healthy in hours",
			begin: onForwardedReply(func(r *reply) { r.header.Set("Cache-Control", "max-age=1h") }),
		},
		{
			Rule:  "cache-control-conflict",
			Text:  "calls /api/gateway/healthy public and private at once",
			begin: onForwardedReply(func(r *reply) { r.header.Set("Cache-Control", "public, private, max-age=60") }),
		},
		{
			Rule: "age-valid",
			Text: "answers POST /api/jobs with an Age, as if from a cache",
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodPost, "/api/jobs") {
					r.header.Set("Age", "30")
				}
			}),
		},
		{
			Rule:  "vary-valid",
			Text:  "names a field beside * in Vary of /api/gateway/healthy",
			begin: onForwardedReply(func(r *reply) { r.header.Set("Vary", "*, Accept-Encoding") }),
		},
		{
			Rule: "vary-covers-negotiation",
			Text: "leaves Vary out of compressed answers",
			// A scenario looks at it.
			Entails: []string{"expectation"},
			begin: onReply(func(_ *call, r *reply) {
				if r.header.Get("Content-Encoding") != "" {
					r.header.Del("Vary")
				}
			}),
		},
		{
			Rule: "shared-cache-personal",
			Text: "lets every cache keep /api/admin/users/1",
			begin: onReply(func(c *call, r *reply) {
				if c.URL.Path == "/api/admin/users/1" && r.status == http.StatusOK {
					r.header.Set("Cache-Control", "public, max-age=600")
				}
			}),
		},
		{
			Rule:  "freshness-explicit",
			Text:  "leaves Cache-Control out of /api/gateway/healthy",
			begin: onForwardedReply(func(r *reply) { r.header.Del("Cache-Control") }),
		},
		{
			Rule: "uncacheable-status",
			Text: "lets caches keep the 503 of /api/maintenance for an hour",
			begin: onReply(func(c *call, r *reply) {
				if c.URL.Path == "/api/maintenance" && r.status == http.StatusServiceUnavailable {
					r.header.Set("Cache-Control", "public, max-age=3600")
				}
			}),
		},
	}
}
