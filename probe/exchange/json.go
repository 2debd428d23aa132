package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseJSON reads exactly one JSON value: nil, bool, json.Number, string,
// []any or map[string]any. Its errors are for people: what is wrong and at
// which line and column.
func ParseJSON(b []byte) (any, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errors.New("it is empty")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, jsonError(b, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		line, column := place(b, int(d.InputOffset()))
		return nil, fmt.Errorf("text follows the value at line %d, column %d", line, column)
	}
	return v, nil
}

func jsonError(b []byte, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends in the middle of a value")
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at := max(0, min(int(syntax.Offset)-1, len(b)-1))
		line, column := place(b, at)
		return fmt.Errorf("unexpected %q at line %d, column %d", string(b[at]), line, column)
	}
	return errors.New("it is not JSON")
}

func place(b []byte, offset int) (line, column int) {
	before := b[:min(offset, len(b))]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}
