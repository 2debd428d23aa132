package scenario

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"httpprobe/probe/source"
)

// doubleBraces gives the name in {{name}}, which is how other tools write
// variables, and to YAML a mapping whose key is a mapping.
func doubleBraces(n *yaml.Node) string {
	if len(n.Content) != 2 || n.Style&yaml.FlowStyle == 0 {
		return ""
	}
	inner := n.Content[0]
	if inner.Kind == yaml.MappingNode && inner.Style&yaml.FlowStyle != 0 && len(inner.Content) == 2 && inner.Content[0].Kind == yaml.ScalarNode {
		return inner.Content[0].Value
	}
	return ""
}

func (d *document) checkTag(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	known := map[yaml.Kind]string{
		yaml.ScalarNode:   "!!str !!int !!float !!bool !!null !!timestamp",
		yaml.SequenceNode: "!!seq",
		yaml.MappingNode:  "!!map",
	}
	if strings.Contains(known[n.Kind]+" ", n.Tag+" ") {
		return
	}
	hint := "leave it out"
	switch {
	case n.Tag == "!!binary":
		hint = `send octets with "file"`
	case !strings.HasPrefix(n.Tag, "!!"):
		hint = `if it is text, write "` + shorten(strings.TrimSpace(n.Tag+" "+n.Value)) + `"`
	}
	d.problem(d.at(n), utf8.RuneCountInString(n.Tag), hint, "the YAML tag %s has no meaning here", n.Tag)
}

// number is a JSON number. What YAML takes for numbers beside them (010, 0x10,
// 1_000, .5, +1, .inf) stays the text that was written.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (d *document) scalar(n *yaml.Node) source.Value {
	v := source.Value{Pos: d.at(n), Kind: kindOf(n), Text: n.Value}
	switch {
	case n.Value == "" && strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		// The tag was meant as a text, such as the condition !done.
		return source.Value{Pos: v.Pos, Kind: source.String, Text: n.Tag, Block: true}
	case v.Kind == source.Bool:
		v.Text = strings.ToLower(n.Value)
	case v.Kind == source.Null && n.Value == "":
		d.checkComment(n)
		return v
	case v.Kind == source.Null:
		v.Text = "null"
	}
	v.Pos, v.Block = d.locate(n)
	return v
}

func kindOf(n *yaml.Node) source.Kind {
	quoted := n.Style&^yaml.TaggedStyle != 0
	tagged := n.Style&yaml.TaggedStyle != 0
	if quoted && !tagged || tagged && (n.Tag == "!!str" || n.Tag == "!!timestamp" || n.Tag == "!!binary") || n.Tag == "!!merge" {
		return source.String
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return source.Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return source.Bool
	}
	if number.MatchString(n.Value) {
		// 12e5678 is part of a hash, not a number beyond all bounds.
		if _, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return source.Number
		}
	}
	return source.String
}

// checkComment finds values that YAML takes for comments: `color: #fff`.
func (d *document) checkComment(n *yaml.Node) {
	if n.Line < 1 || n.Line > len(d.lines) {
		return
	}
	line := d.lineRunes(n.Line)
	rest := string(line[min(len(line), max(0, n.Column-1)):])
	word := strings.TrimLeft(rest, " \t")
	if len(word) < 2 || word[0] != '#' || word[1] == ' ' || word[1] == '#' {
		return
	}
	column := n.Column + utf8.RuneCountInString(rest) - utf8.RuneCountInString(word)
	word, _, _ = strings.Cut(word, " ")
	d.problem(source.Pos{File: d.file.Name, Line: n.Line, Column: column}, utf8.RuneCountInString(word),
		"quote it; a comment has a space after #", "%q is a comment to YAML, so no value is left", word)
}

// locate gives the place of the first rune of a scalar's text, and whether
// the runes of the text are not those of the line from there on.
func (d *document) locate(n *yaml.Node) (at source.Pos, block bool) {
	at = d.at(n)
	if n.Line < 1 || n.Line > len(d.lines) {
		return at, true
	}
	line := d.lineRunes(n.Line)
	i := n.Column - 1
	for i >= 0 && i < len(line) && (line[i] == '&' && n.Anchor != "" || line[i] == '!' && n.Style&yaml.TaggedStyle != 0) {
		for i < len(line) && line[i] != ' ' {
			i++
		}
		for i < len(line) && line[i] == ' ' {
			i++
		}
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		i++
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || i < 0 || i > len(line) {
		return at, true
	}
	start := i
	for _, r := range n.Value {
		if i >= len(line) || line[i] != r {
			return at, true
		}
		i++
	}
	at.Column = start + 1
	return at, false
}

func (d *document) lineRunes(n int) []rune {
	r, ok := d.runes[n]
	if !ok {
		r = []rune(d.lines[n-1])
		d.runes[n] = r
	}
	return r
}
