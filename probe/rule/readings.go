package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var readings = []Rule{
	{
		ID:       "get-is-safe",
		Topic:    Resources,
		Title:    "reading leaves everything as it was",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.2.1"},
		Text: "GET asks for nothing to be done, so browsers prefetch, crawlers follow and clients repeat it at will. The same GET again has the same status, and JSON that is the same but for times, counters, identifiers of the request " +
			"and signed links; a list does not grow or shrink with each reading. What differs is asked for again: it counts if it then stays as it is, or if a list changes by as much each time.",
		Silent: "Live data, as far as it can be told: content that differs once more, members whose names speak of time, state, progress, caches or servers, and logs. " +
			"While the run writes elsewhere, and for other members than those that mark something as read up to two seconds after a write, others may have changed it. " +
			"Members that `volatile` names in the settings. Answers that refuse or fail, such as 401, 429 or 503. Whether the tag stays the same is looked at by etag-tracks-content.",
		Undecided: "Whether the reading or the world has changed something cannot be told for certain, so what differs each time is taken for live data, and content other than JSON is not compared.",
		Mend:      "do what changes something with POST, or name members that change by themselves in `volatile`",
		Bad:       `GET /inbox → {"unread":3}, GET /inbox → {"unread":0}`,
		Good:      `GET /inbox → {"unread":3}, GET /inbox → {"unread":3}`,
		FollowUps: []FollowUp{{When: When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}}, Judge: getIsSafe}},
	},
}

// ownReadings are not shared with other rules, so that nothing comes between
// them.
const ownReadings = 100

func getIsSafe(t *Trail) {
	// Such a request is not the same without them.
	if t.streams() || len(t.Request.Body) > 0 || t.Request.Fields.Has("Prefer") {
		return
	}
	second := t.Get("")
	if second == nil {
		return
	}
	if second.Response.Status != http.StatusOK {
		t.readOnce(second)
		return
	}
	before, ok1 := t.value(t.Exchange)
	after, ok2 := t.value(second)
	if !ok1 || !ok2 {
		return
	}
	changed := t.differences(before, after)
	if len(changed) == 0 {
		return
	}
	third := t.plain(ownReadings)
	if third == nil {
		return
	}
	later, ok := t.value(third)
	if !ok {
		return
	}
	next := t.differences(after, later)
	if len(next) == 0 {
		t.changedByReading(second, changed, later)
		return
	}
	if stays := slices.DeleteFunc(slices.Clone(changed), func(d difference) bool { return !marksReading(d.name) || touched(next, d) }); len(stays) > 0 {
		t.changedByReading(second, stays, nil)
		return
	}
	t.sizeChanges(later, changed, next)
}

// touched reports whether one of the differences is at, above or below the
// place of another.
func touched(list []difference, d difference) bool {
	within := func(a, b string) bool {
		rest, ok := strings.CutPrefix(a, b)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	}
	return slices.ContainsFunc(list, func(e difference) bool { return within(d.path, e.path) || within(e.path, d.path) })
}

// changedByReading reports what the first reading changed, as later ones show.
// That something was read is believed at once; anything else may have changed
// by itself, so that more is asked: that it lasts, and that the run itself has
// written nothing that may only show by now.
func (t *Trail) changedByReading(second *exchange.Exchange, changed []difference, later any) {
	const settling, lasting = 2 * time.Second, time.Second
	if later != nil && !slices.ContainsFunc(changed, func(d difference) bool { return marksReading(d.name) }) {
		if t.keepsRecords() || !t.calm(settling) {
			return
		}
		last := t.Ask(Ask{Nth: ownReadings + 1, After: lasting})
		if last == nil {
			return
		}
		if value, ok := t.value(last); !ok || last.Response.Status != http.StatusOK || len(t.differences(later, value)) > 0 {
			return
		}
	}
	if !t.calm(0) {
		return
	}
	var names []string
	for _, d := range changed[:min(len(changed), 5)] {
		names = append(names, d.path)
	}
	if len(names) < len(changed) {
		names = append(names, "…")
	}
	d := changed[0]
	t.Report(Report{
		About: second, Path: d.path, Expected: shown(d.before), Actual: shown(d.after),
		Message: fmt.Sprintf("%s, asked once more, is answered otherwise than before, and then stays so, in %s: GET is to change nothing (what changes by itself can be named in `volatile`)",
			t.told(second), strings.Join(names, ", ")),
	})
}

// keepsRecords reports whether a target is one that is likely to list what
// goes on, this very request included.
func (t *Trail) keepsRecords() bool {
	path, _, _ := strings.Cut(t.Request.Target, "?")
	return recording(path)
}

func recording(name string) bool {
	return mentions(name, "log", "audit", "histor", "event", "activit", "request", "trace", "visit", "metric", "stat", "feed", "stream", "session", "monitor", "debug")
}

// sizeChanges reports lists that change by as many items with each of five
// readings in a row. What other rules asked for before them counts as well, so
// that the first ones only show in which direction.
func (t *Trail) sizeChanges(before any, changed, next []difference) {
	step := func(d difference) int { return d.after.(int) - d.before.(int) }
	find := func(list []difference, path string) (difference, bool) {
		i := slices.IndexFunc(list, func(d difference) bool { return d.sized && d.path == path })
		if i < 0 {
			return difference{}, false
		}
		return list[i], true
	}
	changed = slices.DeleteFunc(slices.Clone(changed), func(d difference) bool {
		e, ok := find(next, d.path)
		return !d.sized || recording(d.path) || !ok || (step(d) > 0) != (step(e) > 0)
	})
	if len(changed) == 0 || t.keepsRecords() {
		return
	}
	const readings = 4 // more
	for nth := 1; nth <= readings; nth++ {
		x := t.plain(ownReadings + nth)
		if x == nil {
			return
		}
		after, ok := t.value(x)
		if !ok {
			return
		}
		now := t.differences(before, after)
		var same []difference
		for _, d := range changed {
			if e, ok := find(now, d.path); ok && (step(e) > 0) == (step(d) > 0) && (nth == 1 || step(e) == step(d)) {
				same = append(same, e)
			}
		}
		if before, changed = after, same; len(changed) == 0 {
			return
		}
		if nth == readings {
			d := changed[0]
			t.Report(Report{
				About: x, Path: d.path, Expected: "as many items each time",
				Actual:  fmt.Sprintf("%+d with each GET", step(d)),
				Message: fmt.Sprintf("%s has another number of items in %s with each of five readings in a row, %+d each time: GET is to change nothing", t.told(x), d.path, step(d)),
			})
		}
	}
}

// readOnce reports what is not there any more for who reads it a second time.
func (t *Trail) readOnce(second *exchange.Exchange) {
	switch second.Response.Status {
	case http.StatusNoContent, http.StatusNotFound, http.StatusGone:
	default:
		return
	}
	third := t.Ask(Ask{Nth: ownReadings, After: time.Second}) // so that copies of the data can catch up
	if third == nil || third.Response.Status != second.Response.Status || !t.calm(0) {
		return
	}
	t.Report(Report{
		About: second, Path: "status", Expected: "200", Actual: fmt.Sprint(second.Response.Status),
		Message: fmt.Sprintf("%s, asked once more, gets %d, though it got 200 before: reading it has changed it", t.told(second), second.Response.Status),
	})
}
