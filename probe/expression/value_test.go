package expression_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"httpprobe/probe/expression"
)

func TestPlain(t *testing.T) {
	for literal, want := range map[json.Number]any{
		"1": 1, "-0": 0, "1.0": 1, "1e3": 1000, "1.5": 1.5, "9007199254740993": 9007199254740993,
		"9223372036854775807": 9223372036854775807, "9223372036854775808": 9223372036854775808.0, "1e300": 1e300,
	} {
		if got := expression.Plain(literal); got != want {
			t.Errorf("%s: got %#v", literal, got)
		}
	}
	in := map[string]any{"a": []any{json.Number("1"), "x", nil, map[string]any{"b": json.Number("2.5")}}}
	want := map[string]any{"a": []any{1, "x", nil, map[string]any{"b": 2.5}}}
	if got := expression.Plain(in); !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
	if in["a"].([]any)[0] != json.Number("1") {
		t.Error("the argument was changed")
	}
}
