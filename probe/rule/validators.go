package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// validators is about what tags and dates say of content.
var validators = []Rule{
	{
		ID:       "etag-tracks-content",
		Topic:    Caching,
		Title:    "a tag stays for as long as the content does, and no longer",
		Severity: finding.Error,
		Basis:    "MUST (strong)",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §8.8.1", "RFC 9110 §8.8.3"},
		Text: "Two answers with the same strong tag have the same octets, be it on two GETs in a row or before and after a write. Caches put parts together and writers overwrite each other on the word of such a tag. " +
			"Content that differs a little with each reading, by a clock or a counter, needs a weak one.",
		Silent: "A warning for a weak tag that outlives a write which changed the JSON for good. Info when each of three GETs in a row has another tag for the same octets: no client will ever be answered 304. " +
			"Times, versions and what the suite calls volatile may change under a weak one. " +
			"Contents are compared as they are coded, and only if they are coded alike.",
		Mend: "make the tag of a hash of the octets, or of a version that every write changes",
		Bad:  `GET /a → ETag: "1", PATCH /a → 200, GET /a → ETag: "1" with other content`,
		Good: `GET /a → ETag: "1", PATCH /a → 200, GET /a → ETag: "2"`,
		FollowUps: []FollowUp{
			{
				When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}, Fields: []string{"ETag"}},
				Judge: etagOnReads,
			},
			{
				When:  When{Classes: []int{2}, Methods: []string{http.MethodPut, http.MethodPatch, http.MethodPost}},
				Prior: []string{http.MethodPut, http.MethodPatch, http.MethodPost},
				Judge: etagOnWrites,
			},
		},
	},
	{
		ID:       "etag-per-coding",
		Topic:    Caching,
		Title:    "compressed and plain content have strong tags of their own",
		Severity: finding.Error,
		Basis:    "MUST (strong)",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §8.8.3.3", "RFC 9110 §8.8.1"},
		Text: "Compressed content is another representation with other octets, so GET with Accept-Encoding: gzip and with identity do not have the same strong tag. Otherwise a client that resumes a download " +
			"glues compressed octets to plain ones.",
		Silent: "Weak tags may be equal. What is compressed by Transfer-Encoding alone is the same representation.",
		Mend:   `append the coding to the tag ("a-gzip"), or make it weak`,
		Bad:    `ETag: "a" plain, ETag: "a" with Content-Encoding: gzip`,
		Good:   `ETag: "a" plain, ETag: "a-gzip" or W/"a" with Content-Encoding: gzip`,
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}, Fields: []string{"ETag"}},
			Judge: etagPerCoding,
		}},
	},
	{
		ID:       "etag-on-put-response",
		Topic:    Caching,
		Title:    "a PUT is answered with a validator only if the octets are kept as they came",
		Severity: finding.Warning,
		Optional: true,
		Basis:    "MUST NOT",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.4"},
		Text: "An ETag or Last-Modified on the answer to PUT tells the client that what it sent is now the representation, so that it need not be read. If GET then gives other octets under the same validator, " +
			"the client works on with a copy that the server does not have.",
		Silent: "Most JSON APIs write JSON anew and send the tag all the same, and clients live with it. PATCH and POST are not concerned. What GET gives in another media type or under another validator.",
		Mend:   "leave ETag and Last-Modified out of the answer to PUT where the content is written anew",
		Bad:    `PUT {"a":1} → 200 + ETag: "7", then GET → {"a":1,"id":5} + ETag: "7"`,
		Good:   "PUT → 204 without ETag",
		FollowUps: []FollowUp{{
			When:  When{Classes: []int{2}, Methods: []string{http.MethodPut}, Fields: []string{"ETag", "Last-Modified"}},
			Judge: etagOnPut,
		}},
	},
}

func etagOnReads(t *Trail) {
	second := t.plain(0)
	if second == nil || !fetched(t.Exchange) || !t.sameCoding(t.Exchange, second) {
		return
	}
	a, b := entityTag(t.Exchange), entityTag(second)
	same := bytes.Equal(t.Response.Body, second.Response.Body)
	switch {
	case a == "" || b == "":
	case a == b && isStrong(a) && !same:
		t.otherOctets(second, t.Exchange, "before")
	case same && weakly(a) != weakly(b):
		third := t.plain(1)
		if third == nil || !bytes.Equal(third.Response.Body, second.Response.Body) {
			return
		}
		if c := entityTag(third); c != "" && weakly(c) != weakly(a) && weakly(c) != weakly(b) && !t.others(t.Request.URL) {
			t.Report(Report{
				About: third, Severity: finding.Info, Path: "headers.ETag", Expected: a, Actual: c,
				Message: fmt.Sprintf("%s has another tag for the same content each time: %s, %s, %s", t.line(), a, b, c),
			})
		}
	}
}

// otherOctets reports two contents under one strong tag.
func (t *Trail) otherOctets(x, earlier *exchange.Exchange, when string) {
	tag := entityTag(x)
	t.Report(Report{
		About: x, Path: "headers.ETag", Expected: "a tag other than " + tag, Actual: tag,
		Message: fmt.Sprintf("%s gives other content than %s %s, but the strong tag is still %s (%d octets, then %d)",
			t.told(x), t.told(earlier), when, tag, len(earlier.Response.Body), len(x.Response.Body)),
	})
}

func etagOnWrites(t *Trail) {
	if t.Before == nil || !fetched(t.Before) || t.Before.Request.URL != t.Request.URL {
		return
	}
	after := t.plain(0)
	if after == nil || !t.sameCoding(t.Before, after) || bytes.Equal(t.Before.Response.Body, after.Response.Body) {
		return
	}
	tag := entityTag(after)
	if tag == "" || entityTag(t.Before) != tag {
		return
	}
	if isStrong(tag) {
		t.otherOctets(after, t.Before, "before "+t.line())
		return
	}
	before, ok1 := t.value(t.Before)
	now, ok2 := t.value(after)
	if !ok1 || !ok2 || len(t.changes(before, now)) == 0 {
		return
	}
	once := t.plain(1)
	if once == nil {
		return
	}
	if settled, ok := t.value(once); ok && entityTag(once) == tag && reflect.DeepEqual(now, settled) {
		t.Report(Report{
			About: after, Severity: finding.Warning, Path: "headers.ETag", Expected: "a tag other than " + tag, Actual: tag,
			Message: fmt.Sprintf("%s gives other content after %s than before, but the tag is still %s", t.told(after), t.line(), tag),
		})
	}
}

// value gives the content of an answer as parsed JSON.
func (t *Trail) value(x *exchange.Exchange) (any, bool) {
	d := t.read(x).json()
	if d == nil {
		return nil, false
	}
	return d.body()
}

func etagPerCoding(t *Trail) {
	packed := t.Get("", "Accept-Encoding", "gzip")
	plain := t.Get("", "Accept-Encoding", "identity")
	if packed == nil || plain == nil || packed.Response.Status != http.StatusOK || plain.Response.Status != http.StatusOK {
		return
	}
	codings := t.read(packed).codings()
	if tag := entityTag(packed); len(codings) > 0 && len(t.read(plain).codings()) == 0 && isStrong(tag) && tag == entityTag(plain) {
		t.Report(Report{
			About: packed, Path: "headers.ETag", Expected: "another tag, or a weak one", Actual: tag,
			Message: fmt.Sprintf("%s is coded with %s and has the same strong tag as %s, which is not: %s", t.told(packed), codings[0], t.told(plain), tag),
		})
	}
}

func etagOnPut(t *Trail) {
	kind := t.Request.Fields.Get("Content-Type")
	if t.Request.Partial || t.Request.Withheld || kind == "" || t.Request.Fields.Has("Content-Encoding") {
		return
	}
	x := t.Get("", "Accept", mediaType(kind))
	if x == nil || !fetched(x) || t.read(x).mediaType() != mediaType(kind) || !t.read(x).whole() || bytes.Equal(x.Response.Content, t.Request.Body) {
		return
	}
	name := "ETag"
	if !t.Response.Fields.Has(name) {
		name = "Last-Modified"
	}
	if value := t.Response.Fields.Get(name); value == x.Response.Fields.Get(name) {
		t.Report(Report{
			About: x, Path: "body", Expected: "the octets that were put", Actual: fmt.Sprintf("%d octets, where %d were put", len(x.Response.Content), len(t.Request.Body)),
			Message: fmt.Sprintf("%s answers with %s: %s, which says that the content is kept as it came, but %s gives other octets under it", t.line(), name, value, t.told(x)),
		})
	}
}
