package match

import (
	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

// given is a value of the file that may have to be evaluated first.
type given struct {
	pos      source.Pos
	raw      string               // as written
	template *expression.Template // nil: constant is the value
	constant any
	known    bool // constant is the value, and nothing is wrong with it
}

// evaluated is what a template gave. It is kept for the length of one
// comparison, so that uuid() is the same in a message as in the comparison.
type evaluated struct {
	value any
	err   error
	node  node
}

func (g *given) evaluate(c *check) *evaluated {
	if e, ok := c.values[g]; ok {
		return e
	}
	e := &evaluated{}
	e.value, e.err = g.template.Eval(c.in.Vars, c.in.Response)
	if c.values == nil {
		c.values = map[*given]*evaluated{}
	}
	c.values[g] = e
	return e
}

// value gives nil, bool, a number, string, []any, map[string]any,
// time.Duration or time.Time.
func (g *given) value(c *check) (any, error) {
	if g.template == nil {
		return g.constant, nil
	}
	e := g.evaluate(c)
	return e.value, e.err
}

// describe shows the value, or why there is none.
func (g *given) describe(c *check, limit int) string {
	v, err := g.value(c)
	if err != nil {
		return trim(g.raw, limit) + " (which cannot be evaluated: " + c.raw(err.Error()) + ")"
	}
	return c.show(v, limit)
}

// failed tells that a template of the wanted value could not be evaluated.
func (c *check) failed(g *given, err error) {
	if c.counts(open) {
		c.tell(g.pos, "the expected value "+trim(g.raw, messageLimit)+" cannot be evaluated: "+c.raw(err.Error()), g.raw, "")
	}
}

// template wants the value that a text with ${…} gives.
type template struct {
	*given
	exact bool
}

func (t template) place() source.Pos { return t.pos }

func (t template) match(c *check, got any) {
	e := t.evaluate(c)
	if e.err != nil {
		c.failed(t.given, e.err)
		return
	}
	if e.node == nil {
		e.node = literal(c, e.value, t.pos, t.exact)
	}
	e.node.match(c, got)
}
