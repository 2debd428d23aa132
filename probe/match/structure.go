package match

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

// list wants a list element by element and in full.
type list struct {
	pos   source.Pos
	shown string
	items []node
}

func (n list) place() source.Pos { return n.pos }

func (n list) describe(_ *check, limit int) string { return trim(n.shown, limit) }

func (n list) match(c *check, got any) {
	elements, ok := got.([]any)
	if !ok {
		c.differ(n, got, "")
		return
	}
	c.length(n, len(n.items), elements, "")
	for i := range min(len(n.items), len(elements)) {
		if c.settled() {
			return
		}
		c.enterIndex(i)
		c.match(n.items[i], elements[i])
		c.leave()
	}
}

// length tells when a list has another length than wanted.
func (c *check) length(n node, want int, got []any, manner string) {
	if want == len(got) || !c.counts(fails) {
		return
	}
	c.tell(n.place(), "expected a list of "+counted(want, "element")+manner+", got "+strconv.Itoa(len(got))+": "+c.show(got, messageLimit),
		n.describe(c, renderLimit), c.show(got, renderLimit))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// object wants an object: its keys, and no others when exact.
type object struct {
	pos     source.Pos
	shown   string
	exact   bool
	members []member
}

type member struct {
	key  *given
	want node
}

func (n object) place() source.Pos { return n.pos }

func (n object) describe(_ *check, limit int) string {
	if len(n.members) == 0 {
		return "an object"
	}
	return trim(n.shown, limit)
}

func (n object) match(c *check, got any) {
	members, ok := got.(map[string]any)
	if !ok {
		c.differ(n, got, "")
		return
	}
	for _, m := range n.members {
		if c.settled() {
			return
		}
		key, ok := m.name(c)
		if !ok {
			continue
		}
		value, present := members[key]
		if !present {
			value = Missing
		}
		c.enterKey(key)
		c.match(m.want, value)
		c.leave()
	}
	if n.exact {
		n.others(c, members)
	}
}

// name evaluates the key; what fails is told.
func (m member) name(c *check) (string, bool) {
	if m.key.template == nil {
		return m.key.constant.(string), true
	}
	v, err := m.key.value(c)
	if err != nil {
		c.failed(m.key, err)
		return "", false
	}
	return expression.Render(v), true
}

// others tells of the keys that an exact object does not name.
func (n object) others(c *check, got map[string]any) {
	known := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		if key, ok := m.name(c); ok {
			known[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if known[key] || !c.counts(fails) {
			continue
		}
		c.enterKey(key)
		c.tell(n.pos, "expected no such key ($exactly), "+c.came(got[key]), "nothing", c.show(got[key], renderLimit))
		c.leave()
	}
}

// literal makes the node of a value that a template gave: no matchers within.
func literal(c *check, v any, pos source.Pos, exact bool) node {
	switch v := v.(type) {
	case []any:
		n := list{pos: pos, shown: c.show(v, renderLimit), items: make([]node, len(v))}
		for i, item := range v {
			n.items[i] = literal(c, item, pos, exact)
		}
		return n
	case map[string]any:
		n := object{pos: pos, shown: c.show(v, renderLimit), exact: exact}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n.members = append(n.members, member{&given{pos: pos, constant: key}, literal(c, v[key], pos, exact)})
		}
		return n
	case nil, string, time.Duration, time.Time:
		return newConstant(pos, v)
	case bool, json.Number, int, int64, float64:
		if !c.texts {
			return newConstant(pos, v)
		}
	}
	return newConstant(pos, expression.Render(v))
}
