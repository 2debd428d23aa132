package rule

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var readback = []Rule{
	{
		ID:       "put-readback",
		Topic:    Resources,
		Title:    "what was put can be read back",
		Severity: finding.Warning,
		Basis:    "semantics",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.4"},
		Text: "After a PUT of JSON that succeeded GET gives 200, and each member that was sent has the value that was sent. The same goes for PATCH with a merge patch. A member with another value, that is still so after a second, was " +
			"lost: the client believes that it is stored.",
		Silent: "Info for members that the server keeps for itself (ids, times, versions, states), that it hides (passwords), that it does not show or shows in another form, such as another case, rounded, trimmed or in another order. " +
			"Members that `volatile` names, those with a third value in the second reading, rehearsals (dry run), and targets that another scenario of the run writes to meanwhile. Where GET finds nothing, unless it found something before; 401, 403 and other answers; content from caches; PATCH with application/json, which may mean anything.",
		Mend: "store what was sent, or refuse it with 422",
		Bad:  `PUT /users/1 {"name":"Bo"} → 200, GET /users/1 → {"name":"Al"}`,
		Good: `PUT /users/1 {"name":"Bo"} → 200, GET /users/1 → {"name":"Bo"}`,
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, Methods: []string{http.MethodPut, http.MethodPatch}},
			Prior: []string{http.MethodPut, http.MethodPatch},
			Judge: putReadback,
		}},
	},
}

func putReadback(t *Trail) {
	kind := mediaType(t.Request.Fields.Get("Content-Type"))
	if t.Request.Method == http.MethodPatch && kind != "application/merge-patch+json" || !isJSON(kind) || t.Request.Partial || t.Request.Withheld || t.rehearses() {
		return
	}
	body, _ := t.requestBody()
	sent, ok := body.(map[string]any)
	if !ok || len(sent) == 0 || t.createdElsewhere() {
		return
	}
	x := t.Get("")
	if x == nil || cached(x) || t.others(t.Request.URL) {
		return
	}
	if missingNow(x) {
		t.lost(x)
		return
	}
	first := t.heldAgainst(sent, x)
	if len(first.other) == 0 {
		first.tell(t, x)
		return
	}
	later := t.notCached(1, time.Second)
	if later == nil || cached(later) {
		return
	}
	second := t.heldAgainst(sent, later)
	maps.DeleteFunc(second.other, func(path string, got any) bool { return !equalValue(first.other[path], got) })
	second.tell(t, later)
}

// lost reports that there is nothing where something was put, and where there
// was something before. For what was created another rule tells.
func (t *Trail) lost(x *exchange.Exchange) {
	before := t.prior()
	if before == nil || before.Response.Status != http.StatusOK || t.isPage(before) || t.Response.Status == http.StatusCreated {
		return
	}
	if later := t.Ask(Ask{Nth: 1, After: time.Second}); later != nil && missingNow(later) {
		t.Report(Report{
			About: later, Path: "status", Expected: "200", Actual: strconv.Itoa(later.Response.Status),
			Message: fmt.Sprintf("%s gets %d a second after %s got %d, though %s got 200 before it", t.told(later), later.Response.Status, t.line(), t.Response.Status, t.told(before)),
		})
	}
}

// heldBack is what became of the members that were sent, by their paths.
type heldBack struct {
	other map[string]any // what is there in place of the value
	form  []string       // those that are there in another form, or not
	sent  map[string]any
}

// heldAgainst compares what was sent with what is read.
func (t *Trail) heldAgainst(sent map[string]any, x *exchange.Exchange) *heldBack {
	out := &heldBack{other: map[string]any{}, sent: map[string]any{}}
	if !fetched(x) {
		return out
	}
	value, _ := t.value(x)
	sent, got := counterparts(sent, value)
	if got != nil {
		out.members("body", sent, got, t.Settings.Volatile)
	}
	return out
}

// counterparts finds the object that stands for what was sent: either may be
// wrapped in another one.
func counterparts(sent map[string]any, value any) (a, b map[string]any) {
	got, _ := value.(map[string]any)
	share := func(a, b map[string]any) bool {
		for name := range a {
			if _, ok := b[name]; ok {
				return true
			}
		}
		return false
	}
	for _, a := range []map[string]any{sent, unwrapped(sent)} {
		for _, b := range []map[string]any{got, unwrapped(got)} {
			if share(a, b) {
				return a, b
			}
		}
	}
	return nil, nil
}

func (h *heldBack) members(path string, sent, got map[string]any, volatile []string) {
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if slices.Contains(volatile, name) {
			continue
		}
		at := path + "." + name
		v := sent[name]
		is, there := got[name]
		inner, ok1 := v.(map[string]any)
		held, ok2 := is.(map[string]any)
		switch {
		case ok1 && ok2:
			h.members(at, inner, held, volatile)
		case v == nil && (!there || is == nil), equalValue(v, is):
		case !there, v == nil, ownedByServer(name), hidesValue(name), sameInAnotherForm(v, is):
			h.form = append(h.form, at)
		default:
			h.other[at], h.sent[at] = is, v
		}
	}
}

// tell reports what came of the members.
func (h *heldBack) tell(t *Trail, x *exchange.Exchange) {
	for _, at := range slices.Sorted(maps.Keys(h.other)) {
		t.Report(Report{
			About: x, Path: at, Expected: shown(h.sent[at]), Actual: shown(h.other[at]),
			Message: fmt.Sprintf("%s has %s in %s, where %s had sent %s", t.told(x), shown(h.other[at]), strings.TrimPrefix(at, "body."), t.line(), shown(h.sent[at])),
		})
	}
	if len(h.form) > 0 {
		names := h.form[:min(len(h.form), 8)]
		more := ""
		if len(names) < len(h.form) {
			more = ", …"
		}
		t.Report(Report{
			About: x, Severity: finding.Info, Path: names[0],
			Message: fmt.Sprintf("%s does not show, or shows in another form, some of what %s had sent: %s%s",
				t.told(x), t.line(), strings.ReplaceAll(strings.Join(names, ", "), "body.", ""), more),
		})
	}
}

// ownedByServer reports whether a name is one of a member that the server may
// set as it likes: an id, a time, a version, a link, a count, how far
// something has got.
func ownedByServer(name string) bool {
	return slices.Contains(idNames, name) || keptByServer(name) || aboutReading(name) ||
		mentions(name, "link", "href", "count", "total", "last", "slug", "token", "hash", "phone")
}

// hidesValue reports whether a name is one of what is not shown.
func hidesValue(name string) bool {
	return mentions(name, "passw", "secret", "token", "credential", "apikey", "api_key", "private", "cvv", "cvc", "card", "iban", "ssn") ||
		slices.ContainsFunc(words(name), func(w string) bool { return w == "pin" || w == "otp" || w == "key" })
}
