package reports

import (
	"bytes"
	"cmp"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/finding"
)

// junit writes JUnit XML as CI systems read it: flat, one testsuite a scenario
// and one testcase a step. The root stands first and holds the totals, so the
// suites wait in memory, compressed, until the run has ended.
type junit struct {
	w       io.Writer
	format  string
	jenkins bool
	options Options
	header  finding.Header
	spool   bytes.Buffer
	deflate *flate.Writer
	xml     xmlWriter // into deflate
	classes names
	total   caseCounts
	worst   finding.Outcome // of the cases written
}

// caseCounts adds up testcases.
type caseCounts struct{ tests, failures, errors, skipped int }

func (c *caseCounts) add(o finding.Outcome) {
	c.tests++
	switch o {
	case finding.Failed:
		c.failures++
	case finding.Errored:
		c.errors++
	case finding.Skipped:
		c.skipped++
	}
}

func (c *caseCounts) attributes() []attribute {
	return []attribute{
		{"tests", strconv.Itoa(c.tests)}, {"failures", strconv.Itoa(c.failures)},
		{"errors", strconv.Itoa(c.errors)}, {"skipped", strconv.Itoa(c.skipped)},
	}
}

// testcase is a step, or a scenario or run that ended worse than its parts.
type testcase struct {
	class, name string
	file        string
	line        int
	duration    time.Duration
	outcome     finding.Outcome
	kind        string // of failure or error
	message     string
	text        string // of failure or error
	out         string // warnings and notes
}

func newJUnit(w io.Writer, o Options) Report { return beginJUnit("junit", w, o) }

// newJenkins leaves out what the schema of the Jenkins xUnit plugin refuses:
// file and line of suites and cases, and the number of skipped cases of the
// whole run.
func newJenkins(w io.Writer, o Options) Report {
	j := beginJUnit("junit-jenkins", w, o)
	j.jenkins = true
	return j
}

func beginJUnit(format string, w io.Writer, o Options) *junit {
	j := &junit{format: format, w: w, options: o, classes: make(names)}
	// The level is one of those that exist.
	j.deflate, _ = flate.NewWriter(&j.spool, flate.BestSpeed)
	j.xml = xmlWriter{w: j.deflate, depth: 1}
	return j
}

func (j *junit) Begin(h finding.Header) error {
	j.header = h
	return nil
}

func (j *junit) Scenario(s finding.Scenario) error {
	class := j.classes.unique(className(s))
	counts, own := caseCounts{}, needsCase(s)
	if own {
		counts.add(s.Outcome)
	}
	for _, step := range s.Steps {
		counts.add(step.Outcome)
	}
	j.openSuite(s, counts)
	taken := make(names)
	if own {
		j.testcase(testcase{
			class: class, name: taken.unique(wholeScenario), file: s.Pos.File, line: s.Pos.Line, outcome: s.Outcome,
			kind: "scenario", message: scenarioReason(s), text: scenarioReason(s),
		})
	}
	for _, step := range s.Steps {
		j.testcase(j.fromStep(s, step, class, taken.unique(cmp.Or(visible(step.Name), "step"))))
	}
	j.xml.close("testsuite")
	return j.failed(j.xml.err)
}

func (j *junit) openSuite(s finding.Scenario, counts caseCounts) {
	attributes := append([]attribute{{"name", cmp.Or(visible(title(s)), "scenario")}}, counts.attributes()...)
	attributes = append(attributes, attribute{"time", seconds(s.Duration)}, attribute{"timestamp", timestamp(s.Started)})
	if !j.jenkins {
		attributes = append(attributes, attribute{"file", visible(s.Pos.File)})
	}
	j.xml.open("testsuite", attributes...)
	j.xml.open("properties")
	j.property("probe_version", j.header.Version)
	j.property("base_url", s.BaseURL)
	j.property("tags", strings.Join(s.Tags, " "))
	j.xml.close("properties")
}

func (j *junit) property(name, value string) {
	if value != "" {
		j.xml.element("property", "", attribute{"name", name}, attribute{"value", visible(value)})
	}
}

func (j *junit) fromStep(s finding.Scenario, step finding.Step, class, name string) testcase {
	c := testcase{
		class: class, name: name, file: step.Pos.File, line: step.Pos.Line,
		duration: step.Duration, outcome: step.Outcome, out: j.beside(step),
	}
	switch step.Outcome {
	case finding.Skipped:
		c.message = reason(step)
	case finding.Failed:
		failing := step.Failing(j.header.Strict)
		c.kind, c.message = finding.Expectation, failureMessage(step, failing)
		if len(failing) > 0 && failing[0].Rule != "" {
			c.kind = visible(failing[0].Rule)
		}
		c.text = j.explanation(s, step)
	case finding.Errored:
		c.kind, c.message = "error", reason(step)
		if x := answer(step); x != nil && x.Failure != nil {
			c.kind = visible(string(x.Failure.Kind))
		}
		c.text = j.explanation(s, step)
	}
	return c
}

// explanation gives all that is needed to act on a failure: many readers show
// the text of a failure only.
func (j *junit) explanation(s finding.Scenario, step finding.Step) string {
	p := printer{styles: newStyles(false)}
	p.line(place(s, step))
	p.explain(step, telling{strict: j.header.Strict, limit: fileLimits})
	return p.String()
}

// beside gives what is to be known of a step besides its outcome: warnings,
// notes where the explanation has none, and infos when asked for.
func (j *junit) beside(step finding.Step) string {
	p := printer{styles: newStyles(false)}
	warnings := 0
	for _, f := range step.Findings {
		if f.Weight() != finding.Warning || j.header.Strict {
			continue
		}
		if warnings++; warnings <= maxFindings {
			p.finding(step, f, fileLimits)
		}
	}
	if more := warnings - maxFindings; more > 0 {
		p.line("… ", count(more, "more warning"))
	}
	if j.options.Verbose {
		p.infos(step)
	}
	if step.Outcome <= finding.Skipped {
		for _, n := range step.Notes {
			p.line("note: ", visible(n))
		}
	}
	return p.String()
}

func (j *junit) testcase(c testcase) {
	j.worst = max(j.worst, c.outcome)
	j.total.add(c.outcome)
	attributes := []attribute{{"classname", c.class}, {"name", c.name}, {"time", seconds(c.duration)}}
	if !j.jenkins {
		attributes = append(attributes, attribute{"file", visible(c.file)})
		if c.line > 0 {
			attributes = append(attributes, attribute{"line", strconv.Itoa(c.line)})
		}
	}
	if c.outcome == finding.Passed && c.out == "" {
		j.xml.element("testcase", "", attributes...)
		return
	}
	j.xml.open("testcase", attributes...)
	message := attribute{"message", clip(c.message, maxMessage)}
	switch c.outcome {
	case finding.Skipped:
		j.xml.element("skipped", "", message)
	case finding.Failed:
		j.xml.element("failure", capped(c.text), attribute{"type", c.kind}, message)
	case finding.Errored:
		j.xml.element("error", capped(c.text), attribute{"type", c.kind}, message)
	}
	if c.out != "" {
		j.xml.element("system-out", capped(c.out))
	}
	j.xml.close("testcase")
}

func (j *junit) End(s finding.Summary) error {
	j.run(s)
	if j.xml.err != nil {
		return j.failed(j.xml.err)
	}
	if err := j.deflate.Close(); err != nil {
		return j.failed(err)
	}
	root := xmlWriter{w: j.w}
	root.write(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	attributes := append([]attribute{{"name", "probe"}}, j.total.attributes()...)
	if j.jenkins {
		attributes = attributes[:len(attributes)-1]
	}
	root.open("testsuites", append(attributes, attribute{"time", seconds(s.Duration)})...)
	if root.err == nil {
		_, root.err = io.Copy(j.w, flate.NewReader(&j.spool))
	}
	root.close("testsuites")
	return j.failed(root.err)
}

// run writes a suite for what belongs to no scenario: notes of the run, that
// it was stopped early, and an outcome that no case shows.
func (j *junit) run(s finding.Summary) {
	var out strings.Builder
	for _, n := range s.Notes {
		out.WriteString("note: " + visible(n) + "\n")
	}
	c := testcase{class: "probe", name: "the run as a whole", kind: "run"}
	switch {
	case s.Outcome > j.worst:
		c.outcome = s.Outcome
	case s.Interrupted != "":
		c.outcome = finding.Skipped
	}
	switch {
	case s.Interrupted != "":
		c.message = "the run was stopped early: " + visible(s.Interrupted)
	case s.Unreached:
		c.message = "no request reached its server"
	default:
		c.message = "the run ended with outcome " + s.Outcome.String()
	}
	c.text = c.message
	counts := caseCounts{}
	if c.outcome != finding.Passed {
		counts.add(c.outcome)
	} else if out.Len() == 0 {
		return
	}
	j.xml.open("testsuite", append([]attribute{{"name", "probe"}}, append(counts.attributes(), attribute{"time", seconds(0)})...)...)
	if c.outcome != finding.Passed {
		j.testcase(c)
	}
	if out.Len() > 0 {
		j.xml.element("system-out", capped(out.String()))
	}
	j.xml.close("testsuite")
}

func (j *junit) failed(err error) error {
	if err != nil {
		return fmt.Errorf("write the %s report: %w", j.format, err)
	}
	return nil
}
