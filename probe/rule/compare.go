package rule

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
)

// mostCompared is how many octets of content are fetched again to be compared.
const mostCompared = 10 << 20

// plain asks for the target with GET, without conditions and ranges, and gives
// the answer when that is a whole 200. Asking for the next nth is asking again.
func (t *Trail) plain(nth int) *exchange.Exchange {
	if x := t.Ask(Ask{Nth: nth}); x != nil && fetched(x) {
		return x
	}
	return nil
}

// fetched reports whether an exchange brought all of what it asked for, and
// whether that is little enough to be asked for again.
func fetched(x *exchange.Exchange) bool {
	r := x.Response
	return r.Status == http.StatusOK && r.Complete && x.Failure == nil && x.Request.Method == http.MethodGet && len(r.Body) <= mostCompared
}

// again asks once more for what an exchange of the trail, one that reads, asked
// for.
func (t *Trail) again(x *exchange.Exchange) *exchange.Exchange {
	if x == t.Exchange {
		return t.Ask(Ask{Method: x.Request.Method, Keep: true})
	}
	for _, known := range t.answers {
		if known.x == x {
			a := known.ask
			a.Nth++
			return t.Ask(a)
		}
	}
	return nil
}

// entityTag gives the tag of an answer; empty where it has none that can be
// compared.
func entityTag(x *exchange.Exchange) string {
	tags := x.Response.Fields.Values("ETag")
	if len(tags) != 1 || !isEntityTag(tags[0]) {
		return ""
	}
	return tags[0]
}

func isStrong(tag string) bool { return tag != "" && !strings.HasPrefix(tag, "W/") }

// modified gives the Last-Modified of an answer. Where it is about the time of
// the answer it says nothing of the content: that may have changed again
// within the second, or the server always says now.
func (p *Pass) modified() string {
	const settled = 2 * time.Second
	dates := p.Response.Fields.Values("Last-Modified")
	if len(dates) != 1 {
		return ""
	}
	at, ok := fixDateOf(dates[0])
	now, slack := p.servedAt()
	if !ok || now.IsZero() || now.Sub(at) < settled+slack {
		return ""
	}
	return dates[0]
}

// sameVersion reports whether two answers are of one version for certain:
// their strong tags say so, or their dates, where tags do not deny it.
func (t *Trail) sameVersion(a, b *exchange.Exchange) bool {
	if tag := entityTag(a); isStrong(tag) && tag == entityTag(b) {
		return true
	}
	mine, other := a.Response.Fields, b.Response.Fields
	if mine.Has("ETag") && other.Has("ETag") && weakly(mine.Get("ETag")) != weakly(other.Get("ETag")) {
		return false
	}
	date := t.read(a).modified()
	return date != "" && date == t.read(b).modified()
}

// sameCoding reports whether the contents of two answers are coded alike, so
// that their octets can be compared.
func (t *Trail) sameCoding(a, b *exchange.Exchange) bool {
	return slices.Equal(t.read(a).codings(), t.read(b).codings())
}

// missing gives those of the names that each of the other answers has, and an
// answer lacks.
func missing(x *exchange.Exchange, names []string, others ...*exchange.Exchange) []string {
	var out []string
	for _, name := range names {
		lacks := func(y *exchange.Exchange) bool { return !y.Response.Fields.Has(name) }
		if lacks(x) && !slices.ContainsFunc(others, lacks) {
			out = append(out, name)
		}
	}
	return out
}

// streams reports whether content goes on for as long as the client listens.
func (p *Pass) streams() bool {
	media := p.mediaType()
	return media == "text/event-stream" || media == "multipart/x-mixed-replace"
}

// stands reports whether the plain target, asked for the nth time, can still be
// read.
func (t *Trail) stands(nth int) bool {
	x := t.Ask(Ask{Nth: nth})
	return x != nil && x.Response.Status/100 == 2
}

// Nths of readings that have to come after another answer: what others have
// asked for may be older.
const (
	afterHead   = 60
	afterAccept = 61
	afterRange  = 62
)

// busy reports whether a server has turned a follow-up away because there are
// too many requests, some of which are probe's own: many a limiter says 503.
func busy(x *exchange.Exchange) bool {
	return x.Response.Status == http.StatusTooManyRequests || x.Response.Status == http.StatusServiceUnavailable
}

// inconclusive reports whether the status of a follow-up is about who asks, how
// often or at what moment, and not about what was asked.
func inconclusive(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusRequestTimeout,
		http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}
