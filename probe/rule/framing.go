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

var framing = []Rule{
	{
		ID:       "singleton-repeated",
		Topic:    Framing,
		Title:    "a field with one value stands on one line",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §5.3"},
		Text: "Only fields that are lists may come on several lines. Of two lines of Content-Type, Location, ETag and the like, some clients take the first, some the last, and some join " +
			"them to something that means nothing.",
		Silent: "A warning when all lines are equal, and for Server. Set-Cookie is the known exception.",
		Mend:   "set the field instead of adding to it; often a proxy and the application both write it",
		Bad:    "Content-Type: text/html + Content-Type: application/json",
		Good:   "Content-Type: application/json",
		needs:  repeating,
		Check:  singletonRepeated,
	},
	{
		ID:       "content-length-correct",
		Topic:    Framing,
		Title:    "as much content comes as Content-Length says",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange, Octets},
		Spec:     []string{"RFC 9110 §8.6", "RFC 9112 §6.2", "RFC 9112 §6.3", "RFC 9112 §8"},
		Text: "Content-Length is one number in digits, and that many octets follow. If the connection closes before, the content is cut off; if values differ, nobody knows where the " +
			"message ends, which is how responses are smuggled.",
		Silent: "Answers to HEAD and 304 state the length of content that does not follow. One number repeated in a list is a warning. What comes beyond the length belongs to extra-bytes-after-message.",
		Mend:   "let the HTTP library compute the length, and do not set it by hand",
		Bad:    "Content-Length: 50, 43 octets, connection closed",
		Good:   "Content-Length: 43, 43 octets",
		When:   When{Fields: []string{"Content-Length"}},
		needs:  measured,
		Check:  contentLengthCorrect,
	},
	{
		ID:       "length-and-chunked",
		Topic:    Framing,
		Title:    "a message states its end in one way only",
		Severity: finding.Error,
		Basis:    "MUST NOT",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §6.2", "RFC 9112 §6.3"},
		Text: "Content-Length beside Transfer-Encoding gives two ends for one message. Recipients that choose differently disagree about where the next response begins, and attackers " +
			"live on that.",
		Mend: "drop Content-Length where the content is sent in chunks",
		Bad:  "Content-Length: 5 + Transfer-Encoding: chunked",
		Good: "Transfer-Encoding: chunked",
		When: When{Fields: []string{"Transfer-Encoding"}},
		Check: func(p *Pass) {
			if p.Response.Status != http.StatusNoContent && p.Response.Fields.Has("Content-Length") {
				p.Reportf("headers.Content-Length", "the %d to %s carries Content-Length beside Transfer-Encoding", p.Response.Status, p.line())
			}
		},
	},
	{
		ID:       "extra-bytes-after-message",
		Topic:    Framing,
		Title:    "nothing comes after the end of a message",
		Severity: finding.Error,
		Basis:    "MUST NOT be taken as a response",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §6.3", "RFC 9112 §9.2"},
		Text: "Between the end of a response and the next request the server is silent. Octets that come nevertheless, most often because Content-Length is too small, would be taken for " +
			"the answer to the next request.",
		Silent:    "Empty lines are passed over. A 408 with which the server takes leave of an idle connection is info. Octets after a 204, a 304 or the answer to HEAD have their own rules.",
		Undecided: "Only octets that are there when the answer has been read are seen. Those that come later, while the connection rests, are thrown away with it.",
		Mend:      "make Content-Length count the octets that are written (not the characters), and write nothing after them",
		Bad:       "Content-Length: 2 + hello",
		Good:      "Content-Length: 5 + hello",

		needs: overlong,
		Check: extraBytes,
	},
	{
		ID:        "head-no-content",
		Topic:     Framing,
		Title:     "HEAD is answered with fields alone",
		Severity:  finding.Error,
		Basis:     "MUST NOT",
		Seen:      []Sight{Octets},
		Spec:      []string{"RFC 9110 §9.3.2", "RFC 9112 §6.3"},
		Text:      "The answer to HEAD ends at the blank line, even where its fields give the length of what GET would send. Content that follows is read as the next response.",
		Silent:    "Stray line ends are passed over.",
		Undecided: "Octets are waited for 10 ms; what comes later is not seen.",
		Mend:      "write no content when the method is HEAD",
		Bad:       `HEAD /users → 200 + {"id":1}`,
		Good:      "HEAD /users → 200, fields only",
		When:      When{Methods: []string{http.MethodHead}},
		Check: func(p *Pass) {
			extra := p.Response.Extra
			if len(bytes.Trim(extra, "\r\n")) > 0 && !bytes.HasPrefix(extra, []byte("HTTP/1.")) {
				p.Reportf("body", "the %d to %s is followed by octets: %s", p.Response.Status, p.line(), quote(string(extra)))
			}
		},
	},
}

// singletons are fields that hold one value (RFC 9110 §5.3).
var singletons = [...]string{
	"Access-Control-Allow-Origin", "Age", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date",
	"ETag", "Expires", "Last-Modified", "Location", "Retry-After", "Server", "Strict-Transport-Security", "Deprecation", "Sunset",
}

func singletonRepeated(p *Pass) {
	var lines [len(singletons)]int
	for _, section := range []exchange.Fields{p.Response.Fields, p.Response.Trailers} {
		for _, f := range section {
			if at := singleton(f.Name); at >= 0 {
				lines[at]++
			}
		}
	}
	for at, name := range singletons {
		if lines[at] < 2 {
			continue
		}
		values := append(p.Response.Fields.Values(name), p.Response.Trailers.Values(name)...)
		severity := finding.Error
		if name == "Server" || len(slices.Compact(slices.Clone(values))) == 1 {
			severity = finding.Warning
		}
		p.Report(Report{
			Severity: severity,
			Path:     "headers." + name,
			Message:  fmt.Sprintf("the %d to %s has %d %s fields: %s", p.Response.Status, p.line(), len(values), name, quote(strings.Join(values, " | "))),
			Expected: "one " + name,
			Actual:   strings.Join(values, "\n"),
		})
	}
}

// singleton gives the place of a name among singletons; -1 for others.
func singleton(name string) int {
	return slices.IndexFunc(singletons[:], func(s string) bool { return len(s) == len(name) && strings.EqualFold(s, name) })
}

func contentLengthCorrect(p *Pass) {
	const path = "headers.Content-Length"
	r := p.Response
	if r.Fields.Has("Transfer-Encoding") || r.Status == http.StatusNoContent {
		return
	}
	subject := p.of("Content-Length")
	var first string
	listed := false
	for _, f := range r.Fields {
		if !strings.EqualFold(f.Name, "Content-Length") {
			continue
		}
		line := f.Value
		listed = listed || strings.Contains(line, ",")
		for v := range strings.SplitSeq(line, ",") {
			v = strings.Trim(v, " \t")
			switch {
			case !isDigits(v):
				p.Reportf(path, "%s is not a number in digits: %s", subject, quote(line))
				return
			case first != "" && v != first:
				p.Reportf(path, "%s says two things: %s and %s", subject, first, v)
				return
			}
			first = v
		}
	}
	if listed {
		p.reportAt(finding.Warning, path, "%s repeats its number: %s", subject, quote(r.Fields.Joined("Content-Length")))
	}
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil || p.bodiless() || !p.lengthDecided() || int64(len(r.Body)) == n {
		return
	}
	p.Report(Report{
		Path:     path,
		Message:  fmt.Sprintf("%s says %d octets, but %d came", subject, n, len(r.Body)),
		Expected: fmt.Sprintf("%d octets", n),
		Actual:   fmt.Sprintf("%d octets", len(r.Body)),
	})
}

// lengthDecided reports whether it was the server who ended the content, and
// not the tester's limits or patience.
func (p *Pass) lengthDecided() bool {
	return p.Response.Complete || p.Failure != nil && p.Failure.Kind == exchange.FailedTruncated
}

func extraBytes(p *Pass) {
	r := p.Response
	if len(r.Extra) == 0 || len(bytes.Trim(r.Extra, "\r\n")) == 0 || r.Status == http.StatusSwitchingProtocols ||
		p.Request.Method == http.MethodConnect && r.Status/100 == 2 {
		return
	}
	unasked := bytes.HasPrefix(r.Extra, []byte("HTTP/1."))
	switch {
	case p.bodiless() && !unasked:
	case unasked && bytes.HasPrefix(r.Extra[min(len(r.Extra), len("HTTP/1.")+1):], []byte(" 408")):
		p.reportAt(finding.Info, "body", "a 408 came on the idle connection after the %d to %s", r.Status, p.line())
	case unasked:
		p.Reportf("body", "a response that nobody asked for came after the %d to %s: %s", r.Status, p.line(), quote(string(r.Extra)))
	case r.Framing == exchange.ByLength:
		p.Reportf("body", "Content-Length of the %d to %s is too small: after %d octets came %s", r.Status, p.line(), len(r.Body), quote(string(r.Extra)))
	default:
		p.Reportf("body", "octets came after the end of the %d to %s: %s", r.Status, p.line(), quote(string(r.Extra)))
	}
}
