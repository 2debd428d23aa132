package scenario

import (
	"fmt"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"httpprobe/probe/source"
)

// members converts the pairs of a mapping. A repeated key is a problem; what
// `<<` merges in gives way to the mapping's own keys.
func (d *document) members(n *yaml.Node) []source.Member {
	own := map[string]source.Pos{}
	var merges []int // where in out merged members belong, with their nodes
	var from []*yaml.Node
	out := make([]source.Member, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Tag == "!!merge" && len(from) == 0 {
			merges, from = append(merges, len(out)), append(from, v)
			continue
		}
		key, ok := d.key(k)
		if !ok {
			continue
		}
		value := d.value(v)
		if n.Style&yaml.FlowStyle != 0 {
			key, value = d.inBraces(key, value, k, v)
		}
		if first, twice := own[key.Text]; twice {
			d.problem(key.Pos, utf8.RuneCountInString(key.Text), fmt.Sprintf("first given at line %d", first.Line), "the key %s is given twice", quote(key.Text))
			continue
		}
		own[key.Text] = key.Pos
		out = append(out, source.Member{Key: key, Value: value})
	}
	if len(from) == 0 {
		return out
	}
	merged := d.merged(from[0], own)
	at := merges[0]
	return append(append(append([]source.Member{}, out[:at]...), merged...), out[at:]...)
}

// key reads the key of a pair. Keys that YAML takes for numbers, booleans or
// null are the text that was written.
func (d *document) key(k *yaml.Node) (source.Text, bool) {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	d.weight++
	switch {
	case k.Kind == yaml.MappingNode && k.Style&yaml.FlowStyle != 0:
		d.problem(d.at(k), 1, `variables are written "${name}"`, "a { } cannot be a key")
		return source.Text{}, false
	case k.Kind != yaml.ScalarNode:
		d.problem(d.at(k), 1, "", "a key must be text")
		return source.Text{}, false
	case k.Value == "" && k.Style == 0:
		d.problem(d.at(k), 1, "", "a key is missing")
		return source.Text{}, false
	}
	d.checkTag(k)
	at, block := d.locate(k)
	return source.Text{Text: k.Value, Pos: at, Block: block}, true
}

// merged gives the members that `<<` brings in: those of a mapping, or of a
// list of mappings of which earlier ones win.
func (d *document) merged(n *yaml.Node, own map[string]source.Pos) []source.Member {
	v := d.value(n)
	sources := []source.Value{v}
	if v.Kind == source.List {
		sources = v.Items
	}
	taken := map[string]bool{}
	var out []source.Member
	for _, s := range sources {
		if d.stopped {
			return nil
		}
		if s.Kind != source.Object {
			d.problem(d.at(n), 1, "write <<: *name", "<< merges mappings, not %s", a(s))
			continue
		}
		for _, m := range s.Members {
			if _, mine := own[m.Key.Text]; !mine && !taken[m.Key.Text] {
				taken[m.Key.Text] = true
				out = append(out, m)
			}
		}
	}
	return out
}
