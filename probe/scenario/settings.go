package scenario

import (
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/source"
)

// vars reads named values. Whether names can be used in expressions is judged
// where expressions are compiled.
func (r *reader) vars(m source.Member) []Var {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to values", "write { name: value }")
		return nil
	}
	out := make([]Var, 0, len(m.Value.Members))
	for _, entry := range m.Value.Members {
		r.exact(entry.Value)
		out = append(out, Var{Name: entry.Key, Value: entry.Value})
	}
	return out
}

// exact refuses whole numbers that expressions would round, such as long ids.
func (r *reader) exact(v source.Value) {
	if v.Kind == source.Number && !strings.ContainsAny(v.Text, ".eE") {
		if _, err := strconv.ParseInt(v.Text, 10, 64); err != nil {
			r.at(v, "put it in quotes", "the number %s is too large to stay exact as a value of a variable", shorten(v.Text))
		}
	}
	for _, item := range v.Items {
		r.exact(item)
	}
	for _, m := range v.Members {
		r.exact(m.Value)
	}
}

// tags reads words that conditions such as `smoke && !slow` can name.
func (r *reader) tags(m source.Member) []source.Text {
	var out []source.Text
	for _, t := range r.texts(m) {
		if strings.ContainsAny(t.Text, " \t\n&|!(),") {
			hint := "tags are words without spaces or any of & | ! ( ) ,"
			words := strings.FieldsFunc(t.Text, func(c rune) bool { return c == ' ' || c == ',' })
			if len(words) > 1 && m.Value.Kind != source.List {
				hint = "write [" + shorten(strings.Join(words, ", ")) + "]"
			}
			r.atText(t, hint, "no selection could name the tag %s", quote(t.Text))
			continue
		}
		out = append(out, t)
	}
	return out
}

var errorModes = []string{"flat", "list", "envelope", "problem", "auto", "off"}

var errorsFields = []field[Errors]{
	{"schema", func(r *reader, e *Errors, m source.Member) { e.Schema = r.path(m) }},
}

// errors reads the shape of error bodies.
func (r *reader) errors(m source.Member) Errors {
	out := Errors{Pos: m.Key.Pos}
	switch v := m.Value; {
	case v.Kind == source.String && slices.Contains(errorModes, v.Text):
		out.Mode = v.Text
	case v.Kind == source.String:
		hint := source.DidYouMean(v.Text, errorModes)
		if strings.HasSuffix(v.Text, ".json") {
			hint = "write { schema: " + shorten(v.Text) + " }"
		}
		r.at(v, hint, "%s is not a shape of errors", quote(v.Text))
	case v.Kind == source.Bool && v.Text == "false":
		r.at(v, "write off", "%s must be a shape of errors, not false", quote(m.Key.Text))
	case v.Kind == source.Object:
		fill(r, "errors", v, &out, errorsFields)
		if _, ok := v.Get("schema"); !ok {
			r.problem(v.Pos, 1, "write { schema: error.schema.json }", "errors has no schema")
		}
	default:
		r.wrong(m, list(errorModes)+", or { schema: file }", "")
	}
	return out
}

// oneOf reads one of a few words.
func (r *reader) oneOf(m source.Member, words []string, what string) (source.Text, bool) {
	v := m.Value
	switch {
	case v.Kind == source.String && slices.Contains(words, v.Text):
		return v.AsText(), true
	case v.Kind == source.Bool && slices.Contains(words, "off"):
		hint := "write off"
		if v.Text == "true" {
			hint = "write error, warning or info, or leave it out"
		}
		r.at(v, hint, "%s must be %s, not %s", quote(m.Key.Text), list(words), v.Text)
	case v.Kind == source.String:
		hint := source.DidYouMean(v.Text, words)
		if slices.Contains(words, "off") && slices.Contains([]string{"no", "none", "never", "disabled", "ignore"}, v.Text) {
			hint = "write off"
		}
		r.at(v, hint, "%s is not a %s", quote(v.Text), what)
	default:
		r.wrong(m, list(words), "")
	}
	return source.Text{}, false
}
