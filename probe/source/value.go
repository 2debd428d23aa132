package source

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Kind is what a Value is, in JSON's terms.
type Kind uint8

// The kinds of values that a file can hold.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// String names the kind as messages do.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "text", "list", "mapping"}[k]
}

// Value is a value of a file with its place: anything that JSON can say.
// Mappings keep the order of the file.
type Value struct {
	Pos     Pos
	Kind    Kind
	Text    string   // String: the text; Number: a JSON number literal; Bool: true or false; Null: null, or empty where no value is written
	Block   bool     // as in Text.Block
	Items   []Value  // List
	Members []Member // Object, in file order, each key once
}

// Member is one entry of a mapping.
type Member struct {
	Key   Text
	Value Value
}

// AsText gives the scalar as a Text, to be read as a template.
func (v Value) AsText() Text { return Text{Text: v.Text, Pos: v.Pos, Block: v.Block} }

// Get gives the member with that key.
func (v Value) Get(key string) (Value, bool) {
	for _, m := range v.Members {
		if m.Key.Text == key {
			return m.Value, true
		}
	}
	return Value{}, false
}

// Plain gives the value as plain Go: nil, bool, json.Number, string, []any or
// map[string]any, as a JSON decoder that keeps number literals would.
func (v Value) Plain() any {
	switch v.Kind {
	case Bool:
		return v.Text == "true"
	case Number:
		return json.Number(v.Text)
	case String:
		return v.Text
	case List:
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			out[i] = item.Plain()
		}
		return out
	case Object:
		out := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			out[m.Key.Text] = m.Value.Plain()
		}
		return out
	}
	return nil
}

// String gives a short form for messages: flow style, as JSON.
func (v Value) String() string {
	var b strings.Builder
	v.write(&b)
	return b.String()
}

func (v Value) write(b *strings.Builder) {
	switch v.Kind {
	case Null:
		b.WriteString("null")
	case Bool, Number:
		b.WriteString(v.Text)
	case String:
		b.WriteString(strconv.Quote(v.Text))
	case List:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			item.write(b)
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, m := range v.Members {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(m.Key.Text + ": ")
			m.Value.write(b)
		}
		b.WriteByte('}')
	}
}
