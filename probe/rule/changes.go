package rule

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
)

// prior gives the reading of the target just before the request, if there is
// one of all the same URL that no cache has answered.
func (t *Trail) prior() *exchange.Exchange {
	if t.Before == nil || t.Before.Request.URL != t.Request.URL || cached(t.Before) {
		return nil
	}
	return t.Before
}

// cached reports whether an answer says that it is a copy, which may be old.
func cached(x *exchange.Exchange) bool {
	f := x.Response.Fields
	age := f.Get("Age")
	return age != "" && age != "0" || mentions(f.Joined("X-Cache")+f.Joined("CF-Cache-Status")+f.Joined("Cache-Status"), "hit", "stale")
}

// sentEarlier reports whether the scenario itself may have made a change,
// before the request.
func (t *Trail) sentEarlier(d difference) bool {
	if t.Earlier == nil || len(t.Earlier.Body) == 0 {
		return false
	}
	sent, err := exchange.ParseJSON(t.Earlier.Body)
	return err == nil && sentChange(d, sent)
}

// rehearses reports whether a request asks for nothing to be done in earnest.
func (t *Trail) rehearses() bool {
	_, query, _ := strings.Cut(t.Request.Target, "?")
	telling := func(s string) bool {
		return mentions(s, "dryrun", "dry-run", "dry_run", "validateonly", "validate_only", "validate-only", "preview", "simulat", "rehears")
	}
	return telling(query) || slices.ContainsFunc(t.Request.Fields, func(f exchange.Field) bool { return telling(f.Name) })
}

// others reports whether another scenario may have had a hand in what is at a
// URL, or one level below it.
func (t *Trail) others(url string) bool { return t.Others != nil && t.Others(url) }

// notCached asks for what is there now, after a while. Asking for the next nth
// is asking again.
func (t *Trail) notCached(nth int, after time.Duration) *exchange.Exchange {
	return t.Ask(Ask{Set: pairs([]string{"Cache-Control", "no-cache"}), Nth: nth, After: after})
}

// missingNow reports whether an answer says that there is nothing.
func missingNow(x *exchange.Exchange) bool {
	return x.Response.Status == http.StatusNotFound || x.Response.Status == http.StatusGone
}

// changes gives the places at which two readings differ, but for what is not
// about the thing itself: members that the suite calls volatile, times,
// versions, logs, what names the request, and signed links. Other members stay
// as they are until somebody writes.
func (t *Trail) changes(a, b any) []difference {
	d := differ{volatile: t.Settings.Volatile, passes: bookkeeping}
	d.compare("body", "", a, b)
	return slices.DeleteFunc(d.found, func(d difference) bool { return d.sized && recording(d.name) })
}

// lasting gives those of the changes after which the plain target, asked for
// the nth time, is still what it was right after them.
func (t *Trail) lasting(changed []difference, after any, nth int) []difference {
	if len(changed) == 0 {
		return nil
	}
	x := t.plain(nth)
	if x == nil {
		return nil
	}
	later, ok := t.value(x)
	if !ok {
		return nil
	}
	next := t.changes(after, later)
	return slices.DeleteFunc(changed, func(d difference) bool { return touched(next, d) })
}

// bookkeeping reports whether a member is kept by the server for itself.
func bookkeeping(name string, a, b any) bool {
	s, ok1 := a.(string)
	u, ok2 := b.(string)
	switch {
	case keptByServer(name):
		return true
	case ok1 && ok2:
		return isTime(s) && isTime(u) || sameLink(s, u)
	}
	return false
}

// keptByServer reports whether a name is one of a time at which something was
// done, of a version, or of what names the request.
func keptByServer(name string) bool {
	all := words(name)
	has := func(some ...string) bool {
		return slices.ContainsFunc(all, func(w string) bool { return slices.Contains(some, w) })
	}
	return has("updated", "modified", "created", "changed", "accessed", "timestamp", "version", "versions", "revision", "rev", "etag", "checksum", "hash", "sequence", "seq", "lock", "v") ||
		len(all) > 1 && has("at") || mentions(name, "request", "trace", "correlation", "nonce", "csrf", "xsrf", "signature")
}

// sentChange reports whether a member now has the value that a request had for
// it: as a member of the same name, or in an operation of a JSON Patch
// (RFC 6902).
func sentChange(d difference, sent any) bool {
	switch sent := sent.(type) {
	case []any:
		return slices.ContainsFunc(sent, func(item any) bool { return sentChange(d, item) })
	case map[string]any:
		for name, v := range sent {
			if name == d.name && sentValue(d, v) || sentChange(d, v) {
				return true
			}
		}
		op, path := text(sent["op"]), text(sent["path"])
		if op == "" || path[strings.LastIndexByte(path, '/')+1:] != d.name {
			return false
		}
		v, has := sent["value"]
		return has && sentValue(d, v) || op == "remove" && d.after == absent{}
	}
	return false
}

func sentValue(d difference, v any) bool {
	list, isList := v.([]any)
	switch {
	case d.sized:
		return isList && slices.Equal(inOrder(list), inOrder(d.items))
	case d.after == absent{}:
		return v == nil
	}
	return equalValue(v, d.after)
}

// tellChanges puts differences into words: `name was "Al" and is "Bo"`.
func tellChanges(list []difference) string {
	const most = 3
	var out []string
	for _, d := range list[:min(len(list), most)] {
		out = append(out, strings.TrimPrefix(d.path, "body.")+" was "+shown(d.before)+" and is "+shown(d.after))
	}
	if len(list) > most {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}
