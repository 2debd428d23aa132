package expression_test

import (
	"fmt"
	"testing"
	"time"

	"httpprobe/probe/expression"
)

func TestTemplate(t *testing.T) {
	for text, want := range map[string]any{
		"":                           "",
		"plain":                      "plain",
		"${id}":                      7,
		" ${id}":                     " 7",
		"${id}${id}":                 "77",
		"${ id }":                    7,
		"ada-${email}!":              "ada-a@b!",
		"$${id}":                     "${id}",
		"a$${id}b${id}":              "a${id}b7",
		"$$${id}":                    "$${id}",
		"$ $x {id} }":                "$ $x {id} }",
		`${"}"}x`:                    "}x",
		`${'it\'s }'}x`:              "it's }x",
		"${`}` + \"`\"}x":            "}`x",
		"${``}x":                     "x",
		`${ {a: {b: id}}.a.b }`:      7,
		`${map([1, 2], {# + 1})}`:    []any{2, 3},
		`n: ${map([1, 2], {# + 1})}`: "n: [2,3]",
		`o: ${ {b: 1, a: "<"} }`:     `o: {"a":"<","b":1}`,
		"${1 /* } */ + 1}":           2,
		"${now()}!":                  "2026-03-04T04:06:07.008Z!",
		`${duration("1500ms")}!`:     "1.5s!",
		"${1.50}!${true}":            "1.5!true",
		"größe ${id} ß":              "größe 7 ß",
		"${body.list[1]}":            2.5,
	} {
		tm, problems := language().Template(at(text), scope)
		if tm == nil {
			t.Errorf("%s: %v", text, problems)
			continue
		}
		got, err := tm.Eval(vars, response(t))
		if err != nil || fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", want, want) {
			t.Errorf("%s: got %#v, %v; want %#v", text, got, err, want)
		}
		s, err := tm.String(vars, response(t))
		if err != nil || s != expression.Render(want) {
			t.Errorf("%s: got %q, %v", text, s, err)
		}
	}
}

func TestTemplateProblems(t *testing.T) {
	for text, want := range map[string]string{
		"${":                       "1+2 this ${ is not closed",
		"größe ${id":               "7+2 this ${ is not closed",
		"${ {a: 1}":                "1+2 this ${ is not closed",
		"${1 /* }":                 "1+2 this ${ is not closed",
		"${id} ${it's}":            "11+1 the ' that begins here is not closed",
		"${}":                      "3+1 the expression is empty",
		"a ${ }":                   "5+1 the expression is empty",
		"größe ${emial} ${id} ${x": "9+5 \"emial\" is not defined here; 22+2 this ${ is not closed",
		"ß${id}ß${ idd }${xyz}":    "11+3 \"idd\" is not defined here; 18+3 \"xyz\" is not defined here",
		"${a b}":                   "5+1 unexpected \"b\"",
	} {
		tm, problems := language().Template(at(text), scope)
		got := ""
		for i, p := range problems {
			if i > 0 {
				got += "; "
			}
			got += fmt.Sprintf("%d+%d %s", p.Pos.Column, p.Width, p.Text)
		}
		if tm != nil || got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestTemplateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a ${body.gone}":     `"${body.gone}" is null`,
		"a ${ body.absent }": `"${body.absent}" is null`,
		"a ${body.absent.x}": `body.absent is absent, so it has no member "x"`,
		"${late}":            `"late" has no value here: the step that gives it one did not run or failed`,
	} {
		tm, problems := language().Template(at(text), scope)
		if tm == nil {
			t.Fatal(problems)
		}
		if _, err := tm.Eval(vars, response(t)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
	tm, _ := language().Template(at("${body.gone}"), scope)
	if v, err := tm.Eval(vars, response(t)); v != nil || err != nil {
		t.Errorf("a null keeps its type: got %v, %v", v, err)
	}
	if _, err := tm.String(vars, response(t)); err == nil {
		t.Error("a null has no text")
	}
}

func TestTemplateConstant(t *testing.T) {
	for text, constant := range map[string]bool{"": true, "a": true, "$${a}": true, "${id}": false, "a${id}": false} {
		tm, problems := language().Template(at(text), scope)
		if tm == nil {
			t.Fatal(problems)
		}
		if _, ok := tm.Constant(); ok != constant {
			t.Errorf("%s: got %v", text, ok)
		}
	}
	tm, _ := language().Template(at("${env.TOKEN} ${env.HOME}${env.TOKEN}"), scope)
	if got := fmt.Sprint(tm.Env()); got != "[HOME TOKEN]" {
		t.Errorf("Env is %s", got)
	}
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]int{
		"${a}b": 4, `${"}"}`: 6, "${{}}x": 5, "${a": 3, "${'": 3, "${}": 3, "${a`}": 5,
	} {
		if got := expression.Span(text); got != want {
			t.Errorf("%s: got %d", text, got)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "${id}", "a${id}b$${c}", "${'}'}", "${`", "${ {a: 1}.a }", "ß${emial}", "${/*}*/1}", "$$$${{{", "${\"\\\"}"} {
		f.Add(seed)
	}
	l := language()
	f.Fuzz(func(t *testing.T, text string) {
		tm, problems := l.Template(at(text), scope)
		if (tm == nil) != (len(problems) > 0) {
			t.Fatalf("%v and %v", tm, problems)
		}
		if n := expression.Span("${" + text); n < 2 || n > len(text)+2 {
			t.Fatalf("Span is %d", n)
		}
		if tm != nil {
			tm.String(vars, response(t)) //nolint:errcheck // any outcome but a panic
		}
	})
}

func BenchmarkTemplateString(b *testing.B) {
	tm, problems := language().Template(at("/api/users/${id}?q=${email}"), scope)
	if tm == nil {
		b.Fatal(problems)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tm.String(vars, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "null"}, {42, "42"}, {1.5, "1.5"}, {1e6, "1000000"}, {1e21, "1e+21"}, {1e-7, "1e-07"}, {true, "true"}, {"a<b", "a<b"},
		{[]any{"a<b", nil, 1.0}, `["a<b",null,1]`}, {map[string]any{"b": 1, "a": []any{}}, `{"a":[],"b":1}`},
		{1500 * time.Millisecond, "1.5s"}, {[]any{time.Second}, `["1s"]`},
		{[]string{"a"}, `["a"]`}, {map[any][]any{1: {2}}, `{"1":[2]}`},
	} {
		if got := expression.Render(c.value); got != c.want {
			t.Errorf("%#v: got %s, want %s", c.value, got, c.want)
		}
	}
}
