package expression

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// Template is a string with ${…} in it. It is safe for concurrent use.
type Template struct {
	parts []part
	env   []string
}

// part is a piece of text as it stands or, with a program, an expression.
type part struct {
	text    string
	program *Program
}

// Template compiles a string: ${expr} is the value of an expression, $${ is a
// literal ${. The Template is nil when there are problems; all of them are
// reported.
func (l *Language) Template(text source.Text, s Scope) (*Template, []source.Problem) {
	var problems []source.Problem
	t := &Template{}
	var literal strings.Builder
	rest, at := text.Text, 0 // at is where rest begins, in runes
	for rest != "" {
		i := strings.Index(rest, "${")
		if i < 0 {
			literal.WriteString(rest)
			break
		}
		if i > 0 && rest[i-1] == '$' {
			literal.WriteString(rest[:i-1] + "${")
			at += utf8.RuneCountInString(rest[:i+2])
			rest = rest[i+2:]
			continue
		}
		literal.WriteString(rest[:i])
		at += utf8.RuneCountInString(rest[:i])
		rest = rest[i:]
		end, problem := closing(rest)
		if problem != nil {
			problem.Pos = text.At(at + problem.offset)
			problems = append(problems, problem.Problem)
			break
		}
		program, more := l.compile(chunk{text: text, at: at + 2, code: rest[2 : end-1]}, s, false)
		problems = append(problems, more...)
		if program != nil {
			t.add(literal.String(), program)
			literal.Reset()
		}
		at += utf8.RuneCountInString(rest[:end])
		rest = rest[end:]
	}
	if len(problems) > 0 {
		return nil, problems
	}
	t.add(literal.String(), nil)
	return t, nil
}

func (t *Template) add(text string, program *Program) {
	if text != "" {
		t.parts = append(t.parts, part{text: text})
	}
	if program != nil {
		t.parts = append(t.parts, part{program: program})
		t.env = append(t.env, program.env...)
	}
}

// Span gives the length in bytes of the ${…} that text begins with: up to and
// with the brace that closes it, or all of the text where none does.
func Span(text string) int {
	end, problem := closing(text)
	if problem != nil {
		return len(text)
	}
	return end
}

// misplaced is a problem at an offset, in runes.
type misplaced struct {
	source.Problem
	offset int
}

// closing finds the end of the ${…} at the start of the text: the place after
// the brace that closes it, outside strings and nested braces.
func closing(text string) (int, *misplaced) {
	depth, quote := 0, -1
scan:
	for i := 2; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}':
			return i + 1, nil
		case c == '"' || c == '\'' || c == '`':
			n := quoted(text[i:])
			if n < 0 {
				quote = i
				break scan
			}
			i += n - 1
		case c == '/' && strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				break scan
			}
			i += n + 3
		}
	}
	if quote >= 0 {
		return 0, &misplaced{offset: utf8.RuneCountInString(text[:quote]), Problem: source.Problem{
			Width: 1, Text: fmt.Sprintf("the %c that begins here is not closed", text[quote]), Hint: "write the same quote at the end of the text",
		}}
	}
	return 0, &misplaced{Problem: source.Problem{
		Width: 2, Text: "this ${ is not closed", Hint: "write } after the expression, or $${ for a literal ${",
	}}
}

// quoted gives the length of the string literal that text begins with, or -1
// when it is not closed.
func quoted(text string) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote && quote == '`' && strings.HasPrefix(text[i+1:], "`"):
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return -1
}

// Eval gives the value: that of the expression, with its type, when the text
// is only ${expr}, else a string. Errors are sentences for people.
func (t *Template) Eval(v Vars, r *Response) (any, error) {
	if len(t.parts) == 1 && t.parts[0].program != nil {
		return t.parts[0].program.Eval(v, r)
	}
	return t.String(v, r)
}

// String gives the value as text. A null in it is an error.
func (t *Template) String(v Vars, r *Response) (string, error) {
	if text, ok := t.Constant(); ok {
		return text, nil
	}
	texts := make([]string, len(t.parts))
	for i, p := range t.parts {
		if p.program == nil {
			texts[i] = p.text
			continue
		}
		value, err := p.program.Eval(v, r)
		if err != nil {
			return "", err
		}
		if value == nil {
			return "", fmt.Errorf(`"${%s}" is null`, p.program.text)
		}
		texts[i] = Render(value)
	}
	return strings.Join(texts, ""), nil
}

// Constant gives the text of a template without any ${…}.
func (t *Template) Constant() (string, bool) {
	switch {
	case len(t.parts) == 0:
		return "", true
	case len(t.parts) == 1 && t.parts[0].program == nil:
		return t.parts[0].text, true
	}
	return "", false
}

// Env gives the names of the environment variables that the template reads,
// sorted, each once.
func (t *Template) Env() []string {
	return slices.Compact(slices.Sorted(slices.Values(t.env)))
}
