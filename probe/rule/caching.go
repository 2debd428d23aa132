package rule

import (
	"net/http"
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
		Silent:   "Without Date, the tester's clock is taken, with a minute of tolerance, or what clock-tolerance says.",
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
	{
		ID:       "cache-control-syntax",
		Topic:    Caching,
		Title:    "what Cache-Control says can be read",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9111 §5.2", "RFC 9111 §5.2.2.1", "RFC 9111 §5.2.2.10", "RFC 5861 §3", "RFC 5861 §4", "RFC 8246 §2"},
		Text: "Cache-Control lists directives with commas between them, each a name, or name=value without white space around the sign. max-age, s-maxage, stale-while-revalidate and stale-if-error " +
			"take a whole number of seconds, without quotes. What caches cannot read they drop, or they take the answer for expired.",
		Silent: "A value on a directive that takes none, and a time given twice with different numbers, are warnings; directives that belong in requests are info. Directives that nobody registered are extensions, " +
			"no-cache and private may list fields, and case does not matter.",
		Mend:  "put commas between directives, and give times as whole seconds",
		Bad:   "Cache-Control: max-age=1h",
		Good:  "Cache-Control: max-age=3600",
		When:  When{Fields: []string{"Cache-Control"}},
		needs: directing,
		Check: cacheControlSyntax,
	},
	{
		ID:       "cache-control-conflict",
		Topic:    Caching,
		Title:    "the directives of Cache-Control go together",
		Severity: finding.Warning,
		Basis:    "semantics",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9111 §4.2.1", "RFC 9111 §5.2.2.3", "RFC 9111 §5.2.2.5", "RFC 9111 §5.2.2.7", "RFC 9111 §5.3", "RFC 9110 §12.5.5"},
		Text: "Some directives take back what others grant: private denies public and s-maxage, no-store denies public, immutable and max-age, Vary: * denies max-age. immutable speaks of the time " +
			"for which an answer is fresh, and needs one; must-understand needs no-store beside it, for caches that do not know it. Caches settle on one of the two, and not all on the same.",
		Silent: "An Expires that says something else than max-age is info: nobody reads it then. no-cache, no-store, must-revalidate and max-age=0 all at once say one thing several times, which is fine, " +
			"and so are a private that lists fields and no-store beside must-understand.",
		Mend:  "decide who may keep the answer and for how long, and say only that",
		Bad:   "Cache-Control: public, private, max-age=60",
		Good:  "Cache-Control: private, max-age=60",
		When:  When{Fields: []string{"Cache-Control"}},
		needs: directing,
		Check: cacheControlConflict,
	},
	{
		ID:       "age-valid",
		Topic:    Caching,
		Title:    "an answer from a cache tells a believable age",
		Severity: finding.Warning,
		Basis:    "grammar + semantics",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9111 §5.1", "RFC 9111 §4", "RFC 9111 §5.2.2.5"},
		Text: "Age is the whole number of seconds since the origin made or confirmed the answer; anything else than digits is an error. More than a year is not believable, and an answer that must not be kept, " +
			"or that belongs to a POST, PUT, PATCH or DELETE, has no business in a cache at all.",
		Silent: "Some caches put Age: 0 on all that passes through them. no-store is not held against an answer with must-understand, or with a field such as CDN-Cache-Control that tells the caches in front something else.",
		Mend:   "leave Age to the caches, and let them pass on what they must not keep",
		Bad:    "Age: 1.5",
		Good:   "Age: 12",
		When:   When{Fields: []string{"Age"}},
		Check:  ageValid,
	},
	{
		ID:       "vary-valid",
		Topic:    Caching,
		Title:    "the value of Vary is a list of field names",
		Severity: finding.Warning,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §12.5.5"},
		Text: "Vary lists names of request fields, or is * alone, which stands for anything; other texts in it are an error. An answer that is offered for reuse but varies on everything, on User-Agent or on Cookie " +
			"is kept in as many copies as there are clients, and hardly ever found again.",
		Silent: "That last part is info, and only for what shared caches may keep. An empty list is right, and so is any case.",
		Mend:   "name the fields that the answer depends on, separated by commas",
		Bad:    "Vary: Accept Encoding",
		Good:   "Vary: Accept-Encoding",
		When:   When{Fields: []string{"Vary"}},
		Check:  varyValid,
	},
	{
		ID:       "vary-covers-negotiation",
		Topic:    Caching,
		Title:    "what an answer depends on is named in Vary",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §12.5.5", "RFC 9111 §4.1", "RFC 9205 §4.9.4"},
		Text: "A GET that accepts a coding and gets it would have had another answer without. Unless Vary names Accept-Encoding, a cache hands the coded octets to clients that cannot read them. " +
			"The same GET with another Accept, Accept-Encoding, Accept-Language or, where the answer knows other origins, Origin shows what else an answer depends on: both the one and the other name that field.",
		Silent: "Info where no shared cache keeps the answer: no-store, private, or a request with Authorization. Answers that no cache would keep, and codings that the request did not ask for, which " +
			"therefore do not depend on it. Content that changes from one GET to the next counts only where its media type, language or coding is another. Access-Control-Allow-Origin is looked at by cors-vary-origin.",
		Mend:  "send Vary: Accept-Encoding with coded and plain answers alike (nginx: gzip_vary on)",
		Bad:   "Content-Encoding: gzip without Vary",
		Good:  "Content-Encoding: gzip + Vary: Accept-Encoding",
		When:  When{Methods: []string{http.MethodGet, http.MethodHead}, Fields: []string{"Content-Encoding"}},
		Check: varyCoversNegotiation,
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: varyCoversVariants,
		}},
	},
	{
		ID:       "shared-cache-personal",
		Topic:    Caching,
		Title:    "what is made for one user is kept from shared caches",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9111 §3.5", "RFC 9111 §5.2.2.9", "RFC 9111 §7.3"},
		Text: "Shared caches keep away from answers to requests with Authorization, unless public, s-maxage or must-revalidate lets them; for requests with cookies they know no such care, and a Set-Cookie " +
			"is stored with the rest. Then the next user is shown what was meant for this one, or is given the same session.",
		Silent: "Info when the run has read the same octets before without credentials: the answer is for everyone. Of cookies count those named like a session, on JSON. Answers that vary on the credentials, and those that " +
			"must be confirmed before each use.",
		Undecided:   "Whose answer it is can only be guessed from what the request carried: a cookie counts by its name, and only JSON is taken to be made for its bearer.",
		Mend:        "send Cache-Control: private, or no-store, with what depends on the user",
		Bad:         "GET /me + Authorization → 200 + Cache-Control: public, max-age=600",
		Good:        "GET /me + Authorization → 200 + Cache-Control: private, max-age=600",
		When:        When{Classes: []int{2, 3}, Methods: []string{http.MethodGet}, Fields: []string{"Cache-Control"}},
		acrossNeeds: sharable,
		Across:      sharedCachePersonal,
	},
	{
		ID:       "freshness-explicit",
		Topic:    Caching,
		Title:    "the server says for how long an answer is good",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9111 §4.2.2", "RFC 9205 §4.9.1", "RFC 9110 §15.1"},
		Text: "An answer to GET or HEAD with a status that caches may keep unasked says with Cache-Control or Expires what may be done with it. Where nothing is said, each cache makes up a time, for the most part " +
			"from Last-Modified, and users see outdated data that nobody meant to be kept.",
		Silent:      "Requests with Authorization. Each endpoint is reported once in a run.",
		Mend:        "send Cache-Control: no-cache for data that changes, max-age for what may be a little old",
		Bad:         "GET /users → 200 without Cache-Control and Expires",
		Good:        "GET /users → 200 + Cache-Control: no-cache",
		When:        When{Statuses: heuristic, Methods: []string{http.MethodGet, http.MethodHead}},
		Once:        true,
		acrossNeeds: unbounded,
		Across:      freshnessExplicit,
	},
	{
		ID:       "uncacheable-status",
		Topic:    Caching,
		Title:    "no cache is told to keep a failure that will pass",
		Severity: finding.Warning,
		Basis:    "MUST NOT be stored",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6585 §3", "RFC 6585 §4", "RFC 6585 §5", "RFC 6585 §6", "RFC 9111 §3", "RFC 9111 §4.2.1"},
		Text: "A 428, 429, 431 or 511 is about one request and must not be kept by caches; a 500, 502, 503 or 504 is over when the server is well again. With max-age, s-maxage, public or a later Expires, clients go on " +
			"being told of a failure that is long gone.",
		Silent: "Up to ten seconds on a 5xx, which spare a server that is down, are info.",
		Mend:   "send Cache-Control: no-store with these errors",
		Bad:    "503 + Cache-Control: public, max-age=3600",
		Good:   "503 + Cache-Control: no-store",
		When:   When{Statuses: []int{428, 429, 431, 500, 502, 503, 504, 511}, Fields: []string{"Cache-Control", "Expires"}},
		Check:  uncacheableStatus,
	},
}
