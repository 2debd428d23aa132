package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// registeredCodings are the content codings of the IANA registry; the reader
// undoes those that are in use.
var registeredCodings = map[string]struct{ undone bool }{
	"br": {true}, "deflate": {true}, "gzip": {true}, "x-gzip": {true}, "zstd": {true},
	"aes128gcm": {}, "compress": {}, "dcb": {}, "dcz": {}, "exi": {}, "pack200-gzip": {}, "x-compress": {},
}

// codings are those of Content-Encoding, in lower case, identity apart.
func (p *Pass) codings() []string {
	var out []string
	for _, name := range p.Response.Fields.Tokens("Content-Encoding") {
		if name = strings.ToLower(name); name != "identity" {
			out = append(out, name)
		}
	}
	return out
}

// asksFor reports whether Accept-Encoding allows all of the codings by name or
// by *.
func (p *Pass) asksFor(codings []string) bool {
	tokens := p.Request.Fields.Tokens("Accept-Encoding")
	return !slices.ContainsFunc(codings, func(coding string) bool { return !acceptsCoding(tokens, coding) })
}

// acceptsCoding follows RFC 9110 §12.5.3; of two that match, the name goes
// before *.
func acceptsCoding(tokens []string, coding string) bool {
	coding = strings.TrimPrefix(coding, "x-")
	wanted := false
	for _, t := range tokens {
		q, weighted := parameterOf(t, "q")
		weight := !weighted || strings.Trim(q, "0.") != ""
		switch name := strings.TrimPrefix(mediaType(t), "x-"); name {
		case coding:
			return weight
		case "*":
			wanted = weight
		}
	}
	return wanted
}

func contentCodingAccepted(p *Pass) {
	const path = "headers.Content-Encoding"
	if len(p.Response.Body) == 0 && p.Request.Method != http.MethodHead {
		return
	}
	tokens := p.Request.Fields.Tokens("Accept-Encoding")
	for _, coding := range p.codings() {
		_, registered := registeredCodings[coding]
		switch {
		case !registered: // said by content-coding-valid
		case !p.Request.Fields.Has("Accept-Encoding"):
			p.reportAt(finding.Info, path, "%s is coded with %s, although the request has no Accept-Encoding: simple clients cannot read it", p.answer(), coding)
			return
		case !acceptsCoding(tokens, coding):
			p.Report(Report{
				Path: path, Message: p.answer().String() + " is coded with " + coding + ", which the request does not accept",
				Expected: "Accept-Encoding: " + p.Request.Fields.Joined("Accept-Encoding"), Actual: "Content-Encoding: " + coding,
			})
			return
		}
	}
}

func contentCodingValid(p *Pass) {
	const path = "headers.Content-Encoding"
	r := p.Response
	if len(r.Body) == 0 || p.bodiless() || r.Status == http.StatusPartialContent {
		return
	}
	if !r.Fields.Has("Content-Encoding") {
		if name := packed(r.Body); name != "" && p.isText() {
			p.Reportf(path, "%s is sent as %s, but its octets are %s, and no Content-Encoding says so", p.answer(), p.mediaType(), name)
		}
		return
	}
	subject := p.answer()
	undone := true
	for _, name := range p.codings() {
		coding, registered := registeredCodings[name]
		undone = undone && coding.undone
		if !registered {
			p.Reportf(path, "%s names a coding that is not registered: %s", p.of("Content-Encoding"), quote(name))
			return
		}
	}
	if slices.ContainsFunc(r.Fields.Tokens("Content-Encoding"), func(t string) bool { return strings.EqualFold(t, "identity") }) {
		p.reportAt(finding.Warning, path, "%s names identity, which is no coding to declare", p.of("Content-Encoding"))
	}
	if undone && r.CodingFault != "" {
		p.Report(Report{
			Path: "body", Message: subject.String() + " is not coded as Content-Encoding says: " + r.CodingFault,
			Expected: "content in " + strings.Join(p.codings(), ", "), Actual: quote(strings.ToValidUTF8(string(r.Body[:min(len(r.Body), 24)]), "�")),
		})
	}
}

// packed names the format of compressed octets that cannot be text.
func packed(body []byte) string {
	switch {
	case body[0] == 0x1f && bytes.HasPrefix(body, []byte("\x1f\x8b\x08")):
		return "gzip"
	case body[0] == 0x28 && bytes.HasPrefix(body, []byte("\x28\xb5\x2f\xfd")):
		return "zstd"
	}
	return ""
}

// isText reports whether a media type stands for text in any form.
func (p *Pass) isText() bool {
	media := p.mediaType()
	return strings.HasPrefix(media, "text/") || isJSON(media) || isXML(media) ||
		media == "application/javascript" || media == "application/x-ndjson" || media == "application/jsonl"
}

func isXML(media string) bool {
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
}
