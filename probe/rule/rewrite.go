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
// something, or changed something that the run created. Who signs in twice may
// lose the first session, or be locked out.
func (t *Trail) ours() bool {
	if t.Request.Method == http.MethodPost {
		return t.Response.Status == http.StatusCreated && !t.signsIn()
	}
	return t.Created(t.Request.URL)
}

// signsIn reports whether a target seems to be one that gives out, or checks,
// what proves who one is.
func (p *Pass) signsIn() bool {
	last := p.lastSegment()
	return mentions(last, "session", "login", "log-in", "log_in", "logon", "signin", "sign-in", "sign_in", "signon", "token", "password", "passcode", "verif", "challenge", "oauth", "2fa") ||
		slices.ContainsFunc(words(last), func(w string) bool {
			return slices.Contains([]string{"auth", "authenticate", "authentication", "authorize", "authorization", "otp", "totp", "mfa", "activate", "activation"}, w)
		})
}

// retractable reports whether the request may create something once more: that
// is one thing in the collection that was asked, and deleting it undoes it, as
// far as can be told.
func (t *Trail) retractable() bool {
	at, ok := located(t.Exchange)
	if !ok || !t.ours() || !below(at, t.Request.URL) || t.createsMany() || t.irrevocable() {
		return false
	}
	offered := t.Ask(Ask{Method: http.MethodOptions, URL: at, Drop: []string{"Origin"}})
	if offered == nil {
		return false
	}
	allowed := offered.Response.Fields.Tokens("Allow")
	return len(allowed) == 0 || slices.Contains(allowed, http.MethodDelete)
}

// irrevocable reports whether what a second create does may outlast what it
// creates: it moves money, or adds to something that the run has made, as one
// more of the same in a cart does.
func (t *Trail) irrevocable() bool {
	if mentions(t.lastSegment(), "payment", "charge", "transfer", "refund", "payout", "withdraw", "deposit", "purchase", "checkout", "transaction") {
		return true
	}
	above, ok := t.collection()
	if !ok || !t.Created(above) {
		return false
	}
	body, _ := t.requestBody()
	for name := range unwrapped(body) {
		if slices.ContainsFunc(words(name), func(w string) bool {
			return slices.Contains([]string{"quantity", "qty", "amount", "count", "units", "points", "sum", "total", "delta"}, w)
		}) {
			return true
		}
	}
	return false
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
