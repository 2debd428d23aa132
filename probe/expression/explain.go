package expression

import (
	"errors"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"httpprobe/probe/source"
)

// Explain gives the parts of the expression that are worth showing with their
// values, in the order of the text and each once: what is looked up or
// computed, but no literals, and nothing that differs from element to element
// of a list or from call to call. Of a path that cannot be followed to its end
// it gives the last part that has a value.
func (p *Program) Explain(v Vars, r *Response) []Term {
	tree, err := parser.ParseWithConfig(p.text, p.language.config(nil))
	if err != nil {
		return nil
	}
	e := &explanation{program: p, vars: v, response: r, deadline: time.Now().Add(maxTime)}
	e.walk(tree.Node, true)
	return e.terms
}

type explanation struct {
	program  *Program
	vars     Vars
	response *Response
	terms    []Term
	deadline time.Time // each part may take as long as an evaluation may
}

func (e *explanation) walk(n ast.Node, root bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		e.show(n)
		return
	case *ast.MemberNode:
		e.path(n)
		return
	case *ast.PredicateNode, *ast.PointerNode, *ast.VariableDeclaratorNode:
		return
	case *ast.ChainNode:
		e.walk(n.Node, root)
		return
	case *ast.CallNode:
		e.show(n)
		for _, argument := range n.Arguments {
			e.walk(argument, false)
		}
		return
	case *ast.BuiltinNode, *ast.SliceNode:
		e.show(n)
	case *ast.BinaryNode:
		if !root {
			e.show(n)
		}
	}
	for _, child := range children(n) {
		e.walk(child, false)
	}
}

// path shows a.b.c as a whole, or as far as it can be followed.
func (e *explanation) path(n *ast.MemberNode) {
	if isEnv(n.Node) || e.show(n) {
		if isComputed(n.Property) {
			e.walk(n.Property, false)
		}
		if _, called := n.Node.(*ast.CallNode); called {
			e.walk(n.Node, false)
		}
		return
	}
	e.walk(n.Node, false)
}

// show adds the value of a node and reports whether it has one.
func (e *explanation) show(n ast.Node) bool {
	if !isComputed(n) || isNull(n) || changes(n) {
		return true
	}
	text := n.String()
	if slices.ContainsFunc(e.terms, func(t Term) bool { return t.Text == text }) {
		return true
	}
	if time.Now().After(e.deadline) {
		return true
	}
	value, err := e.program.part(n, e.vars, e.response)
	if err != nil {
		return false
	}
	e.terms = append(e.terms, Term{Text: text, Value: value})
	return true
}

// changes reports whether a node can have another value each time.
func changes(n ast.Node) bool {
	if c, ok := n.(*ast.CallNode); ok {
		if id, ok := c.Callee.(*ast.IdentifierNode); ok && slices.Contains([]string{"uuid", "now", "rand"}, id.Value) {
			return true
		}
	}
	return slices.ContainsFunc(children(n), changes)
}

var errNotAlone = errors.New("this part has no value of its own")

// part evaluates a part of the expression. Parts that use what only stands
// around them, such as the element of a loop, have no value of their own.
func (p *Program) part(n ast.Node, v Vars, r *Response) (any, error) {
	program, problems := p.language.Compile(source.Text{Text: n.String()}, p.scope)
	if len(problems) > 0 {
		return nil, errNotAlone
	}
	return program.Eval(v, r)
}
