package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// contentLocated holds what is at Content-Location against what came with it.
func contentLocated(t *Trail) {
	values := t.Response.Fields.Values("Content-Location")
	if len(values) != 1 || contentLocationFault(t.Request.URL, values[0]) != "" {
		return
	}
	at := values[0]
	reading := t.Response.Status == http.StatusOK && (t.Request.Method == http.MethodGet || t.Request.Method == http.MethodHead)
	switch {
	case origin(t.absolute(at)) != origin(t.Request.URL), sameResource(t.Request.URL, at) && reading:
		return
	case reading:
	case t.Response.Status == http.StatusCreated && t.Response.Fields.Get("Location") != "" && t.absolute(at) == t.absolute(t.Response.Fields.Get("Location")):
	default:
		return
	}
	there := t.Get(at)
	if there == nil {
		return
	}
	if status := there.Response.Status; reading && (status == http.StatusNotFound || status == http.StatusGone) {
		t.Report(Report{
			About: there, Severity: finding.Warning, Path: "status", Expected: "the content of the answer to " + t.line(), Actual: fmt.Sprint(status),
			Message: fmt.Sprintf("%s gets %d, though Content-Location of the %d to %s says that its content is there", t.told(there), status, t.Response.Status, t.line()),
		})
		return
	}
	if !fetched(there) || t.Request.Method != http.MethodHead && t.alike(t.Exchange, there) {
		return
	}
	here, lasts := t.readTwice(there, reading)
	if here == nil || !lasts || t.alike(here, there) {
		return
	}
	t.Report(Report{
		About: there, Severity: finding.Warning, Path: "headers.Content-Location",
		Expected: fmt.Sprintf("the %d octets of the answer to %s", len(here.Response.Content), t.line()),
		Actual:   fmt.Sprintf("%d octets", len(there.Response.Content)),
		Message:  fmt.Sprintf("%s gives other content than the %d to %s, whose Content-Location says that it is the same", t.told(there), t.Response.Status, t.line()),
	})
}

// readTwice gives the content that is compared, and whether a second reading
// shows that it does not change by itself: of the target, around the one of
// the other place; or, for what was just created, of that place.
func (t *Trail) readTwice(there *exchange.Exchange, reading bool) (here *exchange.Exchange, lasts bool) {
	here, first, second := t.Exchange, t.Exchange, there
	switch {
	case !reading:
		if len(t.Response.Content) == 0 || !t.whole() {
			return nil, false
		}
		first, second = there, t.again(there)
	case t.Request.Method == http.MethodHead:
		here = t.plain(0)
		first, second = here, t.plain(1)
	default:
		second = t.plain(0)
	}
	if here == nil || second == nil || !fetched(first) || !fetched(second) || len(here.Response.Content) == 0 {
		return nil, false
	}
	return here, t.alike(first, second)
}

// alike reports whether two answers hold one representation, as far as can be
// told: in JSON, what changes anyway is passed over, and so are links.
func (t *Trail) alike(x, y *exchange.Exchange) bool {
	if tag := entityTag(x); isStrong(tag) && tag == entityTag(y) || bytes.Equal(x.Response.Content, y.Response.Content) {
		return true
	}
	a, ok1 := t.value(x)
	b, ok2 := t.value(y)
	if !ok1 || !ok2 {
		return false
	}
	return !slices.ContainsFunc(t.differences(a, b), func(d difference) bool {
		s, u := text(d.before), text(d.after)
		return !isURL(s) || !isURL(u)
	})
}

// absolute resolves a reference; empty when it is none.
func (t *Trail) absolute(reference string) string {
	r, ok := t.NewRequest(Ask{URL: reference})
	if !ok {
		return ""
	}
	return r.URL
}
