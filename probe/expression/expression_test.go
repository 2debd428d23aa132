package expression_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const body = `{"id": 1, "big": 9007199254740993, "price": 2.50, "name": "Bob", "user": {"tags": ["a", "b"]}, "gone": null,
	"items": [{"id": 1, "n": "x"}, {"id": 2.0}], "list": [1, 2.5], "flag": true}`

func language() *expression.Language {
	return &expression.Language{
		Env:   map[string]string{"TOKEN": "t0k3n", "HOME": "/root"},
		Files: fstest.MapFS{"a.txt": {Data: []byte("hello")}, "dir/b.txt": {}},
		Now:   func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 8_000_000, time.FixedZone("", 3600)) },
	}
}

func response(t testing.TB) *expression.Response {
	t.Helper()
	parsed, err := exchange.ParseJSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return &expression.Response{
		Status: 200, Body: parsed, Text: "hello 123", Time: 300 * time.Millisecond, URL: "http://x/",
		Fields:  exchange.Fields{{Name: "ETag", Value: `"x"`}, {Name: "etag", Value: "2"}},
		Cookies: map[string]string{"sid": "1"},
	}
}

var (
	scope = expression.Scope{Vars: []string{"email", "id", "count", "total", "late"}, Response: true}
	vars  = expression.Vars{"email": "a@b", "id": 7, "count": 0, "total": 5}
)

// at gives a text that stands at column 1.
func at(text string) source.Text {
	return source.Text{Text: text, Pos: source.Pos{File: "a.yaml", Line: 1, Column: 1}}
}

func TestExpressions(t *testing.T) {
	in, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	l := language()
	var out bytes.Buffer
	for line := range strings.Lines(string(in)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			fmt.Fprintf(&out, "\n%s\n\n", line)
			continue
		}
		fmt.Fprintf(&out, "%s\n", line)
		evaluate(t, &out, l, line)
	}
	golden(t, "testdata/expressions.golden", out.Bytes())
}

func evaluate(t *testing.T, out *bytes.Buffer, l *expression.Language, line string) {
	s, r, compile := scope, response(t), l.Compile
	rest, outside := strings.CutPrefix(line, "!")
	if outside {
		s.Response, r = false, nil
	}
	rest, condition := strings.CutPrefix(rest, "?")
	if condition {
		compile = l.Condition
	}
	text := at(rest)
	text.Pos.Column += len(line) - len(rest)
	program, problems := compile(text, s)
	for _, p := range problems {
		fmt.Fprintf(out, "%s%s %s", strings.Repeat(" ", p.Pos.Column-1), strings.Repeat("^", p.Width), p.Text)
		if p.Hint != "" {
			fmt.Fprintf(out, " (%s)", p.Hint)
		}
		out.WriteByte('\n')
	}
	if program == nil {
		return
	}
	var value any
	var err error
	if condition {
		value, err = program.Bool(vars, r)
	} else {
		value, err = program.Eval(vars, r)
	}
	if err != nil {
		fmt.Fprintf(out, "\terror: %v\n", err)
	} else {
		fmt.Fprintf(out, "\t%T %s\n", value, expression.Render(value))
	}
	if condition {
		for _, term := range program.Explain(vars, r) {
			fmt.Fprintf(out, "\t\t%s = %s\n", term.Text, expression.Render(term.Value))
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s:%d:\n got %s\nwant %s", name, i+1, g, w)
		}
	}
}

func TestRandomValues(t *testing.T) {
	l := language()
	eval := func(code string) any {
		t.Helper()
		p, problems := l.Compile(at(code), scope)
		if p == nil {
			t.Fatal(problems)
		}
		v, err := p.Eval(vars, response(t))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	seen := map[any]bool{}
	for range 200 {
		if n := eval("rand(2)").(int); n < 0 || n > 2 {
			t.Fatalf("rand(2) is %d", n)
		} else {
			seen[n] = true
		}
		if n := eval("rand(-1, 1)").(int); n < -1 || n > 1 {
			t.Fatalf("rand(-1, 1) is %d", n)
		}
		if f := eval("rand()").(float64); f < 0 || f >= 1 {
			t.Fatalf("rand() is %v", f)
		}
		id := eval("uuid()").(string)
		if len(id) != 36 || id[14] != '4' || !strings.ContainsRune("89ab", rune(id[19])) || seen[id] {
			t.Fatalf("uuid() is %q", id)
		}
		seen[id] = true
	}
	for n := range 3 {
		if !seen[n] {
			t.Errorf("rand(2) was never %d", n)
		}
	}
	eval("rand(-9223372036854775807, 9223372036854775807)")
}

// Each of these would go on for hours.
func TestLoopsStop(t *testing.T) {
	for _, code := range []string{
		"let a = 1..900000; count(a, count(a, true) > 0)",
		"let a = 1..900000; count(a, # in a and false)",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p, problems := language().Compile(at(code), scope)
			if p == nil {
				t.Fatal(problems)
			}
			_, err := p.Eval(vars, response(t))
			if err == nil || err.Error() != "the expression takes more than 1s" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConditionIsTrueOrFalse(t *testing.T) {
	p, problems := language().Condition(at("body.gone"), scope)
	if p == nil {
		t.Fatal(problems)
	}
	if _, err := p.Bool(vars, response(t)); err == nil || err.Error() != "body.gone must be true or false, and it is null" {
		t.Errorf("got %v", err)
	}
}

func TestPlacesOfSpacedCode(t *testing.T) {
	_, problems := language().Compile(at("  1 + emial"), scope)
	if len(problems) != 1 || problems[0].Pos.Column != 7 {
		t.Errorf("got %v", problems)
	}
	block := source.Text{Text: "1 +\n emial", Pos: source.Pos{File: "a.yaml", Line: 3, Column: 5}, Block: true}
	_, problems = language().Compile(block, scope)
	if len(problems) != 1 || problems[0].Pos != block.Pos {
		t.Errorf("got %v", problems)
	}
}

func TestProgramNames(t *testing.T) {
	p, problems := language().Compile(at(` env.TOKEN + env.HOME + env.TOKEN `), scope)
	if p == nil {
		t.Fatal(problems)
	}
	if got := fmt.Sprint(p.Env()); got != "[HOME TOKEN]" {
		t.Errorf("Env is %s", got)
	}
	if p.Text() != "env.TOKEN + env.HOME + env.TOKEN" {
		t.Errorf("Text is %q", p.Text())
	}
}

func TestNoFiles(t *testing.T) {
	_, problems := new(expression.Language).Compile(at(`file("a")`), scope)
	if len(problems) != 1 || problems[0].Text != "no files can be read here" {
		t.Errorf("got %v", problems)
	}
}

func TestVariableNamedLikeAFunction(t *testing.T) {
	s := expression.Scope{Vars: []string{"count", "date", "uuid"}}
	p, problems := language().Compile(at(`count + len(uuid()) + count([true])`), s)
	if p == nil {
		t.Fatal(problems)
	}
	got, err := p.Eval(expression.Vars{"count": 1, "uuid": "x"}, nil)
	if err != nil || got != 38 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLimitsOfSize(t *testing.T) {
	for code, want := range map[string]string{
		strings.Repeat("(", 20000):       "the expression is too long: 20000 characters; at most 16384 are allowed",
		strings.Repeat("-", 5000) + "1":  "the expression is too long: at most 2000 parts are allowed",
		"1" + strings.Repeat("+1", 5000): "the expression is too long: at most 2000 parts are allowed",
		strings.Repeat("(", 16000):       "the expression ends too early",
		"\xff":                           "the expression is not valid UTF-8",
		"  ":                             "the expression is empty",
		"[" + strings.Repeat("1,", 3000) + "1][0]": "the expression is too long: at most 2000 parts are allowed",
	} {
		_, problems := language().Compile(at(code), scope)
		if len(problems) != 1 || problems[0].Text != want {
			t.Errorf("%.20q: got %v", code, problems)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	l := language()
	p, problems := l.Compile(at(`filter(body.items, .id == id)[0].n + header("etag")`), scope)
	if p == nil {
		t.Fatal(problems)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				r := response(t)
				got, err := p.Eval(expression.Vars{"id": 1}, r)
				if err != nil || got != `x"x"` {
					t.Errorf("got %v, %v", got, err)
				}
				if _, problems := l.Compile(at("body.id == emial"), scope); len(problems) != 1 {
					t.Error(problems)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompile(f *testing.F) {
	in, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(in)) {
		f.Add(strings.TrimLeft(strings.TrimSpace(line), "!?#"))
	}
	l := language()
	f.Fuzz(func(t *testing.T, code string) {
		p, problems := l.Condition(at(code), scope)
		if (p == nil) != (len(problems) > 0) {
			t.Fatalf("%v and %v", p, problems)
		}
		for _, problem := range problems {
			if problem.Text == "" || problem.Pos.Column < 1 || problem.Width < 1 {
				t.Fatalf("%+v", problem)
			}
		}
		if p == nil {
			return
		}
		r := response(t)
		if v, err := p.Eval(vars, r); err == nil {
			expression.Render(v)
		} else if strings.Contains(err.Error(), "interface {}") || strings.Contains(err.Error(), "reflect.") {
			t.Fatalf("not for people: %v", err)
		}
		p.Explain(vars, r)
	})
}

func BenchmarkEval(b *testing.B) {
	for _, code := range []string{`id`, `status == 200`, `body.user.tags[0] == "a"`, `filter(body.items, .id > 1)`, `header("ETag")`} {
		b.Run(code, func(b *testing.B) {
			p, problems := language().Compile(at(code), scope)
			if p == nil {
				b.Fatal(problems)
			}
			r := response(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Eval(vars, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	l := language()
	b.ReportAllocs()
	for b.Loop() {
		if p, problems := l.Compile(at(`body.user.tags[0] == "a"`), scope); p == nil {
			b.Fatal(problems)
		}
	}
}
