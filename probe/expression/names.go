package expression

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"

	"httpprobe/probe/source"
)

// analysis finds out what an expression names, and everything in it that has
// no meaning at its place.
type analysis struct {
	language *Language
	chunk    chunk
	scope    Scope
	used     map[string]bool // variables and response names; true: null is dealt with
	env      map[string]bool
	problems []source.Problem
}

func (l *Language) analyse(c chunk, s Scope, root ast.Node) *analysis {
	a := &analysis{language: l, chunk: c, scope: s, used: map[string]bool{}, env: map[string]bool{}}
	a.walk(root, nil)
	a.problems = source.Sort(a.problems)
	return a
}

func (a *analysis) uses() []use {
	var out []use
	for _, name := range slices.Sorted(maps.Keys(a.used)) {
		response := a.scope.Response && slices.Contains(responseNames, name)
		out = append(out, use{name: name, response: response, optional: a.used[name]})
	}
	return out
}

func (a *analysis) environment() []string { return slices.Sorted(maps.Keys(a.env)) }

func (a *analysis) problem(n ast.Node, hint, format string, args ...any) {
	a.problems = append(a.problems, a.chunk.problem(n.Location(), hint, format, args...))
}

// walk visits a node. Locals are the names that let gives.
func (a *analysis) walk(n ast.Node, locals []string) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		a.name(n, locals)
		return
	case *ast.MemberNode:
		if isEnv(n.Node) {
			a.variable(n, false)
			return
		}
	case *ast.BinaryNode:
		if a.binary(n, locals) {
			return
		}
	case *ast.StringNode:
		a.text(n)
		return
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			a.call(n, callee.Value)
			for _, argument := range n.Arguments {
				a.walk(argument, locals)
			}
			return
		}
	case *ast.VariableDeclaratorNode:
		if slices.Contains(Reserved(), n.Name) || slices.Contains(a.scope.Vars, n.Name) {
			a.problem(n, "choose another name", "let cannot give the name %q again", n.Name)
		}
		a.walk(n.Value, locals)
		a.walk(n.Expr, append(slices.Clone(locals), n.Name))
		return
	}
	for _, child := range children(n) {
		a.walk(child, locals)
	}
}

// binary looks at operators that allow for null. It reports whether it has
// visited all of the node.
func (a *analysis) binary(n *ast.BinaryNode, locals []string) bool {
	switch n.Operator {
	case "??":
		left := n.Left
		if chain, ok := left.(*ast.ChainNode); ok {
			left = chain.Node
		}
		a.allowNull(left)
		if m, ok := left.(*ast.MemberNode); ok && isEnv(m.Node) {
			a.variable(m, true)
			a.walk(n.Right, locals)
			return true
		}
	case "==", "!=":
		if isNull(n.Left) {
			a.allowNull(n.Right)
		}
		if isNull(n.Right) {
			a.allowNull(n.Left)
		}
	case "matches":
		a.pattern(n.Right)
	}
	return false
}

func (a *analysis) allowNull(n ast.Node) {
	if id, ok := n.(*ast.IdentifierNode); ok {
		a.used[id.Value] = true
	}
}

// text refuses a text with ${…} in it, of which its author expects a value
// that it does not get: with != it would hold for every answer.
func (a *analysis) text(n *ast.StringNode) {
	i := strings.Index(n.Value, "${")
	if i < 0 {
		return
	}
	hint := `join texts with +, and write "$" + "{" for a literal ${`
	if end := Span(n.Value[i:]); i == 0 && end == len(n.Value) && end > 3 {
		hint = "write " + strings.TrimSpace(n.Value[2:end-1])
	}
	a.problem(n, hint, "${…} has no value within a text of an expression")
}

func (a *analysis) pattern(n ast.Node) {
	if s, ok := n.(*ast.StringNode); ok {
		if _, err := regexp.Compile(s.Value); err != nil {
			a.problem(n, "", "%s", patternFault(err))
		}
	}
}

func (a *analysis) name(n *ast.IdentifierNode, locals []string) {
	name := n.Value
	_, function := a.language.tables.functions[name]
	response := slices.Contains(responseNames, name)
	switch {
	case slices.Contains(locals, name):
		delete(a.used, name)
	case name == "null":
		delete(a.used, name)
	case name == "env":
		a.problem(n, "write env.NAME", "env cannot be used as a whole")
	case slices.Contains(a.scope.Vars, name), response && a.scope.Response:
		if _, seen := a.used[name]; !seen {
			a.used[name] = false
		}
	case response:
		a.problem(n, "", "%q is known only once a response is there: in expect, capture, assert and until", name)
	case function || isBuiltin(name):
		a.problem(n, fmt.Sprintf("write %s(…)", name), "%q is a function", name)
	default:
		hint := a.meant(name)
		if whole := a.hyphenated(n); whole != "" {
			hint = fmt.Sprintf("a name with - in it stands in brackets: [%q]", whole)
		}
		a.problem(n, hint, "%q is not defined here", name)
	}
}

var hyphens = regexp.MustCompile(`\.((?:[A-Za-z_]\w*-)+)$`)

// hyphenated gives the member that an unknown name is the end of where it
// follows a dot and other words with nothing but - between them.
func (a *analysis) hyphenated(n *ast.IdentifierNode) string {
	code := []rune(a.chunk.code)
	if at := n.Location(); at.From <= len(code) {
		if m := hyphens.FindStringSubmatch(string(code[:at.From])); m != nil {
			return m[1] + n.Value
		}
	}
	return ""
}

// meant is the hint for an unknown name.
func (a *analysis) meant(name string) string {
	known := slices.Clone(a.scope.Vars)
	if a.scope.Response {
		known = append(known, responseNames...)
	}
	if near := source.Nearest(name, append([]string{"env", "true", "false", "null"}, known...)); near != "" {
		return source.DidYouMean(name, []string{near})
	}
	return source.DidYouMean(name, known)
}

func (a *analysis) call(n *ast.CallNode, name string) {
	switch _, known := a.language.tables.functions[name]; {
	case !known || isInternal(name):
		problem := unknownFunction(a.language, name)
		if slices.Contains(a.scope.Vars, name) || slices.Contains(responseNames, name) {
			problem = source.Problem{Text: fmt.Sprintf("%q is a value, not a function", name), Hint: "leave the parentheses out"}
		}
		a.problem(n, problem.Hint, "%s", problem.Text)
	case (name == "header" || name == "cookie") && !a.scope.Response:
		a.problem(n, "", "%s() is known only once a response is there: in expect, capture, assert and until", name)
	case name == "regex" && len(n.Arguments) == 2:
		a.pattern(n.Arguments[1])
	case name == "file" && len(n.Arguments) == 1:
		if s, ok := n.Arguments[0].(*ast.StringNode); ok {
			if err := a.language.present(s.Value); err != nil {
				a.problem(s, "", "%v", err)
			}
		}
	}
}

func unknownFunction(l *Language, name string) source.Problem {
	p := source.Problem{Text: fmt.Sprintf("there is no function %q", name)}
	// Of names that are equally near, one of the same length is meant more likely.
	names := l.functionNames()
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(distance(len(a), len(name)), distance(len(b), len(name)))
	})
	if near := source.Nearest(name, names); near != "" {
		p.Hint = source.DidYouMean(name, []string{near})
	}
	return p
}

func distance(a, b int) int { return max(a-b, b-a) }

// variable looks at env.NAME.
func (a *analysis) variable(n *ast.MemberNode, optional bool) {
	property, ok := n.Property.(*ast.StringNode)
	if !ok {
		a.problem(n.Node, `write env.NAME or env["NAME"]`, "the name of an environment variable must be written out")
		return
	}
	name := property.Value
	a.env[name] = true
	if _, set := a.language.Env[name]; set || optional {
		return
	}
	hint := fmt.Sprintf(`set it, give it with --env-file FILE, or write a default: env.%s ?? "…"`, name)
	if near := source.Nearest(name, slices.Sorted(maps.Keys(a.language.Env))); near != "" {
		hint = source.DidYouMean(name, []string{near})
	}
	a.problem(property, hint, "environment variable %q is not set", name)
}

func isEnv(n ast.Node) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == "env"
}

func isNull(n ast.Node) bool {
	if id, ok := n.(*ast.IdentifierNode); ok {
		return id.Value == "null"
	}
	_, ok := n.(*ast.NilNode)
	return ok
}

func isBuiltin(name string) bool {
	_, ok := builtin.Index[name]
	return ok
}

// children gives the parts of a node in the order of the text.
func children(n ast.Node) []ast.Node {
	var out []ast.Node
	switch n := n.(type) {
	case *ast.UnaryNode:
		out = []ast.Node{n.Node}
	case *ast.BinaryNode:
		out = []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		out = []ast.Node{n.Node}
	case *ast.MemberNode:
		out = []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		out = []ast.Node{n.Node, n.From, n.To}
	case *ast.CallNode:
		out = append([]ast.Node{n.Callee}, n.Arguments...)
	case *ast.BuiltinNode:
		out = n.Arguments
	case *ast.PredicateNode:
		out = []ast.Node{n.Node}
	case *ast.VariableDeclaratorNode:
		out = []ast.Node{n.Value, n.Expr}
	case *ast.SequenceNode:
		out = n.Nodes
	case *ast.ConditionalNode:
		out = []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		out = n.Nodes
	case *ast.MapNode:
		out = n.Pairs
	case *ast.PairNode:
		out = []ast.Node{n.Key, n.Value}
	}
	return slices.DeleteFunc(slices.Clone(out), func(n ast.Node) bool { return n == nil })
}
