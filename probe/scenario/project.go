package scenario

import (
	"httpprobe/probe/source"
)

// Setting is one entry of a project's settings file: the name of a flag and
// the values that it is given, in order.
type Setting struct {
	Name   source.Text
	Values []source.Text
}

// ParseSettings reads a project's settings file, a flat mapping of flags to a
// value or a list of values, in the order of the file. An empty file has no
// settings. Which flags there are is for the caller to judge.
func ParseSettings(file source.File) ([]Setting, []source.Problem) {
	v, problems := load(file)
	r := &reader{file: file, problems: problems}
	var out []Setting
	if v != nil {
		out = r.settings(*v)
	}
	all := source.Sort(r.problems)
	file.Annotate(all)
	return out, all
}

func (r *reader) settings(v source.Value) []Setting {
	if v.Kind != source.Object {
		r.at(v, "write one setting a line: parallel: 4", "settings must be a mapping, not %s", a(v))
		return nil
	}
	var out []Setting
	for _, m := range v.Members {
		if m.Value.Kind == source.Object {
			r.wrong(m, "a value or a list of values", "")
			continue
		}
		if values := r.texts(m); len(values) > 0 {
			out = append(out, Setting{Name: m.Key, Values: values})
		} else if m.Value.Kind == source.List && len(m.Value.Items) == 0 {
			r.at(m.Value, "leave the setting out", "%s is an empty list", quote(m.Key.Text))
		}
	}
	return out
}
