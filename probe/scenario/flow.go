package scenario

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"httpprobe/probe/source"
)

// bareName finds {name}, which is how variables stand in targets, and to YAML
// a mapping of a key without a value.
func (d *document) bareName(n *yaml.Node) (source.Value, bool) {
	if n.Style&yaml.FlowStyle == 0 || len(n.Content) != 2 || d.before(n.Content[0]) == '?' {
		return source.Value{}, false
	}
	name := n.Content[0].Value
	if !identifier.MatchString(name) || !d.alone(n.Content[0], n.Content[1]) {
		return source.Value{}, false
	}
	d.problem(d.at(n), 1, `write "${`+name+`}" for the value of a variable`, "{%s} is a mapping without a value to YAML", shorten(name))
	return source.Value{Pos: d.at(n), Kind: source.String, Text: name, Block: true}, true
}

// inBraces finds pairs within { } that YAML reads as something else than was
// meant, and gives the pair that was.
func (d *document) inBraces(key source.Text, value source.Value, k, v *yaml.Node) (source.Text, source.Value) {
	if d.before(k) == '?' {
		text := "?" + k.Value
		at := source.Pos{File: d.file.Name, Line: k.Line, Column: k.Column - 1}
		d.problem(at, utf8.RuneCountInString(text), `write "`+shorten(text)+`"`, "a text that begins with ? needs quotes inside { } and [ ]")
		return key, value
	}
	if !d.alone(k, v) {
		return key, value
	}
	name, rest, colon := strings.Cut(k.Value, ":")
	meant := source.Value{Pos: key.At(utf8.RuneCountInString(name) + 1), Kind: source.String, Text: rest, Block: true}
	switch {
	case colon && name != "" && !strings.Contains(name, " "):
		d.problem(key.Pos, utf8.RuneCountInString(k.Value), `write "`+shorten(name+": "+rest)+`"`, "a colon needs a space after it here, or quotes around the key before it")
		key.Text, meant.Kind = name, kindOf(&yaml.Node{Kind: yaml.ScalarNode, Value: rest})
	case identifier.MatchString(k.Value):
		d.problem(key.Pos, utf8.RuneCountInString(k.Value), `write "`+shorten(k.Value)+`: …"; null is written as a word`, "%s has no value in the { }", quote(k.Value))
	default:
		return key, value
	}
	return key, meant
}

// alone reports whether a key stands within { } with neither colon nor value.
func (d *document) alone(k, v *yaml.Node) bool {
	if k.Kind != yaml.ScalarNode || k.Style != 0 || v.Kind != yaml.ScalarNode || v.Value != "" || v.Style != 0 {
		return false
	}
	if k.Line < 1 || k.Line > len(d.lines) {
		return false
	}
	line := d.lineRunes(k.Line)
	from := string(line[min(len(line), k.Column-1):])
	after, found := strings.CutPrefix(from, k.Value)
	return found && !strings.HasPrefix(strings.TrimLeft(after, " "), ":")
}

// before gives the character that stands before a node, or 0.
func (d *document) before(n *yaml.Node) rune {
	if n.Line < 1 || n.Line > len(d.lines) || n.Column < 2 {
		return 0
	}
	line := d.lineRunes(n.Line)
	return line[min(len(line), n.Column-1)-1]
}
