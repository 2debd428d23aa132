package rule

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"httpprobe/probe/exchange"
)

// document is content that is labelled JSON.
type document struct {
	content *exchange.Document
	text    []byte // of content: without a byte order mark
	bom     bool
	strict  bool   // UTF-8 without repeated names (RFC 7493)
	fault   string // why it is not JSON; "" when it is
}

var byteOrderMark = []byte("\uFEFF")

// json gives the content of the response if it is labelled JSON, is there from
// beginning to end, and is not a part of something; else nil.
func (p *Pass) json() *document {
	if !p.known.document {
		p.known.document = true
		if isJSON(p.mediaType()) && p.whole() && len(p.Response.Content) > 0 && p.Response.Status != http.StatusPartialContent {
			p.document = readDocument(p.content())
		}
	}
	if p.document.text == nil {
		return nil
	}
	return &p.document
}

// content is the content of the response, to be read as JSON.
func (p *Pass) content() *exchange.Document {
	if p.Content == nil {
		p.Content = exchange.NewDocument(p.Response.Content)
	}
	return p.Content
}

func readDocument(content *exchange.Document) document {
	text, bom := bytes.CutPrefix(content.Text(), byteOrderMark)
	if bom {
		content = exchange.NewDocument(text)
	}
	d := document{content: content, text: text, bom: bom, strict: content.Strict()}
	if !d.strict {
		d.fault = jsonFault(text)
	}
	return d
}

// body is the parsed content; it fails when that is not JSON.
func (d *document) body() (any, bool) {
	if d.fault != "" {
		return nil, false
	}
	value, err := d.content.Value()
	return value, err == nil
}

// jsonFault says why a text is not JSON, "" when it is. Repeated names and
// octets that are not UTF-8 are not its concern, and what is nested too deeply
// to be judged is not accused.
func jsonFault(text []byte) string {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := d.SkipValue()
	if err == nil {
		end := d.InputOffset()
		rest := bytes.TrimLeft(text[end:], " \t\r\n")
		if len(rest) == 0 {
			return ""
		}
		return fmt.Sprintf("text follows the value %s", placeOf(text, len(text)-len(rest)))
	}
	if strings.Contains(err.Error(), "max depth") {
		return ""
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) || int(syntax.ByteOffset) >= len(text) {
		return "it ends in the middle of a value"
	}
	at := int(syntax.ByteOffset)
	return fmt.Sprintf("unexpected %s %s", quoteAt(text, at), placeOf(text, at))
}

// repeatedName gives the place of the first repeated member name as a JSON
// pointer (RFC 6901).
func repeatedName(text []byte) (pointer string, found bool) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowInvalidUTF8(true))
	err := d.SkipValue()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) && errors.Is(syntax.Err, jsontext.ErrDuplicateName) {
		return string(syntax.JSONPointer), true
	}
	return "", false
}

func placeOf(text []byte, offset int) string {
	before := text[:offset]
	return fmt.Sprintf("at line %d, column %d", bytes.Count(before, []byte("\n"))+1, offset-bytes.LastIndexByte(before, '\n'))
}

func quoteAt(text []byte, offset int) string {
	return quote(strings.ToValidUTF8(string(text[offset:min(offset+12, len(text))]), "�"))
}
