package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var unchanged = []Rule{
	{
		ID:       "failed-write-unchanged",
		Topic:    Resources,
		Title:    "a write that was refused leaves everything as it was",
		Severity: finding.Error,
		Basis:    "MUST (PATCH, preconditions)",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 5789 §2", "RFC 9110 §13.1.1", "RFC 6585 §3"},
		Text: "The target is read before PUT, PATCH, DELETE and POST, and again when the answer was a 4xx. It has none of what was sent that it did not have before, a DELETE that was refused has deleted nothing, and a " +
			"POST that was refused has left no item in the list. Clients mend what a refusal complains of and send all of it again; a half that was done is then done twice.",
		Silent: "An error for PATCH, 412 and 428, otherwise a warning, and info for 5xx, after which the state may be anything. Changes that do not show what was sent may be the work of others, and so may those of what " +
			"another scenario of the run writes to at the same time. 207 and lists of writes at once. What the scenario itself had created or sent just before, as a copy may only have shown it by now. 408, and DELETE with 404, 409, 410 or 429, which may come of an earlier one.",
		Undecided: "A new item is only seen in a list with all of its items in one page.",
		Mend:      "check all of the request before the first change, or do it in one transaction and roll that back",
		Bad:       `PATCH /users/1 {"name":"Bo","age":-1} → 422, GET /users/1 → {"name":"Bo"}`,
		Good:      `PATCH /users/1 {"name":"Bo","age":-1} → 422, GET /users/1 → {"name":"Al"}`,
		FollowUps: []FollowUp{{
			When:  When{Classes: []int{4, 5}, Methods: writing},
			Prior: writing,
			Judge: failedWriteUnchanged,
		}},
	},
}

// writing are the methods of ordinary writes.
var writing = []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodPost}

func failedWriteUnchanged(t *Trail) {
	before := t.prior()
	if before == nil || !fetched(before) || t.Response.Status == http.StatusRequestTimeout {
		return
	}
	switch {
	case t.Request.Method == http.MethodDelete:
		t.deletedAnyway(before)
	case t.Request.Method == http.MethodPost && t.listOf(before):
		t.createdAnyway(before)
	default:
		t.changedAnyway(before)
	}
}

// gravity is how bad it is that a refused write took place.
func (t *Trail) gravity() finding.Severity {
	switch status := t.Response.Status; {
	case status/100 == 5:
		return finding.Info
	case t.Request.Method == http.MethodPatch, status == http.StatusPreconditionFailed, status == http.StatusPreconditionRequired:
		return finding.Error
	}
	return finding.Warning
}

func (t *Trail) changedAnyway(before *exchange.Exchange) {
	after := t.plain(0)
	if after == nil || cached(after) || t.others(t.Request.URL) {
		return
	}
	a, ok1 := t.value(before)
	b, ok2 := t.value(after)
	sent, ok3 := t.requestBody()
	if !ok1 || !ok2 || !ok3 {
		old, now := before.Response.Content, after.Response.Content
		if t.Request.Method == http.MethodPut && len(now) > 0 && !bytes.Equal(old, now) && bytes.Equal(now, t.Request.Body) {
			t.Report(Report{
				About: after, Severity: t.gravity(), Path: "body", Expected: "the content that was there before", Actual: "the content that was sent",
				Message: fmt.Sprintf("%s gives what %s had sent, which was refused with %d", t.told(after), t.line(), t.Response.Status),
			})
		}
		return
	}
	changed := slices.DeleteFunc(t.changes(a, b), func(d difference) bool { return !sentChange(d, sent) || t.sentEarlier(d) })
	if changed = t.lasting(changed, b, 1); len(changed) == 0 {
		return
	}
	d := changed[0]
	t.Report(Report{
		About: after, Severity: t.gravity(), Path: d.path, Expected: shown(d.before), Actual: shown(d.after),
		Message: fmt.Sprintf("%s shows some of what %s had sent, though that got %d: %s", t.told(after), t.line(), t.Response.Status, tellChanges(changed)),
	})
}

func (t *Trail) deletedAnyway(before *exchange.Exchange) {
	switch t.Response.Status {
	case http.StatusNotFound, http.StatusGone, http.StatusConflict, http.StatusTooManyRequests:
		return
	}
	after := t.Get("")
	if after == nil || !missingNow(after) {
		return
	}
	later := t.Ask(Ask{Nth: 1, After: time.Second})
	if later == nil || !missingNow(later) || t.others(t.Request.URL) {
		return
	}
	t.Report(Report{
		About: later, Severity: t.gravity(), Path: "status", Expected: "200", Actual: strconv.Itoa(later.Response.Status),
		Message: fmt.Sprintf("%s gets %d after %s got %d: it was refused, and deleted all the same", t.told(later), later.Response.Status, t.line(), t.Response.Status),
	})
}

func (t *Trail) createdAnyway(before *exchange.Exchange) {
	body, _ := t.requestBody()
	sent, _ := body.(map[string]any)
	had, ok := t.everyItem(before)
	if len(sent) == 0 || !ok {
		return
	}
	after := t.plain(0)
	if after == nil || cached(after) || t.others(t.Request.URL) {
		return
	}
	now, ok := t.everyItem(after)
	if !ok || slices.ContainsFunc(had, func(id string) bool { return !slices.Contains(now, id) }) {
		return
	}
	path, _, _ := strings.Cut(t.Request.URL, "?")
	for _, id := range t.itemsWith(after, sent) {
		if slices.Contains(had, id) || t.Created(itemURL(path, id)) {
			continue
		}
		t.Report(Report{
			About: after, Severity: t.gravity(), Path: "body", Expected: "no item more", Actual: "one with the id " + quote(id),
			Message: fmt.Sprintf("%s lists an item with what %s had sent, which was not there before: it got %d, and was created all the same", t.told(after), t.line(), t.Response.Status),
		})
		return
	}
}
