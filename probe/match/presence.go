package match

import "httpprobe/probe/source"

var presence = []word{
	{
		name: "$any", meaning: "there is a value, whatever it is, null included", example: "id: $any",
		alone: property("a value", func(any) bool { return true }),
	},
	{
		name: "$absent", meaning: "there is no such value; null is a value", example: "password: $absent",
		alone: func(pos source.Pos) node { return absent{pos} },
	},
	{
		name: "$null", meaning: "null", example: "deleted_at: $null",
		alone: property("null", func(got any) bool { return got == nil }),
	},
	{
		name: "$empty", meaning: `"", [] or {}; null is neither empty nor not`, example: "errors: $empty",
		alone: func(pos source.Pos) node { return empty{pos} },
	},
}

// simple is a matcher that stands alone and looks at the value only.
type simple struct {
	pos   source.Pos
	wants string
	holds func(got any) bool
	// reads says that a number or boolean may be read out of a text where
	// everything is a text.
	reads bool
}

func property(wants string, holds func(got any) bool) func(source.Pos) node {
	return func(pos source.Pos) node { return simple{pos: pos, wants: wants, holds: holds} }
}

func (n simple) place() source.Pos { return n.pos }

func (n simple) describe(*check, int) string { return n.wants }

func (n simple) match(c *check, got any) {
	if n.holds(got) || n.reads && c.texts && n.holds(readScalar(got)) {
		return
	}
	note := ""
	if text, ok := got.(string); ok && n.reads && n.holds(readScalar(text)) {
		note = " (a text)"
	}
	c.differ(n, got, note)
}

type absent struct{ pos source.Pos }

func (n absent) place() source.Pos { return n.pos }

func (n absent) describe(*check, int) string { return "no value" }

func (n absent) absence() bool { return true }

func (n absent) match(c *check, got any) {
	if got == Missing || !c.counts(fails) {
		return
	}
	c.tell(n.pos, "expected to be absent, "+c.came(got), "nothing", c.show(got, renderLimit))
}

type empty struct{ pos source.Pos }

func (n empty) place() source.Pos { return n.pos }

func (n empty) describe(*check, int) string { return "an empty text, list or object" }

func (n empty) match(c *check, got any) {
	switch got := got.(type) {
	case nil:
		c.fault(open, n, got, " (null is neither empty nor not)")
	case string, []any, map[string]any:
		if size, _ := sizeOf(got); size != 0 {
			c.differ(n, got, "")
		}
	default:
		c.differ(n, got, "")
	}
}
