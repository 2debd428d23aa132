// Package match compares a wanted value of a scenario file with what came.
//
// An object may have more keys than are wanted; a list has to have the same
// elements in the same order, a number the same value, a text the same
// characters. A word or key that begins with $ is a matcher; each family of
// words has its table in a file of its own. A text with ${…}
// is a template and is evaluated when values are compared; what it gives is
// compared as it is, without matchers in it.
//
// A missing value satisfies $absent only, and what is made of it with $not,
// $in, $all and $some: {$not: x} asks for a value that does not match.
//
// A question without an answer is a difference, under $not as well: a template
// that cannot be evaluated, values that have no order among each other, as a
// text and a number or a date and a point in time, text sought in a number.
package match

import (
	"fmt"
	"io/fs"
	"slices"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

// Compiler turns wanted values into matchers. Its fields are only read.
type Compiler struct {
	Language *expression.Language
	Scope    expression.Scope
	// Files is where $schema reads, confined to the suite's folder by whoever
	// gives it; nil: there are no files.
	Files fs.FS
	// Texts says that what will be compared is text by nature, as values of
	// header fields and cookies are: numbers and booleans of the file are
	// compared as they are written, and $integer, $number, $boolean and the
	// matchers of order read a number or boolean out of a text.
	Texts bool
}

// Compile reads a wanted value. The matcher is nil when there are problems;
// all of them are told at once.
func (c *Compiler) Compile(want source.Value) (*Matcher, []source.Problem) {
	s := &state{compiler: c, words: words}
	root := builder{state: s, texts: c.Texts}.node(want)
	if len(s.problems) > 0 {
		return nil, source.Sort(s.problems)
	}
	slices.Sort(s.env)
	return &Matcher{root: root, texts: c.Texts, env: slices.Compact(s.env)}, nil
}

// Matcher is a compiled wanted value. It is safe for concurrent use.
type Matcher struct {
	root  node
	texts bool
	env   []string
}

// Env gives the names of the environment variables that templates within the
// wanted value read, sorted.
func (m *Matcher) Env() []string { return m.env }

// Input is what templates of a wanted value may use. The response is used by
// one comparison at a time.
type Input struct {
	Vars     expression.Vars
	Response *expression.Response
	// Mask hides secrets in a text that is about to be shown, before it is
	// trimmed; nil: there are none.
	Mask func(string) string
}

// Match compares. Path is where got stands: "body", "headers.Location". Got is
// nil, a bool, json.Number, int, float64, string, []any, map[string]any,
// time.Duration or Missing. No differences: it matched. At most 20 are told;
// one more says how many there are beyond.
func (m *Matcher) Match(path string, got any, in Input) []Difference {
	c := &check{in: in, texts: m.texts, base: path}
	c.match(m.root, got)
	if c.hidden > 0 {
		c.found = append(c.found, Difference{
			Path:    path,
			Pos:     m.root.place(),
			Message: c.located(fmt.Sprintf("and %d more differences", c.hidden)),
		})
	}
	return c.found
}

// Difference is one place where what came is not what was wanted.
type Difference struct {
	Path     string     // body.items[2].email
	Pos      source.Pos // of the wanted value in the file
	Message  string     // one line that makes sense alone
	Expected string     // rendered, at most 2 KiB; a long text as it is, possibly of several lines
	Actual   string     // likewise
}

// Missing is what Match is given where there is no such value: a member that
// an object lacks, a header field that was not sent.
var Missing any = missing{}

type missing struct{}
