package expression

import (
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// substitution puts values in the place of names that are settled at load.
type substitution struct {
	env map[string]string
}

// Visit is called by ast.Walk, children first.
func (s *substitution) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "null" {
			ast.Patch(node, &ast.NilNode{})
		}
	case *ast.MemberNode:
		property, ok := n.Property.(*ast.StringNode)
		id, named := n.Node.(*ast.IdentifierNode)
		switch {
		case !ok || !named:
		case id.Value == "headers":
			property.Value = strings.ToLower(property.Value)
		case id.Value == "env":
			if value, set := s.env[property.Value]; set {
				// Not a StringNode: messages show those.
				ast.Patch(node, &ast.ConstantNode{Value: value})
			} else {
				ast.Patch(node, &ast.NilNode{})
			}
		}
	}
}

// guards replaces operators whose meaning differs here or that could run out
// of bounds by calls of functions that no expression can name.
type guards struct {
	texts  texts
	framed bool
}

// texts are the operands of nodes as they were before guards changes them:
// messages show what the author wrote.
type texts map[ast.Node][]string

// Visit is called by ast.Walk.
func (t texts) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if slices.Contains([]string{"in", "contains", "startsWith", "endsWith", "matches"}, n.Operator) {
			t[n] = []string{n.Left.String(), n.Right.String()}
		}
	case *ast.BuiltinNode:
		if takesPredicate(n) {
			t[n] = []string{n.Arguments[0].String()}
		}
	}
}

// Visit is called by ast.Walk, children first.
func (g *guards) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		g.binary(node, n)
	case *ast.MemberNode:
		if _, constant := n.Property.(*ast.StringNode); !constant && isHeaders(n.Node) {
			n.Property = call(lowerName, n.Property)
		}
	case *ast.PredicateNode:
		g.framed = true
		n.Node = call(tickName, frameNode(), n.Node)
	case *ast.BuiltinNode:
		if takesPredicate(n) {
			n.Arguments[0] = call(listName, n.Arguments[0], literal(n.Name), literal(g.texts[n][0]))
		}
		if n.Name == "map" {
			ast.Patch(node, call(weighName, n))
		}
	case *ast.ArrayNode:
		if !slices.ContainsFunc(n.Nodes, isComputed) {
			return
		}
		ast.Patch(node, call(weighName, n))
	case *ast.MapNode:
		ast.Patch(node, call(weighName, n))
	case *ast.CallNode:
		g.call(n)
	}
}

func (g *guards) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "/", "+":
		ast.Patch(node, call(" "+n.Operator, n.Left, n.Right))
	case "==", "!=":
		if isScalar(n.Left) || isScalar(n.Right) {
			return
		}
		same := call(equalName, n.Left, n.Right)
		same.SetLocation(n.Location())
		if n.Operator == "==" {
			ast.Patch(node, same)
			return
		}
		ast.Patch(node, &ast.UnaryNode{Operator: "not", Node: same})
	case "in":
		if isHeaders(n.Right) {
			n.Left = call(lowerName, n.Left)
		} else if isComputed(n.Right) {
			n.Right = call(withinName, n.Right, literal(g.texts[n][1]))
		}
	case "contains", "startsWith", "endsWith", "matches":
		for i, side := range []*ast.Node{&n.Left, &n.Right} {
			if isComputed(*side) {
				*side = call(textName, *side, literal(n.Operator), literal(g.texts[n][i]))
			}
		}
	}
}

func literal(s string) ast.Node { return &ast.StringNode{Value: s} }

func (g *guards) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return
	}
	switch callee.Value {
	case "header", "cookie":
		g.framed = true
		callee.Value = " " + callee.Value
		n.Arguments = slices.Insert(n.Arguments, 0, frameNode())
	case "regex":
		if s, ok := n.Arguments[1].(*ast.StringNode); ok {
			n.Arguments[1] = &ast.ConstantNode{Value: regexp.MustCompile(s.Value)}
		}
	}
}

func call(name string, arguments ...ast.Node) ast.Node {
	n := &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: arguments}
	// An error of the call is at the place of what it stands for.
	for _, argument := range arguments {
		if at := argument.Location(); at.To > 0 {
			n.SetLocation(at)
			break
		}
	}
	return n
}

func frameNode() ast.Node { return &ast.IdentifierNode{Value: frameName} }

func isHeaders(n ast.Node) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == "headers"
}

// isScalar reports whether a node is a whole number, text, boolean or null as
// written, which expr itself compares by value.
func isScalar(n ast.Node) bool {
	switch n.(type) {
	case *ast.IntegerNode, *ast.StringNode, *ast.BoolNode, *ast.NilNode, *ast.ConstantNode:
		return true
	}
	return false
}

// isComputed reports whether a node is more than a number, text, boolean or
// null as written.
func isComputed(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.NilNode, *ast.ConstantNode:
		return false
	case *ast.UnaryNode:
		return isComputed(n.Node)
	}
	return true
}

func takesPredicate(n *ast.BuiltinNode) bool {
	switch n.Name {
	case "count", "sum": // whose predicate may be left out
		return true
	}
	return slices.ContainsFunc(n.Arguments, func(a ast.Node) bool {
		_, ok := a.(*ast.PredicateNode)
		return ok
	})
}
