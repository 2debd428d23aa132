package expression

import (
	"maps"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// collections are functions that expr has too, but with results that depend on
// chance (the order of keys), on Go's notation or on unlimited memory.
var collections = []function{
	{name: "join", usage: "join(list, separator)", required: 1, args: []kind{list, text}, result: "", call: join},
	{name: "uniq", usage: "uniq(list)", required: 1, args: []kind{list}, result: []any{}, call: uniq},
	{name: "concat", usage: "concat(list, list)", required: 1, args: []kind{list}, variadic: true, result: []any{}, call: concat},
	{name: "keys", usage: "keys(object)", required: 1, args: []kind{object}, result: []any{}, call: func(_ *Language, args []any) (any, error) {
		return pairs(args, func(key string, _ any) any { return key }), nil
	}},
	{name: "values", usage: "values(object)", required: 1, args: []kind{object}, result: []any{}, call: func(_ *Language, args []any) (any, error) {
		return pairs(args, func(_ string, value any) any { return value }), nil
	}},
	{name: "toPairs", usage: "toPairs(object)", required: 1, args: []kind{object}, result: []any{}, call: func(_ *Language, args []any) (any, error) {
		return pairs(args, func(key string, value any) any { return []any{key, value} }), nil
	}},
	{name: "toJSON", usage: "toJSON(value)", required: 1, args: []kind{anything}, result: "", call: func(_ *Language, args []any) (any, error) {
		return string(appendJSON(nil, usual(args[0]))), nil
	}},
	{name: "fromJSON", usage: "fromJSON(text)", required: 1, args: []kind{text}, call: func(_ *Language, args []any) (any, error) {
		v, err := exchange.ParseJSON([]byte(args[0].(string)))
		if err != nil {
			return nil, faultf("the text is not JSON: %v", err)
		}
		return Plain(v), nil
	}},
}

func join(_ *Language, args []any) (any, error) {
	separator := ""
	if len(args) == 2 {
		separator = args[1].(string)
	}
	items := args[0].([]any)
	texts := make([]string, len(items))
	size := 0
	for i, item := range items {
		s, ok := text.convert(item)
		if !ok {
			return nil, faultf("join takes a list of texts and numbers; its element [%d] is %s", i, describe(item))
		}
		texts[i] = s.(string)
		if size += len(texts[i]) + len(separator); size > maxWeight {
			return nil, errTooLarge
		}
	}
	return strings.Join(texts, separator), nil
}

// uniq keeps the first of equal elements. Elements are told apart by their
// JSON, which is the same for equal values, and not one by one: that would take
// hours on a long list.
func uniq(_ *Language, args []any) (any, error) {
	seen := map[string]bool{}
	out := []any{}
	for _, item := range args[0].([]any) {
		item = usual(item)
		key := describe(item) + string(appendJSON(nil, item))
		if !seen[key] {
			seen[key] = true
			out = append(out, item)
		}
	}
	return out, nil
}

func concat(_ *Language, args []any) (any, error) {
	out := []any{}
	for _, arg := range args {
		out = append(out, arg.([]any)...)
	}
	return weighed(out)
}

func pairs(args []any, pick func(key string, value any) any) []any {
	values := args[0].(map[string]any)
	out := make([]any, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, pick(key, values[key]))
	}
	return out
}
