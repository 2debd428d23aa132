package demo

import (
	"net/http"
	"strings"
	"time"
)

// conditional evaluates the preconditions of a GET or HEAD that succeeded, in
// the order of RFC 9110 §13.2.2.
func conditional(c *call, r reply) reply {
	tag := r.header.Get("ETag")
	if lines := c.Header.Values("If-Match"); len(lines) > 0 {
		if !matchesStrongly(lines, tag) {
			return preconditionFailed()
		}
	} else if since, ok := date(c, "If-Unmodified-Since"); ok && !r.modified.IsZero() && r.modified.After(since) {
		return preconditionFailed()
	}
	if lines := c.Header.Values("If-None-Match"); len(lines) > 0 {
		if matchesWeakly(lines, tag) {
			return notModified(r)
		}
	} else if since, ok := date(c, "If-Modified-Since"); ok && !r.modified.IsZero() && !r.modified.After(since) {
		return notModified(r)
	}
	return r
}

// writable evaluates the preconditions of a write on a resource that exists
// and now has the given representation. It gives a 412, or nil.
func writable(c *call, current []byte) *reply {
	tag := tagOf(current)
	coded := codedTag(tag)
	refused := false
	if lines := c.Header.Values("If-Match"); len(lines) > 0 {
		refused = !matchesStrongly(lines, tag) && !matchesStrongly(lines, coded)
	}
	if lines := c.Header.Values("If-None-Match"); len(lines) > 0 {
		refused = refused || matchesWeakly(lines, tag) || matchesWeakly(lines, coded)
	}
	if !refused {
		return nil
	}
	r := preconditionFailed().with("ETag", tag)
	return &r
}

func preconditionFailed() reply {
	return failure(http.StatusPreconditionFailed, "PRECONDITION_FAILED", "The resource has changed since you read it, or is not what you expected")
}

// notModified keeps the fields that a 304 must repeat; others would describe
// content that is not there (RFC 9110 §15.4.5).
func notModified(r reply) reply {
	out := empty(http.StatusNotModified)
	for _, name := range []string{"Cache-Control", "Content-Location", "ETag", "Expires", "Vary"} {
		if values := r.header.Values(name); len(values) > 0 {
			out.header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if out.header.Get("ETag") == "" && r.header.Get("Last-Modified") != "" {
		out.header["Last-Modified"] = r.header["Last-Modified"]
	}
	return out
}

func date(c *call, name string) (time.Time, bool) {
	t, err := http.ParseTime(c.Header.Get(name))
	return t, err == nil
}

// matchesStrongly compares as If-Match does: weak tags never match.
func matchesStrongly(lines []string, tag string) bool {
	return matchesAny(lines, func(listed string) bool { return listed == tag && !strings.HasPrefix(tag, "W/") })
}

// matchesWeakly compares as If-None-Match does.
func matchesWeakly(lines []string, tag string) bool {
	return matchesAny(lines, func(listed string) bool { return strings.TrimPrefix(listed, "W/") == strings.TrimPrefix(tag, "W/") })
}

// matchesAny goes through a list of entity tags. A tag may hold a comma, so
// the list is cut at quotes; a list that is not well-formed ends where it goes
// wrong.
func matchesAny(lines []string, same func(string) bool) bool {
	rest := strings.Join(lines, ",")
	if strings.TrimSpace(rest) == "*" {
		return true
	}
	for {
		rest = strings.TrimLeft(rest, " \t,")
		prefix := ""
		if after, weak := strings.CutPrefix(rest, "W/"); weak {
			prefix, rest = "W/", after
		}
		after, quoted := strings.CutPrefix(rest, `"`)
		if !quoted {
			return false
		}
		opaque, after, closed := strings.Cut(after, `"`)
		if !closed {
			return false
		}
		if same(prefix + `"` + opaque + `"`) {
			return true
		}
		rest = after
	}
}
