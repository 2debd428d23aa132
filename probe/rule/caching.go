package rule

import (
	"time"

	"httpprobe/probe/finding"
)

var caching = []Rule{
	{
		ID:       "etag-syntax",
		Topic:    Caching,
		Title:    "an entity tag stands in quotes",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.8.3"},
		Text: "ETag is one text in double quotes, with W/ in front if it is weak, and no quote inside. Clients and caches that compare tags do not recognise one without quotes, " +
			"and conditional requests come to nothing.",
		Silent: `An empty tag, "", is right.`,
		Mend:   "put the tag in double quotes",
		Bad:    "ETag: abc123",
		Good:   `ETag: "abc123"`,
		When:   When{Fields: []string{"ETag"}},
		Check: func(p *Pass) {
			if tag := p.Response.Fields.Get("ETag"); !isEntityTag(tag) {
				p.Report(Report{
					Path:     "headers.ETag",
					Message:  "ETag of the answer to " + p.line() + " is not a quoted tag: " + quote(tag),
					Expected: `"…" or W/"…"`,
					Actual:   tag,
				})
			}
		},
	},
	{
		ID:       "last-modified-not-future",
		Topic:    Caching,
		Title:    "nothing was modified after it was sent",
		Severity: finding.Error,
		Basis:    "MUST NOT",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.8.2.1"},
		Text:     "Last-Modified is not later than Date. A date that is still to come makes caches believe that nothing has changed until it has passed.",
		Silent:   "Without Date, the tester's clock is taken, with a minute of tolerance.",
		Mend:     "replace a later time by that of the response, and take care to convert to GMT",
		Bad:      "Date: Sun, 22 Nov 2026 09:30:00 GMT + Last-Modified: Sun, 22 Nov 2026 11:30:00 GMT",
		Good:     "Date: Sun, 22 Nov 2026 09:30:00 GMT + Last-Modified: Sun, 22 Nov 2026 08:30:00 GMT",
		When:     When{Fields: []string{"Last-Modified"}},
		Check: func(p *Pass) {
			value := p.Response.Fields.Get("Last-Modified")
			modified, ok := httpDateOf(value)
			now, slack := p.servedAt()
			if ok && !now.IsZero() && modified.After(now.Add(slack)) {
				p.Report(Report{
					Path:     "headers.Last-Modified",
					Message:  "Last-Modified of the answer to " + p.line() + " is in the future: " + value,
					Expected: "not after " + now.UTC().Format(time.RFC1123),
					Actual:   value,
				})
			}
		},
	},
}
