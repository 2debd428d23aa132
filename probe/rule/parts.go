package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// partial is about parts and the whole that they come from.
var partial = []Rule{
	{
		ID:       "partial-consistent-with-full",
		Topic:    Ranges,
		Title:    "a part is cut from the whole that everybody gets",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.3.7", "RFC 9110 §15.3.7.3", "RFC 9110 §14.4"},
		Text: "The octets of a 206 are those of the 200 at the same place, and the length in Content-Range is that of the whole: the first ten octets and ten from the middle are asked for, and the part that a step got is " +
			"looked at too. ETag is on the 206 if the 200 has it; Cache-Control, Expires, Content-Location and Vary too, which are a warning. One octet off, and every resumed download is broken.",
		Silent: "Octets are compared if both answers have the same strong tag, or the same Last-Modified and no other tag, and the same coding. Content that changes from one GET to the next or has more than 10 MB, several parts in one answer, " +
			"and the fields of a 206 to If-Range, which needs fewer. Date is looked at by date-present.",
		Mend:      "cut the part from the very octets that a 200 sends, and give both answers the same fields",
		Bad:       "Range: bytes=10-19 → 206 + Content-Range: bytes 10-19/100, octets 9 to 18",
		Good:      "Range: bytes=10-19 → 206 + Content-Range: bytes 10-19/100, octets 10 to 19",
		FollowUps: []FollowUp{{When: parts, Judge: partialConsistent}},
	},
	{
		ID:       "if-range-respected",
		Topic:    Ranges,
		Title:    "whoever has the beginning of an older version gets the whole new one",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §13.1.5", "RFC 9110 §13.2.2"},
		Text: "If-Range names the version that a client has a part of. With a tag that is not the current one the Range beside it is ignored and 200 sends everything; a 206 would be glued to octets of another version. " +
			"A 200 that has the current tag and not all of its octets is no better.",
		Silent: "200 to the current tag is info: it costs the client what it has. Only where GET with Range gives 206 with a strong tag; weak ones never match here.",
		Mend:   "ignore Range unless If-Range is exactly the current strong tag, or the exact Last-Modified",
		Bad:    `Range: bytes=0-9 + If-Range: "other" → 206`,
		Good:   `Range: bytes=0-9 + If-Range: "other" → 200 with all`,
		FollowUps: []FollowUp{{
			When:  When{Statuses: parts.Statuses, Methods: parts.Methods, Fields: []string{"ETag"}},
			Judge: ifRangeRespected,
		}},
	},
}

// parts are the answers that show that parts can be had; of a 200 givesParts
// tells.
var parts = When{Statuses: []int{http.StatusOK, http.StatusPartialContent}, Methods: []string{http.MethodGet}}

// givesParts reports whether an answer is a part, or says that there are some.
func (t *Trail) givesParts() bool {
	return t.Response.Status == http.StatusPartialContent ||
		slices.ContainsFunc(t.Response.Fields.Tokens("Accept-Ranges"), func(unit string) bool { return strings.EqualFold(unit, "bytes") })
}

// wholeOfParts fetches what parts come from, if it has an end that is known,
// and does not change with each reading.
func (t *Trail) wholeOfParts() *exchange.Exchange {
	switch {
	case !t.givesParts():
		return nil
	case t.Response.Status == http.StatusOK && !fetched(t.Exchange):
		return nil
	case t.Response.Status == http.StatusPartialContent:
		if p, ok := onePiece(t.Exchange); ok && p.total > mostCompared {
			return nil
		}
	}
	whole := t.plain(0)
	if whole == nil || len(whole.Response.Body) == 0 || t.Response.Status == http.StatusOK && !bytes.Equal(whole.Response.Body, t.Response.Body) {
		return nil
	}
	return whole
}

// piece is what Content-Range says of a 206.
type piece struct {
	span
	total uint64
	known bool // total is told
}

// onePiece reads a 206 that holds one part, of as many octets as it says.
func onePiece(x *exchange.Exchange) (piece, bool) {
	r := x.Response
	m := byteRange.FindStringSubmatch(r.Fields.Joined("Content-Range"))
	if r.Status != http.StatusPartialContent || m == nil || m[1] == "" {
		return piece{}, false
	}
	first, err1 := strconv.ParseUint(m[1], 10, 62)
	last, err2 := strconv.ParseUint(m[2], 10, 62)
	total, err3 := strconv.ParseUint(m[3], 10, 62)
	sound := err1 == nil && err2 == nil && (err3 == nil || m[3] == "*") && first <= last && r.Complete && uint64(len(r.Body)) == last-first+1
	return piece{span{first, last}, total, err3 == nil}, sound
}

func bytesFrom(first int) string { return fmt.Sprintf("bytes=%d-%d", first, first+9) }

func partialConsistent(t *Trail) {
	whole := t.wholeOfParts()
	if whole == nil {
		return
	}
	if t.Response.Status == http.StatusPartialContent {
		t.comparePart(t.Exchange, whole)
	}
	begin := t.Get("", "Range", bytesFrom(0))
	if begin == nil {
		return
	}
	t.comparePart(begin, whole)
	middle := len(whole.Response.Body) / 2
	if middle == 0 {
		return
	}
	if x := t.Get("", "Range", bytesFrom(middle)); x != nil {
		t.comparePart(x, whole)
	}
}

// comparePart holds a part against the whole, and the whole against itself
// before it reports.
func (t *Trail) comparePart(x, whole *exchange.Exchange) {
	p, ok := onePiece(x)
	if !ok {
		return
	}
	var lost []string
	if !x.Request.Fields.Has("If-Range") {
		lost = missing(x, renewed, whole)
	}
	length := uint64(len(whole.Response.Body))
	same := t.sameVersion(x, whole) && t.sameCoding(x, whole)
	wrongTotal := same && p.known && p.total != length
	wrongOctets := same && !wrongTotal && p.last < length && !bytes.Equal(x.Response.Body, whole.Response.Body[p.first:p.last+1])
	if len(lost) == 0 && !wrongTotal && !wrongOctets {
		return
	}
	again := t.plain(1)
	if again == nil || !bytes.Equal(again.Response.Body, whole.Response.Body) {
		return
	}
	if lost = missing(x, lost, again); len(lost) > 0 {
		t.reportLost(x, whole, lost)
	}
	told := x.Response.Fields.Joined("Content-Range")
	switch {
	case wrongTotal:
		t.Report(Report{
			About: x, Path: "headers.Content-Range", Expected: fmt.Sprintf("bytes %d-%d/%d", p.first, p.last, length), Actual: told,
			Message: fmt.Sprintf("the 206 to %s is a part of %d octets, but the 200 to %s has %d", t.told(x), p.total, t.told(whole), length),
		})
	case wrongOctets:
		t.Report(Report{
			About: x, Path: "body", Expected: quoteOctets(whole.Response.Body[p.first : p.last+1]), Actual: quoteOctets(x.Response.Body),
			Message: fmt.Sprintf("the 206 to %s has other octets than the 200 to %s at the same place: %s", t.told(x), t.told(whole), told),
		})
	}
}

// reportLost reports fields that a part lacks, if another answer to the same
// request lacks them too.
func (t *Trail) reportLost(x, whole *exchange.Exchange, names []string) {
	second := t.again(x)
	if second == nil || second.Response.Status != http.StatusPartialContent {
		return
	}
	for _, name := range missing(second, names, whole) {
		severity := finding.Warning
		if name == "ETag" {
			severity = finding.Error
		}
		t.reportAt(x, severity, "headers."+name, "the 206 to %s has no %s, which the 200 to %s has", t.told(x), name, t.told(whole))
	}
}

// quoteOctets shows the beginning of content of any kind.
func quoteOctets(b []byte) string { return fmt.Sprintf("%q", b[:min(len(b), 20)]) }

func rangeBeyondEnd(t *Trail) {
	if !t.givesParts() {
		return
	}
	var length uint64
	if t.Response.Status == http.StatusOK {
		if !fetched(t.Exchange) {
			return
		}
		length = uint64(len(t.Response.Body))
	} else if p, ok := onePiece(t.Exchange); ok {
		length = p.total
	}
	if length == 0 || length > mostCompared {
		return
	}
	from := length + 1000
	x := t.Ask(Ask{Set: exchange.Fields{{Name: "Range", Value: fmt.Sprintf("bytes=%d-", from)}}, Provokes: true})
	if x == nil {
		return
	}
	switch status := x.Response.Status; {
	case busy(x):
	case status >= 500:
		t.reportAt(x, finding.Error, "status", "%s gets %d, though %s tells of %d octets", t.told(x), status, t.line(), length)
	case status == http.StatusPartialContent:
		if now := t.plain(afterRange); now != nil && uint64(len(now.Response.Body)) <= from && !t.others(t.Request.URL) {
			t.Report(Report{
				About: x, Severity: finding.Error, Path: "status", Expected: "416, or 200 with everything", Actual: "206",
				Message: fmt.Sprintf("%s gets 206, though %s has %d octets: there is no such part", t.told(x), t.told(now), len(now.Response.Body)),
			})
		}
	}
}

func ifRangeRespected(t *Trail) {
	tag := entityTag(t.Exchange)
	if !t.givesParts() || !isStrong(tag) || tag == otherTag {
		return
	}
	usual := t.Get("", "Range", bytesFrom(0))
	if usual == nil || usual.Response.Status != http.StatusPartialContent || entityTag(usual) != tag {
		return
	}
	other := t.Get("", "Range", bytesFrom(0), "If-Range", otherTag)
	if other == nil {
		return
	}
	switch {
	case other.Response.Status == http.StatusPartialContent:
		t.Report(Report{
			About: other, Path: "status", Expected: "200 with everything", Actual: "206",
			Message: fmt.Sprintf("%s gets a part, though the tag of %s is %s", t.told(other), t.line(), tag),
		})
	case t.short(other):
		t.Report(Report{
			About: other, Path: "body", Expected: fmt.Sprintf("%d octets", len(t.Response.Body)), Actual: fmt.Sprintf("%d octets", len(other.Response.Body)),
			Message: fmt.Sprintf("%s gets 200, but not everything: %d octets of %d", t.told(other), len(other.Response.Body), len(t.Response.Body)),
		})
	}
	current := t.Get("", "Range", bytesFrom(0), "If-Range", tag)
	if current != nil && current.Response.Status == http.StatusOK && entityTag(current) == tag {
		t.reportAt(current, finding.Info, "status", "%s gets everything anew, though that is the tag of %s", t.told(current), t.line())
	}
}

// short reports whether a 200 has only the part of a whole that was not to be
// sent alone.
func (t *Trail) short(x *exchange.Exchange) bool {
	return fetched(x) && fetched(t.Exchange) && t.sameVersion(x, t.Exchange) && t.sameCoding(x, t.Exchange) && len(x.Response.Body) < len(t.Response.Body)
}
