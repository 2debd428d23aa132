package match

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

var collections = []word{
	{
		name: "$len", argument: lengthArgument, meaning: "how many characters a text, elements a list or keys an object has", example: "items: { $len: { $gte: 1 } }",
		build: func(b builder, key source.Text, arg source.Value) node {
			return length{key.Pos, b.counting().node(arg)}
		},
	},
	{
		name: "$each", argument: valueArgument, meaning: "a list of which every element matches; an empty one does", example: "roles: { $each: { $in: [admin, user] } }",
		build: func(b builder, key source.Text, arg source.Value) node { return each{key.Pos, b.node(arg)} },
	},
	{
		name: "$unordered", argument: elementsArgument, meaning: "a list of just these elements, in any order", example: "tags: { $unordered: [a, b, c] }",
		build: func(b builder, key source.Text, arg source.Value) node {
			if arg.Kind == source.String {
				return unordered{pos: key.Pos, list: b.given(arg), exact: b.exact}
			}
			return unordered{pos: key.Pos, items: b.nodes(arg.Items)}
		},
	},
	{
		name: "$exactly", argument: structureArgument, meaning: "an object with these keys and no others; those within it likewise, save in $contains", example: "user: { $exactly: { id: $integer, name: Bob } }",
		build: func(b builder, _ source.Text, arg source.Value) node {
			b.exact = true
			return b.node(arg)
		},
	},
}

// counting gives a builder for what is compared with a count, which is a
// number also where all that came is text.
func (b builder) counting() builder {
	b.texts = false
	return b
}

func isLength(v source.Value) bool {
	switch v.Kind {
	case source.Number:
		d, ok := parseDecimal(v.Text)
		return ok && d.isInteger() && !d.negative
	case source.Object:
		for _, m := range v.Members {
			if !isWord(m.Key.Text) {
				return false
			}
		}
		return len(v.Members) > 0
	}
	return isExpression(v)
}

// sizeOf gives the length of what has one, and what it is made of.
func sizeOf(v any) (int, string) {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v), "character"
	case []any:
		return len(v), "element"
	case map[string]any:
		return len(v), "key"
	}
	return 0, ""
}

// length wants a text, list or object of a length that matches.
type length struct {
	pos  source.Pos
	want node
}

func (n length) place() source.Pos { return n.pos }

func (n length) describe(c *check, limit int) string {
	return "a length of " + n.want.describe(c, limit)
}

func (n length) match(c *check, got any) {
	size, unit := sizeOf(got)
	if unit == "" {
		c.fault(open, n, got, " ("+kindOf(got)+" has no length)")
		return
	}
	texts := c.texts
	c.texts = false
	v := c.try(n.want, size)
	c.texts = texts
	if v == holds || !c.counts(v) {
		return
	}
	c.tell(n.pos, "expected "+n.describe(c, messageLimit)+", got "+counted(size, unit)+": "+c.show(got, messageLimit),
		n.describe(c, renderLimit), strconv.Itoa(size)+": "+c.show(got, renderLimit))
}

// each wants a list of which every element matches.
type each struct {
	pos  source.Pos
	want node
}

func (n each) place() source.Pos { return n.pos }

func (n each) describe(c *check, limit int) string {
	return "a list, each element " + n.want.describe(c, limit)
}

func (n each) match(c *check, got any) {
	elements, ok := got.([]any)
	if !ok {
		c.differ(n, got, "")
		return
	}
	for i, element := range elements {
		if c.settled() {
			return
		}
		c.enterIndex(i)
		c.match(n.want, element)
		c.leave()
	}
}

// unordered wants a list of just these elements in any order.
type unordered struct {
	pos   source.Pos
	items []node
	list  *given // nil: items are known
	exact bool
}

func (n unordered) place() source.Pos { return n.pos }

func (n unordered) describe(c *check, limit int) string {
	if n.list != nil {
		return n.list.describe(c, limit) + " in any order"
	}
	return trim("["+strings.TrimSuffix(describeAll(c, n.items, ", ", limit), "…"), limit) + "] in any order"
}

func (n unordered) match(c *check, got any) {
	elements, ok := got.([]any)
	if !ok {
		c.differ(n, got, "")
		return
	}
	items := n.items
	if n.list != nil {
		if items, ok = c.elements(n, n.list, n.exact, got); !ok {
			return
		}
	}
	c.length(n, len(items), elements, " in any order")
	if c.settled() {
		return
	}
	v := fails
	wanted, came := assign(len(items), len(elements), func(i, j int) bool {
		result := c.try(items[i], elements[j])
		if result == open {
			v = open
		}
		return result == holds
	})
	for i, j := range wanted {
		if j < 0 && c.counts(v) {
			c.tell(items[i].place(), "expected an element that is "+items[i].describe(c, messageLimit)+", but none is left that fits: "+c.show(got, messageLimit),
				items[i].describe(c, renderLimit), c.show(got, renderLimit))
		}
	}
	for j, i := range came {
		if i < 0 && c.counts(v) {
			c.enterIndex(j)
			c.tell(n.pos, "expected one of the listed elements, none is left that fits, got "+c.show(elements[j], messageLimit),
				n.describe(c, renderLimit), c.show(elements[j], renderLimit))
			c.leave()
		}
	}
}
