package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// refusedWrites is about writes that cannot succeed: what they would change is
// not there, or what they would create is there already.
var refusedWrites = []Rule{
	{
		ID:       "crud-missing-404",
		Topic:    Resources,
		Title:    "a write to what is not there is told so",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"status-code guide (choosing)", "RFC 9110 §15.5.5"},
		Text: "After a PUT, PATCH or DELETE on something that the run created the same is sent to an id of the same form at which GET finds nothing. PATCH and DELETE get 404 or 410, PUT as well, or 201 if clients may choose ids. " +
			"A 200 tells a client that its change was stored, and nobody will ever see it; a 5xx, which is an error, that the server was not prepared for it.",
		Silent: "Where GET gets another answer than 404 or 410 nothing is sent. 401 and 403, which come first, and other refusals, such as 400 or 422 to content that names another id. 202, and 201 to PATCH. " +
			"`delete-missing` says what DELETE is to get; 410 is as good as 404. A 502, 503 or 504 that is gone a second later. Targets that do not end in a number, a UUID or the like.",
		Mend: "look for the resource first, and answer 404 if it is not there",
		Bad:  "PATCH /users/99999 → 200",
		Good: "PATCH /users/99999 → 404",
		FollowUps: []FollowUp{{
			When:   When{Classes: []int{2}, Methods: []string{http.MethodPut, http.MethodPatch, http.MethodDelete}},
			Writes: true,
			Judge:  crudMissing,
		}},
	},
	{
		ID:       "crud-duplicate-409",
		Topic:    Resources,
		Title:    "who creates the same thing twice is told what it collides with",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"status-code guide (409)", "RFC 9110 §15.5.10"},
		Text: "A POST that created something is sent again with the same content. If the second one is refused, then with 409, and there is no second one in the collection afterwards. A 5xx is an error: the constraint of a database, mostly, that " +
			"nobody has caught. 404, 405, 406, 410, 412 and 415 say of the request what was not so just before.",
		Silent: "400 and 422 are info. 401, 402, 403 and 429, which may be about limits. A second success: the content may be there more than once, or the answer leads to the first one; what was created is deleted. A 502, 503 or 504 that is gone a second later. " +
			"Nothing is sent where deleting would not undo it: sign-ins, payments, several things at once, what adds to a thing that the run made, a Location that is not below the collection, and where Allow of the first one has no DELETE.",
		Undecided: "Which members have to be unique is not known, so a second success is never a breach. That the collection did not grow is only seen in the first page of a list with the members that were sent.",
		Mend:      "let a unique constraint decide, and turn its violation into 409",
		Bad:       "the same POST /users twice → 201, 500",
		Good:      "the same POST /users twice → 201, 409",
		FollowUps: []FollowUp{{
			When:   When{Statuses: []int{http.StatusCreated}, Methods: []string{http.MethodPost}, Fields: []string{"Location"}},
			Writes: true,
			Judge:  crudDuplicate,
		}},
	},
}

func crudMissing(t *Trail) {
	at, ok := t.nobody()
	if !ok || !t.Created(t.Request.URL) {
		return
	}
	look := t.Ask(Ask{URL: at})
	if look == nil || look.Response.Status != http.StatusNotFound && look.Response.Status != http.StatusGone {
		return
	}
	write := t.rewrite(nil, 1)
	write.URL = at
	x := t.Ask(write)
	if x == nil {
		return
	}
	severity := finding.Off
	status := x.Response.Status
	expected, declared := t.expectedOfMissing()
	switch {
	case t.failing(write, x):
		severity = finding.Error
	case status/100 == 2:
		if !t.takesMissing(status) {
			severity = finding.Warning
		}
		if status != http.StatusCreated || t.Request.Method != http.MethodPut {
			t.undo(at)
		}
	case t.Request.Method == http.MethodDelete && status == http.StatusNotFound && !slices.Contains(t.Settings.Missing(), status):
		severity = finding.Warning
	}
	if severity != finding.Off {
		t.Report(Report{
			About: x, Severity: severity, Declared: declared && status/100 != 5, Path: "status", Expected: expected, Actual: strconv.Itoa(status),
			Message: fmt.Sprintf("%s gets %d, though there is nothing: %s got %d, and %s was about another one", t.told(x), status, t.told(look), look.Response.Status, t.line()),
		})
	}
}

// expectedOfMissing says what a write to what is not there is to get, and
// whether the suite declares it.
func (t *Trail) expectedOfMissing() (string, bool) {
	switch t.Request.Method {
	case http.MethodPut:
		return "404 or 201", false
	case http.MethodDelete:
		return alternatives(t.Settings.Missing()), len(t.Settings.DeleteMissing) > 0
	}
	return "404", false
}

// takesMissing reports whether a success is right although nothing is there.
func (t *Trail) takesMissing(status int) bool {
	switch {
	case status == http.StatusAccepted, status == http.StatusMultiStatus:
		return true
	case t.Request.Method == http.MethodDelete:
		return slices.Contains(t.Settings.Missing(), http.StatusNoContent)
	}
	return status == http.StatusCreated
}

// undo deletes what a write to nothing has created without saying so.
func (t *Trail) undo(at string) {
	if now := t.Ask(Ask{URL: at, Nth: 1}); now != nil && now.Response.Status == http.StatusOK {
		t.Ask(Ask{Method: http.MethodDelete, URL: at})
	}
}

func crudDuplicate(t *Trail) {
	if !t.retractable() {
		return
	}
	before := t.plain(0)
	if len(t.wanted) > 0 {
		return
	}
	second := t.rewrite(nil, 1)
	x := t.Ask(second)
	if x == nil {
		return
	}
	report := Report{About: x, Path: "status", Expected: "409", Actual: strconv.Itoa(x.Response.Status)}
	told := t.line() + " with the same content as before"
	switch status := x.Response.Status; {
	case t.failing(second, x):
		report.Severity = finding.Error
		report.Message = fmt.Sprintf("%s makes the server fail with %d; the first time it got 201", told, status)
	case status == http.StatusConflict:
		t.grown(second, x, before)
		return
	case slices.Contains([]int{404, 405, 406, 410, 412, 415}, status):
		report.Message = fmt.Sprintf("%s gets %d; the first time it got 201, so 409 would tell what is wrong", told, status)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		report.Severity = finding.Info
		report.Message = fmt.Sprintf("%s gets %d; the first time it got 201, so it is not the content that is wrong", told, status)
	default:
		return
	}
	t.Report(report)
}

// grown reports a create that was refused, and took place all the same: there
// is one more item with all that was sent. Where others create as well that has
// to be so twice.
func (t *Trail) grown(second Ask, x, before *exchange.Exchange) {
	sent, _ := t.requestBody()
	o, _ := sent.(map[string]any)
	if before == nil || !t.page(before).named() {
		return
	}
	had := t.itemsWith(before, o)
	if len(had) == 0 {
		return // what is listed does not show what was sent
	}
	for nth := 1; ; nth++ {
		after := t.plain(nth)
		if after == nil {
			return
		}
		more := slices.DeleteFunc(t.itemsWith(after, o), func(id string) bool { return slices.Contains(had, id) })
		if len(more) == 0 {
			return
		}
		if nth > 1 || !t.others(t.Request.URL) {
			t.Reportf(after, "body", "%s lists %s with the content of %s, and did not before the same was refused with %d", t.told(after), more[0], t.line(), x.Response.Status)
			return
		}
		had = append(had, more...)
		second.Nth++
		if x = t.Ask(second); x == nil || x.Response.Status != http.StatusConflict {
			return
		}
	}
}

// itemsWith gives the ids of the items of a list that have all the single
// values of an object, at least one.
func (t *Trail) itemsWith(x *exchange.Exchange, o map[string]any) []string {
	var out []string
	for _, item := range t.itemsOf(x) {
		if hasAll(item, o) {
			out = append(out, itemID(item))
		}
	}
	return out
}
