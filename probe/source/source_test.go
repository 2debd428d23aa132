package source

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	line := Excerpt{{14, "      expects:"}}
	tests := []struct {
		name string
		in   Problem
		want string
	}{
		{"with a hint", Problem{Pos: Pos{"u.yaml", 14, 7}, Width: 7, Text: `unknown key "expects" in a step`, Hint: `did you mean "expect"?`, Excerpt: line},
			"u.yaml:14:7: unknown key \"expects\" in a step\n   14 |       expects:\n      |       ^^^^^^^ did you mean \"expect\"?\n"},
		{"without width", Problem{Pos: Pos{"u.yaml", 14, 7}, Text: "x", Excerpt: line},
			"u.yaml:14:7: x\n   14 |       expects:\n      |       ^\n"},
		{"wider than the line", Problem{Pos: Pos{"u.yaml", 14, 12}, Width: 99, Text: "x", Excerpt: line},
			"u.yaml:14:12: x\n   14 |       expects:\n      |            ^^^\n"},
		{"column unknown", Problem{Pos: Pos{"u.yaml", 14, 0}, Text: "x", Hint: "h", Excerpt: Excerpt{{13, "a"}, {14, "  b: c "}, {15, "d"}}},
			"u.yaml:14: x\n   13 | a\n   14 |   b: c \n      |   ^^^^ h\n   15 | d\n"},
		{"an empty line", Problem{Pos: Pos{"u.yaml", 14, 0}, Text: "x", Excerpt: Excerpt{{14, ""}}},
			"u.yaml:14: x\n   14 | \n      | ^\n"},
		{"beyond what is shown", Problem{Pos: Pos{"u.yaml", 14, 500}, Text: "x", Hint: "h", Excerpt: line},
			"u.yaml:14:500: x\n   14 |       expects:\n      = h\n"},
		{"the whole file", Problem{Pos: Pos{File: "u.yaml"}, Text: "x", Hint: "h"}, "u.yaml: x\n      = h\n"},
	}
	for _, test := range tests {
		var b strings.Builder
		if err := Write(&b, test.in); err != nil {
			t.Fatal(err)
		}
		if b.String() != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.name, b.String(), test.want)
		}
	}
}

func TestAnnotate(t *testing.T) {
	long := strings.Repeat("é", 400)
	f := File{"u.yaml", []byte("\ufefffirst\r\n\tsecond\x1b[31m\n" + long + "\nlast \xff\u202e")}
	for n, want := range map[int]string{
		1: "first", 2: " second·[31m", 3: strings.Repeat("é", maxExcerptLine-1) + "…", 4: "last ··",
	} {
		problems := []Problem{{Pos: Pos{"u.yaml", n, 1}}}
		f.Annotate(problems)
		if got := problems[0].Excerpt; !slices.Equal(got, Excerpt{{n, want}}) {
			t.Errorf("line %d: %+v", n, got)
		}
	}
	kept := Excerpt{{9, "kept"}}
	problems := []Problem{{Pos: Pos{"u.yaml", 1, 1}, Excerpt: kept}, {Pos: Pos{"other.yaml", 1, 1}}, {Pos: Pos{File: "u.yaml"}}, {Pos: Pos{"u.yaml", 99, 1}}}
	f.Annotate(problems)
	if !slices.Equal(problems[0].Excerpt, kept) || problems[1].Excerpt != nil || problems[2].Excerpt != nil || problems[3].Excerpt != nil {
		t.Errorf("%+v", problems)
	}
	if around := f.Around(4); len(around) != 3 || around[0].Number != 2 || around[2].Number != 4 {
		t.Errorf("Around(4): %+v", around)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"expect", "capture", "timeout", "warning", "if"}
	for word, want := range map[string]string{
		"expects": "expect", "Expect": "expect", "captur": "capture", "warn": "warning", "time": "timeout",
		"id": "if", "body": "", "": "", "x": "", strings.Repeat("expect", 20): "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Nearest("head", []string{"header", "headers"}); got != "header" {
		t.Errorf("head: %q", got)
	}
	if got := Nearest("x", []string{"n", "xy"}); got != "xy" {
		t.Errorf("x: %q", got)
	}
	if got := Nearest("$", []string{"n"}); got != "" {
		t.Errorf("$: %q", got)
	}
	if got := Nearest("info", nil); got != "" {
		t.Errorf("nothing known: %q", got)
	}
	if got := DidYouMean("zzz", []string{"a", "b"}); got != "known here: a, b" {
		t.Errorf("DidYouMean: %q", got)
	}
}

func TestSort(t *testing.T) {
	p := func(file string, line, column int, text string) Problem {
		return Problem{Pos: Pos{file, line, column}, Text: text}
	}
	got := Sort([]Problem{p("b", 1, 1, "x"), p("a", 2, 1, "x"), p("a", 1, 9, "x"), p("a", 2, 1, "x"), p("a", 2, 1, "y")})
	want := []Problem{p("a", 1, 9, "x"), p("a", 2, 1, "x"), p("a", 2, 1, "y"), p("b", 1, 1, "x")}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestTextAt(t *testing.T) {
	at := Pos{"u.yaml", 3, 5}
	if got := (Text{Text: "abc", Pos: at}).At(2); got != (Pos{"u.yaml", 3, 7}) {
		t.Errorf("got %v", got)
	}
	if got := (Text{Text: "abc", Pos: at, Block: true}).At(2); got != at {
		t.Errorf("a block: %v", got)
	}
	if got := (Text{Text: "abc"}).At(2); got != (Pos{}) {
		t.Errorf("not given: %v", got)
	}
}

func TestValue(t *testing.T) {
	text := func(s string) Value { return Value{Kind: String, Text: s} }
	v := Value{Kind: Object, Members: []Member{
		{Text{Text: "n"}, Value{Kind: Number, Text: "1.10"}},
		{Text{Text: "l"}, Value{Kind: List, Items: []Value{text(`a"b`), {Kind: Bool, Text: "true"}, {}}}},
	}}
	if got, want := v.String(), `{n: 1.10, l: ["a\"b", true, null]}`; got != want {
		t.Errorf("String: %s, want %s", got, want)
	}
	want := map[string]any{"n": json.Number("1.10"), "l": []any{`a"b`, true, nil}}
	if got := v.Plain(); !reflect.DeepEqual(got, want) {
		t.Errorf("Plain: %v", got)
	}
	if got, ok := v.Get("n"); !ok || got.Text != "1.10" {
		t.Errorf("Get: %v %v", got, ok)
	}
	if _, ok := v.Get("x"); ok {
		t.Error("Get finds what is not there")
	}
	for pos, want := range map[Pos]string{{"f", 1, 2}: "f:1:2", {"f", 1, 0}: "f:1", {File: "f"}: "f"} {
		if got := pos.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
