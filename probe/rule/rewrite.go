package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
)

// described are the fields that hold for one content only.
var described = []string{"Content-MD5", "Content-Digest", "Repr-Digest", "Digest", "Content-Range"}

// ours reports whether the write may be sent again in another form: it created
// something, or changed something that the run created.
func (t *Trail) ours() bool {
	if t.Request.Method == http.MethodPost {
		return t.Response.Status == http.StatusCreated
	}
	return t.Created(t.Request.URL)
}

// retractable reports whether what a second request of the kind creates can be
// deleted: the run learns where it is.
func (t *Trail) retractable() bool {
	_, ok := located(t.Exchange)
	return ok && t.Response.Status == http.StatusCreated
}

// rewrite gives a request that is the write once more, free of what holds for
// the first one alone; body takes the place of the content unless nil. Those
// with other turns are not one to a server that knows Idempotency-Key.
func (t *Trail) rewrite(body []byte, turn int) Ask {
	a := Ask{Method: t.Request.Method, Keep: true, Body: body, Drop: conditions, Provokes: true}
	if body != nil {
		a.Drop = slices.Concat(conditions, described)
	}
	if key := t.Request.Fields.Get("Idempotency-Key"); key != "" {
		a.Set = exchange.Fields{{Name: "Idempotency-Key", Value: otherKey(key, turn)}}
	}
	return a
}

// otherKey gives a key of the same form; the turn tells several apart.
func otherKey(key string, turn int) string {
	if inner, ok := strings.CutPrefix(key, `"`); ok && strings.HasSuffix(inner, `"`) {
		return `"` + otherKey(strings.TrimSuffix(inner, `"`), turn) + `"`
	}
	suffix := fmt.Sprintf("-probe-%d", turn)
	if isUUID(key) {
		return stranger(key, suffix)
	}
	return key + suffix
}

// nobody gives the URL of what would be a sibling of the target if there were
// one: the target ends in an id, and this in another one of the same form.
func (t *Trail) nobody() (string, bool) {
	path, query, asks := strings.Cut(t.Request.URL, "?")
	cut := strings.LastIndexByte(path, '/') + 1
	if cut <= len(origin(path)) || !identifies(path[cut:]) {
		return "", false
	}
	out := path[:cut] + stranger(path[cut:], "probe")
	if asks {
		out += "?" + query
	}
	return out, true
}

// altered gives a place at which two readings differ for certain: not if the
// content is no JSON.
func (t *Trail) altered(before, after *exchange.Exchange) (difference, bool) {
	a, ok1 := t.value(before)
	b, ok2 := t.value(after)
	if !ok1 || !ok2 {
		return difference{}, false
	}
	if list := t.differences(a, b); len(list) > 0 {
		return list[0], true
	}
	return difference{}, false
}

// failing gives the answer to an ask if it is one that puts the blame on the
// server, whatever stands in front of it: where that may be an outage, it has
// to be so twice.
func (t *Trail) failing(a Ask, x *exchange.Exchange) bool {
	status := x.Response.Status
	if status/100 != 5 {
		return false
	}
	if status < http.StatusBadGateway || status > http.StatusGatewayTimeout {
		return true
	}
	a.Nth++
	a.After = time.Second
	again := t.Ask(a)
	return again != nil && again.Response.Status/100 == 5
}
