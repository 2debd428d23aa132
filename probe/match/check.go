package match

import (
	"strconv"
	"strings"

	"httpprobe/probe/source"
)

// maxDifferences is how many differences of one match are told.
const maxDifferences = 20

// node is a compiled wanted value. Nodes are not changed once they are made.
type node interface {
	match(c *check, got any)
	// describe says what is wanted as the object of "expected …", in about
	// limit runes.
	describe(c *check, limit int) string
	place() source.Pos
}

// absentee is a node that looks at Missing itself; any other fails for it.
type absentee interface{ absence() bool }

func allowsAbsence(n node) bool {
	a, ok := n.(absentee)
	return ok && a.absence()
}

// verdict is how a trial ended. It is open when the question has no answer: a
// template failed, or a text stood where a number was to be compared. The
// opposite of an open verdict is open too, or $not would pass on nonsense.
type verdict uint8

const (
	holds verdict = iota
	fails
	open
)

// check is one comparison under way.
type check struct {
	in        Input
	texts     bool
	base      string
	path      []segment
	silent    bool // a trial: differences are counted, not told
	definite  int
	undecided int
	found     []Difference
	hidden    int
	values    map[*given]*evaluated
}

type segment struct {
	key   string
	index int // -1: a key
}

func (c *check) enterKey(key string) { c.path = append(c.path, segment{key, -1}) }

func (c *check) enterIndex(i int) { c.path = append(c.path, segment{"", i}) }

func (c *check) leave() { c.path = c.path[:len(c.path)-1] }

// settled reports that the rest of a trial cannot change its verdict.
func (c *check) settled() bool { return c.silent && c.definite > 0 }

func (c *check) match(n node, got any) {
	if _, ok := got.(missing); ok && !allowsAbsence(n) {
		c.differ(n, got, "")
		return
	}
	n.match(c, got)
}

// try finds out whether a value matches without telling of differences.
func (c *check) try(n node, got any) verdict {
	silent, definite, undecided := c.silent, c.definite, c.undecided
	c.silent, c.definite, c.undecided = true, 0, 0
	c.match(n, got)
	v := holds
	switch {
	case c.definite > 0:
		v = fails
	case c.undecided > 0:
		v = open
	}
	c.silent, c.definite, c.undecided = silent, definite, undecided
	return v
}

// counts notes a difference and reports whether it is to be told.
func (c *check) counts(v verdict) bool {
	if v == open {
		c.undecided++
	} else {
		c.definite++
	}
	if c.silent {
		return false
	}
	if len(c.found) >= maxDifferences {
		c.hidden++
		return false
	}
	return true
}

// differ tells that a value is not what the node wants.
func (c *check) differ(n node, got any, note string) { c.fault(fails, n, got, note) }

// fault tells of a difference with the given weight, fails or open.
func (c *check) fault(v verdict, n node, got any, note string) {
	if !c.counts(v) {
		return
	}
	c.tell(n.place(), "expected "+n.describe(c, messageLimit)+", "+c.came(got)+note,
		n.describe(c, renderLimit), c.show(got, renderLimit))
}

// came words what there is, for the end of a message.
func (c *check) came(got any) string {
	if _, ok := got.(missing); ok {
		return "but it is missing"
	}
	return "got " + c.show(got, messageLimit)
}

// tell adds a difference at the current path; counts comes first.
func (c *check) tell(pos source.Pos, message, expected, actual string) {
	c.found = append(c.found, Difference{
		Path:     c.where(),
		Pos:      pos,
		Message:  c.located(message),
		Expected: expected,
		Actual:   actual,
	})
}

func (c *check) located(message string) string {
	message = oneLine(message)
	if path := c.where(); path != "" {
		return path + ": " + message
	}
	return message
}

// where renders the current path as an expression would write it.
func (c *check) where() string {
	if len(c.path) == 0 {
		return c.base
	}
	var b strings.Builder
	b.WriteString(c.base)
	for _, s := range c.path {
		switch {
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case isName(s.key):
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.key)
		default:
			b.WriteString("[" + c.show(s.key, messageLimit) + "]")
		}
	}
	return b.String()
}

// isName reports whether a key can stand after a dot.
func isName(key string) bool {
	for i, r := range key {
		switch {
		case r == '_', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', i > 0 && r >= '0' && r <= '9':
		default:
			return false
		}
	}
	return key != ""
}
