package scenario

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// readBody reads the body of a step from any of the keys that give one.
func readBody(r *reader, s *Step, m source.Member) {
	if s.Body != nil {
		r.atText(m.Key, "keep one of them", "a step has one body, and it has %q at line %d already", s.Body.Kind, s.Body.Pos.Line)
		return
	}
	s.Body = &Body{Pos: m.Key.Pos, Kind: BodyKind(m.Key.Text)}
	switch s.Body.Kind {
	case JSON:
		s.Body.Value = m.Value
		if m.Value.Kind == source.Null && !written(m.Value) {
			r.atText(m.Key, "write null to send the JSON null", "%s has no value", quote(m.Key.Text))
		}
		r.runTogether(m)
	case Form:
		s.Body.Form = r.params(m, false)
	case Multipart:
		s.Body.Parts = r.parts(m)
	case TextBody:
		if !isScalar(m.Value) {
			r.wrong(m, "text", "write structured content with \"json\" or \"form\"")
			return
		}
		s.Body.Text = m.Value.AsText()
	case FileBody:
		s.Body.Text = r.path(m)
	case GraphQL:
		r.graphQL(s.Body, m)
	}
}

// runTogether finds "name:value" below a key, which is text to YAML where a
// mapping was meant.
func (r *reader) runTogether(m source.Member) {
	v := m.Value
	if v.Kind != source.String || v.Pos.Line <= m.Key.Pos.Line {
		return
	}
	found := keyWord.FindStringSubmatch(v.Text)
	if found == nil || !bytes.HasPrefix(bytes.TrimLeft(r.line(v.Pos.Line), " "), []byte(found[2]+":")) {
		return
	}
	r.problem(v.AsText().At(utf8.RuneCountInString(found[1]+found[2])), 1, `write "`+found[2]+`: …"`, "a key ends with a colon and a space; this is text to YAML")
}

// written reports whether a null stands in the file as a word.
func written(v source.Value) bool { return v.Text != "" }

// path reads the path of a file below the suite's folder.
func (r *reader) path(m source.Member) source.Text {
	if m.Value.Kind != source.String {
		r.wrong(m, "the path of a file", "paths start at the folder of this file")
		return source.Text{}
	}
	return r.text(m)
}

var graphQLFields = []field[Body]{
	{"query", func(r *reader, b *Body, m source.Member) { b.Text = r.text(m) }},
	{"variables", func(r *reader, b *Body, m source.Member) {
		if m.Value.Kind != source.Object && m.Value.Kind != source.String {
			r.wrong(m, "a mapping", "")
			return
		}
		b.Vars = m.Value
	}},
	{"operation", func(r *reader, b *Body, m source.Member) { b.Operation = r.text(m) }},
}

func (r *reader) graphQL(b *Body, m source.Member) {
	switch m.Value.Kind {
	case source.String:
		b.Text = r.text(m)
	case source.Object:
		fill(r, "graphql", m.Value, b, graphQLFields)
		if _, ok := m.Value.Get("query"); !ok {
			r.problem(m.Value.Pos, 1, `write "query: …"`, "graphql has no query")
		}
	default:
		r.wrong(m, "a query, or a mapping with one", "")
	}
}

var partFields = []field[Part]{
	{"file", func(r *reader, p *Part, m source.Member) { p.File = r.path(m) }},
	{"text", readPart}, {"value", readPart},
	{"filename", func(r *reader, p *Part, m source.Member) { p.Filename = r.text(m) }},
	{"type", func(r *reader, p *Part, m source.Member) {
		p.Type = r.text(m)
		if p.Type.Given() && !strings.Contains(p.Type.Text, "/") && !strings.Contains(p.Type.Text, "${") {
			r.atText(p.Type, "write it like image/png", "%s is not a media type", quote(p.Type.Text))
		}
	}},
}

func readPart(r *reader, p *Part, m source.Member) {
	if !isScalar(m.Value) {
		r.wrong(m, "text", "")
		return
	}
	p.Text = m.Value.AsText()
}

// parts reads the parts of a multipart body; a list as value repeats the name.
func (r *reader) parts(m source.Member) []Part {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to parts", "write { name: value, picture: { file: a.png } }")
		return nil
	}
	if len(m.Value.Members) == 0 {
		r.at(m.Value, "", "a multipart body has at least one part")
	}
	var out []Part
	for _, entry := range m.Value.Members {
		values := []source.Value{entry.Value}
		if entry.Value.Kind == source.List {
			values = entry.Value.Items
		}
		if len(values) == 0 {
			r.at(entry.Value, "", "%s has no parts: the list is empty", quote(entry.Key.Text))
		}
		for _, v := range values {
			if p, ok := r.part(source.Member{Key: entry.Key, Value: v}); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

func (r *reader) part(m source.Member) (Part, bool) {
	p := Part{Name: m.Key}
	if isScalar(m.Value) {
		p.Text = m.Value.AsText()
		return p, true
	}
	if m.Value.Kind != source.Object {
		r.wrong(m, "text, or a mapping with a file or text", "write { file: a.png }")
		return p, false
	}
	fill(r, "a part", m.Value, &p, partFields)
	var contents []string
	for _, key := range []string{"file", "text", "value"} {
		if _, ok := m.Value.Get(key); ok {
			contents = append(contents, `"`+key+`"`)
		}
	}
	switch len(contents) {
	case 0:
		r.problem(m.Value.Pos, 1, "write { file: a.png } or { text: … }", "the part %s has no content", quote(m.Key.Text))
	case 1:
		return p, true
	default:
		r.problem(m.Value.Pos, 1, "keep one of them", "the part %s has %s", quote(m.Key.Text), strings.Join(contents, " and "))
	}
	return p, false
}
