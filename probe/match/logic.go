package match

import (
	"slices"
	"strings"

	"httpprobe/probe/source"
)

var logic = []word{
	{
		name: "$in", argument: choiceArgument, meaning: "one of the listed values; each may be a matcher", example: "role: { $in: [admin, user] }",
		build: func(b builder, key source.Text, arg source.Value) node {
			if arg.Kind == source.String {
				return choice{pos: key.Pos, list: b.given(arg), exact: b.exact}
			}
			return some{pos: key.Pos, wants: "one of ", parts: b.nodes(arg.Items)}
		},
	},
	{
		name: "$not", argument: valueArgument, meaning: "there is a value, and it does not match", example: "status: { $not: deleted }",
		build: func(b builder, key source.Text, arg source.Value) node { return not{key.Pos, b.node(arg)} },
	},
	{
		name: "$all", argument: listArgument, meaning: "every one of the listed matchers holds", example: "code: { $all: [{ $starts: A }, { $len: 6 }] }",
		build: func(b builder, key source.Text, arg source.Value) node { return all{key.Pos, b.nodes(arg.Items)} },
	},
	{
		name: "$some", argument: listArgument, meaning: "at least one of the listed matchers holds", example: "phone: { $some: [$absent, $null, { $starts: + }] }",
		build: func(b builder, key source.Text, arg source.Value) node {
			return some{pos: key.Pos, wants: "any of ", parts: b.nodes(arg.Items)}
		},
	},
}

func (b builder) nodes(values []source.Value) []node {
	out := make([]node, len(values))
	for i, v := range values {
		out[i] = b.node(v)
	}
	return out
}

func describeAll(c *check, parts []node, separator string, limit int) string {
	shown := make([]string, len(parts))
	for i, p := range parts {
		shown[i] = p.describe(c, limit)
	}
	return trim(strings.Join(shown, separator), limit)
}

// some wants at least one of its parts to hold.
type some struct {
	pos   source.Pos
	wants string
	parts []node
}

func (n some) place() source.Pos { return n.pos }

func (n some) absence() bool { return slices.ContainsFunc(n.parts, allowsAbsence) }

func (n some) describe(c *check, limit int) string {
	return n.wants + describeAll(c, n.parts, ", ", limit)
}

func (n some) match(c *check, got any) {
	v := fails
	for _, p := range n.parts {
		switch c.try(p, got) {
		case holds:
			return
		case open:
			v = open
		}
	}
	c.fault(v, n, got, "")
}

// choice wants one of the values of a list that a template gives.
type choice struct {
	pos   source.Pos
	list  *given
	exact bool
}

func (n choice) place() source.Pos { return n.pos }

func (n choice) describe(c *check, limit int) string { return "one of " + n.list.describe(c, limit) }

func (n choice) match(c *check, got any) {
	values, ok := c.elements(n, n.list, n.exact, got)
	if !ok {
		return
	}
	some{pos: n.pos, wants: "one of ", parts: values}.match(c, got)
}

// elements evaluates a template that must give a list.
func (c *check) elements(n node, g *given, exact bool, got any) ([]node, bool) {
	v, err := g.value(c)
	if err != nil {
		c.failed(g, err)
		return nil, false
	}
	values, ok := v.([]any)
	if !ok {
		c.fault(open, n, got, " ("+trim(g.raw, messageLimit)+" is "+kindOf(v)+", not a list)")
		return nil, false
	}
	out := make([]node, len(values))
	for i, value := range values {
		out[i] = literal(c, value, g.pos, exact)
	}
	return out, true
}

// all wants every one of its parts to hold.
type all struct {
	pos   source.Pos
	parts []node
}

func (n all) place() source.Pos { return n.pos }

func (n all) absence() bool { return slices.ContainsFunc(n.parts, allowsAbsence) }

func (n all) describe(c *check, limit int) string { return describeAll(c, n.parts, " and ", limit) }

func (n all) match(c *check, got any) {
	for _, p := range n.parts {
		if c.settled() {
			return
		}
		c.match(p, got)
	}
}

// not wants a value that does not match. Only what speaks of absence itself
// ({$not: $absent}) is asked about a missing value: a key that is misspelled
// in the file must not satisfy {$not: x}.
type not struct {
	pos  source.Pos
	want node
}

func (n not) place() source.Pos { return n.pos }

func (n not) absence() bool { return allowsAbsence(n.want) }

func (n not) describe(c *check, limit int) string {
	if _, ok := n.want.(absent); ok {
		return "a value"
	}
	return "a value other than " + n.want.describe(c, limit)
}

func (n not) match(c *check, got any) {
	switch c.try(n.want, got) {
	case holds:
		c.differ(n, got, "")
	case open:
		if c.silent {
			c.undecided++
			return
		}
		c.match(n.want, got)
	}
}
