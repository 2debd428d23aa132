package exchange

import "github.com/go-json-experiment/json/jsontext"

// Document is a text that several readers want as JSON: it is parsed once, on
// the first use that needs it. It is not for concurrent use.
type Document struct {
	text   []byte
	parsed bool
	reading
	err error
}

// NewDocument gives a text that is yet to be read. It must not change.
func NewDocument(text []byte) *Document { return &Document{text: text} }

// Text is what the document was made of.
func (d *Document) Text() []byte { return d.text }

// Parsed reports whether the value is at hand.
func (d *Document) Parsed() bool { return d.parsed }

// Value is what ParseJSON gives. It is shared, and must not be changed.
func (d *Document) Value() (any, error) {
	if !d.parsed {
		d.reading, d.err = readJSON(d.text)
		d.parsed = true
	}
	return d.value, d.err
}

// Strict reports whether the text is JSON in UTF-8, without lone surrogates,
// in which no object has a name twice (RFC 7493 §2). If the value has not been
// asked for, the text is only checked, which is much faster than to parse it.
func (d *Document) Strict() bool {
	if d.parsed && d.err == nil {
		return d.strict
	}
	return jsontext.Value(d.text).IsValid()
}

// Brief reports whether the text is known to be strict and to have no number
// of more than 15 characters or with an exponent, so that all clients read the
// same from it. It knows no more than what parsing has seen.
func (d *Document) Brief() bool { return d.brief }

// Forget lets go of the value, which takes several times the memory of its
// text. It can be asked for again.
func (d *Document) Forget() {
	if d.err == nil {
		d.parsed, d.value = false, nil
	}
}
