package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deeply lists and objects may stand in each other; the
// reader below it has a limit of its own at ten thousand.
const maxDepth = 5000

// ParseJSON reads exactly one JSON value: nil, bool, json.Number, string,
// []any or map[string]any. Of members with the same name the last one counts,
// and octets that are not UTF-8 become U+FFFD, as in most clients; rules judge
// both. Its errors are for people: what is wrong and at which line and column.
func ParseJSON(b []byte) (any, error) {
	j, err := readJSON(b)
	return j.value, err
}

// reading is a JSON value and what was seen of its text on the way.
type reading struct {
	value  any
	strict bool // UTF-8, each name once in its object, no half of a surrogate pair (RFC 7493 §2)
	brief  bool // strict, and all numbers are shorter than any that clients read differently
}

func readJSON(b []byte) (reading, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return reading{}, errors.New("it is empty")
	}
	// Nearly all texts are strict, and then nothing needs to be read twice.
	p := jsonParser{text: b, brief: true}
	if v, err := p.whole(jsontext.AllowInvalidUTF8(false)); err == nil {
		return reading{v, !p.repeats, !p.repeats && p.brief}, nil
	}
	v, err := p.whole(jsontext.AllowInvalidUTF8(true))
	return reading{value: v}, err
}

type jsonParser struct {
	text    []byte
	d       *jsontext.Decoder
	repeats bool // some object has a name twice
	brief   bool // no number is long or has an exponent
}

// whole reads the text as one value.
func (p *jsonParser) whole(o jsontext.Options) (any, error) {
	p.d = jsontext.NewDecoder(bytes.NewBuffer(p.text), jsontext.AllowDuplicateNames(true), o)
	v, err := p.value(0)
	if err != nil {
		return nil, p.worded(err)
	}
	if _, err := p.d.ReadToken(); !errors.Is(err, io.EOF) {
		end := int(p.d.InputOffset())
		end = len(p.text) - len(bytes.TrimLeft(p.text[end:], " \t\r\n"))
		line, column := place(p.text, end)
		return nil, fmt.Errorf("text follows the value at line %d, column %d", line, column)
	}
	return v, nil
}

var errTooDeep = errors.New("it is nested too deeply to be read")

func (p *jsonParser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	t, err := p.d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return t.Bool(), nil
	case '"':
		return t.String(), nil
	case '0':
		return p.number(t.String()), nil
	case '[':
		return p.list(depth)
	default: // {
		return p.object(depth)
	}
}

// number notes what may be beyond a double: integers of up to 15 digits are not.
func (p *jsonParser) number(digits string) json.Number {
	const brief = 15
	p.brief = p.brief && len(digits) <= brief && !strings.ContainsAny(digits, "eE")
	return json.Number(digits)
}

func (p *jsonParser) list(depth int) (any, error) {
	list := []any{}
	for p.d.PeekKind() != ']' {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := p.d.ReadToken()
	return list, err
}

func (p *jsonParser) object(depth int) (any, error) {
	object := map[string]any{}
	for p.d.PeekKind() != '}' {
		name, err := p.d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String() // before the token's octets are read over
		before := len(object)
		if object[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		p.repeats = p.repeats || len(object) == before
	}
	_, err := p.d.ReadToken()
	return object, err
}

func (p *jsonParser) worded(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooDeep):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return errors.New("it ends in the middle of a value")
	case errors.As(err, &syntax) && int(syntax.ByteOffset) < len(p.text):
		at := int(syntax.ByteOffset)
		line, column := place(p.text, at)
		quoted := strings.ToValidUTF8(string(p.text[at:min(at+12, len(p.text))]), "�")
		return fmt.Errorf("unexpected %q at line %d, column %d", quoted, line, column)
	}
	return errors.New("it ends in the middle of a value")
}

func place(b []byte, offset int) (line, column int) {
	before := b[:min(offset, len(b))]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}
