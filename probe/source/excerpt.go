package source

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Excerpt is the piece of a file that is shown with a Problem.
type Excerpt []Line

// Line is one line of a file, without its line end.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// File is a file that was read: its name as the user knows it and its bytes.
type File struct {
	Name string
	Data []byte
}

// maxExcerptLine is how many runes of a long line are shown.
const maxExcerptLine = 160

// Annotate fills in the excerpt of each problem that stands in this file and
// has none: its line, without which a place is hard to find.
func (f File) Annotate(problems []Problem) {
	var lines []string
	for i := range problems {
		p := &problems[i]
		if p.Pos.File != f.Name || p.Pos.Line == 0 || p.Excerpt != nil {
			continue
		}
		if lines == nil {
			lines = strings.Split(string(f.Data), "\n")
		}
		if p.Pos.Line <= len(lines) {
			p.Excerpt = Excerpt{{p.Pos.Line, clean(lines[p.Pos.Line-1])}}
		}
	}
}

// Around gives the lines from two before to two after the given one.
func (f File) Around(line int) Excerpt {
	lines := strings.Split(string(f.Data), "\n")
	var out Excerpt
	for n := max(1, line-2); n <= min(len(lines), line+2); n++ {
		out = append(out, Line{n, clean(lines[n-1])})
	}
	return out
}

// clean makes a line of an untrusted file safe and readable on a terminal
// while every rune keeps its column.
func clean(line string) string {
	line = strings.TrimSuffix(line, "\r")
	out := strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x20, r == 0x7f, r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return '·'
		}
		return r
	}, strings.ToValidUTF8(line, "·"))
	if utf8.RuneCountInString(out) > maxExcerptLine {
		out = string([]rune(out)[:maxExcerptLine-1]) + "…"
	}
	return out
}

// Write prints a problem with its line and a mark under the place:
//
//	users.yaml:14:7: unknown key "expects" in a step
//	   14 |       expects:
//	      |       ^^^^^^^ did you mean "expect"?
func Write(w io.Writer, p Problem) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", p.Pos, p.Text)
	hinted := false
	for _, l := range p.Excerpt {
		fmt.Fprintf(&b, "%5d | %s\n", l.Number, l.Text)
		if l.Number != p.Pos.Line || p.Pos.Column < 1 || p.Pos.Column > maxExcerptLine {
			continue
		}
		room := max(1, utf8.RuneCountInString(l.Text)-p.Pos.Column+1)
		mark := strings.Repeat("^", min(max(1, p.Width), room))
		line := strings.Repeat(" ", p.Pos.Column-1) + mark
		if p.Hint != "" {
			line += " " + p.Hint
			hinted = true
		}
		fmt.Fprintf(&b, "      | %s\n", line)
	}
	if p.Hint != "" && !hinted {
		fmt.Fprintf(&b, "      = %s\n", p.Hint)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
