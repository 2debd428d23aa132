package match

import (
	"cmp"
	"strings"
	"time"

	"httpprobe/probe/source"
)

var order = []word{
	{
		name: "$gt", argument: boundArgument, meaning: "more than; later than", example: "age: { $gt: 17 }",
		build: bounded("more than ", "later than ", func(order int) bool { return order > 0 }),
	},
	{
		name: "$gte", argument: boundArgument, meaning: "at least; not before", example: "age: { $gte: 18 }",
		build: bounded("at least ", "not before ", func(order int) bool { return order >= 0 }),
	},
	{
		name: "$lt", argument: boundArgument, meaning: "less than; earlier than", example: "time: { $lt: 500ms }",
		build: bounded("less than ", "earlier than ", func(order int) bool { return order < 0 }),
	},
	{
		name: "$lte", argument: boundArgument, meaning: "at most; not after", example: "total: { $lte: 99.50 }",
		build: bounded("at most ", "not after ", func(order int) bool { return order <= 0 }),
	},
	{
		name: "$between", argument: pairArgument, meaning: "between the two, ends included", example: "rating: { $between: [1, 5] }",
		build: func(b builder, key source.Text, arg source.Value) node {
			n := between{key.Pos, b.bound(key.Text, arg.Items[0]), b.bound(key.Text, arg.Items[1])}
			low, lowKnown := n.low.constantOperand()
			high, highKnown := n.high.constantOperand()
			if !lowKnown || !highKnown {
				return n
			}
			if order, ok := low.compare(high); !ok {
				b.problem(arg.Pos, 1, "", "$between needs two of a kind, not %s and %s", low.kind, high.kind)
			} else if order > 0 {
				b.problem(arg.Pos, 1, "the lower one comes first", "nothing lies between %s and %s", arg.Items[0], arg.Items[1])
			}
			return n
		},
	},
}

func bounded(wants, wantsTime string, holds func(order int) bool) func(builder, source.Text, source.Value) node {
	return func(b builder, key source.Text, arg source.Value) node {
		return limit{key.Pos, wants, wantsTime, holds, b.bound(key.Text, arg)}
	}
}

func isBound(v source.Value) bool { return v.Kind == source.Number || v.Kind == source.String }

// bound compiles a number, duration, date or template of one.
func (b builder) bound(word string, v source.Value) *given {
	g := b.given(v)
	if _, ok := operandOf(g.constant, false); g.known && !ok {
		hint := ""
		if v.Kind == source.String {
			if _, number := parseDecimal(v.Text); number {
				hint = "a number is written without quotes"
			}
		}
		b.problem(v.Pos, len(v.Text), hint, "%s needs a number, a duration such as 500ms, a date such as 2024-02-29 or a time such as 2024-02-29T12:00:00Z, not %s", word, trim(v.String(), 60))
	}
	return g
}

// limit wants a value on one side of a bound.
type limit struct {
	pos              source.Pos
	wants, wantsTime string
	holds            func(order int) bool
	bound            *given
}

func (n limit) place() source.Pos { return n.pos }

func (n limit) describe(c *check, limit int) string {
	v, _ := n.bound.value(c)
	if o, ok := operandOf(v, c.texts); ok && (o.kind == dates || o.kind == times) {
		return n.wantsTime + unquoted(n.bound.describe(c, limit))
	}
	return n.wants + unquoted(n.bound.describe(c, limit))
}

func (n limit) match(c *check, got any) {
	if order, ok := c.order(n, got, n.bound); ok && !n.holds(order) {
		c.differ(n, got, "")
	}
}

// between wants a value between two, ends included.
type between struct {
	pos       source.Pos
	low, high *given
}

func (n between) place() source.Pos { return n.pos }

func (n between) describe(c *check, limit int) string {
	return "between " + unquoted(n.low.describe(c, limit)) + " and " + unquoted(n.high.describe(c, limit))
}

func (n between) match(c *check, got any) {
	low, ok := c.order(n, got, n.low)
	if !ok {
		return
	}
	high, ok := c.order(n, got, n.high)
	if ok && (low < 0 || high > 0) {
		c.differ(n, got, "")
	}
}

// unquoted takes the quotes off a rendered duration or date.
func unquoted(s string) string { return strings.Trim(s, `"`) }

// order compares a value with a bound, or tells why it cannot.
func (c *check) order(n node, got any, bound *given) (int, bool) {
	v, err := bound.value(c)
	if err != nil {
		c.failed(bound, err)
		return 0, false
	}
	want, ok := operandOf(v, c.texts)
	if !ok {
		c.fault(open, n, got, " (the bound is "+kindOf(v)+": only numbers, durations and dates have an order)")
		return 0, false
	}
	have, ok := operandOf(got, c.texts)
	if !ok {
		note := " (" + kindOf(got) + " cannot be compared with " + want.kind.String() + ")"
		if isNumber(got) {
			note = tooLarge
		}
		c.fault(open, n, got, note)
		return 0, false
	}
	order, ok := have.compare(want)
	if !ok {
		c.fault(open, n, got, " ("+have.kind.String()+" cannot be compared with "+want.kind.String()+")")
	}
	return order, ok
}

type operandKind uint8

const (
	numbers operandKind = iota
	durations
	dates
	times
)

func (k operandKind) String() string {
	return [...]string{"a number", "a duration", "a date without time", "a point in time"}[k]
}

// operand is a value that has an order among those of its kind.
type operand struct {
	kind     operandKind
	number   decimal
	duration time.Duration
	time     time.Time
}

func (g *given) constantOperand() (operand, bool) {
	if !g.known {
		return operand{}, false
	}
	return operandOf(g.constant, false)
}

// operandOf reads a value; texts says that a number may be written as a text.
func operandOf(v any, texts bool) (operand, bool) {
	switch v := v.(type) {
	case time.Duration:
		return operand{kind: durations, duration: v}, true
	case time.Time:
		return operand{kind: times, time: v}, true
	case string:
		if d, ok := parseDecimal(v); ok {
			return operand{number: d}, texts
		}
		if t, ok := parseDate(v); ok {
			return operand{kind: dates, time: t}, true
		}
		if t, ok := parseDateTime(v); ok {
			return operand{kind: times, time: t}, true
		}
		if t, ok := parseHTTPDate(v); ok {
			return operand{kind: times, time: t}, true
		}
		d, err := time.ParseDuration(v)
		return operand{kind: durations, duration: d}, err == nil
	}
	d, ok := decimalOf(v)
	return operand{number: d}, ok
}

func (o operand) compare(p operand) (int, bool) {
	switch {
	case o.kind != p.kind:
		return 0, false
	case o.kind == numbers:
		return o.number.compare(p.number), true
	case o.kind == durations:
		return cmp.Compare(o.duration, p.duration), true
	}
	return o.time.Compare(p.time), true
}
