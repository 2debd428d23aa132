package scenario

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/source"
)

var expectFields = []field[Expect]{
	{"status", func(r *reader, e *Expect, m source.Member) { e.Status = r.statusValue(m) }},
	{"headers", func(r *reader, e *Expect, m source.Member) { e.Headers = r.wanted(m); r.fieldNames(m) }},
	{"trailers", func(r *reader, e *Expect, m source.Member) { e.Trailers = r.wanted(m); r.fieldNames(m) }},
	{"cookies", func(r *reader, e *Expect, m source.Member) { e.Cookies = r.wanted(m) }},
	{"body", func(r *reader, e *Expect, m source.Member) {
		if m.Value.Kind == source.Null && !written(m.Value) {
			r.atText(m.Key, "write null to expect the JSON null, or $empty", "%s has no value", quote(m.Key.Text))
			return
		}
		r.runTogether(m)
		e.Body = &m.Value
	}},
	{"error", func(r *reader, e *Expect, m source.Member) { e.Error = r.wantedError(m) }},
	{"informational", func(r *reader, e *Expect, m source.Member) { e.Informational = r.informational(m) }},
	{"redirects", func(r *reader, e *Expect, m source.Member) {
		if m.Value.Kind == source.Null || m.Value.Kind == source.Bool {
			r.wrong(m, "a number of redirects or a list of them", "")
			return
		}
		e.Redirects = &m.Value
	}},
	{"time", func(r *reader, e *Expect, m source.Member) { e.Time = r.wantedTime(m) }},
	{"http", func(r *reader, e *Expect, m source.Member) { e.HTTP = r.version(m) }},
	{"assert", func(r *reader, e *Expect, m source.Member) {
		for _, t := range r.texts(m) {
			if t = r.uncut(t); t.Given() {
				e.Assert = append(e.Assert, t)
			}
		}
		if m.Value.Kind == source.List && len(m.Value.Items) == 0 {
			r.at(m.Value, "", "%s is an empty list: it expects nothing", quote(m.Key.Text))
		}
	}},
}

// expect reads what is expected: a status, or a mapping.
func (r *reader) expect(m source.Member) Expect {
	out := Expect{Pos: m.Key.Pos}
	switch v := m.Value; {
	case v.Kind == source.Number, v.Kind == source.String:
		out.Status = r.status(v.AsText())
	case v.Kind == source.Object && len(v.Members) > 0:
		fill(r, inExpect, v, &out, expectFields)
	case v.Kind == source.Object, v.Kind == source.Null:
		r.atText(m.Key, "write expect: 200, or { status: 200, body: … }", "%s is empty: the step would pass on any answer", quote(m.Key.Text))
	default:
		r.wrong(m, "a status or a mapping", "write expect: 200, or { status: 200, body: … }")
	}
	return out
}

// wanted reads names with what is wanted of their values.
func (r *reader) wanted(m source.Member) []source.Member {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to wanted values", "write { name: value }")
		return nil
	}
	if len(m.Value.Members) == 0 {
		r.at(m.Value, "", "%s is empty: it expects nothing", quote(m.Key.Text))
	}
	for _, entry := range m.Value.Members {
		if entry.Value.Kind == source.Null {
			r.atText(entry.Key, "write $absent, $any, or the value", "%s has no value; null is in no message", quote(entry.Key.Text))
		}
	}
	return m.Value.Members
}

func (r *reader) wantedError(m source.Member) *source.Value {
	switch v := m.Value; v.Kind {
	case source.String, source.Number:
		return &v
	case source.Object:
		if len(v.Members) == 0 {
			r.at(v, "name code, message or details", "%s is empty: it expects nothing", quote(m.Key.Text))
			return nil
		}
		return &v
	}
	r.wrong(m, "the message of the error, or a mapping with code, message or details", "")
	return nil
}

func (r *reader) informational(m source.Member) []int {
	items := []source.Value{m.Value}
	if m.Value.Kind == source.List {
		items = m.Value.Items
	}
	if len(items) == 0 {
		r.at(m.Value, "", "%s is an empty list: it expects nothing", quote(m.Key.Text))
	}
	var out []int
	for _, item := range items {
		n, err := strconv.Atoi(item.Text)
		if item.Kind != source.Number || err != nil || n < 100 || n > 199 {
			r.at(item, "write 103, or a list of them", "%s is not a 1xx status", a(item))
			continue
		}
		out = append(out, n)
	}
	return out
}

var bareNumber = regexp.MustCompile(`^[0-9.]+$`)

func (r *reader) wantedTime(m source.Member) *source.Value {
	v := m.Value
	switch {
	case v.Kind == source.Number, v.Kind == source.String && bareNumber.MatchString(v.Text):
		r.at(v, durationHint(v.Text), "%s is not a duration", quoteNumber(v))
	case v.Kind == source.String, v.Kind == source.Object && len(v.Members) > 0:
		return &v
	default:
		r.wrong(m, "a duration or a matcher", "write { $lt: 500ms }")
	}
	return nil
}

var versions = []string{"1.0", "1.1", "2"}

// version reads the HTTP version that an answer must have.
func (r *reader) version(m source.Member) source.Text {
	t := r.text(m)
	if t.Given() && !slices.Contains(versions, t.Text) {
		hint := "write 1.0, 1.1 or 2"
		if trimmed := strings.TrimSuffix(strings.TrimPrefix(strings.ToUpper(t.Text), "HTTP/"), ".0"); slices.Contains(versions, trimmed) {
			hint = "write " + trimmed
		}
		r.atText(t, hint, "%s is not an HTTP version that can be expected", quote(t.Text))
		return source.Text{}
	}
	return t
}

// protocol reads the HTTP version that requests are sent with.
func (r *reader) protocol(m source.Member) source.Text {
	t := r.text(m)
	switch {
	case !t.Given() || t.Text == "1.1":
		return t
	case slices.Contains([]string{"1.0", "2", "2.0", "3"}, t.Text):
		r.atText(t, "write 1.1, or leave it out", "HTTP %s is not supported yet", t.Text)
	default:
		r.atText(t, "write 1.1, or leave it out", "%s is not an HTTP version", quote(t.Text))
	}
	return source.Text{}
}
