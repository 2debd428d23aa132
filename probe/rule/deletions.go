package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var deletions = []Rule{
	{
		ID:       "delete-effective",
		Topic:    Resources,
		Title:    "what was deleted is gone",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.5", "guide (404)"},
		Text: "After a DELETE that succeeded GET on the same URI gets 404 or 410. It is reported when it still gives what GET gave just before the DELETE, or the same with a mark that says deleted, a second later as well. " +
			"A client that lists or counts what it has goes wrong with things that are gone and are not.",
		Silent: "Info after 202. `soft-delete` allows 200 with a mark such as deleted_at or status: deleted. What was put back to its beginnings, as an emptied cart, and everything else that differs from before. " +
			"URIs that do not end in an id, unless the run created what they name, as DELETE may only clear what is there. Pages in HTML, copies from caches, other statuses, answers that speak of a deletion to come, rehearsals (dry run), and targets that another scenario of the run writes to meanwhile.",
		Mend: "delete it, and answer GET with 404 or 410; 202 if the work is still to be done",
		Bad:  "DELETE /users/42 → 204, GET /users/42 → 200",
		Good: "DELETE /users/42 → 204, GET /users/42 → 404",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK, http.StatusAccepted, http.StatusNonAuthoritativeInfo, http.StatusNoContent}, Methods: []string{http.MethodDelete}},
			Prior: []string{http.MethodDelete},
			Judge: deleteEffective,
		}},
	},
	{
		ID:       "delete-idempotent",
		Topic:    Resources,
		Title:    "deleting once more does no harm",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"RFC 9110 §9.2.2", "RFC 9110 §9.3.5"},
		Text: "A client that got no answer sends its DELETE again. After a DELETE of what the run created it is sent a second time: it does not make the server fail, what was gone is not back, and " +
			"nothing else has vanished from the collection.",
		Silent: "The status, as long as it is no 5xx: idempotent is the effect, and 404 is as good as 204. A 502, 503 or 504 that is gone a second later. Lists in several pages, lists that change by themselves or while another scenario of the run writes to them, " +
			"items without an id, and those that can still be read at their own URI. Nothing is sent while the target itself can still be read, as a second DELETE may clear it from a bin.",
		Undecided: "Whether something else has vanished is only seen where the collection is one level above the target, and gives all its items in one page.",
		Mend:      "let DELETE find nothing and say so, with 404 or 204",
		Bad:       "DELETE /users/42 → 204, DELETE /users/42 → 500",
		Good:      "DELETE /users/42 → 204, DELETE /users/42 → 404",
		FollowUps: []FollowUp{{
			When:   When{Classes: []int{2}, Methods: []string{http.MethodDelete}},
			Writes: true,
			Judge:  deleteIdempotent,
		}},
	},
}

func deleteEffective(t *Trail) {
	before := t.prior()
	if before == nil || !fetched(before) || !t.namesOne(before) || t.others(t.Request.URL) || t.rehearses() {
		return
	}
	if mentions(string(t.Response.Content[:min(len(t.Response.Content), 4<<10)]), "pending", "schedul", "queue", "progress", "accepted", "deleting", "will be") && t.Response.Status != http.StatusAccepted {
		return
	}
	x := t.notCached(0, 0)
	if x == nil || !fetched(x) || cached(x) {
		return
	}
	how := t.stillThere(before, x)
	if how == "" {
		return
	}
	later := t.notCached(1, time.Second)
	if later == nil || !fetched(later) || cached(later) || t.stillThere(before, later) == "" {
		return
	}
	severity := finding.Error
	if t.Response.Status == http.StatusAccepted {
		severity = finding.Info
	}
	t.Report(Report{
		About: later, Severity: severity, Path: "status", Expected: "404 or 410", Actual: strconv.Itoa(later.Response.Status),
		Message: fmt.Sprintf("%s gets %d a second after %s got %d, and gives %s", t.told(later), later.Response.Status, t.line(), t.Response.Status, how),
	})
}

// namesOne reports whether the target is one thing that can be deleted: the
// run created it, or it has an id, and is no list and no page.
func (t *Trail) namesOne(before *exchange.Exchange) bool {
	if t.isPage(before) {
		return false
	}
	return t.Created(t.Request.URL) || identifies(t.lastSegment()) && !t.listOf(before)
}

// stillThere says in which way a reading gives what was there before: empty if
// it does not.
func (t *Trail) stillThere(before, x *exchange.Exchange) string {
	a, ok1 := t.value(before)
	b, ok2 := t.value(x)
	switch {
	case ok1 != ok2:
	case ok1 && newlyMarked(a, b):
		if !t.Settings.SoftDelete {
			return "what was there with a mark that it is deleted (`soft-delete` in the settings allows that)"
		}
	case ok1 && len(t.changes(a, b)) == 0,
		!ok1 && bytes.Equal(before.Response.Content, x.Response.Content) && len(x.Response.Content) > 0:
		return "what was there before"
	}
	return ""
}

// newlyMarked reports whether an object says that it is deleted, as it did not
// before.
func newlyMarked(before, after any) bool { return !markedDeleted(before) && markedDeleted(after) }

func markedDeleted(v any) bool {
	o, _ := v.(map[string]any)
	return marksDeletion(o) || marksDeletion(unwrapped(o))
}

func marksDeletion(o map[string]any) bool {
	for name, v := range o {
		all := words(name)
		s, isText := v.(string)
		switch {
		case slices.Contains(all, "deleted") || slices.Contains(all, "removed"):
			if v == true || isText && s != "" && !strings.EqualFold(s, "false") || isNumber(v) && scalar(v) != "0" {
				return true
			}
		case isText && (name == "status" || name == "state"):
			if strings.EqualFold(s, "deleted") || strings.EqualFold(s, "removed") {
				return true
			}
		}
	}
	return false
}

func deleteIdempotent(t *Trail) {
	if !t.Created(t.Request.URL) {
		return
	}
	gone := t.notCached(0, 0)
	if gone == nil || gone.Response.Status/100 == 2 { // what lies in a bin would leave that as well
		return
	}
	above, known := t.collection()
	var first, second *exchange.Exchange
	if known {
		first, second = t.Ask(Ask{URL: above}), t.Ask(Ask{URL: above, Nth: 1})
	}
	if len(t.wanted) > 0 {
		return
	}
	a := Ask{Method: http.MethodDelete, Keep: true, Drop: conditions, Provokes: true}
	x := t.Ask(a)
	if x == nil {
		return
	}
	if t.failing(a, x) {
		t.Report(Report{
			About: x, Path: "status", Expected: "404, 410 or 2xx", Actual: strconv.Itoa(x.Response.Status),
			Message: fmt.Sprintf("%s gets %d, though all it had to do is done: the first one got %d", t.told(x), x.Response.Status, t.Response.Status),
		})
	}
	if missingNow(gone) {
		t.isBack(x)
	}
	if first != nil && second != nil && x.Response.Status/100 != 5 && t.Response.Status != http.StatusAccepted {
		t.vanished(x, above, first, second)
	}
}

// collection gives the URL one level above the target; false where there is
// none.
func (t *Trail) collection() (string, bool) {
	path, _, _ := strings.Cut(t.Request.URL, "?")
	path = strings.TrimRight(path, "/")
	cut := strings.LastIndexByte(path, '/')
	if cut <= len(origin(path)) {
		return "", false
	}
	out := path[:cut]
	for _, f := range t.Identity.Query {
		if value, ok := queryValue(t.Request.URL, f.Name); ok {
			_, query, _ := strings.Cut(out, "?")
			out = path[:cut] + "?" + withParameter(query, f.Name, value)
		}
	}
	return out, true
}

// isBack reports what a second DELETE has brought back.
func (t *Trail) isBack(x *exchange.Exchange) {
	back := t.notCached(1, 0)
	if back == nil || !fetched(back) || cached(back) || t.isPage(back) || t.others(t.Request.URL) {
		return
	}
	if later := t.notCached(2, time.Second); later != nil && fetched(later) {
		t.Report(Report{
			About: later, Path: "status", Expected: "404 or 410", Actual: "200",
			Message: fmt.Sprintf("%s gets 200 after %s: the first DELETE had made it go, the second one brought it back", t.told(later), t.told(x)),
		})
	}
}

// vanished reports an item that went when what was gone already was deleted
// once more.
func (t *Trail) vanished(x *exchange.Exchange, above string, first, second *exchange.Exchange) {
	before, ok1 := t.everyItem(first)
	still, ok2 := t.everyItem(second)
	if !ok1 || !ok2 || !slices.Equal(before, still) {
		return
	}
	list := t.Ask(Ask{URL: above, Nth: 2})
	if list == nil {
		return
	}
	after, ok := t.everyItem(list)
	if !ok {
		return
	}
	own := t.lastSegment()
	for _, id := range before {
		if slices.Contains(after, id) || strings.EqualFold(id, own) || isDigits(id) != isDigits(own) || !isDigits(id) && len(id) != len(own) {
			continue
		}
		item := t.Ask(Ask{URL: itemURL(above, id)})
		if item == nil {
			return
		}
		if !missingNow(item) || t.others(above) {
			continue
		}
		t.Report(Report{
			About: list, Path: "body", Expected: "the items that were there before", Actual: "the one with the id " + quote(id) + " is missing",
			Message: fmt.Sprintf("%s lacks the item with the id %s after %s: another one than was meant is gone", t.told(list), quote(id), t.told(x)),
		})
		return
	}
}

// everyItem gives the ids of all items of a list, in order; false where it may
// go on elsewhere, or an item has none.
func (t *Trail) everyItem(x *exchange.Exchange) ([]string, bool) {
	if !fetched(x) || !t.page(x).entire() {
		return nil, false
	}
	var out []string
	for _, item := range t.itemsOf(x) {
		id := itemID(item)
		if id == "" {
			return nil, false
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return out, true
}

// itemURL gives the URL of an item of a list, with the query of that.
func itemURL(list, id string) string {
	path, query, asks := strings.Cut(list, "?")
	out := strings.TrimRight(path, "/") + "/" + url.PathEscape(id)
	if asks {
		out += "?" + query
	}
	return out
}
