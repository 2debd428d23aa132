package match

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"httpprobe/probe/source"
)

var schemas = []word{
	{
		name: "$schema", argument: fileArgument, meaning: "a value that fits the JSON Schema (2020-12 unless it says otherwise) of a file below the suite's folder", example: "body: { $schema: user.schema.json }",
		build: func(b builder, key source.Text, arg source.Value) node {
			width := len([]rune(arg.Text))
			file := b.given(arg)
			if file.template != nil {
				b.problem(arg.Pos, width, "", "$schema needs the name of a file as it is, not a template")
			}
			if !file.known {
				return newConstant(key.Pos, nil)
			}
			s, err := CompileSchema(file.constant.(string), b.compiler.Files)
			if err != nil {
				b.problem(arg.Pos, width, "", "%s", err)
				return newConstant(key.Pos, nil)
			}
			return fits{key.Pos, s}
		},
	},
}

// Schema is a compiled JSON Schema. It is safe for concurrent use.
type Schema struct {
	file     string
	compiled *jsonschema.Schema
}

// Check holds a value against the schema: nil, bool, json.Number, int,
// float64, string, []any or map[string]any. Path is where it stands, pos the
// place in the file that asks for it. At most 20 differences are told.
func (s *Schema) Check(path string, pos source.Pos, got any, in Input) []Difference {
	m := Matcher{root: fits{pos, s}}
	return m.Match(path, got, in)
}

// fits wants a value that a schema allows.
type fits struct {
	pos    source.Pos
	schema *Schema
}

func (n fits) place() source.Pos { return n.pos }

func (n fits) describe(*check, int) string { return "a value that fits " + n.schema.file }

func (n fits) match(c *check, got any) {
	if number := oversized(got); number != "" {
		if c.counts(open) {
			c.tell(n.pos, "the number "+trim(number, messageLimit)+" is too large to be held against "+n.schema.file,
				n.describe(c, renderLimit), c.show(got, renderLimit))
		}
		return
	}
	err := n.schema.compiled.Validate(got)
	if err == nil {
		return
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		if c.counts(open) {
			c.tell(n.pos, "cannot be held against "+n.schema.file+": "+err.Error(), n.describe(c, renderLimit), c.show(got, renderLimit))
		}
		return
	}
	n.violations(c, got, invalid)
}

// violations tells of what a schema found, in the order of the keys.
func (n fits) violations(c *check, got any, invalid *jsonschema.ValidationError) {
	for _, v := range leaves(c, invalid) {
		if !c.counts(fails) {
			continue
		}
		depth := len(c.path)
		value := c.descend(got, v.at)
		c.tell(n.pos, "does not fit "+n.schema.file+": expected "+v.wants+", "+c.came(value), v.wants, c.show(value, renderLimit))
		c.path = c.path[:depth]
	}
}

// descend follows a JSON pointer, whose tokens do not say which are indexes.
func (c *check) descend(got any, tokens []string) any {
	for _, token := range tokens {
		switch v := got.(type) {
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return Missing
			}
			c.enterIndex(i)
			got = v[i]
		case map[string]any:
			c.enterKey(token)
			value, ok := v[token]
			if !ok {
				return Missing
			}
			got = value
		default:
			return Missing
		}
	}
	return got
}

const (
	maxExponent = 1000
	maxNumber   = 5000 // octets of a written number
)

// oversized gives a number within a value that would cost too much to check:
// the schema library writes all of its digits out.
func oversized(v any) string {
	switch v := v.(type) {
	case json.Number:
		d, ok := parseDecimal(v.String())
		if !ok || len(v) > maxNumber || d.exponent > maxExponent || d.exponent < -maxExponent {
			return v.String()
		}
	case []any:
		for _, item := range v {
			if number := oversized(item); number != "" {
				return number
			}
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key, item := range v {
			if oversized(item) != "" {
				keys = append(keys, key)
			}
		}
		if len(keys) > 0 {
			return oversized(v[slices.Min(keys)])
		}
	}
	return ""
}
