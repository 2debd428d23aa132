package reports

import (
	"io"
	"strings"
	"unicode/utf8"
)

// xmlWriter writes elements, each on its own lines and further in than its
// parent. Its first error is kept and ends all writing.
type xmlWriter struct {
	w     io.Writer
	err   error
	depth int
}

// attribute is one attribute of an element; one without a value is left out.
type attribute struct{ name, value string }

func (x *xmlWriter) write(parts ...string) {
	for _, s := range parts {
		if x.err == nil {
			_, x.err = io.WriteString(x.w, s)
		}
	}
}

// open begins an element that holds others.
func (x *xmlWriter) open(name string, attributes ...attribute) {
	x.start(name, attributes)
	x.write(">\n")
	x.depth++
}

func (x *xmlWriter) close(name string) {
	x.depth--
	x.write(strings.Repeat("  ", x.depth), "</", name, ">\n")
}

// element writes an element that holds a text, or nothing.
func (x *xmlWriter) element(name, text string, attributes ...attribute) {
	x.start(name, attributes)
	if text == "" {
		x.write("/>\n")
		return
	}
	x.write(">", xmlText(text), "</", name, ">\n")
}

func (x *xmlWriter) start(name string, attributes []attribute) {
	x.write(strings.Repeat("  ", x.depth), "<", name)
	for _, a := range attributes {
		if a.value != "" {
			x.write(" ", a.name, `="`, xmlText(a.value), `"`)
		}
	}
}

// xmlText escapes text for elements and for attributes in double quotes. What
// XML 1.0 §2.2 does not allow, and octets that are not UTF-8, become U+FFFD.
func xmlText(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r > '~' || strings.ContainsRune(`<>&"'`, r) }) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&apos;")
		case r == '\r':
			b.WriteString("&#13;") // a plain one is read as a line feed
		case allowedInXML(r):
			b.WriteRune(r)
		default:
			b.WriteRune(utf8.RuneError)
		}
	}
	return b.String()
}

// allowedInXML is the Char production of XML 1.0.
func allowedInXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= 0x10ffff
}
