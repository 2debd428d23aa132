package scenario

import (
	"slices"
	"strings"

	"httpprobe/probe/source"
)

// params reads names with their values: one, or a list of them. With null a
// default can be taken away, where there are defaults.
func (r *reader) params(m source.Member, removable bool) []Param {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to values", "write { name: value }")
		return nil
	}
	out := make([]Param, 0, len(m.Value.Members))
	for _, entry := range m.Value.Members {
		if p, ok := r.param(m, entry, removable); ok {
			out = append(out, p)
		}
	}
	return out
}

func (r *reader) param(m, entry source.Member, removable bool) (Param, bool) {
	p := Param{Name: entry.Key}
	v := entry.Value
	switch {
	case v.Kind == source.Null && removable:
		p.Remove = true
	case isScalar(v):
		p.Values = []source.Value{v}
	case v.Kind == source.List && len(v.Items) > 0:
		for _, item := range v.Items {
			if !isScalar(item) {
				r.at(item, "", "a value of %s must be text, not %s", quote(entry.Key.Text), a(item))
				return p, false
			}
		}
		p.Values = v.Items
	case v.Kind == source.List:
		hint := ""
		if removable {
			hint = "null takes a default away"
		}
		r.at(v, hint, "%s has no values: the list is empty", quote(entry.Key.Text))
		return p, false
	case v.Kind == source.Null:
		r.atText(entry.Key, `leave it out, or write ""`, "%s has no value in %s", quote(entry.Key.Text), m.Key.Text)
		return p, false
	default:
		r.wrong(entry, "text or a list of texts", "")
		return p, false
	}
	return p, true
}

// framing are fields that must agree with the octets that are sent.
var framing = []string{"content-length", "transfer-encoding"}

// headers reads the fields of a request.
func (r *reader) headers(m source.Member) []Param {
	out := r.params(m, true)
	r.fieldNames(m)
	for _, p := range out {
		if slices.Contains(framing, strings.ToLower(p.Name.Text)) {
			r.atText(p.Name, "leave it out", "%s cannot be set: probe frames the body itself", p.Name.Text)
		}
		for _, v := range p.Values {
			if strings.ContainsAny(v.Text, "\r\n\x00") {
				r.at(v, "write it on one line, or as a block that begins with >-", "the value of %s has a line break, which no field can hold", p.Name.Text)
			}
		}
	}
	return out
}

// fieldNames judges the keys of a mapping of header or trailer fields.
func (r *reader) fieldNames(m source.Member) {
	first := map[string]source.Text{}
	for _, entry := range m.Value.Members {
		name := entry.Key.Text
		if !token.MatchString(name) {
			hint := "names have letters, digits and -"
			if trimmed := strings.TrimRight(name, ": "); token.MatchString(trimmed) {
				hint = "write " + trimmed
			}
			r.atText(entry.Key, hint, "%s is not the name of a field", quote(name))
			continue
		}
		lower := strings.ToLower(name)
		if other, twice := first[lower]; twice {
			r.atText(entry.Key, "a list as value repeats a field", "%s and %s are the same field", other.Text, name)
			continue
		}
		first[lower] = entry.Key
	}
}
