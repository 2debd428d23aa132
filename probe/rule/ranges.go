package rule

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
)

var ranges = []Rule{
	{
		ID:       "partial-only-if-requested",
		Topic:    Ranges,
		Title:    "only who asks for a part gets a part",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §14.2", "RFC 9110 §15.3.7", "RFC 9110 §9.3.3"},
		Text:     "A 206 answers a GET that carried Range. A client that asked for the whole takes the part for all there is, and ranges have no meaning for methods such as POST.",
		Silent:   "A warning for HEAD with Range, which the standard leaves out, but widespread servers answer so.",
		Mend:     "ignore Range on other methods, and answer 200 with everything when there is none",
		Bad:      "GET /video.mp4 → 206",
		Good:     "GET /video.mp4 + Range: bytes=0-1023 → 206",
		When:     When{Statuses: []int{http.StatusPartialContent}},
		Check: func(p *Pass) {
			switch method := p.Request.Method; {
			case !reads(method):
				p.Reportf("status", "a 206 answers %s: ranges are for GET", p.line())
			case !p.Request.Fields.Has("Range"):
				p.Reportf("status", "a 206 answers %s, which had no Range: it asked for the whole", p.line())
			case method == http.MethodHead:
				p.reportAt(finding.Warning, "status", "a 206 answers %s: the standard defines ranges for GET alone", p.line())
			}
		},
	},
	{
		ID:       "content-range-on-206",
		Topic:    Ranges,
		Title:    "a 206 states which part it is",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3.7.1", "RFC 9110 §15.3.7.2"},
		Text: "A single part has Content-Range among its fields, which tells where it belongs; without it a client cannot put the parts together. With several the type is multipart/byteranges " +
			"with a boundary, and each part has a Content-Range of its own.",
		Mend: "add Content-Range: bytes first-last/length to the 206",
		Bad:  "206 without Content-Range",
		Good: "206 + Content-Range: bytes 0-1023/146515",
		When: When{Statuses: []int{http.StatusPartialContent}},
		Check: func(p *Pass) {
			has := p.Response.Fields.Has("Content-Range")
			if p.mediaType() != "multipart/byteranges" {
				if !has {
					p.Reportf("headers.Content-Range", "the 206 to %s has no Content-Range", p.line())
				}
				return
			}
			if has {
				p.Reportf("headers.Content-Range", "the 206 to %s has several parts, but one Content-Range for all", p.line())
			}
			if boundary, _ := parameterOf(p.Response.Fields.Get("Content-Type"), "boundary"); boundary == "" {
				p.Reportf("headers.Content-Type", "the 206 to %s has several parts, but names no boundary between them", p.line())
			}
		},
	},
	{
		ID:       "content-range-valid",
		Topic:    Ranges,
		Title:    "Content-Range is true of the part that came",
		Severity: finding.Error,
		Basis:    "grammar + definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §14.4", "RFC 9110 §14.1.2", "RFC 9110 §15.3.7.1"},
		Text: "Content-Range reads bytes first-last/length on a 206 (length may be *), bytes */length on a 416. The numbers make sense, the content has as many octets as they say, and the part " +
			"has something in common with what was asked. A client that trusts a wrong one puts together a broken file.",
		Silent: "A missing unit is a warning, and a part that begins elsewhere than asked is info. Fewer octets than asked for are right, and other units are only looked at for their form. On other statuses " +
			"the field means nothing: info.",
		Mend:  "compute Content-Range from the slice that is really written",
		Bad:   "206 + Content-Range: bytes 0-1023/1000",
		Good:  "206 + Content-Range: bytes 0-1023/146515",
		When:  When{Fields: []string{"Content-Range"}},
		Check: contentRangeValid,
	},
	{
		ID:       "range-416",
		Topic:    Ranges,
		Title:    "a client that asks beyond the end learns where the end is",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.5.17", "RFC 9110 §14.4", "RFC 9110 §14.2"},
		Text: "A 416 to a range of bytes carries Content-Range: bytes */length, so that a client whose download has outgrown the file learns how long it is now. Where parts are to be had, a range that begins a thousand octets " +
			"behind the end is asked for: a 206 to that is an error, for there is nothing to send, and so is a 5xx.",
		Silent: "Other units than bytes, on which the standard is of two minds. To that request 200 with everything is as good. A 503, since there may have been too many requests. Content that has grown meanwhile, that is empty, or longer than 10 MB.",
		Mend:   "answer a range that begins behind the end with 416 and Content-Range: bytes */length",
		Bad:    "416 alone",
		Good:   "416 + Content-Range: bytes */146515",
		When:   When{Statuses: []int{http.StatusRequestedRangeNotSatisfiable}},
		Check: func(p *Pass) {
			asked := strings.ToLower(p.Request.Fields.Get("Range"))
			if strings.HasPrefix(asked, "bytes=") && !p.Response.Fields.Has("Content-Range") {
				p.Reportf("headers.Content-Range", "the 416 to %s does not say how long the content is", p.line())
			}
		},
		FollowUps: []FollowUp{{When: parts, Judge: rangeBeyondEnd}},
	},
	{
		ID:       "multipart-ranges-valid",
		Topic:    Ranges,
		Title:    "each part of several says which one it is",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.3.7.2", "RFC 9110 §14.6", "RFC 9110 §8.3.3"},
		Text: "multipart/byteranges answers a request for more than one range. Each part has a Content-Range that is true of its octets, lines end in CRLF, and a closing boundary stands at the end. A client that asked for one " +
			"range need not understand several, and cannot place a part without a label.",
		Silent: "A part without Content-Type is info. One part is right where several ranges were asked for and joined. Other units than bytes are only looked at for their form.",
		Mend:   "send a single part as such, with Content-Range in the header section",
		Bad:    "Range: bytes=0-9 → 206 + Content-Type: multipart/byteranges",
		Good:   "Range: bytes=0-9,20-29 → 206 + Content-Type: multipart/byteranges, two parts with Content-Range",
		When:   When{Statuses: []int{http.StatusPartialContent}, Fields: []string{"Content-Type"}},
		Check:  multipartRangesValid,
	},
}

var (
	byteRange  = regexp.MustCompile(`^(?i:bytes) (?:([0-9]+)-([0-9]+)/([0-9]+|\*)|\*/([0-9]+))$`)
	otherRange = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+) [^ /]+/[^ /]+$")
	bareRange  = regexp.MustCompile(`^(?:[0-9]+-[0-9]+|\*)/(?:[0-9]+|\*)$`)
)

func contentRangeValid(p *Pass) {
	const path = "headers.Content-Range"
	status := p.Response.Status
	value := p.Response.Fields.Get("Content-Range")
	subject := p.of("Content-Range")
	if status != http.StatusPartialContent && status != http.StatusRequestedRangeNotSatisfiable {
		p.reportAt(finding.Info, path, "%s means nothing on that status: %s", subject, quote(value))
		return
	}
	m := byteRange.FindStringSubmatch(value)
	if m == nil {
		other := otherRange.FindStringSubmatch(value)
		switch {
		case other != nil && !strings.EqualFold(other[1], "bytes"):
		case bareRange.MatchString(value):
			p.reportAt(finding.Warning, path, "%s has no unit: %s", subject, quote(value))
		default:
			p.Report(Report{Path: path, Message: subject.String() + " cannot be read: " + quote(value), Expected: "bytes first-last/length", Actual: value})
		}
		return
	}
	unsatisfied := m[4] != ""
	switch {
	case status == http.StatusPartialContent && unsatisfied:
		p.Reportf(path, "%s says that nothing was sent: %s", subject, quote(value))
	case status == http.StatusRequestedRangeNotSatisfiable && !unsatisfied:
		p.Report(Report{Path: path, Message: subject.String() + " names a part, although none was sent: " + quote(value), Expected: "bytes */length", Actual: value})
	case !unsatisfied:
		checkPart(p, path, subject, m)
	}
}

// span is a part by the places of its first and last octet.
type span struct{ first, last uint64 }

func checkPart(p *Pass, path string, subject subject, m []string) {
	first, err1 := strconv.ParseUint(m[1], 10, 63)
	last, err2 := strconv.ParseUint(m[2], 10, 63)
	length, err3 := strconv.ParseUint(m[3], 10, 63)
	known := err3 == nil
	if err1 != nil || err2 != nil || !known && m[3] != "*" {
		return // beyond what can be computed with
	}
	switch {
	case first > last:
		p.Reportf(path, "%s ends before it begins: %s", subject, quote(m[0]))
		return
	case known && last >= length:
		p.Reportf(path, "%s ends at octet %d of %d: the last one is %d", subject, last, length, int64(length)-1)
		return
	}
	r := p.Response
	if size := last - first + 1; r.Complete && !p.bodiless() && p.mediaType() != "multipart/byteranges" && uint64(len(r.Body)) != size {
		p.Report(Report{
			Path:     path,
			Message:  fmt.Sprintf("%s names %d octets, but %d came", subject, size, len(r.Body)),
			Expected: fmt.Sprintf("%d octets", size),
			Actual:   fmt.Sprintf("%d octets", len(r.Body)),
		})
		return
	}
	spans, ok := requested(p.Request.Fields.Get("Range"), length, known)
	if !ok {
		return
	}
	overlaps, begins := false, false
	for _, s := range spans {
		overlaps = overlaps || first <= s.last && s.first <= last
		begins = begins || first == s.first
	}
	switch asked := p.Request.Fields.Get("Range"); {
	case !overlaps:
		p.Report(Report{Path: path, Message: subject.String() + " has nothing in common with what was asked: " + quote(m[0]), Expected: asked, Actual: m[0]})
	case !begins:
		p.reportAt(finding.Info, path, "%s begins elsewhere than asked: %s for %s", subject, quote(m[0]), quote(asked))
	}
}

// requested reads Range (RFC 9110 §14.1.2); it fails when that is no range of
// bytes, or depends on a length that is not known.
func requested(value string, length uint64, known bool) (spans []span, ok bool) {
	unit, set, found := strings.Cut(value, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return nil, false
	}
	for part := range strings.SplitSeq(set, ",") {
		from, to, found := strings.Cut(strings.Trim(part, " \t"), "-")
		begin, err1 := strconv.ParseUint(from, 10, 63)
		end, err2 := strconv.ParseUint(to, 10, 63)
		switch {
		case !found:
			return nil, false
		case from == "" && err2 == nil && known:
			begin, end = length-min(end, length), length
		case err1 == nil && to == "":
			end = 1<<63 - 1
		case err1 != nil || err2 != nil || end < begin:
			return nil, false
		}
		spans = append(spans, span{begin, end})
	}
	return spans, true
}
