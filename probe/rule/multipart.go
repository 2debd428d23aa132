package rule

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
)

func multipartRangesValid(p *Pass) {
	if p.mediaType() != "multipart/byteranges" {
		return
	}
	subject := p.answer()
	if asked := p.Request.Fields.Get("Range"); rangesIn(asked) == 1 {
		p.Reportf("headers.Content-Type", "%s is a multipart, although one range was asked for: %s", subject, quote(asked))
	}
	boundary, _ := parameterOf(p.Response.Fields.Get("Content-Type"), "boundary")
	content := p.Response.Content
	if !p.whole() || boundary == "" || len(content) > 0 && !bytes.Contains(content, []byte("--"+boundary)) {
		return // said by other rules
	}
	untyped, err := walkParts(content, []byte("--"+boundary))
	switch {
	case err != "":
		p.Reportf("body", "%s is no valid multipart: %s", subject, err)
	case untyped > 0:
		p.reportAt(finding.Info, "body", "part %d of %s has no Content-Type", untyped, subject)
	}
}

// rangesIn counts the ranges of bytes that Range asks for; 0 for other units.
func rangesIn(value string) int {
	unit, set, found := strings.Cut(value, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return 0
	}
	n := 0
	for spec := range strings.SplitSeq(set, ",") {
		if strings.Trim(spec, " \t") != "" {
			n++
		}
	}
	return n
}

// walkParts goes through the parts of a multipart/byteranges (RFC 9110 §14.6,
// RFC 2046 §5.1.1). It says what is wrong with the first that is, and gives
// the number, counted from 1, of the first part without a type.
func walkParts(content, delimiter []byte) (untyped int, fault string) {
	b, found := nextBoundary(content, delimiter)
	switch {
	case !found:
		return 0, "no line begins with its boundary"
	case b.bare:
		return 0, "the line before the first boundary ends in LF without CR"
	}
	for n := 1; ; n++ {
		if bytes.HasPrefix(b.rest, []byte("--")) {
			if n == 1 {
				return 0, "it has no part"
			}
			return untyped, ""
		}
		part, fault := readPart(b.rest, delimiter)
		if fault != "" {
			return 0, fmt.Sprintf("part %d %s", n, fault)
		}
		if !part.typed && untyped == 0 {
			untyped = n
		}
		b = part.end
	}
}

// boundary is a boundary line found in a text.
type boundary struct {
	before int    // octets in front of it and of its line end
	bare   bool   // the line end in front of it is LF alone
	rest   []byte // what follows the boundary itself
}

func nextBoundary(text, delimiter []byte) (b boundary, found bool) {
	for from := 0; ; {
		i := bytes.Index(text[from:], delimiter)
		if i < 0 {
			return b, false
		}
		i += from
		from = i + 1
		rest := text[i+len(delimiter):]
		if i > 0 && text[i-1] != '\n' || len(rest) > 0 && !bytes.HasPrefix(rest, []byte("--")) && !bytes.ContainsAny(rest[:1], " \t\r\n") {
			continue // a longer text that begins like it
		}
		switch {
		case i == 0:
			return boundary{0, false, rest}, true
		case i > 1 && text[i-2] == '\r':
			return boundary{i - 2, false, rest}, true
		}
		return boundary{i - 1, true, rest}, true
	}
}

// part is one part of a multipart, up to the boundary that ends it.
type part struct {
	typed bool
	end   boundary
}

// readPart reads what follows a boundary. The fault is a clause whose subject
// is the part.
func readPart(text, delimiter []byte) (p part, fault string) {
	if len(text) == 0 {
		return p, "is missing: the last boundary is not closed by --"
	}
	text, crlf := bytes.CutPrefix(bytes.TrimLeft(text, " \t"), []byte("\r\n"))
	if !crlf {
		return p, "does not begin with CRLF after the boundary"
	}
	head, content, found := bytes.Cut(text, []byte("\r\n\r\n"))
	if after, bare := bytes.CutPrefix(text, []byte("\r\n")); bare {
		head, content, found = nil, after, true
	}
	if !found {
		return p, "has no empty line after its fields, CRLF twice"
	}
	size, labelled := int64(-1), false
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.Trim(value, " \t"); strings.ToLower(name) {
		case "content-type":
			p.typed = true
		case "content-range":
			labelled = true
			if size, fault = partSize(value); fault != "" {
				return p, fault
			}
		}
	}
	if !labelled {
		return p, "has no Content-Range"
	}
	if p.end, found = endOfPart(content, delimiter, size); !found {
		return p, "is not followed by the closing boundary"
	}
	switch {
	case p.end.bare:
		return p, "is followed by LF without CR before the boundary"
	case size >= 0 && int64(p.end.before) != size:
		return p, fmt.Sprintf("names %d octets in Content-Range, but has %d", size, p.end.before)
	}
	return p, ""
}

// endOfPart looks first where the part should end, since its octets may hold
// anything.
func endOfPart(content, delimiter []byte, size int64) (boundary, bool) {
	if size >= 0 && size <= int64(len(content)) && bytes.HasPrefix(content[size:], []byte("\r\n")) {
		if b, found := nextBoundary(content[size:], delimiter); found && b.before == 0 {
			b.before = int(size)
			return b, true
		}
	}
	return nextBoundary(content, delimiter)
}

// partSize is how many octets Content-Range names; -1 where that cannot be
// told.
func partSize(value string) (size int64, fault string) {
	m := byteRange.FindStringSubmatch(value)
	if m == nil {
		if other := otherRange.FindStringSubmatch(value); other != nil && !strings.EqualFold(other[1], "bytes") {
			return -1, ""
		}
		return -1, "has a Content-Range that cannot be read: " + quote(value)
	}
	first, err1 := strconv.ParseInt(m[1], 10, 64)
	last, err2 := strconv.ParseInt(m[2], 10, 64)
	length, err3 := strconv.ParseInt(m[3], 10, 64)
	switch {
	case m[4] != "", err1 == nil && err2 == nil && first > last, err2 == nil && err3 == nil && last >= length:
		return -1, "has a Content-Range that cannot be: " + quote(value)
	case err1 != nil || err2 != nil:
		return -1, "" // beyond what can be computed with
	}
	return last - first + 1, ""
}
