package expression

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser/lexer"

	"httpprobe/probe/source"
)

// syntaxProblems words what expr's parser says. Where an unknown function is
// called, that is most likely what the parser stumbled over later: `.name` has
// a meaning only within functions that it knows.
func (l *Language) syntaxProblems(c chunk, err error) []source.Problem {
	at, message := location(err)
	tokens, _ := lexer.Lex(file.NewSource(c.code))
	for i, t := range tokens {
		if t.From >= at.From || i+1 >= len(tokens) || t.Kind != lexer.Identifier || tokens[i+1].Value != "(" {
			continue
		}
		if i > 0 && (tokens[i-1].Value == "." || tokens[i-1].Value == "?.") {
			continue
		}
		if !slices.Contains(l.functionNames(), t.Value) {
			p := unknownFunction(l, t.Value)
			return []source.Problem{c.problem(t.Location, p.Hint, "%s", p.Text)}
		}
	}
	if i := strings.Index(c.code, "${"); i >= 0 {
		// expr stumbles over the brace.
		if start := utf8.RuneCountInString(c.code[:i]); at.From == start || at.From == start+1 {
			hint := "write names as they are"
			if end := Span(c.code); i == 0 && end == len(c.code) && end > 3 {
				hint = "write " + strings.TrimSpace(c.code[2:end-1])
			}
			return []source.Problem{c.problem(file.Location{From: start, To: start + 2}, hint, "an expression stands here, in which ${ } has no place")}
		}
	}
	text, hint := syntaxWords(message)
	return []source.Problem{c.problem(at, hint, "%s", text)}
}

var (
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
	unknown    = regexp.MustCompile(`^unrecognized character: U\+\w+ '(.*)'$`)
)

func syntaxWords(message string) (text, hint string) {
	if m := unexpected.FindStringSubmatch(message); m != nil {
		switch {
		case m[1] == "EOF":
			return "the expression ends too early", ""
		case m[2] == "=":
			return `"=" is not an operator`, "compare with =="
		case m[2] == "." || m[2] == "#":
			return fmt.Sprintf("unexpected %q", m[2]), "# and .name are for use inside filter, map, find and the like"
		case m[1] == "String":
			return "unexpected text", "an operator or comma is missing before it"
		case m[1] == "Operator" || m[1] == "Bracket":
			return fmt.Sprintf("unexpected %q", m[2]), ""
		}
		return fmt.Sprintf("unexpected %q", m[2]), "an operator or comma is missing before it"
	}
	if m := unknown.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("unexpected character %q", m[1]), ""
	}
	switch {
	case message == "literal not terminated":
		return "a text is not closed", "write the same quote at its end"
	case message == "unexpected end of expression":
		return "the expression ends too early", ""
	case message == "expected name":
		return "a name is missing after the dot", `a name that is not a plain word is written ["in-brackets"]`
	case strings.Contains(message, "maximum allowed nodes"):
		return fmt.Sprintf("the expression is too long: at most %d parts are allowed", maxNodes), ""
	case strings.Contains(message, "cannot be mixed"):
		return "?? and other operators need parentheses between them", "write (a ?? b) in parentheses"
	case strings.HasPrefix(message, "invalid integer literal"), strings.HasSuffix(message, "literal is too large"):
		return "the number is too large", ""
	case strings.HasPrefix(message, "bad number syntax"):
		return "this is no number", `a duration is written duration("500ms")`
	case message == "invalid char escape":
		return `the text has a \ that does not begin an escape`, `write \\ for a backslash, or use the text in backticks`
	}
	return lowerFirst(message), ""
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.TrimSuffix(strings.ToLower(s[:1])+s[1:], ".")
}

// typeMessages words what expr's checker says. The groups of a pattern that
// hold Go types are named t.
var typeMessages = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`^invalid operation: (?P<op>==|!=) \(mismatched types (?P<t>.+) and (?P<t>.+)\)$`), "$1 compares $2 with $3: they are never equal"},
	{regexp.MustCompile(`^invalid operation: (?P<op><|>|<=|>=) \(mismatched types (?P<t>.+) and (?P<t>.+)\)$`), "$1 cannot compare $2 with $3"},
	{regexp.MustCompile(`^invalid operation: (?P<op>\S+) \(mismatched types (?P<t>.+) and (?P<t>.+)\)$`), "$1 cannot be used with $2 and $3"},
	{regexp.MustCompile(`^invalid operation: (?P<op>\S+) \(mismatched type (?P<t>.+)\)$`), "$1 cannot be used with $2"},
	{regexp.MustCompile(`^type (?P<t>.+) has no (?:field|method) (?P<name>.+)$`), `$1 has no member "$2"`},
	{regexp.MustCompile(`^type (?P<t>.+)\[(?P<t>[^\[\]]+)\] is undefined$`), `$1 has no elements`},
	{regexp.MustCompile(`^array elements can only be selected using an integer \(got (?P<t>.+)\)$`), "elements of a list are selected by a whole number, not by $1"},
	{regexp.MustCompile(`^cannot use (?P<t>.+) to get an element from (?P<t>.+)$`), "members of $2 are selected by text, not by $1"},
	{regexp.MustCompile(`^cannot slice (?P<t>.+)$`), "only text and lists can be sliced, not $1"},
	{regexp.MustCompile(`^non-integer slice index (?P<t>.+)$`), "a slice goes from and to a whole number, not $1"},
	{regexp.MustCompile(`^(?P<t>.+) is not callable$`), "$1 cannot be called like a function"},
	{regexp.MustCompile(`^builtin (?P<name>\w+) takes only array \(got (?P<t>.+)\)$`), "$1 takes a list, not $2"},
	{regexp.MustCompile(`^predicate should return boolean \(got (?P<t>.+)\)$`), "the condition must be true or false, not $1"},
	{regexp.MustCompile(`^invalid argument for (?P<name>\w+) \(type (?P<t>.+)\)$`), "$1 cannot be used with $2"},
	{regexp.MustCompile(`^cannot use (?P<t>.+) as type (?P<t>.+) in (?:array|map key)$`), "in looks for $1 among $2: it is never there"},
	{regexp.MustCompile(`^cannot use (?P<t>.+) as argument \(type (?P<t>.+)\) to call (?P<name>\S+) *$`), "$3 takes $2, not $1"},
	{regexp.MustCompile(`^(?P<n>not enough|too many) arguments to call (?P<name>\S+)$`), "$1 arguments for $2"},
	{regexp.MustCompile(`^invalid number of arguments \(expected (?P<n>.+), got (?P<n>\d+)\)$`), "wrong number of arguments: $2 instead of $1"},
	{regexp.MustCompile(`^non-bool expression \(type (?P<t>.+)\) used as condition$`), "the condition must be true or false, not $1"},
	{regexp.MustCompile(`^cannot use pointer accessor outside predicate$`), "# and .name are for use inside filter, map, find and the like"},
	{regexp.MustCompile(`^unknown pointer #(?P<name>.+)$`), "#$1 has no meaning here"},
	{regexp.MustCompile(`^cannot redeclare (?:\w+ )?(?P<name>\S+)$`), `let cannot give the name "$1" again`},
	{regexp.MustCompile(`^cannot (?P<verb>take from|take|reverse|concat|flatten|uniq|get (?:first|last) element from|transform) (?P<t>[^ ]+).*$`), "cannot $1 $2"},
	{regexp.MustCompile(`^predicate should has .*$`), "this has no value for each element of the list"},
}

// unsaid leaves out operands of which nothing is known.
var unsaid = strings.NewReplacer("with a value and ", "with ", " and a value", "")

// typeProblem words an error of expr's checker.
func typeProblem(c chunk, err error) source.Problem {
	at, message := location(err)
	text := typeWords(message)
	hint := ""
	switch {
	case strings.HasPrefix(text, "contains cannot be used with") && !strings.HasSuffix(text, "text"):
		hint = "for a list write: element in list"
	case strings.Contains(text, "a duration with a number"):
		hint = `compare it with duration("500ms")`
	}
	return c.problem(at, hint, "%s", text)
}

func typeWords(message string) string {
	for _, m := range typeMessages {
		groups := m.pattern.FindStringSubmatch(message)
		if groups == nil {
			continue
		}
		out := m.words
		for i, name := range m.pattern.SubexpNames() {
			if i == 0 {
				continue
			}
			word := groups[i]
			if name == "t" {
				word = typeWord(word)
			}
			out = strings.ReplaceAll(out, fmt.Sprintf("$%d", i), word)
		}
		return unsaid.Replace(out)
	}
	return message
}

// typeWord names a Go type for people.
func typeWord(t string) string {
	t = strings.TrimPrefix(t, "*")
	switch {
	case t == "nil" || t == "<nil>" || t == "invalid":
		return "null"
	case t == "unknown" || t == "interface {}" || t == "any":
		return "a value"
	case t == "string" || t == "[]uint8":
		return "text"
	case t == "bool":
		return "a boolean"
	case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "uint"), strings.HasPrefix(t, "float"):
		return "a number"
	case t == "time.Time":
		return "a time"
	case t == "time.Duration":
		return "a duration"
	case t == "time.Location":
		return "a time zone"
	case strings.HasPrefix(t, "map"):
		return "an object"
	case strings.HasPrefix(t, "["), t == "slice", t == "array":
		return "a list"
	case strings.HasPrefix(t, "func"):
		return "a function"
	}
	return "a value"
}

// patternFault words what is wrong with a regular expression.
func patternFault(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("the pattern is not a regular expression (RE2): %s: %q", e.Code, e.Expr)
	}
	return "the pattern is not a regular expression (RE2)"
}
