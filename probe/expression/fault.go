package expression

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

var (
	noMember   = regexp.MustCompile(`^cannot fetch (.*) from (\S.*)$`)
	noElement  = regexp.MustCompile(`^index out of range: (-?\d+) \(array length is (\d+)\)$`)
	noNumber   = regexp.MustCompile(`(?s)^invalid operation: (int|float)\((.*)\)$`)
	mismatch   = regexp.MustCompile(`^invalid operation: (\S+) (\S+) (.+)$`)
	mismatches = regexp.MustCompile(`^invalid operation: - (.+)$`)
	assertion  = regexp.MustCompile(`interface conversion: .* is (.+), not (\S+)$`)
	badIn      = regexp.MustCompile(`^operator "in" not defined on (.+)$`)
	badCall    = regexp.MustCompile(`^invalid argument for (\w+) \(type (.+)\)$`)
)

// runFault is an error of expr's machine, with what is needed to word it.
type runFault struct {
	program  *Program
	vars     Vars
	response *Response
	root     ast.Node
	at       file.Location
	message  string
}

// explainFault words an error of an evaluation for people.
func (p *Program) explainFault(err error, v Vars, r *Response) error {
	var whole sentence
	if errors.As(err, &whole) {
		return whole
	}
	f := runFault{program: p, vars: v, response: r}
	f.at, f.message = location(err)
	if tree, err := parser.ParseWithConfig(p.text, p.language.config(nil)); err == nil {
		f.root = tree.Node
	}
	return errors.New(f.words(err))
}

func (f runFault) words(err error) string {
	var own fault
	if errors.As(err, &own) {
		return fmt.Sprintf("%s: %s", own, f.context())
	}
	var failed runtime.Error
	switch {
	case f.message == "memory budget exceeded":
		return "the expression makes too much data: lists of at most a million elements in all are allowed"
	case strings.HasSuffix(f.message, "integer divide by zero"):
		return "division by zero: " + f.context()
	case noMember.MatchString(f.message), noElement.MatchString(f.message),
		strings.HasPrefix(f.message, "reflect.Value.MapIndex"), strings.HasPrefix(f.message, "invalid operation: int("):
		if m, ok := find[*ast.MemberNode](f.root, f.at); ok {
			return f.member(m)
		}
	}
	if errors.As(err, &failed) {
		if m := assertion.FindStringSubmatch(f.message); m != nil {
			return f.wrongKind(m[1], m[2])
		}
	}
	return f.operation()
}

// member says why a member or element cannot be had.
func (f runFault) member(m *ast.MemberNode) string {
	base := shorten(m.Node)
	what := fmt.Sprintf("element [%s]", m.Property)
	if name, ok := m.Property.(*ast.StringNode); ok {
		what = fmt.Sprintf("member %q", name.Value)
	}
	if g := noElement.FindStringSubmatch(f.message); g != nil {
		noun := "elements"
		if g[2] == "1" {
			noun = "element"
		}
		return fmt.Sprintf("%s has %s %s: there is no [%s]", base, g[2], noun, g[1])
	}
	kind := "null"
	value, err := f.program.part(m.Node, f.vars, f.response)
	switch g := noMember.FindStringSubmatch(f.message); {
	case err == nil:
		kind = describe(value)
	case g != nil:
		kind = typeWord(g[2])
	case strings.HasPrefix(f.message, "reflect"):
		kind = "an object"
	default:
		kind = "a list or text"
	}
	if kind == "null" {
		kind = f.nothing(m.Node)
	}
	return fmt.Sprintf("%s is %s, so it has no %s", base, kind, what)
}

// nothing tells null from absent.
func (f runFault) nothing(n ast.Node) string {
	if id, ok := n.(*ast.IdentifierNode); ok && id.Value == "body" && f.response != nil && f.response.Text != "null" {
		return "null (the response has no JSON body)"
	}
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return "null"
	}
	name, ok := m.Property.(*ast.StringNode)
	if !ok {
		return "null or absent"
	}
	parent, err := f.program.part(m.Node, f.vars, f.response)
	object, ok := parent.(map[string]any)
	if err != nil || !ok {
		return "null or absent"
	}
	if _, there := object[name.Value]; !there {
		return "absent"
	}
	return "null"
}

// wrongKind says that a value has another type than its place needs.
func (f runFault) wrongKind(got, want string) string {
	got = typeWord(got)
	if want == "bool" {
		if n, ok := find[*ast.UnaryNode](f.root, f.at); ok {
			return fmt.Sprintf("%s takes true or false, and %s is %s", n.Operator, shorten(n.Node), got)
		}
		if n, ok := find[*ast.BinaryNode](f.root, f.at); ok {
			return fmt.Sprintf("%s takes true or false, and %s is %s", n.Operator, shorten(n.Left), got)
		}
		return fmt.Sprintf("a condition must be true or false, not %s: %s", got, f.program.text)
	}
	if n, ok := find[*ast.BinaryNode](f.root, f.at); ok {
		return fmt.Sprintf("%s takes %s, not %s: %s", n.Operator, typeWord(want), got, shorten(n))
	}
	if n, ok := find[*ast.BuiltinNode](f.root, f.at); ok {
		return fmt.Sprintf("%s takes %s, not %s: %s", n.Name, typeWord(want), got, shorten(n))
	}
	return fmt.Sprintf("%s is needed here, not %s: %s", typeWord(want), got, f.program.text)
}

// context is the part of the expression that failed.
func (f runFault) context() string {
	if n, ok := find[ast.Node](f.root, f.at); ok {
		return shorten(n)
	}
	return f.program.text
}

func (f runFault) operation() string {
	context := f.context()
	if g := noNumber.FindStringSubmatch(f.message); g != nil {
		kind := map[string]string{"int": "a whole number", "float": "a number"}[g[1]]
		return fmt.Sprintf("this is not %s: %s", kind, context)
	}
	if g := mismatches.FindStringSubmatch(f.message); g != nil {
		return fmt.Sprintf("- cannot be used with %s: %s", typeWord(g[1]), context)
	}
	if g := mismatch.FindStringSubmatch(f.message); g != nil {
		return fmt.Sprintf("%s cannot be used with %s and %s: %s", g[2], typeWord(g[1]), typeWord(g[3]), context)
	}
	if g := badIn.FindStringSubmatch(f.message); g != nil {
		if typeWord(g[1]) == "text" {
			return fmt.Sprintf("in looks into lists and objects; for text use contains: %s", context)
		}
		return fmt.Sprintf("in looks into lists and objects, not into %s: %s", typeWord(g[1]), context)
	}
	if g := badCall.FindStringSubmatch(f.message); g != nil {
		return fmt.Sprintf("%s cannot be used with %s: %s", g[1], typeWord(g[2]), context)
	}
	switch {
	case strings.HasPrefix(f.message, "illegal base64 data"):
		return "this is not base64: " + context
	case strings.HasPrefix(f.message, "parsing time "):
		return "this is not a time in the layout that is given: " + context
	}
	message := strings.TrimPrefix(typeWords(f.message), "time: ")
	if strings.Contains(message, "reflect") || strings.Contains(message, "interface") || strings.Contains(message, "runtime error") {
		return fmt.Sprintf("this cannot be evaluated with the values it got: %s", context)
	}
	return fmt.Sprintf("%s: %s", message, context)
}

// shorten gives the text of a part of an expression for messages.
func shorten(n ast.Node) string {
	const limit = 80
	text := []rune(n.String())
	if len(text) > limit {
		return string(text[:limit-1]) + "…"
	}
	return string(text)
}

// find gives the outermost node of a type at a place.
func find[T ast.Node](n ast.Node, at file.Location) (T, bool) {
	var none T
	if n == nil || reflect.ValueOf(n).IsNil() {
		return none, false
	}
	if t, ok := n.(T); ok && n.Location().From == at.From && n.Location().To > 0 {
		return t, true
	}
	for _, child := range children(n) {
		if t, ok := find[T](child, at); ok {
			return t, true
		}
	}
	return none, false
}
