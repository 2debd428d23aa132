package rule

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var listing = []Rule{
	{
		ID:       "created-listed",
		Topic:    Resources,
		Title:    "what was created is in its collection",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"status-code guide (choosing)"},
		Text: "After a 201 to POST the list at the same URI holds the new resource, on one of its pages: an item with its id, or a link to it. What is missing there is not found by anybody who has not created it, and " +
			"looks lost to those who have. The list is read again after one and after two seconds, as indexes and copies lag behind.",
		Silent: "Where GET on the collection gives no list of things with ids, does not come to its end, or may be cut off without saying so. What is not right below the collection, and what cannot be read by its creator. " +
			"Things whose own members say why they are not shown, such as draft, hidden or inactive, lists of what is of another kind, and rehearsals (dry run).",
		Undecided: "A collection that shows only a part of its items without being asked to, such as those of today, cannot be told from one that has lost some.",
		Mend:      "read the list from where the create has written to, and clear copies of it that are kept",
		Bad:       "POST /users → 201 + Location: /users/42, GET /users lists 1 … 41",
		Good:      "POST /users → 201 + Location: /users/42, GET /users lists 1 … 42",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusCreated}, Methods: []string{http.MethodPost}, Fields: []string{"Location"}},
			Judge: createdListed,
		}},
	},
}

func createdListed(t *Trail) {
	at, ok := located(t.Exchange)
	if !ok || !below(at, t.Request.URL) || t.rehearses() {
		return
	}
	item := t.Get(t.Response.Fields.Get("Location"))
	if item == nil || !fetched(item) || t.kept(t.Exchange) || t.kept(item) {
		return
	}
	names := t.namesOf(item, at)
	var list *exchange.Exchange
	for nth, wait := range []time.Duration{0, time.Second, time.Second} {
		list = t.Ask(Ask{Nth: nth, After: wait})
		if list == nil || !fetched(list) || cached(list) || !t.listOf(list) {
			return
		}
		w := t.walk(list, t.Settings.Pages(), nth)
		if slices.ContainsFunc(w.pages, func(p *page) bool { return t.holds(p.Exchange, names) }) || !t.exhausted(&w, item) {
			return
		}
	}
	t.Report(Report{
		About: list, Path: "body", Expected: "an item for " + at, Actual: "none",
		Message: t.told(list) + " does not list what " + t.line() + " has created, also after two seconds: " + t.told(item) + " gets 200",
	})
}

// below reports whether a URL is one segment longer than that of a collection.
func below(at, collection string) bool {
	at, _, _ = strings.Cut(at, "?")
	collection, _, _ = strings.Cut(collection, "?")
	rest, ok := strings.CutPrefix(strings.TrimRight(at, "/"), strings.TrimRight(collection, "/")+"/")
	return ok && rest != "" && !strings.Contains(rest, "/")
}

// exhausted reports whether a walk has seen all items of a list, in which one
// like that would be recognised.
func (t *Trail) exhausted(w *walk, item *exchange.Exchange) bool {
	switch w.end {
	case walkEnded:
	case walkNone:
		if !w.pages[0].entire() {
			return false
		}
	default:
		return false
	}
	body, _ := t.value(item)
	own := unwrapped(body)
	for _, p := range w.pages {
		if len(p.items) > 0 && !p.named() {
			return false
		}
		for _, listed := range t.itemsOf(p.Exchange) {
			if !alikeInKind(own, unwrapped(listed)) {
				return false
			}
		}
	}
	return true
}

// alikeInKind reports whether two objects may be of one kind: most members of
// the listed one are members of the other as well.
func alikeInKind(one, listed map[string]any) bool {
	both := 0
	for name := range listed {
		if _, ok := one[name]; ok {
			both++
		}
	}
	return both > 0 && both*2 >= len(listed)
}

// unwrapped gives the object in an answer, or the one that stands alone in it.
func unwrapped(v any) map[string]any {
	o, _ := v.(map[string]any)
	for _, name := range []string{"data", "result", "item"} {
		if inner, ok := o[name].(map[string]any); ok {
			return inner
		}
	}
	if len(o) == 1 {
		for _, v := range o {
			if inner, ok := v.(map[string]any); ok {
				return inner
			}
		}
	}
	return o
}

// namesOf gives what something can be called by in a list: its URL, the end of
// that, and its ids.
func (t *Trail) namesOf(item *exchange.Exchange, at string) []string {
	path, _, _ := strings.Cut(at, "?")
	out := []string{at, path, path[len(origin(path)):]}
	if last, err := url.PathUnescape(path[strings.LastIndexByte(strings.TrimRight(path, "/"), '/')+1:]); err == nil {
		out = append(out, strings.TrimRight(last, "/"))
	}
	for _, x := range []*exchange.Exchange{t.Exchange, item} {
		body, _ := t.value(x)
		o := unwrapped(body)
		for _, name := range idNames {
			out = append(out, scalar(o[name]))
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// holds reports whether an answer names something, or links to it. Numbers
// are names only where a member says so, as any number may be an age.
func (t *Trail) holds(x *exchange.Exchange, names []string) bool {
	body, _ := t.value(x)
	return anywhere("", body, func(member, s string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			if isDigits(name) && strings.EqualFold(s, name) {
				return member == "" || namesIdentifier(member) || slices.Contains(idNames, member) ||
					slices.ContainsFunc(words(member), func(w string) bool { return slices.Contains([]string{"number", "no", "nr", "key", "code", "ref"}, w) })
			}
			return strings.EqualFold(s, name) || strings.HasSuffix(s, "/"+name)
		})
	})
}

// anywhere looks at each text and number in a value, and the name of the
// member that it is in.
func anywhere(name string, v any, is func(name, s string) bool) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return anywhere(name, item, is) })
	case map[string]any:
		for name, member := range v {
			if anywhere(name, member, is) {
				return true
			}
		}
	case json.Number, string:
		return is(name, scalar(v))
	}
	return false
}

// kept reports whether an answer tells of something that is not for all to
// see, or not yet.
func (t *Trail) kept(x *exchange.Exchange) bool {
	body, _ := t.value(x)
	for name, v := range unwrapped(body) {
		all := words(name)
		has := func(some ...string) bool {
			return slices.ContainsFunc(all, func(w string) bool { return slices.Contains(some, w) })
		}
		s, _ := v.(string)
		switch {
		case v == false && has("published", "active", "enabled", "visible", "public", "approved", "listed", "verified", "confirmed", "ready"),
			v == true && has("draft", "hidden", "private", "archived", "deleted", "disabled", "inactive", "unlisted", "internal", "template"),
			(v == nil || s == "") && has("published", "activated", "approved", "confirmed", "verified"),
			slices.ContainsFunc(words(s), func(w string) bool {
				return len(words(s)) <= 2 && slices.Contains([]string{"draft", "hidden", "private", "archived", "disabled", "inactive", "unlisted", "pending", "unpublished", "unverified",
					"invited", "waiting", "scheduled", "queued", "creating", "provisioning", "closed", "expired", "internal"}, w)
			}):
			return true
		}
	}
	return false
}

// listOf reports whether an answer is a list, not a single thing that has one.
func (t *Trail) listOf(x *exchange.Exchange) bool {
	body, _ := t.value(x)
	return t.page(x).list && itemID(body) == ""
}

// itemID gives the id of an item of a list; empty where it has none.
func itemID(item any) string {
	o, _ := item.(map[string]any)
	for _, name := range idNames {
		if id := scalar(o[name]); id != "" {
			return id
		}
	}
	return ""
}
