package demo

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// resourceFollowUpFaults break the rules about what becomes of a resource, as
// it shows when it is read again or written a second time.
func resourceFollowUpFaults() []Fault {
	return []Fault{
		{
			Rule:  "created-listed",
			Text:  "leaves orders that were created out of the list",
			begin: onAnswer(leaveOutNewOrders),
		},
		{
			Rule:  "delete-effective",
			Text:  "goes on giving orders that were deleted",
			begin: keepDeletedOrders,
		},
		{
			Rule:  "delete-idempotent",
			Text:  "fails when an order is deleted a second time",
			begin: failTwice,
		},
		{
			Rule: "put-create-201",
			Text: "answers 201 to a PUT that replaces a user",
			// The scenario asks for 200.
			Entails: []string{"expectation"},
			begin: onAnswer(func(c *call, r *reply) {
				if c.replacesUser(r) {
					r.status = http.StatusCreated
				}
			}),
		},
		{
			Rule:  "put-readback",
			Text:  "stores another email than the one that was put",
			begin: storeAnotherEmail,
		},
		{
			Rule:  "put-idempotent",
			Text:  "answers 201 when the same user is put a second time",
			begin: createTwice,
		},
		{
			Rule: "failed-write-unchanged",
			Text: "stores what a PATCH sends although it answers 412",
			// The scenario looks at what is stored.
			Entails: []string{"expectation"},
			begin:   storeRefused,
		},
	}
}

// replacesUser reports whether the answer is that a PUT has replaced a user.
func (c *call) replacesUser(r *reply) bool {
	return c.Method == http.MethodPut && strings.HasPrefix(c.URL.Path, "/api/users/") && r.status == http.StatusOK
}

func leaveOutNewOrders(c *call, r *reply) {
	var p page[order]
	if c.URL.Path != "/api/orders" || r.status != http.StatusOK || json.Unmarshal(r.body, &p) != nil {
		return
	}
	had := len(p.Items)
	p.Items = slices.DeleteFunc(p.Items, func(o order) bool { return o.ID >= 42 })
	p.Total -= had - len(p.Items)
	r.body = encode(p)
	*r = r.tagged()
}

// keepDeletedOrders keeps what was told of an order when it was created.
func keepDeletedOrders() hooks {
	var lock sync.Mutex
	kept := map[string][]byte{}
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		switch {
		case c.is("POST", "/api/orders") && r.status == http.StatusCreated:
			kept[r.header.Get("Location")] = r.body
		case (c.Method == http.MethodGet || c.Method == http.MethodHead) && r.status == http.StatusNotFound && kept[c.URL.Path] != nil:
			*r = empty(http.StatusOK).with("Content-Type", jsonType).containing(kept[c.URL.Path]).tagged()
		}
	}}
}

// failTwice knows the orders that were deleted, without a precondition.
func failTwice() hooks {
	var lock sync.Mutex
	gone := map[string]bool{}
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		if c.Method != http.MethodDelete || !strings.HasPrefix(c.URL.Path, "/api/orders/") {
			return
		}
		if gone[c.URL.Path] {
			*r = failure(http.StatusInternalServerError, "INTERNAL_ERROR", "Something went wrong on our side")
		}
		gone[c.URL.Path] = gone[c.URL.Path] || r.status == http.StatusNoContent && c.Header.Get("If-Match") == ""
	}}
}

// storeAnotherEmail shows the users that were put with an email that nobody
// has sent.
func storeAnotherEmail() hooks {
	var lock sync.Mutex
	put := map[string]bool{}
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		if c.replacesUser(r) {
			put[c.URL.Path] = true
		}
		if put[c.URL.Path] && reads(c, r) {
			stored := asDocument(r.body)
			stored["email"] = "nobody@example.com"
			*r = r.containing(encode(stored)).tagged()
		}
	}}
}

// createTwice knows the users that were put before.
func createTwice() hooks {
	var lock sync.Mutex
	put := map[string]bool{}
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		if !c.replacesUser(r) {
			return
		}
		if put[c.URL.Path] {
			r.status = http.StatusCreated
		}
		put[c.URL.Path] = true
	}}
}

// storeRefused remembers what a PATCH had sent when its precondition was
// false.
func storeRefused() hooks {
	var lock sync.Mutex
	refused := map[string]document{}
	return hooks{answer: func(c *call, r *reply) {
		lock.Lock()
		defer lock.Unlock()
		if c.Method == http.MethodPatch && r.status == http.StatusPreconditionFailed {
			refused[c.URL.Path] = asDocument(c.body)
		}
		if given := refused[c.URL.Path]; given != nil && reads(c, r) {
			stored := asDocument(r.body)
			maps.Copy(stored, given)
			*r = r.containing(encode(stored)).tagged()
		}
	}}
}

// reads reports whether an answer shows what is stored.
func reads(c *call, r *reply) bool {
	return (c.Method == http.MethodGet || c.Method == http.MethodHead) && r.status == http.StatusOK
}
