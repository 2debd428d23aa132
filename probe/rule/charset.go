package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"

	"httpprobe/probe/finding"
)

func charsetValid(p *Pass) {
	const path = "headers.Content-Type"
	value := p.Response.Fields.Get("Content-Type")
	if !strings.Contains(value, ";") {
		return
	}
	name, ok := parameterOf(value, "charset")
	subject := p.of("Content-Type")
	switch {
	case !ok:
		return
	case strings.EqualFold(name, "utf8"):
		p.reportAt(finding.Info, path, "%s says %s: the registered name is utf-8", subject, name)
		name = "utf-8"
	case isJSON(p.mediaType()):
		return // said by json-utf8
	}
	charset, err := ianaindex.IANA.Encoding(name)
	if err != nil {
		p.Reportf(path, "%s names a charset that is not registered: %s", subject, quote(name))
		return
	}
	content := p.Response.Content
	media := p.mediaType()
	text := strings.HasPrefix(media, "text/") && media != "text/event-stream" || isXML(media)
	if charset == nil || !text || !p.whole() || len(content) == 0 || p.Response.Status == http.StatusPartialContent {
		return
	}
	if fault := misfit(content, charset); fault != "" {
		p.Reportf("body", "%s is said to be in %s, but %s", p.answer(), name, fault)
	}
}

// misfit says why a text cannot be in a charset; "" when it can. Decoders of
// old charsets differ in what they know, so there only what is clearly UTF-8
// is told.
func misfit(text []byte, charset encoding.Encoding) string {
	switch name, _ := ianaindex.IANA.Name(charset); name {
	case "UTF-8":
		if at := invalidUTF8(text); at >= 0 {
			return "octet " + octetAt(text, at) + " is not UTF-8"
		}
	case "US-ASCII":
		if at := bytes.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }); at >= 0 {
			return "octet " + octetAt(text, at) + " is not ASCII"
		}
	default:
		decoded, err := charset.NewDecoder().Bytes(text)
		if (err != nil || bytes.ContainsRune(decoded, utf8.RuneError)) && utf8.Valid(text) {
			return "it is UTF-8"
		}
	}
	return ""
}

func octetAt(text []byte, at int) string {
	return fmt.Sprintf("%02X %s", text[at], placeOf(text, at))
}
