package rule

import (
	"fmt"
	"net/http"
	"slices"

	"httpprobe/probe/exchange"
)

// quietCreates is what a POST with 200 is followed by: what is new in the
// collection, and in the answer as well, was created.
var quietCreates = FollowUp{
	When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodPost}},
	Prior: []string{http.MethodPost},
	Judge: createdQuietly,
}

func createdQuietly(t *Trail) {
	if t.Before == nil || !fetched(t.Before) || t.isGraphQL() {
		return
	}
	if !t.page(t.Before).entire() {
		return
	}
	body, _ := t.value(t.Exchange)
	made := unwrapped(body)
	same := func(item any) bool {
		o, _ := item.(map[string]any)
		return sameItem(o, made)
	}
	// A copy of the list may not have known yet what the run created before.
	if len(made) == 0 || slices.ContainsFunc(t.itemsOf(t.Before), same) || t.Created(itemURL(t.Request.URL, itemID(made))) {
		return
	}
	x := t.plain(0)
	if x == nil || !slices.ContainsFunc(t.itemsOf(x), same) || t.others(t.Request.URL) {
		return
	}
	t.Report(Report{
		Path: "status", Expected: "201", Actual: "200",
		Message: fmt.Sprintf("%s gets 200 with what %s lists and did not list before: 201 says that something was created", t.line(), t.told(x)),
	})
}

// entire reports whether a list has all of its items on one page, as far as can
// be told: what is new on one of several may have come from another.
func (p *page) entire() bool {
	const shortest = 10 // pages have round sizes
	more := func(t total) bool { return t.value > len(p.items) }
	return p.list && p.next.text == "" && !p.vague && !slices.ContainsFunc(p.totals, more) && (len(p.items) < shortest || len(p.items)%5 != 0)
}

// itemsOf gives the items of a list.
func (t *Trail) itemsOf(x *exchange.Exchange) []any {
	body, _ := t.value(x)
	items, _ := listIn(body)
	return items
}

// sameItem reports whether two objects have the same id, and nothing that
// speaks against their being the same thing.
func sameItem(a, b map[string]any) bool {
	named := false
	for _, name := range idNames {
		if id := scalar(a[name]); id != "" && scalar(b[name]) != "" {
			if id != scalar(b[name]) {
				return false
			}
			named = true
		}
	}
	for name, v := range a {
		other, both := b[name]
		if s, isText := v.(string); both && isText && !equalValue(v, other) && !passing(name, s, other) {
			return false
		}
	}
	return named
}
