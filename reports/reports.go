// Package reports writes the results of runs, one format a file. A report
// changes nothing and decides nothing: what failed was said by the run.
package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// A Report writes one run: Begin once, Scenario for each in file order, End
// once. What was written so far has reached the writer when a method returns,
// except for junit, which is written at End. The errors are those of the
// writer. Not for concurrent use.
type Report interface {
	Begin(finding.Header) error
	Scenario(finding.Scenario) error
	End(finding.Summary) error
}

// Format is a way to write a run.
type Format struct {
	Name string
	Text string // one line for help
	New  func(io.Writer, Options) Report
}

// Options says how a report is written. The zero value works; a format
// ignores what it has no use for.
type Options struct {
	Color   bool // text: with ANSI colours
	Verbose bool // text: every exchange in full; text, junit: infos too
	Quiet   bool // text: only failures and totals
	Width   int  // text: columns of the terminal; 0 is 100
}

// Formats gives all formats.
func Formats() []Format {
	return []Format{
		{"json", "everything that is known of the run, for programs", newJSON},
		{"junit", "JUnit XML, for CI systems", newJUnit},
		{"junit-jenkins", "JUnit XML that the schema of Jenkins takes: without file and line", newJenkins},
		{"text", "the terminal: a line a step, failures in full, totals", newText},
	}
}

// Find gives the format of that name. Its error lists the names and the
// nearest one.
func Find(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	slices.Sort(names)
	near := ""
	if n := source.Nearest(name, names); n != "" {
		near = fmt.Sprintf("; did you mean %q?", n)
	}
	return Format{}, fmt.Errorf("unknown report format %q: have %s%s", name, strings.Join(names, ", "), near)
}
