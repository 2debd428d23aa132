package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// preconditions is about writers that must not overwrite each other.
var preconditions = []Rule{
	{
		ID:       "precondition-enforced",
		Topic:    Conditional,
		Title:    "a write whose precondition is false does not take place",
		Severity: finding.Error,
		Basis:    "MUST NOT",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"RFC 9110 §13.1.1", "RFC 9110 §13.1.2", "RFC 9110 §13.2.2", "RFC 9110 §15.5.13"},
		Text: "Where GET gives an ETag, a client relies on it to write only over what it has seen. After a PUT or PATCH on something that the run created the same is sent again with If-Match and a tag that the resource never had, a PUT also " +
			"with If-None-Match: *; each gets 412, and leaves the resource as it was. After a POST that created something a second one is created and deleted with such an If-Match, which gets 412 too, and then with " +
			"the current tag, which succeeds. Without that the second of two writers wipes out what the first one did, and neither learns of it.",
		Silent: "409 in place of 412 is a warning, but for DELETE, which has other conflicts. Other refusals, such as 401, 404, 422, 428 or 429, which come before or have nothing to do with it. A resource without ETag, one that the run did not create, and a create that cannot be done twice, or not be undone by deleting, as with payments, or as Allow of OPTIONS tells. " +
			"The current tag has to be a strong one.",
		Undecided: "That a PUT or PATCH with the current tag succeeds is only seen where its answer tells the client nothing but 204: repeating others might outdate what the scenario has captured. JSON Patch is not sent again, as it may add the same thing twice.",
		Mend:      "compare If-Match and If-None-Match with the current tag in the transaction that writes, and answer 412 if they do not hold",
		Bad:       `PATCH /users/1 + If-Match: "never" → 200`,
		Good:      `PATCH /users/1 + If-Match: "never" → 412`,
		FollowUps: []FollowUp{
			{
				When:   When{Statuses: []int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, Methods: []string{http.MethodPut, http.MethodPatch}},
				Writes: true,
				Judge:  enforcedOnWrite,
			},
			{
				When:   When{Statuses: []int{http.StatusCreated}, Methods: []string{http.MethodPost}, Fields: []string{"Location"}},
				Writes: true,
				Judge:  enforcedOnDelete,
			},
		},
	},
}

const neverTag = `"never"`

// conditions are the fields that a precondition of ours takes the place of.
var conditions = []string{"If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since", "Idempotency-Key"}

func enforcedOnWrite(t *Trail) {
	if !t.Created(t.Request.URL) || mediaType(t.Request.Fields.Get("Content-Type")) == "application/json-patch+json" {
		return
	}
	before := t.plain(0)
	if before == nil || entityTag(before) == "" || entityTag(before) == neverTag {
		return
	}
	write := func(name, value string) *exchange.Exchange {
		return t.Ask(Ask{Method: t.Request.Method, Keep: true, Drop: conditions, Set: exchange.Fields{{Name: name, Value: value}}})
	}
	stale := write("If-Match", neverTag)
	if stale == nil || t.carriedOut(stale) {
		return
	}
	if status := stale.Response.Status; status == http.StatusPreconditionFailed || status == http.StatusConflict {
		t.unchangedBy(stale, before)
	}
	if t.Request.Method == http.MethodPut {
		existing := write("If-None-Match", "*")
		if existing == nil || t.carriedOut(existing) {
			return
		}
	}
	tag := entityTag(before)
	if r := t.Response; r.Status != http.StatusNoContent || r.Fields.Has("ETag") || r.Fields.Has("Last-Modified") || !isStrong(tag) {
		return
	}
	if current := write("If-Match", tag); current != nil {
		t.refusesCurrent(current, "", tag)
	}
}

func enforcedOnDelete(t *Trail) {
	if !t.retractable() {
		return
	}
	twin := t.Ask(Ask{Method: http.MethodPost, Keep: true, Drop: conditions})
	if twin == nil || twin.Response.Status != http.StatusCreated {
		return
	}
	first, _ := located(t.Exchange)
	at, ok := located(twin)
	if !ok || at == first {
		return
	}
	before := t.Ask(Ask{URL: at})
	if before == nil || !fetched(before) || entityTag(before) == "" || entityTag(before) == neverTag {
		return
	}
	stale := t.Ask(Ask{Method: http.MethodDelete, URL: at, Set: exchange.Fields{{Name: "If-Match", Value: neverTag}}})
	if stale == nil || t.carriedOut(stale) || stale.Response.Status != http.StatusPreconditionFailed {
		return
	}
	after := t.Ask(Ask{URL: at, Nth: 1})
	if after == nil {
		return
	}
	if status := after.Response.Status; status == http.StatusNotFound || status == http.StatusGone {
		t.Reportf(after, "status", "%s gets %d after %s got 412: it was refused, and carried out all the same", t.told(after), status, t.told(stale))
		return
	}
	tag := entityTag(after)
	if !fetched(after) || !isStrong(tag) {
		return
	}
	if current := t.Ask(Ask{Method: http.MethodDelete, URL: at, Set: exchange.Fields{{Name: "If-Match", Value: tag}}}); current != nil {
		t.refusesCurrent(current, at, tag)
	}
}

// located gives the URL that Location of an answer leads to, another one than
// was asked.
func located(x *exchange.Exchange) (string, bool) {
	to, ok := target(x)
	return to, ok && to != x.Request.URL
}

// carriedOut reports a write that took place although its precondition is
// false, and, as a warning, one that was refused with 409.
func (t *Trail) carriedOut(x *exchange.Exchange) bool {
	status := x.Response.Status
	report := Report{About: x, Path: "status", Expected: "412", Actual: strconv.Itoa(status)}
	switch {
	case slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, status):
		report.Message = fmt.Sprintf("%s gets %d after %s: it was carried out, though its precondition is false", t.told(x), status, t.line())
	case status == http.StatusConflict && x.Request.Method != http.MethodDelete: // what is in use may not be deleted
		report.Severity = finding.Warning
		report.Message = fmt.Sprintf("%s gets 409 after %s, not 412: a client cannot tell a false precondition from other conflicts", t.told(x), t.line())
	default:
		return false
	}
	t.Report(report)
	return status != http.StatusConflict
}

// unchangedBy reports a write that was refused and changed something.
func (t *Trail) unchangedBy(x, before *exchange.Exchange) {
	after := t.plain(1)
	if after == nil || entityTag(after) == entityTag(before) || bytes.Equal(after.Response.Body, before.Response.Body) || t.others(t.Request.URL) {
		return
	}
	// A tag that is new each time tells nothing.
	if settled := t.plain(2); settled != nil && entityTag(settled) == entityTag(after) && bytes.Equal(settled.Response.Body, after.Response.Body) {
		t.Reportf(after, "body", "%s gives other content after %s got %d than before: it was refused, and changed something all the same", t.told(after), t.told(x), x.Response.Status)
	}
}

// refusesCurrent reports a 412 to the current tag, which is read again after a
// while: it may have come from a copy that lags behind.
func (t *Trail) refusesCurrent(x *exchange.Exchange, at, tag string) {
	if x.Response.Status != http.StatusPreconditionFailed {
		return
	}
	if still := t.Ask(Ask{URL: at, Nth: 3, After: time.Second}); still != nil && entityTag(still) == tag {
		t.Report(Report{
			About: x, Path: "status", Expected: "success", Actual: "412",
			Message: fmt.Sprintf("%s gets 412, though that is the tag of %s", t.told(x), t.told(still)),
		})
	}
}

// curedByPrecondition sends a write that got 428 again, with a precondition
// that is false: the exchange part of the rule says what is wrong if that gets
// 428 too, and a sound server does not carry it out.
func curedByPrecondition(t *Trail) {
	if t.Created(t.Request.URL) {
		t.Ask(Ask{Method: t.Request.Method, Keep: true, Drop: conditions, Set: exchange.Fields{{Name: "If-Match", Value: neverTag}}})
	}
}
