package scenario

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// csvRows reads comma-separated rows (RFC 4180) whose first line names the
// columns. All values are texts.
func (r *reader) csvRows(file source.File, _ source.Text) ([]source.Value, bool) {
	data, ok := r.utf8Rows(file)
	if !ok {
		return nil, false
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord = -1
	at := csvPlaces{lines: bytes.Split(data, []byte("\n"))}
	place := func(field int) source.Pos {
		line, column := c.FieldPos(field)
		return source.Pos{File: file.Name, Line: line, Column: at.column(line, column)}
	}
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		r.problem(source.Pos{File: file.Name}, 0, "", "the file is empty: its first line must name the columns")
		return nil, false
	}
	if err != nil {
		r.csvProblem(file, err)
		return nil, false
	}
	columns, ok := r.csvHeader(header, place)
	if !ok {
		return nil, false
	}
	var out []source.Value
	weight := 0
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, ok
		}
		if err != nil {
			r.csvProblem(file, err)
			return nil, false
		}
		if weight += 1 + len(record); weight > maxWeight {
			r.problem(place(0), 1, "", tooManyRows, maxWeight)
			return nil, false
		}
		if len(record) != len(columns) {
			r.problem(place(0), 1, `quote a value that has a comma in it: "a, b"`,
				"this row has %s, the header %s", values(len(record)), values(len(columns)))
			ok = false
		}
		if !ok {
			continue
		}
		row := source.Value{Pos: place(0), Kind: source.Object}
		for i, text := range record {
			row.Members = append(row.Members, source.Member{
				Key:   columns[i],
				Value: source.Value{Pos: place(i), Kind: source.String, Text: text, Block: true},
			})
		}
		out = append(out, row)
	}
}

// csvPlaces turns places in octets into places in characters. It goes on from
// the place before where it can: lines may be long, and have many fields.
type csvPlaces struct {
	lines               [][]byte
	line, octets, runes int // the place before: octets and characters in front of it
}

func (p *csvPlaces) column(line, column int) int {
	text := p.lines[line-1]
	end := min(len(text), column-1)
	if line != p.line || end < p.octets {
		p.line, p.octets, p.runes = line, 0, 0
	}
	p.runes += utf8.RuneCount(text[p.octets:end])
	p.octets = end
	return p.runes + 1
}

func values(n int) string {
	if n == 1 {
		return "1 value"
	}
	return itoa(n) + " values"
}

func (r *reader) csvHeader(header []string, place func(int) source.Pos) ([]source.Text, bool) {
	ok := true
	first := map[string]bool{}
	var out []source.Text
	if len(header) == 1 && strings.Contains(header[0], ";") {
		r.problem(place(0), utf8.RuneCountInString(header[0]), "separate columns with commas", "the columns are separated with semicolons")
		return nil, false
	}
	for i, name := range header {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			r.problem(place(i), 1, "the first line names the columns", "column %d has no name", i+1)
			ok = false
		case first[name]:
			r.problem(place(i), utf8.RuneCountInString(name), "", "two columns have the name %s", quote(name))
			ok = false
		}
		first[name] = true
		out = append(out, source.Text{Text: name, Pos: place(i), Block: true})
	}
	return out, ok
}

func (r *reader) csvProblem(file source.File, err error) {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		r.problem(source.Pos{File: file.Name}, 0, "", "the file is not CSV")
		return
	}
	text, hint := "this line is not CSV", ""
	switch {
	case errors.Is(parse.Err, csv.ErrBareQuote):
		text, hint = `a " stands within a value that is not quoted`, `quote the value, and double the quotes in it: "a ""b"" c"`
	case errors.Is(parse.Err, csv.ErrQuote):
		text, hint = "a quoted value is not closed, or text follows it", `double the quotes in it: "a ""b"" c"`
	}
	r.problem(source.Pos{File: file.Name, Line: parse.StartLine}, 0, hint, "%s", text)
}
