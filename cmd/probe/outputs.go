package main

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"httpprobe/probe"
	"httpprobe/probe/finding"
	"httpprobe/reports"
)

// reportTarget is one --report.
type reportTarget struct {
	format reports.Format
	file   string // "-" is standard output
}

func (t reportTarget) standardOutput() bool { return t.file == "-" }

// collides reports whether both go to one place, however it is spelt.
func (t reportTarget) collides(o reportTarget) bool {
	if t.standardOutput() || o.standardOutput() {
		return t.file == o.file
	}
	return place(t.file) == place(o.file)
}

// place is the absolute path of a file with its links followed.
func place(file string) string {
	file = linkTarget(file)
	if absolute, err := filepath.Abs(file); err == nil {
		return absolute
	}
	return file
}

// String names the report in messages.
func (t reportTarget) String() string {
	if t.standardOutput() {
		return "the " + t.format.Name + " report"
	}
	return fmt.Sprintf("the %s report to %s", t.format.Name, t.file)
}

func parseReport(s string) (reportTarget, error) {
	name, file, given := strings.Cut(s, "=")
	format, err := reports.Find(name)
	switch {
	case err != nil:
		return reportTarget{}, err
	case !given || file == "":
		return reportTarget{}, fmt.Errorf("%q names no file: write %s=FILE, or %s=- for standard output", s, name, name)
	}
	return reportTarget{format, file}, nil
}

// checkTargets refuses two reports in one place: the second would replace the
// first.
func checkTargets(targets []reportTarget) error {
	for i, t := range targets {
		if slices.ContainsFunc(targets[:i], t.collides) {
			return usagef("--report: two reports go to %s", t.file)
		}
	}
	return nil
}

// sink is a report with the place it is written to. After an error the report
// is left out; the others are not affected.
type sink struct {
	name   string
	report reports.Report
	flush  func() error // after each call; nil: when it is full
	file   *reportFile  // nil: a stream
	err    error
}

func (s *sink) tell(what func(reports.Report) error) {
	if s.err != nil {
		return
	}
	if s.err = what(s.report); s.err == nil && s.flush != nil {
		s.err = s.flush()
	}
}

// outputs is everything that is told how a run goes.
type outputs struct {
	sinks  []*sink
	screen *screen
}

// stream adds a report that goes to a stream.
func (o *outputs) stream(name string, w io.Writer, make func(io.Writer) reports.Report) {
	b := bufio.NewWriter(w)
	o.sinks = append(o.sinks, &sink{name: name, report: make(b), flush: b.Flush})
}

// create adds a report that goes to a file. A file that cannot be created is
// told now, and again when the run has ended.
func (o *outputs) create(t reportTarget, options reports.Options) error {
	file, err := createReport(t.file)
	if err != nil {
		o.sinks = append(o.sinks, &sink{name: t.String(), err: err})
		return err
	}
	o.sinks = append(o.sinks, &sink{name: t.String(), report: t.format.New(file, options), file: file})
	return nil
}

func (o *outputs) each(what func(reports.Report) error) {
	for _, s := range o.sinks {
		s.tell(what)
	}
}

func (o *outputs) Begin(h finding.Header) {
	o.each(func(r reports.Report) error { return r.Begin(h) })
}

func (o *outputs) Step(p probe.Progress) { o.screen.progress(p) }

func (o *outputs) Scenario(s finding.Scenario) {
	o.each(func(r reports.Report) error { return r.Scenario(s) })
}

func (o *outputs) End(s finding.Summary) {
	o.screen.erase()
	o.each(func(r reports.Report) error { return r.End(s) })
}

// finish puts the files in their places and says what could not be written.
func (o *outputs) finish() []string {
	var failed []string
	for _, s := range o.sinks {
		switch {
		case s.file == nil:
		case s.err == nil:
			s.err = s.file.finish()
		default:
			// The first error tells; the file is given up either way.
			_ = s.file.discard()
		}
		if s.err != nil {
			failed = append(failed, unwritten(s.name, s.err))
		}
	}
	return failed
}

func unwritten(name string, err error) string {
	return fmt.Sprintf("cannot write %s: %s", name, reason(err))
}
