package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var puts = []Rule{
	{
		ID:       "put-create-201",
		Topic:    Resources,
		Title:    "a PUT says whether it created something",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.4"},
		Text: "The target is read before the PUT is sent. If there was nothing, 404 or 410, and there is something afterwards, then the PUT has created it and says 201. If there was something, it was replaced: 200 or 204. " +
			"A client that got 201 believes that nobody has been there before it.",
		Silent: "202. Any other answer to the GET before, or one from a cache: then nobody knows what was there. What GET does not find afterwards either, and what the run has created earlier, which a copy may not have known yet. " +
			"201 with a Location that leads elsewhere, as that is what was created; pages in HTML, which some servers give for any path; what was marked as deleted, and what the scenario has just deleted. Rehearsals (dry run), and targets that another scenario of the run writes to meanwhile.",
		Mend: "let the statement that stores tell whether it inserted or updated, and answer 201 or 200 accordingly",
		Bad:  "GET /users/7 → 404, PUT /users/7 → 200",
		Good: "GET /users/7 → 404, PUT /users/7 → 201",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK, http.StatusCreated, http.StatusNonAuthoritativeInfo, http.StatusNoContent}, Methods: []string{http.MethodPut}},
			Prior: []string{http.MethodPut},
			Judge: putCreate,
		}},
	},
	{
		ID:       "put-idempotent",
		Topic:    Resources,
		Title:    "the same PUT twice changes nothing more",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"RFC 9110 §9.2.2", "RFC 9110 §9.3.4"},
		Text: "PUT puts a state in place, and putting it there once more leaves it as it is: clients and proxies repeat a PUT when they got no answer. After a PUT on something that the run created the same is sent again. " +
			"It succeeds, not with 201; GET gives what it gave before, times and versions apart; and the collection has not got a second item with the content.",
		Silent: "Members that change without a PUT as well, those that `volatile` names, and targets that another scenario of the run writes to meanwhile. A PUT that had a precondition, or a version in its content, is rightly refused with 409 or 412, and so is one that moves on a status or state. 401, 403, 404 and 410 where the resource is gone by then, 423, 428 and 429. " +
			"A 502, 503 or 504 that is gone a second later. Nothing is sent where the answer has a tag, a version or the time of the change, as the scenario may go on with that.",
		Undecided: "A second item is only seen where the collection is one level above the target, gives all its items in one page, and no other scenario of the run writes to it meanwhile.",
		Mend:      "let PUT set values, not add to them, and find its record by the URI",
		Bad:       `PUT /carts/1 {"items":["a"]} twice → GET {"items":["a","a"]}`,
		Good:      `PUT /carts/1 {"items":["a"]} twice → GET {"items":["a"]}`,
		FollowUps: []FollowUp{{
			When:   When{Statuses: []int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, Methods: []string{http.MethodPut}},
			Writes: true,
			Judge:  putIdempotent,
		}},
	},
}

func putCreate(t *Trail) {
	before := t.prior()
	if before == nil || t.others(t.Request.URL) || t.rehearses() {
		return
	}
	status, said := before.Response.Status, t.Response.Status
	switch {
	case missingNow(before) && said != http.StatusCreated && !t.Created(t.Request.URL):
		after := t.plain(0)
		if after == nil || t.isPage(after) || cached(after) {
			return
		}
		t.Report(Report{
			About: t.Exchange, Path: "status", Expected: "201", Actual: strconv.Itoa(said),
			Message: fmt.Sprintf("%s gets %d, though it has created what it is about: %s just before got %d, and gets 200 now", t.line(), said, t.told(before), status),
		})
	case status == http.StatusOK && said == http.StatusCreated && !t.isPage(before) && !t.createdElsewhere():
		if body, _ := t.value(before); markedDeleted(body) || t.Earlier != nil && t.Earlier.Method == http.MethodDelete {
			return
		}
		t.Report(Report{
			About: t.Exchange, Path: "status", Expected: "200 or 204", Actual: "201",
			Message: fmt.Sprintf("%s gets 201, though it has created nothing: %s just before got 200, so that something was replaced", t.line(), t.told(before)),
		})
	}
}

// createdElsewhere reports whether Location says that something else than the
// target was created.
func (t *Trail) createdElsewhere() bool {
	location := t.Response.Fields.Get("Location")
	return location != "" && !sameResource(t.Request.URL, location)
}

func putIdempotent(t *Trail) {
	if !t.Created(t.Request.URL) || t.createdElsewhere() || t.versioned() || t.rehearses() {
		return
	}
	before := t.plain(0)
	above, known := t.collection()
	var list *exchange.Exchange
	if known {
		list = t.Ask(Ask{URL: above})
	}
	if before == nil || len(t.wanted) > 0 {
		return
	}
	again := Ask{Method: http.MethodPut, Keep: true, Provokes: true}
	x := t.Ask(again)
	if x == nil || t.secondFails(again, x) || x.Response.Status/100 != 2 {
		return
	}
	after := t.plain(1)
	if after == nil {
		return
	}
	if changed := t.lastingChanges(before, after); len(changed) > 0 && !t.others(t.Request.URL) {
		t.Report(Report{
			About: after, Path: changed[0].path, Expected: shown(changed[0].before), Actual: shown(changed[0].after),
			Message: fmt.Sprintf("%s gives something else after %s was sent a second time: %s", t.told(after), t.line(), tellChanges(changed)),
		})
	}
	if list != nil {
		t.secondItem(x, above, list)
	}
}

// versioned reports whether an answer tells a version of what was put. The
// scenario may have captured that, and a second PUT would outdate it.
func (t *Trail) versioned() bool {
	if t.Response.Fields.Has("ETag") || t.Response.Fields.Has("Last-Modified") {
		return true
	}
	body, _ := t.value(t.Exchange)
	return tellsVersion(body)
}

// tellsVersion reports whether an object, or one within it, has a member by which
// writers learn that they were overtaken: a version, or the time of the last
// change.
func tellsVersion(v any) bool {
	o, _ := v.(map[string]any)
	for name, member := range o {
		if tellsVersion(member) || slices.ContainsFunc(words(name), func(w string) bool {
			return slices.Contains([]string{"version", "revision", "rev", "etag", "lock", "sequence", "seq", "v", "updated", "modified", "changed"}, w)
		}) {
			return true
		}
	}
	return false
}

// secondFails reports a PUT that is not taken twice.
func (t *Trail) secondFails(again Ask, x *exchange.Exchange) bool {
	status := x.Response.Status
	report := Report{About: x, Path: "status", Expected: "200 or 204", Actual: strconv.Itoa(status)}
	switch {
	case status == http.StatusCreated:
		report.Message = fmt.Sprintf("%s gets 201, as if it had created something once more: the first one got %d", t.told(x), t.Response.Status)
	case t.failing(again, x):
		report.Message = fmt.Sprintf("%s makes the server fail with %d: the first one got %d", t.told(x), status, t.Response.Status)
	case slices.Contains([]int{400, 405, 409, 415, 422}, status) && !t.conditional() && !t.movesOn():
		report.Message = fmt.Sprintf("%s gets %d: the first one got %d", t.told(x), status, t.Response.Status)
	default:
		return false
	}
	t.Report(report)
	return true
}

// conditional reports whether a write is about one version of what it changes.
func (t *Trail) conditional() bool {
	body, _ := t.requestBody()
	return tellsVersion(body) || slices.ContainsFunc(conditions, t.Request.Fields.Has)
}

// movesOn reports whether a write takes something from one state to the next.
func (t *Trail) movesOn() bool {
	body, _ := t.requestBody()
	for name := range unwrapped(body) {
		if mentions(name, "status", "state", "phase", "stage", "action", "transition", "step") {
			return true
		}
	}
	return false
}

func (t *Trail) lastingChanges(before, after *exchange.Exchange) []difference {
	a, ok1 := t.value(before)
	b, ok2 := t.value(after)
	if !ok1 || !ok2 {
		return nil
	}
	return t.lasting(t.changes(a, b), b, 2)
}

// secondItem reports an item with the content that was put, beside the target.
func (t *Trail) secondItem(x *exchange.Exchange, above string, list *exchange.Exchange) {
	before, ok := t.everyItem(list)
	body, _ := t.requestBody()
	sent, _ := body.(map[string]any)
	own := t.lastSegment()
	if !ok || len(sent) == 0 || !slices.ContainsFunc(before, func(id string) bool { return strings.EqualFold(id, own) }) {
		return
	}
	now := t.Ask(Ask{URL: above, Nth: 1})
	if now == nil || t.others(above) {
		return
	}
	if _, ok := t.everyItem(now); !ok {
		return
	}
	for _, id := range t.itemsWith(now, sent) {
		if slices.Contains(before, id) {
			continue
		}
		t.Report(Report{
			About: now, Path: "body", Expected: "no item more", Actual: "one with the id " + quote(id),
			Message: fmt.Sprintf("%s lists another item with the same content after %s, with the id %s", t.told(now), t.told(x), quote(id)),
		})
	}
}

// hasAll reports whether an item has the single values of an object, at least
// one.
func hasAll(item any, sent map[string]any) bool {
	o, _ := item.(map[string]any)
	had := false
	for name, v := range sent {
		if scalar(v) == "" {
			continue
		}
		if !equalValue(v, o[name]) {
			return false
		}
		had = true
	}
	return had
}
