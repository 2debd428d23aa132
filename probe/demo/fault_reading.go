package demo

import (
	"net/http"
	"strings"
	"sync"
)

// readingFaults break the rules about what is found where the API sends its
// clients, and where it does not.
func readingFaults() []Fault {
	return []Fault{
		{
			Rule: "created-resource-retrievable",
			Text: "loses uploads as soon as it has taken them in",
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodGet && strings.HasPrefix(c.URL.Path, "/api/uploads/") && r.status == http.StatusOK {
					*r = failure(http.StatusNotFound, "NOT_FOUND", "Upload not found")
				}
			}),
		},
		{
			Rule: "redirect-resolves",
			Text: "sends clients of /promo to a page that sends them back",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("GET", "/seasonal-sale") {
					*r = redirect(http.StatusFound, "/promo")(c)
				}
			}),
		},
		{
			Rule: "redirect-method-preserved",
			Text: "redirects POST /api/old to a page that can only be read",
			// The scenario names the target.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/old") {
					r.header.Set("Location", "/new-page")
				}
			}),
		},
		{
			Rule:  "retry-after-honoured",
			Text:  "does not let a client in again after the time that it asked to wait",
			begin: lockOut,
		},
		{
			Rule: "unknown-resource-404",
			Text: "answers 200 and an empty object to admins who read a user that is not there",
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodGet && strings.HasPrefix(c.URL.Path, "/api/admin/users/") && r.status == http.StatusNotFound {
					*r = content(http.StatusOK, struct{}{})
				}
			}),
		},
		{
			Rule: "unknown-path-404",
			Text: "answers every path of one word with its start page",
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodGet && strings.LastIndexByte(c.URL.Path, '/') == 0 && r.status == http.StatusNotFound {
					*r = content(http.StatusOK, map[string]string{"name": "probe demo API"}).tagged()
				}
			}),
		},
		{
			Rule:  "get-is-safe",
			Text:  "adds whoever reads /api/gateway/healthy to the list that is read there",
			begin: listReaders,
		},
	}
}

// lockOut is a fault in the limit: who once went beyond it is never let in
// again.
func lockOut() hooks {
	var lock sync.Mutex
	refused := map[string]reply{}
	return hooks{answer: func(c *call, r *reply) {
		if c.URL.Path != "/api/limited" {
			return
		}
		client := c.client()
		lock.Lock()
		defer lock.Unlock()
		if first, ok := refused[client]; ok {
			*r = first
			r.header = first.header.Clone()
		} else if r.status == http.StatusTooManyRequests {
			refused[client] = *r
			r.header = r.header.Clone()
		}
	}}
}

// listReaders is a fault in a reading that leaves a trace in what is read.
func listReaders() hooks {
	var lock sync.Mutex
	readers := []string{}
	return hooks{answer: func(c *call, r *reply) {
		if c.URL.Path != forwarded || r.status != http.StatusOK {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		if c.Method == http.MethodGet {
			readers = append(readers, "somebody")
		}
		*r = r.containing(encode(map[string]any{"upstream": "well", "readers": readers})).tagged()
	}}
}
