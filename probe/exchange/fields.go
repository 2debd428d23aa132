package exchange

import "strings"

// Field is one field line of a header or trailer section: the name as it was
// written and the value without the white space around it.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Fields are the field lines of one section, in order, repeats included.
// Names are compared without case (RFC 9110 §5.1).
type Fields []Field

// is compares a name without case. Most differ in length already.
func (f *Field) is(name string) bool {
	return len(f.Name) == len(name) && strings.EqualFold(f.Name, name)
}

// Has reports whether a field of that name is present, be it empty.
func (f Fields) Has(name string) bool {
	for i := range f {
		if f[i].is(name) {
			return true
		}
	}
	return false
}

// Get gives the value of the first field line of that name, or "".
func (f Fields) Get(name string) string {
	for i := range f {
		if f[i].is(name) {
			return f[i].Value
		}
	}
	return ""
}

// Values gives the values of all field lines of that name, in order.
func (f Fields) Values(name string) []string {
	var out []string
	for i := range f {
		if f[i].is(name) {
			out = append(out, f[i].Value)
		}
	}
	return out
}

// Joined gives the combined value of RFC 9110 §5.3: all lines of that name,
// joined with comma and space.
func (f Fields) Joined(name string) string {
	for i := range f {
		if f[i].is(name) && !f[i+1:].Has(name) {
			return f[i].Value
		}
		if f[i].is(name) {
			return strings.Join(f[i:].Values(name), ", ")
		}
	}
	return ""
}

// Tokens splits the combined value of a list field at its commas, outside
// quoted strings, and drops empty elements (RFC 9110 §5.6.1).
func (f Fields) Tokens(name string) []string {
	var out []string
	for n := range f {
		if !f[n].is(name) {
			continue
		}
		v := f[n].Value
		start, quoted := 0, false
		for i := 0; i <= len(v); i++ {
			switch {
			case i < len(v) && quoted && v[i] == '\\':
				i++
			case i < len(v) && v[i] == '"':
				quoted = !quoted
			case i >= len(v) || v[i] == ',' && !quoted:
				if s := strings.Trim(v[min(start, len(v)):min(i, len(v))], " \t"); s != "" {
					out = append(out, s)
				}
				start = i + 1
			}
		}
	}
	return out
}
