package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"httpprobe/probe/finding"
)

// The types of what readers take from the report.
type (
	suitesXML struct {
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Suites   []suiteXML `xml:"testsuite"`
	}
	suiteXML struct {
		Name      string    `xml:"name,attr"`
		Tests     int       `xml:"tests,attr"`
		Failures  int       `xml:"failures,attr"`
		Errors    int       `xml:"errors,attr"`
		Skipped   int       `xml:"skipped,attr"`
		Timestamp string    `xml:"timestamp,attr"`
		Cases     []caseXML `xml:"testcase"`
		Out       string    `xml:"system-out"`
	}
	caseXML struct {
		Class    string       `xml:"classname,attr"`
		Name     string       `xml:"name,attr"`
		Time     string       `xml:"time,attr"`
		File     string       `xml:"file,attr"`
		Line     string       `xml:"line,attr"`
		Failures []outcomeXML `xml:"failure"`
		Errors   []outcomeXML `xml:"error"`
		Skips    []outcomeXML `xml:"skipped"`
		Out      string       `xml:"system-out"`
	}
	outcomeXML struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func readJUnit(t *testing.T, b []byte) suitesXML {
	t.Helper()
	var out suitesXML
	if err := xml.Unmarshal(b, &out); err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	return out
}

func TestJUnitAddsUp(t *testing.T) {
	for name, r := range cases() {
		root := readJUnit(t, render(t, "junit", Options{}, r))
		all := suitesXML{}
		seen := make(map[string]bool)
		for _, s := range root.Suites {
			got := suiteXML{Tests: len(s.Cases)}
			for _, c := range s.Cases {
				if n := len(c.Failures) + len(c.Errors) + len(c.Skips); n > 1 {
					t.Errorf("%s: case %q has %d outcomes", name, c.Name, n)
				}
				got.Failures += len(c.Failures)
				got.Errors += len(c.Errors)
				got.Skipped += len(c.Skips)
				key := c.Class + "\x00" + c.Name
				if seen[key] {
					t.Errorf("%s: two cases are %q", name, key)
				}
				seen[key] = true
			}
			if got.Tests != s.Tests || got.Failures != s.Failures || got.Errors != s.Errors || got.Skipped != s.Skipped {
				t.Errorf("%s: suite %q says %d/%d/%d/%d, holds %d/%d/%d/%d", name, s.Name,
					s.Tests, s.Failures, s.Errors, s.Skipped, got.Tests, got.Failures, got.Errors, got.Skipped)
			}
			all.Tests += s.Tests
			all.Failures += s.Failures
			all.Errors += s.Errors
			all.Skipped += s.Skipped
		}
		if all.Tests != root.Tests || all.Failures != root.Failures || all.Errors != root.Errors || all.Skipped != root.Skipped {
			t.Errorf("%s: the root does not add up", name)
		}
		if bad := r.summary.Outcome >= finding.Failed; bad != (root.Failures+root.Errors > 0) {
			t.Errorf("%s ended as %s, the report has %d failures and %d errors", name, r.summary.Outcome, root.Failures, root.Errors)
		}
	}
}

func TestJUnitHidesNoOutcome(t *testing.T) {
	broken := scenario("s", step("a", 1, finding.Passed, nil), step("b", 2, finding.Skipped, nil))
	broken.Outcome, broken.Reason = finding.Errored, "rows.csv is missing"
	root := readJUnit(t, render(t, "junit", Options{}, runOf(broken)))
	if root.Errors != 1 || root.Suites[0].Cases[0].Errors[0].Message != "rows.csv is missing" {
		t.Errorf("a scenario that could not be carried out: %+v", root)
	}
	r := runOf()
	r.summary.Outcome, r.summary.Interrupted = finding.Errored, "terminated"
	root = readJUnit(t, render(t, "junit", Options{}, r))
	if root.Errors != 1 || root.Suites[0].Cases[0].Errors[0].Message != "the run was stopped early: terminated" {
		t.Errorf("a run that was stopped: %+v", root)
	}
	r = passing()
	r.summary.Interrupted = "--fail-fast"
	if root = readJUnit(t, render(t, "junit", Options{}, r)); root.Errors != 0 || root.Skipped != 1 {
		t.Errorf("a run that was stopped and passed: %+v", root)
	}
	r = passing()
	r.summary.Notes = []string{"2 left behind"}
	if root = readJUnit(t, render(t, "junit", Options{}, r)); root.Tests != 3 || root.Suites[2].Out != "note: 2 left behind\n" {
		t.Errorf("a note of the run: %+v", root)
	}
	failed := step("a", 1, finding.Failed, nil)
	if root = readJUnit(t, render(t, "junit", Options{}, runOf(scenario("s", failed)))); root.Suites[0].Cases[0].Failures[0].Message != "the step failed" {
		t.Errorf("a step that failed without a finding: %+v", root)
	}
}

func TestJUnitNames(t *testing.T) {
	file := func(name, suite, file string) finding.Scenario {
		s := scenario(name, step("one", 1, finding.Passed, nil), step("one", 2, finding.Passed, nil), step("one (2)", 3, finding.Passed, nil))
		s.Suite, s.Pos.File, s.Steps[0].Pos.File = suite, file, file
		return s
	}
	root := readJUnit(t, render(t, "junit", Options{}, runOf(
		file("v1.2 works", "A", "./scenarios/v1.0/users.test.yaml"), file("v1_2 works", "A", `scenarios\v1.0\users.test.yaml`),
		file("x", "My suite", ""), file("x", "My suite", "../../x/../y.yml"), file("", "", ""),
	)))
	want := []string{"scenarios.v1_0.users_test.v1_2 works", "scenarios.v1_0.users_test.v1_2 works (2)", "My suite.x", "x.y.x", "scenario"}
	for i, s := range root.Suites {
		if s.Cases[0].Class != want[i] {
			t.Errorf("class is %q, want %q", s.Cases[0].Class, want[i])
		}
		if a, b, c := s.Cases[0].Name, s.Cases[1].Name, s.Cases[2].Name; a != "one" || b != "one (2)" || c != "one (2) (2)" {
			t.Errorf("names are %q, %q, %q", a, b, c)
		}
	}
	first := root.Suites[0].Cases[0]
	if first.File != "./scenarios/v1.0/users.test.yaml" || first.Line != "1" || first.Time != "0.012" {
		t.Errorf("case is %+v", first)
	}
	if got := root.Suites[0].Timestamp; got != "2026-03-04T04:06:07" {
		t.Errorf("timestamp is %q", got)
	}
}

// TestUniqueNames is not done within a test's time when each name is looked for
// from the first number on.
func TestUniqueNames(t *testing.T) {
	n := make(names)
	if a, b := n.unique("one (3)"), n.unique("one (2) (2)"); a != "one (3)" || b != "one (2) (2)" {
		t.Errorf("names are %q, %q", a, b)
	}
	seen := map[string]bool{"one (3)": true, "one (2) (2)": true}
	for i := range 200_000 {
		for _, name := range []string{"one", "one (2)"} {
			if got := n.unique(name); seen[got] {
				t.Fatalf("%q is given twice, the second time as name %d", got, i)
			} else {
				seen[got] = true
			}
		}
	}
	if last := n.unique("one"); last != "one (200003)" {
		t.Errorf("the last is %q", last)
	}
}

func TestJUnitTextsAreCapped(t *testing.T) {
	f := finding.Finding{Rule: finding.Expectation, Severity: finding.Error, Message: strings.Repeat("é", 5000), Expected: strings.Repeat(strings.Repeat("x", 999)+"\n", 500), Actual: "é"}
	warning := f
	warning.Severity = finding.Warning
	var findings []finding.Finding
	for range 300 {
		findings = append(findings, f, warning)
	}
	out := render(t, "junit", Options{}, runOf(scenario("s", step("a", 1, finding.Failed, findings, exchanged("GET", "/", 200, strings.Repeat("a\n", 1<<20))))))
	if len(out) > 3*maxText {
		t.Errorf("%d octets", len(out))
	}
	c := readJUnit(t, out).Suites[0].Cases[0]
	if n := utf8.RuneCountInString(c.Failures[0].Message); n > maxMessage+100 {
		t.Errorf("message of %d characters", n)
	}
	if len(c.Failures[0].Text) > maxText+100 || !strings.HasSuffix(c.Failures[0].Text, " more octets left out\n") {
		t.Errorf("text of %d octets ends in %q", len(c.Failures[0].Text), c.Failures[0].Text[len(c.Failures[0].Text)-80:])
	}
}

// forbidden are members of each class of what XML 1.0 does not allow, or
// treats in its own way.
func forbidden() []string {
	out := []string{"]]>", "<![CDATA[", "<!--", "&#0;", "&lol;", "\r", "\r\n", "\t", "\u0085", "\u2028", "\ufeff",
		"\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\U0010ffff", "\xed\xa0\x80", "\xed\xbf\xbf", "\xc0\x80", "\xf4\x90\x80\x80", "\xf5", "\xe2\x82"}
	for c := range 256 {
		out = append(out, string([]byte{byte(c)}))
	}
	for r := rune(0x80); r < 0xa0; r++ {
		out = append(out, string(r))
	}
	return out
}

func TestJUnitIsXMLWhateverComes(t *testing.T) {
	for group := range slices.Chunk(forbidden(), 12) {
		piece := strings.Join(group, "_")
		out := render(t, "junit", Options{Verbose: true}, evil("a"+piece+"b"))
		if !utf8.Valid(out) {
			t.Errorf("%q gives octets that are not UTF-8", piece)
		}
		for _, r := range string(out) {
			if !allowedInXML(r) {
				t.Errorf("%q lets %U through", piece, r)
			}
		}
		if bytes.Contains(out, []byte("<![CDATA[")) || bytes.Contains(out, []byte("]]>")) {
			t.Errorf("%q gives a CDATA section", piece)
		}
		d := xml.NewDecoder(bytes.NewReader(out))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%q: %v", piece, err)
				break
			}
		}
	}
}

func TestXMLTextReadsBack(t *testing.T) {
	for _, piece := range append(forbidden(), `<>&"'`, "Grüße 日本 😀", "line\nline") {
		var b bytes.Buffer
		x := xmlWriter{w: &b}
		x.element("e", piece+".", attribute{"a", piece + "."})
		var got struct {
			A    string `xml:"a,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Errorf("%q: %v", piece, err)
			continue
		}
		want := strings.Map(func(r rune) rune {
			if allowedInXML(r) {
				return r
			}
			return utf8.RuneError
		}, strings.ToValidUTF8(piece, "\ufffd"))
		// ToValidUTF8 gives one U+FFFD for a run of octets, the writer one each.
		trim := func(s string) string { return strings.Trim(s, "\ufffd.") }
		if trim(got.Text) != trim(want) || trim(got.A) != trim(want) {
			t.Errorf("%q reads back as %q and %q", piece, got.Text, got.A)
		}
	}
}

func TestJUnitHoldsTheSchema(t *testing.T) {
	s := loadSchema(t)
	for name, r := range cases() {
		for _, problem := range s.check(t, render(t, "junit-jenkins", Options{Verbose: true}, r)) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	if problems := s.check(t, render(t, "junit", Options{}, passing())); len(problems) == 0 {
		t.Error("the schema takes file and line, so it checks nothing")
	}
}

func TestXmllint(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed (Debian: libxml2-utils)")
	}
	schema := filepath.Join("testdata", schemaFile)
	dir := t.TempDir()
	args := []string{"--noout", "--nonet", "--schema", schema}
	i := 0
	for _, r := range cases() {
		i++
		file := filepath.Join(dir, strconv.Itoa(i)+".xml")
		if err := os.WriteFile(file, render(t, "junit-jenkins", Options{Verbose: true}, r), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
