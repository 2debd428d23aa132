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

// lines gives the lines of the file as editors number them. A byte order mark
// is no part of the first one.
func (f File) lines() []string {
	return strings.Split(strings.TrimPrefix(string(f.Data), "\ufeff"), "\n")
}

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
			lines = f.lines()
		}
		if p.Pos.Line <= len(lines) {
			p.Excerpt = Excerpt{{p.Pos.Line, clean(lines[p.Pos.Line-1])}}
		}
	}
}

// Around gives the lines from two before to two after the given one.
func (f File) Around(line int) Excerpt {
	lines := f.lines()
	var out Excerpt
	for n := max(1, line-2); n <= min(len(lines), line+2); n++ {
		out = append(out, Line{n, clean(lines[n-1])})
	}
	return out
}

// clean makes a line of an untrusted file safe and readable on a terminal
// while every rune keeps its column.
func clean(line string) string {
	// Four octets a rune at most: the rest of an endless line is not looked at.
	line = strings.TrimSuffix(line, "\r")
	if most := 4 * (maxExcerptLine + 1); len(line) > most {
		line = line[:most]
	}
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

// whole gives the column and width of a line without the space around it.
func whole(line string) (column, width int) {
	text := strings.TrimSpace(line)
	return utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeft(line, " ")) + 1, utf8.RuneCountInString(text)
}

// Write prints a problem with its line and a mark under the place, or under
// the whole line where the column is not known:
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
		column, width := p.Pos.Column, p.Width
		if column < 1 {
			column, width = whole(l.Text)
		}
		if l.Number != p.Pos.Line || column > maxExcerptLine {
			continue
		}
		room := max(1, utf8.RuneCountInString(l.Text)-column+1)
		line := strings.Repeat(" ", column-1) + strings.Repeat("^", min(max(1, width), room))
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
