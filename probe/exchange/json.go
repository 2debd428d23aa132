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
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errors.New("it is empty")
	}
	p := jsonParser{text: b}
	p.d = jsontext.NewDecoder(bytes.NewBuffer(b), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := p.value(0)
	if err != nil {
		return nil, p.worded(err)
	}
	if _, err := p.d.ReadToken(); !errors.Is(err, io.EOF) {
		end := int(p.d.InputOffset())
		end = len(b) - len(bytes.TrimLeft(b[end:], " \t\r\n"))
		line, column := place(b, end)
		return nil, fmt.Errorf("text follows the value at line %d, column %d", line, column)
	}
	return v, nil
}

type jsonParser struct {
	text []byte
	d    *jsontext.Decoder
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
		return json.Number(t.String()), nil
	case '[':
		return p.list(depth)
	default: // {
		return p.object(depth)
	}
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
		if object[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
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
