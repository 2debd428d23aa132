package plan

import (
	"encoding/json"
	"fmt"
	"slices"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

// Data is a value of a file whose strings may be templates.
type Data struct {
	value    source.Value
	template *expression.Template // for a string that is not constant
	items    []Data               // of a list, or the values of a mapping
	keys     []Data               // the names of a mapping's members
}

func (c *compiler) data(v source.Value, s scope) Data {
	d := Data{value: v}
	switch v.Kind {
	case source.String:
		if t := c.template(v.AsText(), s); t != nil {
			if _, constant := t.Constant(); !constant {
				d.template = t
			} else if text, _ := t.Constant(); text != v.Text {
				d.value.Text = text
			}
		}
	case source.List:
		for _, item := range v.Items {
			d.items = append(d.items, c.data(item, s))
		}
	case source.Object:
		for _, m := range v.Members {
			key := source.Value{Kind: source.String, Text: m.Key.Text, Pos: m.Key.Pos, Block: m.Key.Block}
			d.keys = append(d.keys, c.data(key, s))
			d.items = append(d.items, c.data(m.Value, s))
		}
	}
	return d
}

// Eval gives the value as plain Go: nil, bool, int, float64, string, []any or
// map[string]any.
func (d Data) Eval(vars expression.Vars) (any, error) {
	if d.template != nil {
		return d.template.Eval(vars, nil)
	}
	switch d.value.Kind {
	case source.List:
		out := make([]any, len(d.items))
		for i, item := range d.items {
			v, err := item.Eval(vars)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case source.Object:
		out := make(map[string]any, len(d.items))
		for i, item := range d.items {
			v, err := item.Eval(vars)
			if err != nil {
				return nil, err
			}
			key, err := d.keys[i].key(vars)
			if err != nil {
				return nil, err
			}
			out[key] = v
		}
		return out, nil
	}
	return expression.Plain(d.value.Plain()), nil
}

// key gives the name of a member.
func (d Data) key(vars expression.Vars) (string, error) {
	if d.template == nil {
		return d.value.Text, nil
	}
	return d.template.String(vars, nil)
}

// Texts gives the value as it stands in a field or parameter: one text, or one
// for each item of a list.
func (d Data) Texts(vars expression.Vars) ([]string, error) {
	if d.template == nil && d.value.Kind != source.List && d.value.Kind != source.Object {
		return []string{d.value.Text}, nil
	}
	v, err := d.Eval(vars)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]string, len(list))
	for i, item := range list {
		if item == nil {
			return nil, fmt.Errorf("%q is null, or holds it", d.value.Text)
		}
		out[i] = expression.Render(item)
	}
	return out, nil
}

// AppendJSON appends the value as JSON, members in the order of the file and
// numbers as they were written.
func (d Data) AppendJSON(b []byte, vars expression.Vars) ([]byte, error) {
	var err error
	switch {
	case d.template != nil:
		v, err := d.template.Eval(vars, nil)
		if err != nil {
			return nil, err
		}
		return appendAny(b, v)
	case d.value.Kind == source.List:
		b = append(b, '[')
		for i, item := range d.items {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = item.AppendJSON(b, vars); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case d.value.Kind == source.Object:
		b = append(b, '{')
		for i, item := range d.items {
			if i > 0 {
				b = append(b, ',')
			}
			key, err := d.keys[i].key(vars)
			if err != nil {
				return nil, err
			}
			b = append(appendString(b, key), ':')
			if b, err = item.AppendJSON(b, vars); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case d.value.Kind == source.String:
		return appendString(b, d.value.Text), nil
	case d.value.Kind == source.Null:
		return append(b, "null"...), nil
	}
	return append(b, d.value.Text...), nil
}

func appendAny(b []byte, v any) ([]byte, error) {
	out, err := marshal(written(v))
	return append(b, out...), err
}

// written gives times and durations, at any depth, the form that they have
// within a text; all else has a form in JSON.
func written(v any) any {
	switch v := v.(type) {
	case nil, bool, int, float64, string, json.Number:
		return v
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = written(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = written(item)
		}
		return out
	}
	return expression.Render(v)
}

// text is a text that is no template.
func text(s string) Data { return Data{value: source.Value{Kind: source.String, Text: s}} }

// rowNames gives the variables that a table defines: the keys that every row has,
// item and index.
func rowNames(rows []Row) []string {
	var out []string
	for i, row := range rows {
		var keys []string
		for _, m := range row.Value.value.Members {
			keys = append(keys, m.Key.Text)
		}
		if i == 0 {
			out = keys
			continue
		}
		out = slices.DeleteFunc(out, func(k string) bool { return !slices.Contains(keys, k) })
	}
	return append(out, "item", "index")
}

// Names are the variables that Bind sets.
func (r Row) Names() []string {
	out := []string{"item", "index"}
	for _, m := range r.Value.value.Members {
		out = append(out, m.Key.Text)
	}
	return out
}

// Bind gives the variables of a row; number counts from 0.
func (r Row) Bind(number int, vars expression.Vars) error {
	value, err := r.Value.Eval(vars)
	if err != nil {
		return err
	}
	if m, ok := value.(map[string]any); ok {
		for k, v := range m {
			vars[k] = v
		}
	}
	vars["item"], vars["index"] = value, number
	return nil
}
