package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// revalidation is about clients that have a copy and ask whether it is still
// good.
var revalidation = []Rule{
	{
		ID:       "not-modified-consistent",
		Topic:    Conditional,
		Title:    "a 304 renews what a 200 would have said",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.4.5", "RFC 9110 §8.6"},
		Text: "A cache that is told 304 takes the fields of its copy from there. So ETag and Vary are on the 304 if the 200 to the same request has them, and Cache-Control, Expires and Content-Location, which are a warning. Content-Length may be " +
			"left out; if it is there it is the length of the 200, not 0. A 304 that confirms one tag while the 200 has another keeps the client on an outdated copy. A second GET, or a second one " +
			"with If-None-Match, is what it is compared with.",
		Silent: "Of the fields only presence counts, tags and lengths apart, and what is reported holds for two answers of each kind. Fields that describe content, such as Content-Type, are info: nobody needs them on a 304. " +
			"Date is looked at by date-present.",
		Mend:      "set ETag, Vary and Cache-Control before it is decided whether the answer is 200 or 304",
		Bad:       `GET /a → 200 + ETag: "1", then If-None-Match: "1" → 304 without ETag`,
		Good:      `GET /a → 200 + ETag: "1", then If-None-Match: "1" → 304 + ETag: "1"`,
		FollowUps: []FollowUp{{When: When{Statuses: []int{http.StatusOK, http.StatusNotModified}, Methods: []string{http.MethodGet}}, Judge: notModifiedConsistent}},
	},
	{
		ID:       "conditional-get-304",
		Topic:    Conditional,
		Title:    "a client that has the current tag is answered 304",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §13.1.2", "RFC 9110 §13.2.2", "RFC 9110 §8.8.3.2"},
		Text: "GET with If-None-Match and the tag that the last 200 had gets 304, and so does the same tag with W/ in front, as tags are compared weakly here. With a tag that the resource never had it gets 200. " +
			"A server that sends tags and does not look at them makes each client fetch everything again; one that answers any tag with 304 leaves them with what they have for ever.",
		Silent: "A 200 with another tag: the content has changed meanwhile, or the tag is made up anew each time, which etag-tracks-content tells. Other statuses, such as 429. Requests with Cache-Control: no-cache, for which some frameworks pass over conditions.",
		Mend:   "compare If-None-Match with the current tag, without W/ on either side, before the content is sent",
		Bad:    `GET /a → 200 + ETag: "1", then If-None-Match: "1" → 200 + ETag: "1"`,
		Good:   `GET /a → 200 + ETag: "1", then If-None-Match: "1" → 304`,
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}, Fields: []string{"ETag"}},
			Judge: conditionalGet304,
		}},
	},
	{
		ID:       "conditional-get-date",
		Topic:    Conditional,
		Title:    "a client that has the latest date is answered 304, unless its tag says otherwise",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §13.1.3", "RFC 9110 §13.2.2"},
		Text: "GET with If-Modified-Since and the very Last-Modified of the last 200 gets 304. With If-None-Match beside it the date does not count: 304 to a tag that the resource never had is an error, as the " +
			"client keeps what another client has replaced within the same second.",
		Silent: "A Last-Modified that is about the time of the answer, or changes from one GET to the next. A 200 with another date. Statuses other than 200 and 304. Requests with Cache-Control: no-cache.",
		Mend:   "answer 304 if the date is not earlier than Last-Modified, and only where there is no If-None-Match",
		Bad:    "If-Modified-Since with the date of Last-Modified → 200",
		Good:   "If-Modified-Since with the date of Last-Modified → 304",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}, Fields: []string{"Last-Modified"}},
			Judge: conditionalGetDate,
		}},
	},
}

// otherTag is a tag that no resource has.
const otherTag = `"other"`

// reloads reports whether the exchange asked for the whole from the origin: to
// that some frameworks answer 200 whatever the condition, and mean to.
func (t *Trail) reloads() bool {
	return mentions(t.Request.Fields.Joined("Cache-Control")+t.Request.Fields.Joined("Pragma"), "no-cache")
}

func conditionalGet304(t *Trail) {
	if t.reloads() {
		return
	}
	current := t.plain(0)
	if current == nil {
		return
	}
	tag := entityTag(current)
	if tag == "" || tag != entityTag(t.Exchange) || weakly(tag) == otherTag {
		return
	}
	known := t.Get("", "If-None-Match", tag)
	if known == nil || t.ignored(known, tag, "with that very tag") || known.Response.Status != http.StatusNotModified {
		return
	}
	other := t.Get("", "If-None-Match", otherTag)
	if other == nil {
		return
	}
	if other.Response.Status == http.StatusNotModified {
		t.Report(Report{
			About: other, Path: "status", Message: fmt.Sprintf("%s gets 304, though the tag of %s is %s", t.told(other), t.line(), tag),
			Expected: "200", Actual: "304",
		})
	}
	form := "W/" + tag
	if !isStrong(tag) {
		form = weakly(tag)
	}
	if same := t.Get("", "If-None-Match", form); same != nil {
		t.ignored(same, tag, "with the same tag but for W/")
	}
}

// ignored reports a 200 that has the tag which the request was to be compared
// with, or a 412, which is for writes.
func (t *Trail) ignored(x *exchange.Exchange, tag, how string) bool {
	switch status := x.Response.Status; {
	case status == http.StatusOK && weakly(entityTag(x)) == weakly(tag):
	case status == http.StatusPreconditionFailed:
		how = "which is for requests that write"
	default:
		return false
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "304", Actual: strconv.Itoa(x.Response.Status),
		Message: fmt.Sprintf("%s gets %d, %s: nothing has changed since %s", t.told(x), x.Response.Status, how, t.line()),
	})
	return true
}

func conditionalGetDate(t *Trail) {
	if t.reloads() {
		return
	}
	current := t.plain(0)
	if current == nil {
		return
	}
	date := t.read(current).modified()
	if date == "" || date != t.Response.Fields.Get("Last-Modified") {
		return
	}
	since := t.Get("", "If-Modified-Since", date)
	if since == nil {
		return
	}
	if since.Response.Status == http.StatusOK && since.Response.Fields.Get("Last-Modified") == date {
		t.Report(Report{
			About: since, Path: "status", Expected: "304", Actual: "200",
			Message: fmt.Sprintf("%s gets 200 with that very Last-Modified: nothing has changed since %s", t.told(since), t.line()),
		})
	}
	if since.Response.Status != http.StatusNotModified || weakly(entityTag(current)) == otherTag {
		return
	}
	both := t.Get("", "If-None-Match", otherTag, "If-Modified-Since", date)
	if both != nil && both.Response.Status == http.StatusNotModified {
		t.Report(Report{
			About: both, Severity: finding.Error, Path: "status", Expected: "200", Actual: "304",
			Message: fmt.Sprintf("%s gets 304: beside If-None-Match the date of %s does not count", t.told(both), t.line()),
		})
	}
}

// renewed are the fields that a 304 repeats, Date apart; contentFields are some
// that it does not need.
var (
	renewed       = []string{"ETag", "Vary", "Cache-Control", "Expires", "Content-Location"}
	contentFields = []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Range"}
)

// confirmation is a 304 and what it is held against: the 200 to the same
// request, and both once more, so that what varies from one answer to the next
// is not taken for a difference between the two.
type confirmation struct{ short, whole, shortAgain, wholeAgain *exchange.Exchange }

func notModifiedConsistent(t *Trail) {
	c := confirmation{whole: t.plain(0)}
	if c.whole == nil {
		return
	}
	if c.short = t.Exchange; t.Response.Status == http.StatusOK {
		if c.short = t.confirmed(c.whole); c.short == nil {
			return
		}
	}
	for _, name := range contentFields {
		if c.short.Response.Fields.Has(name) {
			t.reportAt(c.short, finding.Info, "headers."+name, "the 304 to %s carries %s, which says nothing of an answer without content", t.told(c.short), name)
		}
	}
	c.shortAgain, c.wholeAgain = c.short, c.whole
	if c.sound(t) {
		return
	}
	c.shortAgain, c.wholeAgain = t.again(c.short), t.plain(1)
	if c.shortAgain == nil || c.wholeAgain == nil || c.shortAgain.Response.Status != http.StatusNotModified {
		return
	}
	for _, name := range c.missing() {
		severity := finding.Warning
		if name == "ETag" || name == "Vary" {
			severity = finding.Error
		}
		t.reportAt(c.short, severity, "headers."+name, "the 304 to %s has no %s, which the 200 to %s has", t.told(c.short), name, t.told(c.whole))
	}
	disturbed := t.others(t.Request.URL)
	if c.wrongLength(t) && !disturbed {
		got, want := c.short.Response.Fields.Get("Content-Length"), strconv.Itoa(len(c.whole.Response.Body))
		t.Report(Report{
			About: c.short, Path: "headers.Content-Length", Expected: want + ", or no such field", Actual: got,
			Message: fmt.Sprintf("the 304 to %s has Content-Length: %s, but the content of the 200 to %s has %s octets", t.told(c.short), got, t.told(c.whole), want),
		})
	}
	if c.wrongTag() && !disturbed {
		got, want := entityTag(c.short), entityTag(c.whole)
		t.Report(Report{
			About: c.short, Path: "headers.ETag", Expected: want, Actual: got,
			Message: fmt.Sprintf("the 304 to %s confirms %s, but the 200 to %s has the tag %s", t.told(c.short), got, t.told(c.whole), want),
		})
	}
}

// confirmed asks for a 304 with the validator of a 200; nil if none comes.
func (t *Trail) confirmed(whole *exchange.Exchange) *exchange.Exchange {
	var x *exchange.Exchange
	if tag := entityTag(whole); tag != "" {
		x = t.Get("", "If-None-Match", tag)
	} else if date := t.read(whole).modified(); date != "" {
		x = t.Get("", "If-Modified-Since", date)
	}
	if x == nil || x.Response.Status != http.StatusNotModified {
		return nil
	}
	return x
}

// sound reports whether there is nothing to be seen in the first two answers.
func (c *confirmation) sound(t *Trail) bool {
	return len(c.missing()) == 0 && !c.wrongLength(t) && !c.wrongTag()
}

func (c *confirmation) missing() []string {
	return slices.DeleteFunc(missing(c.short, renewed, c.whole, c.wholeAgain), c.shortAgain.Response.Fields.Has)
}

func (c *confirmation) wrongLength(t *Trail) bool {
	told, toldAgain := c.short.Response.Fields.Joined("Content-Length"), c.shortAgain.Response.Fields.Joined("Content-Length")
	length := len(c.whole.Response.Body)
	tag := entityTag(c.short)
	same := tag == "" || weakly(tag) == weakly(entityTag(c.whole))
	return same && isDigits(told) && told == toldAgain && told != strconv.Itoa(length) && length == len(c.wholeAgain.Response.Body) && t.sameCoding(c.whole, c.wholeAgain)
}

// wrongTag reports whether a 304 confirms another tag than the current one,
// and one that it was asked about: the other ones not-modified-etag tells.
func (c *confirmation) wrongTag() bool {
	tag, current := entityTag(c.short), entityTag(c.whole)
	if tag == "" || current == "" || weakly(tag) == weakly(current) || tag != entityTag(c.shortAgain) || current != entityTag(c.wholeAgain) {
		return false
	}
	asked, ok := entityTags(c.short.Request.Fields.Joined("If-None-Match"))
	return ok && (len(asked) == 0 || slices.ContainsFunc(asked, func(a string) bool { return weakly(a) == weakly(tag) }))
}
