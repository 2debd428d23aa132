package scenario

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// wording is what is said in place of a message of the YAML parser.
type wording struct {
	parser string // part of the parser's message
	early  bool   // the parser counts its line from 0
	exact  bool   // the line is where a block began, not where the mistake is
	text   string
	hint   string
}

var wordings = []wording{
	{parser: "did not find expected key", early: true, exact: true,
		text: "this line does not fit what stands above it", hint: "check its indentation, and for text after a closing quote"},
	{parser: "did not find expected '-' indicator", early: true, exact: true,
		text: "this line does not fit the list above it", hint: `entries begin with "- ", all in the same column`},
	{parser: "did not find expected ',' or '}'", early: true,
		text: `a "," or "}" is missing in the { } that begins here`, hint: `text with , ? [ ] { } or ": " in it needs quotes inside { }`},
	{parser: "did not find expected ',' or ']'", early: true,
		text: `a "," or "]" is missing in the [ ] that begins here`, hint: `text with , ? [ ] { } or ": " in it needs quotes inside [ ]`},
	{parser: "did not find expected node content", early: true,
		text: "a key or value is missing here", hint: "quote a text that begins with , ? [ ] { or }"},
	{parser: "did not find expected <document start>", early: true, exact: true,
		text: "this line does not belong to what stands above it", hint: "a file is one mapping: all its keys begin in the first column"},
	{parser: "undefined tag handle", early: true,
		text: "a text that begins with ! needs quotes", hint: "YAML reads it as a tag"},
	{parser: "mapping values are not allowed",
		text: `a ": " stands where no key can be`, hint: `quote a text that has ": " in it, or check the indentation`},
	{parser: "could not find expected ':'",
		text: `this is neither "key: value" nor an entry of a list`, hint: `keys end with ": ", entries of a list begin with "- "`},
	{parser: "block sequence entries are not allowed",
		text: "a list cannot begin in the middle of a line", hint: "begin it on a line of its own, or write [a, b]"},
	{parser: "cannot start any token",
		text: "a text cannot begin with this character", hint: "put the text in quotes"},
	{parser: "expected alphabetic or numeric character",
		text: "a text that begins with * or & needs quotes", hint: "YAML reads it as an alias or anchor"},
	{parser: "unknown anchor",
		text: "there is no anchor of this name above", hint: "quote a text that begins with *"},
	{parser: "unexpected end of stream",
		text: "the quoted text that begins here is not closed", hint: "close it with the same kind of quote"},
	{parser: "unexpected document indicator",
		text: "the quoted text that begins here is not closed", hint: "close it with the same kind of quote"},
	{parser: "unknown escape character",
		text: `"\" begins an escape within double quotes, and this is none`, hint: `write "\\" for a backslash, or use single quotes`},
	{parser: "expected hexdecimal number",
		text: `a \x or \u escape needs hexadecimal digits`, hint: `write "\\" for a backslash, or use single quotes`},
	{parser: "invalid Unicode character escape",
		text: "this escape names no Unicode character", hint: "characters beyond U+FFFF are written as they are, or \\U with eight digits"},
	{parser: "expected comment or line break",
		text: "after | or > the text begins on the next line", hint: "quote a text that begins with | or >"},
	{parser: "indentation indicator",
		text: "the number after | or > cannot be 0", hint: "leave it out"},
	{parser: "tab character",
		text: "a tab cannot indent in YAML", hint: "use spaces"},
	{parser: "max depth",
		text: "values are nested too deep", hint: ""},
	{parser: "directive",
		text: "a line that begins with % is a directive to YAML", hint: "quote a text that begins with %"},
	{parser: "non-alphabetical",
		text: "a line that begins with % is a directive to YAML", hint: "quote a text that begins with %"},
	{parser: "expected digit or '.'",
		text: "a line that begins with % is a directive to YAML", hint: "quote a text that begins with %"},
	{parser: "version number",
		text: "a line that begins with % is a directive to YAML", hint: "quote a text that begins with %"},
	{parser: "tag",
		text: "a text that begins with ! needs quotes", hint: "YAML reads it as a tag"},
	{parser: "expected '!'",
		text: "a text that begins with ! needs quotes", hint: "YAML reads it as a tag"},
}

var parserLine = regexp.MustCompile(`^yaml: line ([0-9]+): `)

// syntaxProblem words what the YAML parser says. Its lines can be off, so the
// lines around are shown as well; a column is told only where it is found.
func (d *document) syntaxProblem(err error) source.Problem {
	message := err.Error()
	w := wording{text: "this is not YAML", hint: "look at quotes, brackets and indentation near this line"}
	for _, known := range wordings {
		if strings.Contains(message, known.parser) {
			w = known
			break
		}
	}
	line := 1
	if m := parserLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		if w.early {
			line++
		}
	}
	if w.exact {
		line = d.firstBad(message, line)
	}
	line = max(1, min(line, len(d.lines)))
	p := source.Problem{Text: w.text, Hint: w.hint}
	d.pinpoint(&p, w, message, line)
	if p.Pos.Line == 0 {
		p.Pos = source.Pos{Line: line}
	}
	p.Pos.File = d.file.Name
	p.Excerpt = d.file.Around(p.Pos.Line)
	return p
}

// firstBad finds the line from which on the parser says this, when it names
// only the beginning of the block: the shortest part of the file that fails
// in the same way ends with it.
func (d *document) firstBad(message string, line int) int {
	const limit = 256 << 10 // the search reads the file up to twenty times
	if len(d.data) > limit {
		return line
	}
	ends := []int{0}
	for i, b := range d.data {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	ends = append(ends, len(d.data))
	low, high := 1, len(ends)-1
	for low < high {
		middle := (low + high) / 2
		if _, _, err := parseYAML(d.data[:ends[middle]]); err != nil && sameFailure(err.Error(), message) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// sameFailure compares messages without their lines, which depend on how much
// of the file was read.
func sameFailure(a, b string) bool {
	return parserLine.ReplaceAllString(a, "yaml: ") == parserLine.ReplaceAllString(b, "yaml: ")
}

// pinpoint looks at the lines near a mistake for those that are made often,
// and says of them where they are and what to write.
func (d *document) pinpoint(p *source.Problem, w wording, message string, line int) {
	near := []int{line}
	if line < len(d.lines) {
		near = append(near, line+1)
	}
	if line > 1 {
		near = append(near, line-1)
	}
	for _, n := range near {
		if column := tabIndent(d.lines[n-1]); column > 0 {
			*p = source.Problem{Pos: source.Pos{Line: n, Column: column}, Width: 1, Text: "a tab cannot indent in YAML", Hint: "use spaces"}
			return
		}
	}
	switch w.parser {
	case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
		// The parser names the end where the beginning is on line 1.
		if !strings.ContainsAny(d.lines[line-1], "[{") {
			line, p.Pos.Line = 1, 1
		}
		d.bareText(p, line)
	case "did not find expected node content":
		if strings.TrimSpace(d.lines[line-1]) == "" {
			p.Text, p.Hint = "the file ends within a [ ] or { }", "close it"
		}
	case "mapping values are not allowed":
		d.strayColon(p, line)
	case "could not find expected ':'":
		d.missingSpace(p, line)
	case "cannot start any token":
		mark(p, d.lines[line-1], line, badStart, "%s needs quotes: no plain text begins with this character")
	case "expected alphabetic or numeric character":
		mark(p, d.lines[line-1], line, badAlias, "%s needs quotes: YAML reads * and & at the beginning as alias and anchor")
	case "unknown anchor":
		d.unknownAnchor(p, message)
	case "unknown escape character":
		mark(p, d.lines[line-1], line, badEscape, `%s is no escape within double quotes`)
	case "unexpected end of stream":
		// The parser names the end of the file when the quote is on line 1.
		if line >= len(d.lines) && !strings.ContainsAny(d.lines[line-1], `'"`) {
			p.Pos.Line = 1
		}
	}
}

// tabIndent gives the column of the first tab before the text of a line, or 0.
func tabIndent(line string) int {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	if len(indent) == len(line) {
		return 0
	}
	return strings.IndexByte(indent, '\t') + 1
}

var (
	badStart  = regexp.MustCompile("(?:^|[:\\-,\\[{?] *)([@`%][^\\s,\\]}]*)")
	badAlias  = regexp.MustCompile(`(?:^|[:\-,\[{?] *)([*&](?:[^\w\-\s][^\s,\]}]*|$))`)
	badEscape = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*(\\[^0abt\tnvfre "/\\N_LPxuU'])`)
)

// mark places a problem at the first match in a line and words it with the
// matched text.
func mark(p *source.Problem, text string, line int, re *regexp.Regexp, format string) {
	m := re.FindStringSubmatchIndex(text)
	if m == nil {
		return
	}
	found := text[m[2]:m[3]]
	p.Pos = source.Pos{Line: line, Column: utf8.RuneCountInString(text[:m[2]]) + 1}
	p.Width = utf8.RuneCountInString(found)
	p.Text = fmt.Sprintf(format, found)
	if strings.ContainsAny(found, "*&@`%") {
		p.Hint = `write "` + found + `"`
	}
}

func (d *document) unknownAnchor(p *source.Problem, message string) {
	_, name, _ := strings.Cut(message, "'")
	name, _, _ = strings.Cut(name, "'")
	i := bytes.Index(d.data, []byte("*"+name))
	if name == "" || i < 0 {
		return
	}
	before := string(d.data[:i])
	p.Pos.Line = strings.Count(before, "\n") + 1
	p.Pos.Column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	p.Width = 1 + utf8.RuneCountInString(name)
	p.Text = fmt.Sprintf("there is no anchor &%s above this alias", name)
}

var (
	dashWord = regexp.MustCompile(`^(\s*)-([A-Za-z"'{/].*)$`)
	keyWord  = regexp.MustCompile(`^(\s*(?:- )?)([A-Za-z_][\w-]*):([^\s/:].*)$`)
)

// missingSpace finds a "-" or ":" that is part of a word because no space
// follows it.
func (d *document) missingSpace(p *source.Problem, line int) bool {
	text := d.lines[line-1]
	if m := dashWord.FindStringSubmatch(text); m != nil {
		p.Pos = source.Pos{Line: line, Column: len(m[1]) + 1}
		p.Width = 1
		p.Text, p.Hint = `an entry of a list begins with "- "`, `write "- `+shorten(m[2])+`"`
		return true
	}
	m := keyWord.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	p.Pos = source.Pos{Line: line, Column: len(m[1]+m[2]) + 1}
	p.Width = 1
	p.Text, p.Hint = "a key ends with a colon and a space", `write "`+m[2]+": "+shorten(m[3])+`"`
	return true
}

var stepLine = regexp.MustCompile(`^\s*- +([A-Z]+ +(?:/|https?:)\S*.*)$`)

var colonText = regexp.MustCompile(`^(\s*(?:- )?)([\w$-]+: +)([^\s"'{\[|>&*!#][^"]*: [^"]*)$`)

// strayColon words what is most often meant: a step that began as a mere
// request line goes on with keys, or a text has a colon in it.
func (d *document) strayColon(p *source.Problem, line int) {
	if line > 1 {
		if m := stepLine.FindStringSubmatch(d.lines[line-2]); m != nil {
			p.Pos.Line = line - 1
			p.Text = "a step with more than its request line needs the key \"request\""
			p.Hint = `write "- request: ` + shorten(m[1]) + `"`
			return
		}
	}
	if line > 1 && d.missingSpace(p, line-1) {
		return
	}
	if m := colonText.FindStringSubmatch(d.lines[line-1]); m != nil {
		p.Pos = source.Pos{Line: line, Column: utf8.RuneCountInString(m[1]+m[2]) + 1}
		p.Width = utf8.RuneCountInString(m[3])
		p.Text = `a text with ": " in it needs quotes`
		p.Hint = "write " + m[2] + `"` + shorten(m[3]) + `"`
	}
}
