package scenario

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// maxProblems is how many mistakes of one file are told.
const maxProblems = 500

// Parse reads one scenario file and gives everything that is wrong with its
// form, in the order of the file and with excerpts. dir is the suite's own
// folder, the only place that files are read from (rows of `each`); nil reads
// none; give it the FS of an os.Root, so that symbolic links cannot lead out of
// it. The suite holds what could be read even where there are problems, and
// is nil only when the file is not YAML or holds nothing.
func Parse(file source.File, dir fs.FS) (*Suite, []source.Problem) {
	v, problems := load(file)
	r := &reader{file: file, dir: dir, problems: problems}
	var suite *Suite
	switch {
	case v != nil:
		suite = r.suite(*v)
	case len(problems) == 0:
		r.problem(source.Pos{File: file.Name}, 0, "a suite is a base_url and steps", "the file is empty")
	}
	r.explainUnknown()
	out := source.Sort(r.problems)
	if len(out) > maxProblems {
		more := len(out) - maxProblems
		out = append(out[:maxProblems], source.Problem{
			Pos: source.Pos{File: file.Name}, Text: fmt.Sprintf("%d more mistakes are not shown", more),
		})
	}
	file.Annotate(out)
	return suite, out
}

// reader turns the values of a file into a suite and collects mistakes.
type reader struct {
	file     source.File
	dir      fs.FS
	lines    [][]byte // of the file, once they are asked for
	problems []source.Problem
	unknown  []unknownKey
}

type unknownKey struct {
	place  string
	known  []string
	member source.Member
}

// field is a key that a mapping may have. Without read it is one of the
// format that this version cannot carry out.
type field[T any] struct {
	key  string
	read func(*reader, *T, source.Member)
}

// fill reads the keys of a mapping. It reports false when v is no mapping.
func fill[T any](r *reader, place string, v source.Value, into *T, fields []field[T]) bool {
	if v.Kind != source.Object {
		r.at(v, "", "%s must be a mapping, not %s", place, a(v))
		return false
	}
	for _, m := range v.Members {
		i := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == m.Key.Text })
		switch {
		case i < 0:
			r.unknown = append(r.unknown, unknownKey{place, keys(fields), m})
		case fields[i].read == nil:
			r.atText(m.Key, "", "%q is not supported yet", m.Key.Text)
		default:
			fields[i].read(r, into, m)
		}
	}
	return true
}

func keys[T any](fields []field[T]) []string {
	var out []string
	for _, f := range fields {
		if f.read != nil {
			out = append(out, f.key)
		}
	}
	return out
}

func (r *reader) problem(at source.Pos, width int, hint, format string, args ...any) {
	r.problems = append(r.problems, source.Problem{Pos: at, Width: width, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// at reports a problem with a value and marks it.
func (r *reader) at(v source.Value, hint, format string, args ...any) {
	width := 1
	if v.Kind != source.List && v.Kind != source.Object && !v.Block {
		width = utf8.RuneCountInString(v.Text)
	}
	r.problem(v.Pos, width, hint, format, args...)
}

// atText reports a problem with a text and marks it.
func (r *reader) atText(t source.Text, hint, format string, args ...any) {
	width := 1
	if !t.Block {
		width = utf8.RuneCountInString(t.Text)
	}
	r.problem(t.Pos, width, hint, format, args...)
}

// wrong reports a value of the wrong kind under a key.
func (r *reader) wrong(m source.Member, want, hint string) {
	if m.Value.Kind == source.Null {
		r.atText(m.Key, hint, "%s has no value; it must be %s", quote(m.Key.Text), want)
		return
	}
	r.at(m.Value, hint, "%s must be %s, not %s", quote(m.Key.Text), want, a(m.Value))
}

// a names the kind of a value with its article.
func a(v source.Value) string {
	switch v.Kind {
	case source.Null:
		return "null"
	case source.String:
		return "the text " + quote(v.Text)
	case source.Bool:
		return v.Text
	case source.Number:
		return "the number " + shorten(v.Text)
	}
	return "a " + v.Kind.String()
}

// quote shows a text of the file in a message.
func quote(s string) string { return fmt.Sprintf("%q", shorten(s)) }

func shorten(s string) string {
	const most = 60
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return string([]rune(s[:min(len(s), most*utf8.UTFMax)])[:most-1]) + "…"
	}
	return s
}

func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}
