package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// difference is a place at which two values of JSON differ.
type difference struct {
	path, name    string
	before, after any // absent where there is nothing; their lengths where sizes differ
	sized         bool
	items         []any // the later ones, where sizes differ
}

type absent struct{}

// mostDifferences is how many are looked for: so many are enough to be told.
const mostDifferences = 50

// differences gives the places at which two readings differ, but for members
// that the suite calls volatile and what changes with each reading anyway. The
// order of a list means nothing.
func (t *Trail) differences(a, b any) []difference {
	d := differ{volatile: t.Settings.Volatile, passes: passing}
	d.compare("body", "", a, b)
	return d.found
}

type differ struct {
	volatile []string
	passes   func(name string, a, b any) bool // a difference that means nothing
	found    []difference
	within   int // so many lists
}

// mostWithin is how many lists may stand in each other for their order to mean
// nothing: all of an inner one is looked at once more for each list around it.
const mostWithin = 8

func (d *differ) compare(path, name string, a, b any) {
	if len(d.found) >= mostDifferences {
		return
	}
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			d.members(path, a, b)
			return
		}
	case []any:
		if b, ok := b.([]any); ok {
			d.items(path, name, a, b)
			return
		}
	}
	if !equalValue(a, b) && !d.passes(name, a, b) {
		d.found = append(d.found, difference{path: path, name: name, before: a, after: b})
	}
}

func (d *differ) members(path string, a, b map[string]any) {
	for _, name := range slices.Compact(slices.Sorted(joined(maps.Keys(a), maps.Keys(b)))) {
		if slices.Contains(d.volatile, name) {
			continue
		}
		before, was := a[name]
		after, is := b[name]
		if !was {
			before = absent{}
		}
		if !is {
			after = absent{}
		}
		d.compare(path+"."+name, name, before, after)
	}
}

func joined(lists ...func(func(string) bool)) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, list := range lists {
			for v := range list {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func (d *differ) items(path, name string, a, b []any) {
	if len(a) != len(b) {
		d.found = append(d.found, difference{path: path, name: name, before: len(a), after: len(b), sized: true, items: b})
		return
	}
	had := len(d.found)
	d.within++
	for i := range a {
		d.compare(fmt.Sprintf("%s[%d]", path, i), name, a[i], b[i])
	}
	d.within--
	if len(d.found) > had && d.within < mostWithin && slices.Equal(inOrder(a), inOrder(b)) {
		d.found = d.found[:had]
	}
}

// inOrder gives the items of a list as texts, in an order of their own.
func inOrder(list []any) []string {
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprintf("%#v", v))
	}
	slices.Sort(out)
	return out
}

// equalValue compares values; 1 and 1.0 are one number.
func equalValue(a, b any) bool {
	switch a := a.(type) {
	case map[string]any, []any:
		return reflect.DeepEqual(a, b)
	case json.Number:
		n, ok := b.(json.Number)
		if !ok || a == n {
			return ok
		}
		x, err1 := a.Float64()
		y, err2 := n.Float64()
		return err1 == nil && err2 == nil && x == y
	}
	return a == b
}

// shown is a value for people, as JSON where it is some.
func shown(v any) string {
	switch v := v.(type) {
	case absent:
		return "absent"
	case int:
		if v == 1 {
			return "1 item"
		}
		return fmt.Sprintf("%d items", v)
	case string:
		return quote(v)
	}
	const longest = 80
	octets, err := json.Marshal(v)
	if err != nil {
		return quote(fmt.Sprint(v)) // a number that Go does not write as JSON
	}
	if len(octets) > longest {
		return strings.ToValidUTF8(string(octets[:longest]), "") + "…"
	}
	return string(octets)
}

// passing reports whether a member may well have another value each time it is
// read, or after a while, without anybody having done anything: times, counters
// and measurements, what names the request, signed links, and how far a work
// has got or where an answer comes from.
func passing(name string, a, b any) bool {
	if a == (absent{}) || b == (absent{}) {
		return aboutReading(name) || aboutTime(name)
	}
	s, isText := a.(string)
	u, bothText := b.(string)
	bothText = bothText && isText
	switch {
	case bothText && isTime(s) && isTime(u):
		return true
	case marksReading(name) || bothText && slices.ContainsFunc(words(u), marking):
		return false
	case a != nil && b != nil && aboutTime(name), aboutReading(name):
		return true
	case isNumber(a) && isNumber(b):
		return true
	}
	return bothText && (isOpaque(s) && isOpaque(u) || sameLink(s, u))
}

func isNumber(v any) bool {
	_, ok := v.(json.Number)
	return ok
}

// isTime reads the usual forms, and the epoch.
func isTime(s string) bool {
	if isDigits(s) && len(s) >= len("1700000000") {
		return true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.DateOnly, time.TimeOnly, time.RFC1123, time.RFC1123Z} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func aboutTime(name string) bool {
	return mentions(name, "time", "date", "stamp", "expir", "elapsed", "duration", "latency", "latest", "uptime", "clock") ||
		slices.ContainsFunc(words(name), func(w string) bool {
			return slices.Contains([]string{"at", "now", "on", "ttl", "age", "since", "until", "ago", "last", "today", "seconds", "ms"}, w)
		})
}

// aboutReading reports whether a member is about the request, the one who
// answers it, or work that goes on by itself.
func aboutReading(name string) bool {
	return mentions(name, "request", "trace", "correlation", "nonce", "csrf", "xsrf", "token", "session", "signature", "random", "cursor", "etag",
		"cache", "server", "host", "node", "instance", "backend", "region", "worker", "upstream",
		"state", "status", "phase", "progress", "stage", "health", "ready", "pending", "queue", "running", "complet", "process", "online", "live")
}

// isOpaque reports whether a text is an identifier or a token, not one for
// people.
func isOpaque(s string) bool {
	const shortest = 16
	return len(s) >= shortest && !strings.ContainsAny(s, " \t\r\n") && strings.ContainsAny(s, "0123456789")
}

// sameLink reports whether two links differ in their query alone.
func sameLink(s, u string) bool {
	if !isURL(s) || !isURL(u) {
		return false
	}
	a, err1 := url.Parse(s)
	b, err2 := url.Parse(u)
	return err1 == nil && err2 == nil && a.Host == b.Host && a.Path == b.Path
}

// marksReading reports whether a member says that something was read.
func marksReading(name string) bool {
	all := words(name)
	return slices.ContainsFunc(all, marking) && !slices.ContainsFunc(all, func(w string) bool { return w == "last" })
}

func marking(word string) bool {
	return slices.Contains([]string{
		"read", "unread", "seen", "unseen", "viewed", "unviewed", "opened", "unopened", "delivered", "undelivered",
		"acknowledged", "consumed", "retrieved", "downloaded", "claimed", "visited",
	}, word)
}
