package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var content = []Rule{
	{
		ID:       "content-type-present",
		Topic:    Content,
		Title:    "content comes with its type",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.3"},
		Text:     "A response with content says in Content-Type what it is. Without that clients guess, and browsers that guess can be led to run what was meant to be data.",
		Silent:   "Empty content, HEAD, 204 and 304, and a 206 that answers If-Range.",
		Mend:     "send Content-Type with all content, application/octet-stream if nothing is known",
		Bad:      `200 {"id":1} without Content-Type`,
		Good:     `200 + Content-Type: application/json {"id":1}`,
		needs:    labelled,
		Check: func(p *Pass) {
			r := p.Response
			if len(r.Body) == 0 || p.bodiless() || r.Fields.Get("Content-Type") != "" ||
				r.Status == http.StatusPartialContent && p.Request.Fields.Has("If-Range") {
				return
			}
			p.Reportf("headers.Content-Type", "the %d to %s has content, but no Content-Type", r.Status, p.line())
		},
	},
	{
		ID:       "content-type-syntax",
		Topic:    Content,
		Title:    "Content-Type holds one media type",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.3.1", "RFC 9110 §8.3.3", "RFC 9110 §5.6.6"},
		Text: "Content-Type is a type and a subtype with a slash between them, and parameters as name=value. multipart types name the boundary that their content uses. " +
			"What cannot be read is treated as if it were not there.",
		Silent: "A semicolon at the end is fine. White space around an equals sign is a warning.",
		Mend:   "write the type in full: application/json",
		Bad:    "Content-Type: json",
		Good:   "Content-Type: application/json",
		When:   When{Fields: []string{"Content-Type"}},
		needs:  labelled,
		Check:  contentTypeSyntax,
	},
	{
		ID:       "content-type-matches-body",
		Topic:    Content,
		Title:    "content is what its type says",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.3", "RFC 9205 §4.13", "OWASP REST Security sheet"},
		Text: "JSON under text/html is shown, and run, as a page by browsers, and clients that go by the type do not parse it. Images, PDF, ZIP and gzip begin with well-known octets, which " +
			"have to fit their type.",
		Silent: "JSON under text/plain is info. Whether JSON types hold JSON is for json-wellformed. Types that build on ZIP or gzip are right.",
		Mend:   "set Content-Type where the content is made",
		Bad:    `Content-Type: text/html + {"id":1}`,
		Good:   `Content-Type: application/json + {"id":1}`,
		When:   When{Fields: []string{"Content-Type"}},
		needs:  labelled,
		Check:  contentTypeMatchesBody,
	},
	{
		ID:        "charset-valid",
		Topic:     Content,
		Title:     "text is in the charset that is declared",
		Severity:  finding.Warning,
		Basis:     "definition",
		Seen:      []Sight{OneExchange},
		Spec:      []string{"RFC 9110 §8.3.2"},
		Text:      "charset in Content-Type is a name, or another name, of the IANA registry, and texts and XML are made of octets that it can stand for. Under a name that they do not know clients guess, and umlauts turn into garbage.",
		Silent:    "utf8 without the hyphen is info. JSON is left to json-utf8. Of charsets other than UTF-8 and ASCII, it speaks up only when the content is UTF-8 and cannot be what was declared.",
		Undecided: "That a text is not in the older charset that it declares can seldom be told from its octets, most of which stand for something in any of them.",
		Mend:      "write text in UTF-8 and declare charset=utf-8",
		Bad:       "Content-Type: text/html; charset=utf8mb4",
		Good:      "Content-Type: text/html; charset=utf-8",
		When:      When{Fields: []string{"Content-Type"}},
		needs:     qualified,
		Check:     charsetValid,
	},
	{
		ID:       "content-coding-valid",
		Topic:    Content,
		Title:    "content is coded as Content-Encoding says",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §8.4", "RFC 9110 §8.4.1"},
		Text: "Content-Encoding names registered codings in the order in which they were applied, and undone from the last to the first they give the content. Clients undo them unseen, and fail when the octets are not " +
			"what was said. Compressed octets under a type of text need the field, or they are shown as they are.",
		Silent:    "Naming identity is a warning. Not looked at: HEAD, 304, empty content, the slices of a 206, and codings that are registered but not in use.",
		Undecided: "Content in codings that no client here undoes, such as compress, dcb and exi, is taken as it is.",
		Mend:      "set Content-Encoding where the content is compressed, and only there",
		Bad:       "Content-Encoding: gzip + plain JSON",
		Good:      "Content-Encoding: gzip + gzip octets",
		needs:     encoded,
		Check:     contentCodingValid,
	},
	{
		ID:       "content-coding-accepted",
		Topic:    Content,
		Title:    "content is coded only for clients that accept it",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §12.5.3"},
		Text:     "Each coding of the content is one that Accept-Encoding of the request lists, or allows with *, at a weight above 0. Another one may be more than the client can undo.",
		Silent:   "Without Accept-Encoding every coding is allowed, yet simple clients cannot read it: info.",
		Mend:     "compress only when Accept-Encoding has the coding; a file that is stored compressed is sent without Content-Encoding",
		Bad:      "Accept-Encoding: identity → Content-Encoding: br",
		Good:     "Accept-Encoding: identity → plain content",
		When:     When{Fields: []string{"Content-Encoding"}},
		Check:    contentCodingAccepted,
	},
	{
		ID:       "content-location-valid",
		Topic:    Content,
		Title:    "where content is to be found is said with a URI",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §8.7", "RFC 9110 §6.4.2"},
		Text:     "Content-Location is a URI, or a reference relative to that of the request, for just the content that was sent. A fragment is no part of it, a name and password must not be, and what a URI cannot hold is percent-encoded. GET there gives the same content, which is a warning.",
		Silent:   "Content is compared only where it is of the same origin, and is the answer to GET or HEAD, or to what was created at Location. Equal strong tags are enough; times, counters and links may differ, and so may content that changes by itself. Other answers than 200, 404 and 410 prove nothing.",
		Mend:     "send the path of the resource, encoded, without # and what follows",
		Bad:      "Content-Location: /users/42#top",
		Good:     "Content-Location: /users/42",
		When:     When{Fields: []string{"Content-Location"}},
		Check: func(p *Pass) {
			if fault := contentLocationFault(p.Request.URL, p.Response.Fields.Get("Content-Location")); fault != "" {
				p.Reportf("headers.Content-Location", "%s %s", p.of("Content-Location"), fault)
			}
		},
		FollowUps: []FollowUp{{When: When{Statuses: []int{http.StatusOK, http.StatusCreated}, Fields: []string{"Content-Location"}}, Judge: contentLocated}},
	},
	{
		ID:       "digest-correct",
		Topic:    Content,
		Title:    "a digest is that of the content",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9530 §2", "RFC 9530 §3", "RFC 9530 §5"},
		Text: "Content-Digest and Repr-Digest, in the header or the trailer, give octets in base64 between colons for each algorithm. Those of sha-256 and sha-512 are the hash of the content as it came, codings " +
			"included; Repr-Digest is compared when all of the representation answers a GET. Clients that check throw away content with a wrong digest.",
		Silent:    "Algorithms that are out of use, such as md5 and sha, are info; unknown ones are passed over. HEAD has nothing to hash, a part is not the whole that Repr-Digest speaks of, and the old Digest field is not judged.",
		Undecided: "The Repr-Digest that comes with a part is not compared, which would take the whole, and the old Digest field is not read.",
		Mend:      "hash the octets after compression, at the place that writes them",
		Bad:       `Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=: + {"hello": "world"}`,
		Good:      `Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=: + {"hello": "world"}`,
		needs:     digested,
		Check:     digestCorrect,
	},
	{
		ID:       "content-disposition-valid",
		Topic:    Content,
		Title:    "a download has a name that can be used",
		Severity: finding.Warning,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6266 §4.1", "RFC 6266 §4.3"},
		Text: "Content-Disposition begins with a word such as attachment or inline, and no parameter comes twice. filename is a name without directories, quoted where it holds spaces; a name beyond ASCII goes into filename*, " +
			"percent-encoded after UTF-8''. Clients store other names mangled, or refuse them.",
		Mend:  "send the last part of the path as filename, and filename*=UTF-8''… beside it where it is not ASCII",
		Bad:   "Content-Disposition: attachment; filename=../../x.csv",
		Good:  `Content-Disposition: attachment; filename="x.csv"; filename*=UTF-8''%E2%82%AC.csv`,
		When:  When{Fields: []string{"Content-Disposition"}},
		Check: contentDispositionValid,
	},
}

func contentTypeSyntax(p *Pass) {
	const path = "headers.Content-Type"
	value := p.Response.Fields.Get("Content-Type")
	if value == "" {
		return // content-type-present speaks of it
	}
	subject := p.of("Content-Type")
	kind, _, _ := strings.Cut(value, ";")
	kind = strings.TrimRight(kind, " \t")
	main, sub, slash := strings.Cut(kind, "/")
	if !slash || !isToken(main) || !isToken(sub) {
		p.Report(Report{Path: path, Message: subject.String() + " is not a media type: " + quote(value), Expected: "type/subtype", Actual: value})
		return
	}
	list, spaced, fault := parameters(value)
	if fault != "" {
		p.Reportf(path, "%s is not a media type: %s", subject, fault)
		return
	}
	if spaced {
		p.reportAt(finding.Warning, path, "%s has white space around an equals sign: %s", subject, quote(value))
	}
	if !strings.EqualFold(main, "multipart") {
		return
	}
	i := slices.IndexFunc(list, func(q parameter) bool { return q.name == "boundary" })
	switch {
	case i < 0 || list[i].value == "":
		p.Reportf(path, "%s has no boundary", subject)
	case p.whole() && len(p.Response.Content) > 0 && !bytes.Contains(p.Response.Content, []byte("--"+list[i].value)):
		p.Reportf(path, "%s names a boundary that is not in the content: %s", subject, quote(list[i].value))
	}
}

// signature is how a format begins.
type signature struct {
	name  string
	types []string // its media types
	begin []string
}

var signatures = []signature{
	{"PNG", []string{"image/png", "image/apng"}, []string{"\x89PNG\r\n\x1a\n"}},
	{"JPEG", []string{"image/jpeg", "image/jpg", "image/pjpeg"}, []string{"\xff\xd8\xff"}},
	{"GIF", []string{"image/gif"}, []string{"GIF87a", "GIF89a"}},
	{"PDF", []string{"application/pdf"}, []string{"%PDF-"}},
	{"ZIP", []string{"application/zip"}, []string{"PK\x03\x04", "PK\x05\x06", "PK\x07\x08"}},
	{"gzip", []string{"application/gzip", "application/x-gzip"}, []string{"\x1f\x8b"}},
}

func (s signature) begins(content []byte) bool {
	return slices.ContainsFunc(s.begin, func(b string) bool { return bytes.HasPrefix(content, []byte(b)) })
}

func contentTypeMatchesBody(p *Pass) {
	media := p.mediaType()
	if media == "" || !p.whole() || len(p.Response.Content) == 0 || p.Response.Status == http.StatusPartialContent {
		return
	}
	const path = "headers.Content-Type"
	subject := p.answer()
	switch media {
	case "text/html", "text/plain":
		if body, ok := p.parsedBody(); ok && !isEmptyList(body) {
			severity := finding.Warning
			if media == "text/plain" {
				severity = finding.Info
			}
			p.reportAt(severity, path, "%s is JSON, but is sent as %s", subject, media)
			return
		}
	}
	declared := slices.IndexFunc(signatures, func(s signature) bool { return slices.Contains(s.types, media) })
	if declared < 0 && !strings.HasPrefix(media, "text/") {
		return
	}
	found := slices.IndexFunc(signatures, func(s signature) bool { return s.begins(p.Response.Content) })
	if declared >= 0 && signatures[declared].name == "PDF" && bytes.Contains(p.Response.Content[:min(1024, len(p.Response.Content))], []byte("%PDF-")) {
		return // readers look for the mark in the first kilobyte
	}
	switch {
	case declared >= 0 && declared != found:
		p.Reportf(path, "%s is sent as %s, but does not begin like %s", subject, media, signatures[declared].name)
	case declared < 0 && found >= 0:
		p.Reportf(path, "%s is sent as %s, but begins like %s", subject, media, signatures[found].name)
	}
}

// isEmptyList: "[]" and "{}" are too short to say that a text is JSON.
func isEmptyList(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
