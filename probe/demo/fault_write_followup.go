package demo

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// writeFaults break the rules about writes that cannot succeed, or must not
// take place twice.
func writeFaults() []Fault {
	return []Fault{
		{
			Rule: "malformed-body-rejected",
			Text: "fails when the JSON of an order breaks off",
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/orders") && r.status == http.StatusBadRequest && len(c.body) > 0 {
					*r = failure(http.StatusInternalServerError, "INTERNAL_ERROR", "Something went wrong on our side")
				}
			}),
		},
		{
			Rule: "unsupported-media-type-415",
			Text: "takes any content of an order for JSON, whatever its type",
			begin: onRequest(func(c *call) {
				if c.is("POST", "/api/orders") {
					c.Header.Set("Content-Type", jsonType)
				}
			}),
		},
		{
			Rule:  "idempotency-key-honoured",
			Text:  "does not look at Idempotency-Key",
			begin: onRequest(func(c *call) { c.Header.Del("Idempotency-Key") }),
		},
		{
			Rule: "crud-missing-404",
			Text: "answers 200 to a PUT to a user who is not there, and stores nothing",
			begin: onAnswer(func(c *call, r *reply) {
				if c.Method == http.MethodPut && strings.HasPrefix(c.URL.Path, "/api/users/") && r.status == http.StatusNotFound {
					*r = content(http.StatusOK, json.RawMessage(c.body))
				}
			}),
		},
		{
			Rule:  "crud-duplicate-409",
			Text:  "lists a user who was refused because the email is taken",
			begin: listRefused,
		},
		{
			Rule: "crud-invalid-422",
			Text: "answers 400 to an order that is not valid",
			// The scenarios ask for 422.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.is("POST", "/api/orders") && r.status == http.StatusUnprocessableEntity {
					r.status = http.StatusBadRequest
				}
			}),
		},
	}
}

// listRefused keeps what was refused with 409, and lists it all the same.
func listRefused() hooks {
	var lock sync.Mutex
	var kept []user
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		var u user
		var p page[user]
		switch {
		case c.is("POST", "/api/users") && r.status == http.StatusConflict && json.Unmarshal(c.body, &u) == nil:
			u.ID, u.Roles = int64(1000+len(kept)), []string{"user"}
			kept = append(kept, u)
		case c.is("GET", "/api/users") && c.URL.RawQuery == "" && r.status == http.StatusOK && json.Unmarshal(r.body, &p) == nil:
			p.Items = append(p.Items, kept...)
			p.Total += len(kept)
			*r = r.containing(encode(p)).tagged()
		}
	}}
}
