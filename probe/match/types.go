package match

import (
	"encoding/json"

	"httpprobe/probe/source"
)

var types = []word{
	{
		name: "$string", meaning: "a text", example: "name: $string",
		alone: property("a text", func(got any) bool { _, ok := got.(string); return ok }),
	},
	{
		name: "$integer", meaning: "a whole number; 1.0 is one", example: "id: $integer",
		alone: readable("a whole number", func(got any) bool { d, ok := decimalOf(got); return ok && d.isInteger() }),
	},
	{
		name: "$number", meaning: "a number", example: "price: $number",
		alone: readable("a number", isNumber),
	},
	{
		name: "$boolean", meaning: "true or false", example: "active: $boolean",
		alone: readable("true or false", func(got any) bool { _, ok := got.(bool); return ok }),
	},
	{
		name: "$array", meaning: "a list", example: "items: $array",
		alone: property("a list", func(got any) bool { _, ok := got.([]any); return ok }),
	},
	{
		name: "$object", meaning: "an object", example: "address: $object",
		alone: property("an object", func(got any) bool { _, ok := got.(map[string]any); return ok }),
	},
}

// readable is a property that a text can have where everything is a text.
func readable(wants string, holds func(got any) bool) func(source.Pos) node {
	return func(pos source.Pos) node { return simple{pos: pos, wants: wants, holds: holds, reads: true} }
}

// readScalar reads a number or boolean out of a text, or gives it back.
func readScalar(got any) any {
	text, ok := got.(string)
	if !ok {
		return got
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	if _, ok := parseDecimal(text); ok {
		return json.Number(text)
	}
	return got
}
