package demo

import "net/http"

// limitFaults break the rules about how often a client may ask.
func limitFaults() []Fault {
	return []Fault{{
		Rule: "ratelimit-valid",
		Text: "counts on below zero once a limit is reached",
		begin: onReply(func(_ *call, r *reply) {
			if r.status == http.StatusTooManyRequests {
				r.header.Set("RateLimit", `"default";r=-1;t=`+r.header.Get("Retry-After"))
			}
		}),
	}}
}
