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
		Check:  contentTypeMatchesBody,
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
	found := slices.IndexFunc(signatures, func(s signature) bool { return s.begins(p.Response.Content) })
	if declared >= 0 && signatures[declared].name == "PDF" && bytes.Contains(p.Response.Content[:min(1024, len(p.Response.Content))], []byte("%PDF-")) {
		return // readers look for the mark in the first kilobyte
	}
	switch {
	case declared >= 0 && declared != found:
		p.Reportf(path, "%s is sent as %s, but does not begin like %s", subject, media, signatures[declared].name)
	case declared < 0 && found >= 0 && strings.HasPrefix(media, "text/"):
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
