package match

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

var text = []word{
	{
		name: "$regex", argument: textArgument, meaning: "a text in which the pattern (RE2 syntax) is found; ^ and $ tie it to the ends", example: "sku: { $regex: '^[A-Z]{3}-[0-9]+$' }",
		build: func(b builder, key source.Text, arg source.Value) node {
			n := regex{pos: key.Pos, pattern: b.given(arg)}
			if !n.pattern.known {
				return n
			}
			compiled, err := compilePattern(n.pattern.constant)
			if err != nil {
				at, width := faultOf(arg, err)
				b.problem(at, width, "", "$regex: %s", patternFault(err))
			}
			n.compiled = compiled
			return n
		},
	},
	{
		name: "$contains", argument: valueArgument, meaning: "a text with that text in it, a list with an element that matches, an object with those keys", example: "message: { $contains: exists }",
		build: func(b builder, key source.Text, arg source.Value) node {
			b.exact = false
			return contains{key.Pos, b.node(arg)}
		},
	},
	{
		name: "$starts", argument: textArgument, meaning: "a text that begins so", example: "Location: { $starts: /api/ }",
		build: affix("text that starts with ", strings.HasPrefix),
	},
	{
		name: "$ends", argument: textArgument, meaning: "a text that ends so", example: "file: { $ends: .pdf }",
		build: affix("text that ends with ", strings.HasSuffix),
	},
}

type regex struct {
	pos      source.Pos
	pattern  *given
	compiled *regexp.Regexp // nil: the pattern is a template
}

func (n regex) place() source.Pos { return n.pos }

func (n regex) describe(c *check, limit int) string {
	v, err := n.pattern.value(c)
	if s, ok := v.(string); ok && err == nil {
		return "text that matches " + trim(c.raw(s), limit)
	}
	return "text that matches " + n.pattern.describe(c, limit)
}

func (n regex) match(c *check, got any) {
	compiled := n.compiled
	if compiled == nil {
		v, err := n.pattern.value(c)
		if err == nil {
			compiled, err = compilePattern(v)
		}
		if err != nil {
			c.failed(n.pattern, errors.New(patternFault(err)))
			return
		}
	}
	s, ok := got.(string)
	switch {
	case !ok:
		c.fault(open, n, got, " ("+kindOf(got)+", not a text)")
	case !compiled.MatchString(s):
		c.differ(n, got, "")
	}
}

func compilePattern(v any) (*regexp.Regexp, error) {
	s, ok := v.(string)
	if !ok {
		return nil, errors.New("the pattern is " + kindOf(v) + ", not a text")
	}
	return regexp.Compile(s)
}

// patternFault words what is wrong with a pattern.
func patternFault(err error) string {
	var fault *syntax.Error
	if !errors.As(err, &fault) {
		return err.Error()
	}
	if fault.Expr == "" {
		return string(fault.Code)
	}
	return string(fault.Code) + ": " + trim(fault.Expr, 60)
}

// faultOf finds the part of the pattern that is wrong.
func faultOf(arg source.Value, err error) (source.Pos, int) {
	var fault *syntax.Error
	if errors.As(err, &fault) {
		if before, _, ok := strings.Cut(arg.Text, fault.Expr); ok && fault.Expr != "" {
			return arg.AsText().At(len([]rune(before))), len([]rune(fault.Expr))
		}
	}
	return arg.Pos, len([]rune(arg.Text))
}

// part wants a text that has another at one of its ends.
type part struct {
	pos   source.Pos
	wants string
	holds func(s, part string) bool
	part  *given
}

func affix(wants string, holds func(s, part string) bool) func(builder, source.Text, source.Value) node {
	return func(b builder, key source.Text, arg source.Value) node {
		return part{key.Pos, wants, holds, b.given(arg)}
	}
}

func (n part) place() source.Pos { return n.pos }

func (n part) describe(c *check, limit int) string { return n.wants + n.part.describe(c, limit) }

func (n part) match(c *check, got any) {
	v, err := n.part.value(c)
	if err != nil {
		c.failed(n.part, err)
		return
	}
	s, ok := got.(string)
	switch {
	case !ok:
		c.fault(open, n, got, " ("+kindOf(got)+", not a text)")
	case !n.holds(s, expression.Render(v)):
		c.differ(n, got, "")
	}
}

// contains looks into texts, lists and objects.
type contains struct {
	pos  source.Pos
	want node
}

func (n contains) place() source.Pos { return n.pos }

func (n contains) describe(c *check, limit int) string {
	return "something that contains " + n.want.describe(c, limit)
}

func (n contains) match(c *check, got any) {
	switch got := got.(type) {
	case string:
		n.inText(c, got)
	case []any:
		n.inList(c, got)
	case map[string]any:
		n.inObject(c, got)
	default:
		c.fault(open, n, got, " ("+kindOf(got)+" contains nothing)")
	}
}

func (n contains) inText(c *check, got string) {
	want, err := n.value(c)
	if err != nil {
		c.failed(n.want.(template).given, err)
		return
	}
	s, ok := want.(string)
	if _, computed := n.want.(template); computed && isNumber(want) {
		s, ok = expression.Render(want), true
	}
	switch {
	case !ok:
		c.fault(open, n, got, " (in a text only a text can be looked for)")
	case !strings.Contains(got, s) && c.counts(fails):
		c.tell(n.pos, "expected text that contains "+c.show(s, messageLimit)+", "+c.came(got), "text that contains "+c.show(s, renderLimit), c.raw(got))
	}
}

func (n contains) inList(c *check, got []any) {
	v := fails
	for _, element := range got {
		switch c.try(n.want, element) {
		case holds:
			return
		case open:
			v = open
		}
	}
	if !c.counts(v) {
		return
	}
	note := ""
	if _, several := n.want.(list); several {
		note = " (for several elements write $all with a $contains each)"
	}
	c.tell(n.pos, "expected a list with the element "+n.want.describe(c, messageLimit)+", "+c.came(got)+note,
		"a list with the element "+n.want.describe(c, renderLimit), c.show(got, renderLimit))
}

func (n contains) inObject(c *check, got map[string]any) {
	want, err := n.value(c)
	if err != nil {
		c.failed(n.want.(template).given, err)
		return
	}
	switch want.(type) {
	case string, nil, bool:
		c.fault(open, n, got, " (in an object only keys with their values can be looked for)")
		return
	}
	if isNumber(want) {
		c.fault(open, n, got, " (in an object only keys with their values can be looked for)")
		return
	}
	c.match(n.want, got)
}

// value gives what is looked for where it is a plain value, else the node.
func (n contains) value(c *check) (any, error) {
	switch want := n.want.(type) {
	case constant:
		return want.value, nil
	case template:
		return want.value(c)
	}
	return n.want, nil
}
