package rule

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var conditional = []Rule{
	{
		ID:       "not-modified-unasked",
		Topic:    Conditional,
		Title:    "304 is said only to those who asked whether something changed",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.4.5", "RFC 9110 §13.1.2", "RFC 9110 §13.1.3", "RFC 9110 §9.3.3"},
		Text:     "A 304 refers the client to the copy it has, so it answers a GET or HEAD (or QUERY) with If-None-Match or If-Modified-Since. Any other client has no copy, and receives nothing.",
		Silent:   "What was really sent counts, conditions that a step did not spell out included.",
		Mend:     "answer requests without a condition in full, and writes whose condition fails with 412",
		Bad:      "GET /a → 304",
		Good:     `GET /a + If-None-Match: "1" → 304`,
		When:     When{Statuses: []int{http.StatusNotModified}},
		Check: func(p *Pass) {
			fields := p.Request.Fields
			switch method := p.Request.Method; {
			case !reads(method):
				p.Reportf("status", "a 304 answers %s: only GET and HEAD can be answered so", p.line())
			case !fields.Has("If-None-Match") && !fields.Has("If-Modified-Since"):
				p.Reportf("status", "a 304 answers %s, which had no condition: the client has no copy to use", p.line())
			}
		},
	},
	{
		ID:       "no-content-on-304",
		Topic:    Conditional,
		Title:    "a 304 is over at its blank line",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §15.4.5", "RFC 9110 §6.4.1", "RFC 9112 §6.3"},
		Text: "No content and no trailer follows the header section of a 304. Content-Length may be there, and then tells the length that a 200 would have. Octets that follow are taken for the " +
			"next response.",
		Silent:    "Stray line ends are passed over.",
		Undecided: "Octets are waited for 10 ms; what comes later is not seen.",
		Mend:      "write nothing after the header section of a 304",
		Bad:       `304 + {"id":1}`,
		Good:      "304, blank line",
		When:      When{Statuses: []int{http.StatusNotModified}},
		Check:     func(p *Pass) { nothingFollows(p, "the 304 to") },
	},
	{
		ID:       "not-modified-etag",
		Topic:    Conditional,
		Title:    "a 304 confirms a tag that the client has",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §13.1.2", "RFC 9110 §8.8.3.2", "RFC 9110 §15.4.5"},
		Text: "If a 304 carries ETag, the tag is one of those in If-None-Match: it says which of the client's copies is still good. Another tag means that the content did change, and that " +
			"the client keeps an outdated copy.",
		Silent: `Tags are compared weakly: W/"1" and "1" match. With If-None-Match: * every tag is right.`,
		Mend:   "answer 200 with the content when no tag of the list is the current one",
		Bad:    `If-None-Match: "1" → 304 + ETag: "2"`,
		Good:   `If-None-Match: "1" → 304 + ETag: "1"`,
		When:   When{Statuses: []int{http.StatusNotModified}, Fields: []string{"ETag"}},
		Check: func(p *Pass) {
			list := p.Request.Fields.Joined("If-None-Match")
			tags, ok := entityTags(list)
			tag := p.Response.Fields.Get("ETag")
			if !ok || len(tags) == 0 || !isEntityTag(tag) {
				return
			}
			if !slices.ContainsFunc(tags, func(t string) bool { return weakly(t) == weakly(tag) }) {
				p.Report(Report{
					Path:     "headers.ETag",
					Message:  "the 304 to " + p.line() + " confirms " + tag + ", which is not among the tags that were asked about",
					Expected: "one of " + strings.Join(tags, ", "),
					Actual:   tag,
				})
			}
		},
	},
}

func reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == "QUERY"
}
