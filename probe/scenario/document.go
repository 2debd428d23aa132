package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"httpprobe/probe/source"
)

const (
	maxFile   = 4 << 20 // octets of a scenario file
	maxDepth  = 1000    // levels of nesting
	maxWeight = 500_000 // values of a file, those that aliases repeat included
)

// document is a YAML file on its way to a value.
type document struct {
	file     source.File
	data     []byte   // without a byte order mark
	lines    []string // without line ends
	runes    map[int][]rune
	problems []source.Problem
	anchors  map[*yaml.Node]anchored
	open     map[*yaml.Node]bool // anchors whose values are being read
	weight   int
	depth    int
	stopped  bool // the value is of no use: it repeats itself or is endless
}

// anchored is the value of an anchor, read once however often it is used.
type anchored struct {
	value  source.Value
	weight int
}

// load reads the only YAML document of a file. The value is nil when the
// file has none, or when there are problems that leave nothing to look at.
func load(file source.File) (*source.Value, []source.Problem) {
	d := &document{
		file:    file,
		data:    bytes.TrimPrefix(file.Data, []byte("\ufeff")),
		runes:   map[int][]rune{},
		anchors: map[*yaml.Node]anchored{},
		open:    map[*yaml.Node]bool{},
	}
	if p := d.unreadable(); p != nil {
		return nil, []source.Problem{*p}
	}
	d.lines = strings.Split(strings.ReplaceAll(string(d.data), "\r\n", "\n"), "\n")
	root, second, err := d.parse()
	if err != nil {
		return nil, []source.Problem{d.syntaxProblem(err)}
	}
	if second > 0 {
		d.problem(source.Pos{File: file.Name, Line: second, Column: 1}, 3,
			"put it into a file of its own", "a second YAML document begins here; only one is read from a file")
	}
	if root == nil {
		return nil, d.problems
	}
	v := d.value(root)
	if d.stopped {
		return nil, d.problems
	}
	return &v, d.problems
}

func (d *document) problem(at source.Pos, width int, hint, format string, args ...any) {
	d.problems = append(d.problems, source.Problem{Pos: at, Width: width, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// unreadable finds what makes a file no text that YAML readers agree about.
func (d *document) unreadable() *source.Problem {
	if len(d.data) > maxFile {
		return &source.Problem{
			Pos:  source.Pos{File: d.file.Name},
			Text: fmt.Sprintf("the file has %d MiB; at most %d MiB are read", len(d.data)>>20, maxFile>>20),
			Hint: "split it into several files",
		}
	}
	if bytes.HasPrefix(d.data, []byte{0xff, 0xfe}) || bytes.HasPrefix(d.data, []byte{0xfe, 0xff}) {
		return &source.Problem{Pos: source.Pos{File: d.file.Name}, Text: "the file is UTF-16, not UTF-8", Hint: "save it as UTF-8"}
	}
	line, column := 1, 1
	for rest := d.data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		crlf := r == '\r' && len(rest) > 1 && rest[1] == '\n'
		if text, hint := strange(r, size); text != "" && !crlf {
			return &source.Problem{Pos: source.Pos{File: d.file.Name, Line: line, Column: column}, Width: 1, Text: text, Hint: hint}
		}
		rest = rest[size:]
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return nil
}

// strange says what is wrong with a character that has no place in a file.
func strange(r rune, size int) (text, hint string) {
	switch {
	case r == utf8.RuneError && size == 1:
		return "the file is not UTF-8", "save it as UTF-8"
	case r == '\t', r == '\n':
		return "", ""
	case r == '\r':
		return "a carriage return stands alone", "end lines with LF or CRLF"
	case r == 0x85, r == 0x2028, r == 0x2029:
		return fmt.Sprintf("the character %U is a line break to some YAML readers and a letter to others", r),
			fmt.Sprintf(`write it as "\u%04x" within double quotes`, r)
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
		return fmt.Sprintf("the control character %U cannot stand in a file", r),
			fmt.Sprintf(`write it as "\u%04x" within double quotes`, r)
	}
	return "", ""
}

// parse gives the root of the first document, and the line at which a second
// one begins, or 0.
func (d *document) parse() (root *yaml.Node, second int, err error) {
	first, next, err := parseYAML(d.data)
	if err != nil || first == nil {
		return nil, 0, err
	}
	root = first.Content[0]
	if root.Kind == yaml.ScalarNode && root.Value == "" && root.Style == 0 {
		root = nil
	}
	if next != nil {
		// An empty document says where it ends only; its marker is above.
		second = next.Line
		for second > 1 && (second > len(d.lines) || !strings.HasPrefix(d.lines[second-1], "---")) {
			second--
		}
	}
	return root, second, nil
}

// parseYAML turns a panic of the parser into an error: the file may come from
// anyone, and must not cost the results of other files.
func parseYAML(data []byte) (first, second *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			first, second, err = nil, nil, fmt.Errorf("reading YAML: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	nodes := [2]yaml.Node{}
	for i := range nodes {
		switch err := dec.Decode(&nodes[i]); {
		case errors.Is(err, io.EOF) && i == 0:
			return nil, nil, nil
		case errors.Is(err, io.EOF):
			return &nodes[0], nil, nil
		case err != nil:
			return nil, nil, err
		}
	}
	return &nodes[0], &nodes[1], nil
}

// value converts a node and all below it, aliases resolved.
func (d *document) value(n *yaml.Node) source.Value {
	if d.stopped {
		return source.Value{}
	}
	d.depth++
	defer func() { d.depth-- }()
	d.weight += weight(n)
	switch {
	case d.depth > maxDepth:
		d.stop(n, "values are nested more than %d deep", maxDepth)
	case d.weight > maxWeight:
		d.stop(n, "the file holds more than %d values, those that aliases repeat included", maxWeight)
	case n.Kind == yaml.AliasNode:
		return d.alias(n)
	case n.Anchor != "":
		return d.anchored(n)
	default:
		return d.plain(n)
	}
	return source.Value{}
}

// weight is what a value counts for: long texts more than short ones.
func weight(n *yaml.Node) int { return 1 + len(n.Value)/100 }

func (d *document) stop(n *yaml.Node, format string, args ...any) {
	d.problem(d.at(n), 1, "", format, args...)
	d.stopped = true
}

func (d *document) at(n *yaml.Node) source.Pos {
	return source.Pos{File: d.file.Name, Line: n.Line, Column: n.Column}
}

func (d *document) anchored(n *yaml.Node) source.Value {
	d.open[n] = true
	before := d.weight - weight(n)
	v := d.plain(n)
	d.anchors[n] = anchored{v, d.weight - before}
	d.open[n] = false
	return v
}

func (d *document) alias(n *yaml.Node) source.Value {
	if d.open[n.Alias] {
		d.problem(d.at(n), 1+utf8.RuneCountInString(n.Value), "", "the alias *%s stands within the value that it names, which would be endless", n.Value)
		d.stopped = true
		return source.Value{}
	}
	a, known := d.anchors[n.Alias]
	if !known { // it is the key of a mapping, which is no value until now
		return d.anchored(n.Alias)
	}
	d.weight += a.weight
	return a.value
}

// plain converts a node that is no alias.
func (d *document) plain(n *yaml.Node) source.Value {
	d.checkTag(n)
	switch n.Kind {
	case yaml.SequenceNode:
		v := source.Value{Pos: d.at(n), Kind: source.List, Items: make([]source.Value, 0, len(n.Content))}
		for _, c := range n.Content {
			v.Items = append(v.Items, d.value(c))
		}
		return v
	case yaml.MappingNode:
		if name := doubleBraces(n); name != "" {
			d.problem(d.at(n), 4+utf8.RuneCountInString(name), `write "${`+name+`}"`, "variables have no double braces here")
			return source.Value{Pos: d.at(n), Kind: source.String, Text: name, Block: true}
		}
		if v, ok := d.bareName(n); ok {
			return v
		}
		return source.Value{Pos: d.at(n), Kind: source.Object, Members: d.members(n)}
	}
	return d.scalar(n)
}
