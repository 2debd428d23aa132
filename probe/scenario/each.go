package scenario

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// maxRowsFile is how many octets of a file of rows are read.
const maxRowsFile = 16 << 20

const tooManyRows = "the file holds more than %d values"

// table is `each` while it is read: where its rows come from.
type table struct{ file source.Text }

var eachFields = []field[table]{
	{"file", func(r *reader, t *table, m source.Member) { t.file = r.path(m) }},
}

const eachExample = "write a list of values, or { file: rows.csv }"

// each reads a table, given in place or in a file.
func (r *reader) each(m source.Member) *Each {
	out := &Each{Pos: m.Key.Pos}
	switch v := m.Value; v.Kind {
	case source.List:
		for _, item := range v.Items {
			out.Rows = append(out.Rows, Row{Pos: item.Pos, Name: rowName(item), Value: item})
		}
		if len(out.Rows) == 0 {
			r.at(v, "", "%s selects nothing: the list is empty", quote(m.Key.Text))
		}
	case source.Object:
		var t table
		fill(r, "each", v, &t, eachFields)
		if _, ok := v.Get("file"); !ok {
			r.problem(v.Pos, 1, eachExample, "each has no file")
		}
		if !t.file.Given() {
			return nil
		}
		rows, ok := r.rows(t.file)
		if !ok {
			return nil
		}
		out.Rows, out.File = rows, t.file
		if len(rows) == 0 {
			r.atText(t.file, "", "%s selects nothing: %s has no rows", quote(m.Key.Text), quote(t.file.Text))
		}
	case source.String:
		hint := eachExample
		if path.Ext(v.Text) != "" {
			hint = "write { file: " + shorten(v.Text) + " }"
		}
		r.wrong(m, "a list or a mapping with a file", hint)
		return nil
	default:
		r.wrong(m, "a list or a mapping with a file", eachExample)
		return nil
	}
	if len(out.Rows) == 0 {
		return nil
	}
	for _, row := range out.Rows {
		r.exact(row.Value)
	}
	return out
}

// rowName is what reports call a row.
func rowName(v source.Value) string {
	if v.Kind != source.Object {
		return oneLine(scalarName(v))
	}
	if name, ok := v.Get("name"); ok && isScalar(name) {
		return oneLine(name.Text)
	}
	for _, m := range v.Members {
		if isScalar(m.Value) {
			return oneLine(m.Value.Text)
		}
	}
	return oneLine(v.String())
}

func scalarName(v source.Value) string {
	if isScalar(v) {
		return v.Text
	}
	return v.String()
}

func oneLine(s string) string { return shorten(strings.Join(strings.Fields(s), " ")) }

// formats are the files that rows can be read from.
var formats = map[string]func(*reader, source.File, source.Text) ([]source.Value, bool){
	".csv":  (*reader).csvRows,
	".json": (*reader).jsonRows,
	".yaml": (*reader).yamlRows,
	".yml":  (*reader).yamlRows,
}

// rows reads the rows of a file below the suite's folder.
func (r *reader) rows(t source.Text) ([]Row, bool) {
	read, ok := formats[strings.ToLower(path.Ext(t.Text))]
	if !ok {
		r.atText(t, "rows are read from .csv, .json, .yaml and .yml", "%s is no file of rows", quote(t.Text))
		return nil, false
	}
	data, ok := r.open(t)
	if !ok {
		return nil, false
	}
	// Places in the file are told with its path beside that of the suite.
	name := strings.TrimPrefix(t.Text, "./")
	if i := strings.LastIndexAny(r.file.Name, `/\`); i >= 0 {
		name = r.file.Name[:i+1] + name
	}
	file := source.File{Name: name, Data: data}
	before := len(r.problems)
	values, ok := read(r, file, t)
	file.Annotate(r.problems[before:])
	if !ok {
		return nil, false
	}
	rows := make([]Row, len(values))
	for i, v := range values {
		rows[i] = Row{Pos: v.Pos, Name: rowName(v), Value: v}
	}
	return rows, true
}

// open reads a file of rows.
func (r *reader) open(t source.Text) ([]byte, bool) {
	const where = "paths start at the folder of this file"
	name := strings.TrimPrefix(t.Text, "./")
	switch {
	case strings.Contains(name, "${"):
		r.atText(t, "write the name of a file", "rows are read before variables have values: a path with ${…} cannot be followed")
		return nil, false
	case strings.Contains(name, `\`):
		r.atText(t, "write / between folders", "%s is no path that works on every system", quote(t.Text))
		return nil, false
	case !fs.ValidPath(name):
		r.atText(t, where, "%s is outside the folder of this file; only files below it are read", quote(t.Text))
		return nil, false
	case r.dir == nil:
		r.atText(t, where, "there is no file %s", quote(t.Text))
		return nil, false
	}
	file, err := r.dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		hint := where
		if near := source.Nearest(path.Base(name), r.beside(name)); near != "" {
			hint = "did you mean \"" + path.Join(path.Dir(name), near) + "\"?"
		}
		r.atText(t, hint, "there is no file %s", quote(t.Text))
		return nil, false
	}
	if err != nil {
		r.atText(t, "", "the file %s cannot be read", quote(t.Text))
		return nil, false
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRowsFile+1))
	switch {
	case err != nil:
		r.atText(t, "", "the file %s cannot be read", quote(t.Text))
	case len(data) > maxRowsFile:
		r.atText(t, "", "the file %s has more than %d MiB", quote(t.Text), maxRowsFile>>20)
	default:
		return data, true
	}
	return nil, false
}

// beside gives the names of the files that stand where one was looked for.
func (r *reader) beside(name string) []string {
	entries, err := fs.ReadDir(r.dir, path.Dir(name))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

func (r *reader) yamlRows(file source.File, t source.Text) ([]source.Value, bool) {
	v, problems := load(file)
	r.problems = append(r.problems, problems...)
	if v == nil {
		return nil, len(problems) == 0
	}
	return r.listOfRows(*v, t)
}

func (r *reader) listOfRows(v source.Value, t source.Text) ([]source.Value, bool) {
	if v.Kind != source.List {
		r.problem(v.Pos, 1, "", "the rows of %s must be a list, not %s", quote(t.Text), a(v))
		return nil, false
	}
	return v.Items, true
}

// utf8Rows takes a byte order mark off and refuses what is no UTF-8.
func (r *reader) utf8Rows(file source.File) ([]byte, bool) {
	data := bytes.TrimPrefix(file.Data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return data, true
	}
	line := 1 + slices.IndexFunc(bytes.Split(data, []byte("\n")), func(l []byte) bool { return !utf8.Valid(l) })
	r.problem(source.Pos{File: file.Name, Line: line}, 0, "save it as UTF-8", "the file is not UTF-8")
	return nil, false
}
