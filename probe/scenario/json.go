package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// jsonRows reads a JSON file whose value is a list.
func (r *reader) jsonRows(file source.File, t source.Text) ([]source.Value, bool) {
	data, ok := r.utf8Rows(file)
	if !ok {
		return nil, false
	}
	j := jsonFile{r: r, name: file.Name, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	j.dec.UseNumber()
	v, err := j.value(0)
	if err == nil {
		if _, after := j.dec.Token(); !errors.Is(after, io.EOF) {
			j.skip()
			r.problem(j.place(), 1, "", "text follows the value of the file")
			return nil, false
		}
		return r.listOfRows(v, t)
	}
	j.fail(err)
	return nil, false
}

// jsonFile reads JSON into values with places.
type jsonFile struct {
	r    *reader
	name string
	data []byte
	dec  *json.Decoder
	at   int // offset of the next token
	// The place is counted on from the one before: most files are one long line.
	counted     int // offset that line and runes are those of
	line, runes int
	weight      int // values read
}

var (
	errJSONDepth  = errors.New("nested too deep")
	errJSONWeight = errors.New("too many values")
)

// skip moves to the first octet of the next token.
func (j *jsonFile) skip() {
	j.at = max(j.at, int(j.dec.InputOffset()))
	for j.at < len(j.data) && bytes.IndexByte([]byte(" \t\r\n,:"), j.data[j.at]) >= 0 {
		j.at++
	}
}

func (j *jsonFile) place() source.Pos {
	for ; j.counted < j.at; j.counted++ {
		switch c := j.data[j.counted]; {
		case c == '\n':
			j.line, j.runes = j.line+1, 0
		case utf8.RuneStart(c):
			j.runes++
		}
	}
	return source.Pos{File: j.name, Line: j.line, Column: j.runes + 1}
}

func (j *jsonFile) value(depth int) (source.Value, error) {
	if depth > maxDepth {
		return source.Value{}, errJSONDepth
	}
	j.skip()
	v := source.Value{Pos: j.place(), Block: true}
	token, err := j.dec.Token()
	if err != nil {
		return v, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return j.list(v, depth)
		}
		return j.object(v, depth)
	case string:
		v.Kind, v.Text = source.String, t
	case json.Number:
		v.Kind, v.Text = source.Number, t.String()
	case bool:
		v.Kind, v.Text = source.Bool, "false"
		if t {
			v.Text = "true"
		}
	}
	return v, nil
}

// item is value for what counts towards maxWeight; keys do not.
func (j *jsonFile) item(depth int) (source.Value, error) {
	if j.weight++; j.weight > maxWeight {
		return source.Value{}, errJSONWeight
	}
	return j.value(depth)
}

func (j *jsonFile) list(v source.Value, depth int) (source.Value, error) {
	v.Kind = source.List
	for j.dec.More() {
		item, err := j.item(depth + 1)
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, item)
	}
	_, err := j.dec.Token()
	return v, err
}

func (j *jsonFile) object(v source.Value, depth int) (source.Value, error) {
	v.Kind = source.Object
	seen := map[string]bool{}
	for j.dec.More() {
		key, err := j.value(depth + 1)
		if err != nil {
			return v, err
		}
		item, err := j.item(depth + 1)
		if err != nil {
			return v, err
		}
		if seen[key.Text] {
			j.r.problem(key.Pos, utf8.RuneCountInString(key.Text)+2, "", "the key %s is given twice", quote(key.Text))
			continue
		}
		seen[key.Text] = true
		v.Members = append(v.Members, source.Member{Key: key.AsText(), Value: item})
	}
	_, err := j.dec.Token()
	return v, err
}

func (j *jsonFile) fail(err error) {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errJSONDepth):
		j.r.problem(j.place(), 1, "", "values are nested more than %d deep", maxDepth)
	case errors.Is(err, errJSONWeight):
		j.r.problem(j.place(), 1, "", tooManyRows, maxWeight)
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(j.data)) == 0:
		j.r.problem(source.Pos{File: j.name}, 0, "write a list: [ … ]", "the file is empty")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		j.at = len(j.data)
		j.r.problem(source.Pos{File: j.name, Line: j.place().Line}, 0, "", "the file ends in the middle of a value")
	case errors.As(err, &syntax):
		j.at = max(j.at, min(int(syntax.Offset)-1, len(j.data)-1))
		j.r.problem(j.place(), 1, "", "the file is not JSON: %s is not expected here", quote(j.char()))
	default:
		j.r.problem(j.place(), 1, "", "the file is not JSON")
	}
}

func (j *jsonFile) char() string {
	r, _ := utf8.DecodeRune(j.data[j.at:])
	return string(r)
}
