package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// mirrors is about HEAD as a picture of GET.
var mirrors = []Rule{
	{
		ID:       "head-mirrors-get",
		Topic:    Framing,
		Title:    "HEAD has the status and the fields that GET has",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.2", "RFC 9110 §8.6"},
		Text: "HEAD on a target that GET reads has the same status, and the same Content-Type, Content-Encoding, ETag, Last-Modified, Cache-Control, Accept-Ranges, Content-Language, Content-Location, Link, Deprecation and Sunset. " +
			"A Content-Length that is not the length of what GET sends is an error. Clients decide by HEAD whether and how to fetch, and caches renew what they have from it.",
		Silent: "Content-Length, Vary, digests, and what else is only known when the content is written may be left out; a missing ETag is info, and Vary may name less. Differences count that three HEADs and three GETs in turn show. " +
			"Both are asked for without a coding. HEAD that is refused: 404, 405, 501 and other 5xx are head-supported's, and 401, 403 or 429 tell nothing. Tag, date and length where one of the two comes from a cache and they may be of two versions. Streams of events.",
		Mend: "let the code of GET answer HEAD, and drop nothing but the content",
		Bad:  "GET → Content-Length: 43, HEAD → Content-Length: 0",
		Good: "GET → Content-Length: 43, HEAD → Content-Length: 43, or none",
		FollowUps: []FollowUp{{
			When:  When{Classes: []int{2}, Methods: []string{http.MethodGet}},
			Judge: headMirrorsGet,
		}},
	},
}

// mirrored are the fields that HEAD has in common with GET.
var mirrored = []string{
	"Content-Type", "Content-Encoding", "ETag", "Last-Modified", "Cache-Control", "Accept-Ranges", "Content-Language",
	"Content-Location", "Link", "Deprecation", "Sunset", "Vary",
}

func headMirrorsGet(t *Trail) {
	if t.streams() {
		return
	}
	ask := func(method string, nth int) *exchange.Exchange {
		a := Ask{Method: method, Nth: nth}
		if t.Request.Fields.Has("Accept-Encoding") {
			a.Set = exchange.Fields{{Name: "Accept-Encoding", Value: "identity"}}
		}
		return t.Ask(a)
	}
	head, get := ask(http.MethodHead, 0), ask(http.MethodGet, 0)
	if head == nil || get == nil || !get.Response.Complete {
		return
	}
	found := t.unlike(head, get)
	if len(found) == 0 {
		return
	}
	// Answers that other rules have asked for are older than these, and would
	// not come in turn.
	const own = 50
	for nth := own; nth < own+2; nth++ {
		h, g := ask(http.MethodHead, nth), ask(http.MethodGet, nth)
		if h == nil || g == nil || g.Response.Status != get.Response.Status || len(g.Response.Body) != len(get.Response.Body) {
			return
		}
		lasting := t.unlike(h, g)
		found = slices.DeleteFunc(found, func(d Report) bool {
			return !slices.ContainsFunc(lasting, func(other Report) bool { return other.Path == d.Path && other.Expected == d.Expected })
		})
	}
	if t.others(t.Request.URL) {
		return // it may have changed each time
	}
	for _, d := range found {
		t.Report(d)
	}
}

// unlike gives what HEAD tells otherwise than GET.
func (t *Trail) unlike(head, get *exchange.Exchange) []Report {
	if status, want := head.Response.Status, get.Response.Status; status != want {
		if want/100 != 2 || inconclusive(status) || slices.Contains([]int{404, 405}, status) {
			return nil
		}
		return []Report{{
			About: head, Path: "status", Expected: strconv.Itoa(want), Actual: strconv.Itoa(status),
			Message: fmt.Sprintf("%s gets %d, though %s gets %d", t.told(head), status, t.told(get), want),
		}}
	}
	var out []Report
	old := lagging(head, get)
	for _, name := range mirrored {
		want, got := get.Response.Fields.Joined(name), head.Response.Fields.Joined(name)
		told := head.Response.Fields.Has(name)
		same := got == want
		severity := finding.Warning
		switch name {
		case "ETag":
			same = weakly(got) == weakly(want)
			if !told {
				severity = finding.Info
			}
		case "Vary":
			all := names(get, name)
			same = slices.Contains(all, "*") || !slices.ContainsFunc(names(head, name), func(n string) bool { return !slices.Contains(all, n) })
		}
		if same || !get.Response.Fields.Has(name) || old && (name == "ETag" || name == "Last-Modified") {
			continue
		}
		d := Report{About: head, Severity: severity, Path: "headers." + name, Expected: want, Actual: got}
		if told {
			d.Message = fmt.Sprintf("%s has %s: %s, but %s has %s", t.told(head), name, shortened(got), t.told(get), shortened(want))
		} else {
			d.Message = fmt.Sprintf("%s has no %s, which %s has", t.told(head), name, t.told(get))
		}
		out = append(out, d)
	}
	length := strconv.Itoa(len(get.Response.Body))
	if told := head.Response.Fields.Get("Content-Length"); isDigits(told) && told != length && !old && !t.read(get).bodiless() {
		out = append(out, Report{
			About: head, Severity: finding.Error, Path: "headers.Content-Length", Expected: length, Actual: told,
			Message: fmt.Sprintf("%s has Content-Length: %s, but the content of %s has %s octets", t.told(head), told, t.told(get), length),
		})
	}
	return out
}

// lagging reports whether one of the two is a copy, perhaps of another version
// than the other is of: caches that keep GET may pass HEAD on.
func lagging(head, get *exchange.Exchange) bool {
	if !cached(head) && !cached(get) {
		return false
	}
	h, g := head.Response.Fields, get.Response.Fields
	return !g.Has("ETag") && !g.Has("Last-Modified") ||
		weakly(h.Get("ETag")) != weakly(g.Get("ETag")) || h.Get("Last-Modified") != g.Get("Last-Modified")
}

func shortened(s string) string {
	const limit = 80
	if len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// names gives the elements of a list field that are the same in any case and
// order.
func names(x *exchange.Exchange, field string) []string {
	var out []string
	for _, name := range x.Response.Fields.Tokens(field) {
		out = append(out, strings.ToLower(name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
