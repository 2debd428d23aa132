// Package source says where in a file something stands: places, values with
// their places, and the mistakes that are reported there.
package source

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Pos is a place in a file. Line and Column count from 1, columns in runes;
// a zero Line means the whole file.
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String gives file:line:column, leaving out what is unknown.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return p.File + ":" + strconv.Itoa(p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Shift gives the place n runes further on the same line.
func (p Pos) Shift(n int) Pos {
	p.Column += n
	return p
}

// Compare orders places by file, line and column.
func Compare(a, b Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// Text is a string of a file with the place of its first rune. A zero Pos
// means that the file does not say it.
type Text struct {
	Text string
	Pos  Pos
	// Block is set where the text was written as a block or with escapes, so
	// that offsets in Text are not columns of the line.
	Block bool
}

// Given reports whether the file says this text at all.
func (t Text) Given() bool { return t.Pos != Pos{} }

// At gives the place of the rune with the given offset in Text, or the start
// of the text where offsets are not columns.
func (t Text) At(rune int) Pos {
	if t.Block || t.Pos.Line == 0 {
		return t.Pos
	}
	return t.Pos.Shift(rune)
}

// A Problem says what is wrong with a scenario file, and at which place it can
// be mended.
type Problem struct {
	Pos     Pos     `json:"pos"`
	Width   int     `json:"width,omitempty"`   // runes to mark, at least 1
	Text    string  `json:"text"`              // the mistake in words, without capital and full stop
	Hint    string  `json:"hint,omitempty"`    // what to write instead
	Excerpt Excerpt `json:"excerpt,omitempty"` // the lines to show, filled by Annotate
}

// Error makes a single Problem usable as a Go error.
func (p Problem) Error() string { return p.Pos.String() + ": " + p.Text }

// Sort puts problems in the order of their places and drops exact repeats.
func Sort(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int { return Compare(a.Pos, b.Pos) })
	return slices.CompactFunc(problems, func(a, b Problem) bool { return a.Pos == b.Pos && a.Text == b.Text })
}
