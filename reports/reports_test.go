package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/finding"
)

var update = flag.Bool("update", false, "rewrite the files of testdata")

// variants are the ways in which the case "mixed" is written, besides those of
// every case.
var variants = map[string]struct {
	format  string
	options Options
}{
	"text-verbose":  {"text", Options{Verbose: true}},
	"text-quiet":    {"text", Options{Quiet: true}},
	"text-color":    {"text", Options{Color: true, Width: 80}},
	"junit-verbose": {"junit", Options{Verbose: true}},
}

func render(t testing.TB, format string, o Options, r run) []byte {
	t.Helper()
	f, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	write(t, f.New(&b, o), r)
	return b.Bytes()
}

func write(t testing.TB, report Report, r run) {
	t.Helper()
	if err := report.Begin(r.header); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.scenarios {
		if err := report.Scenario(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := report.End(r.summary); err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		p := printer{styles: newStyles(false)}
		p.difference(string(want), string(got), fileLimits)
		t.Errorf("%s is not what is written now (-update rewrites it):\n%s", path, p.String())
	}
}

func TestGolden(t *testing.T) {
	known := make(map[string]bool)
	for name, r := range cases() {
		for _, f := range Formats() {
			file := name + "." + f.Name
			known[file] = true
			t.Run(file, func(t *testing.T) { golden(t, file, render(t, f.Name, Options{}, r)) })
		}
	}
	for variant, v := range variants {
		file := "mixed." + variant
		known[file] = true
		t.Run(file, func(t *testing.T) { golden(t, file, render(t, v.format, v.options, cases()["mixed"])) })
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] && f.Name() != schemaFile {
			t.Errorf("testdata/%s belongs to no case", f.Name())
		}
	}
}

func TestFind(t *testing.T) {
	_, err := Find("junitt")
	if want := `unknown report format "junitt": have json, junit, junit-jenkins, text; did you mean "junit"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Find("pdf-document")
	if want := `unknown report format "pdf-document": have json, junit, junit-jenkins, text`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, f := range Formats() {
		if f.Text == "" {
			t.Errorf("%s has no line for help", f.Name)
		}
		if _, err := Find(f.Name); err != nil {
			t.Error(err)
		}
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// obeyed finds what a CI system would take for a command in a log.
func obeyed(log string) []string {
	var out []string
	for line := range strings.SplitSeq(log, "\n") {
		plain := strings.TrimSpace(ansi.ReplaceAllString(line, ""))
		lower := strings.ToLower(plain)
		if strings.HasPrefix(plain, "::") || strings.Contains(plain, "##[") || strings.Contains(lower, "##vso[") || strings.Contains(lower, "##teamcity[") {
			out = append(out, line)
		}
	}
	return out
}

func TestObeyed(t *testing.T) {
	for _, line := range []string{"::error::x", " ::error::x", "a ##[group]x", "##VSO[x]", "##teamcity[x]"} {
		if len(obeyed(line)) != 1 {
			t.Errorf("%q passes for harmless", line)
		}
	}
}

func TestNothingEvilReachesATerminal(t *testing.T) {
	texts := []string{evilText, "::error::x", "  ::error::x", "##[group]x", "a\n::error::x", "\u00a0::error::x"}
	options := []Options{{}, {Verbose: true}, {Quiet: true}, {Color: true, Verbose: true}}
	for _, text := range texts {
		for _, f := range Formats() {
			for _, o := range options {
				out := string(render(t, f.Name, o, evil(text)))
				if found := obeyed(out); len(found) > 0 {
					t.Errorf("%s %+v lets through %q", f.Name, o, found)
				}
				if o.Color {
					out = ansi.ReplaceAllString(out, "")
				}
				for _, r := range out {
					if r != '\n' && r != '\t' && !shown(r) {
						t.Errorf("%s %+v lets through %U", f.Name, o, r)
						break
					}
				}
			}
		}
	}
}

func TestColorsAreThoseOfTheWriter(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	if out := render(t, "text", Options{Color: true}, passing()); !bytes.Contains(out, []byte("\x1b[")) {
		t.Error("no colours though asked for")
	}
	if out := render(t, "text", Options{}, evil(evilText)); bytes.Contains(out, []byte("\x1b")) {
		t.Error("colours though not asked for")
	}
}

func TestJSONIsWhole(t *testing.T) {
	for name, r := range cases() {
		out := render(t, "json", Options{}, r)
		var report struct {
			Format    string
			Version   int
			Scenarios []struct {
				Suite, Name string
				Steps       []struct {
					Name      string
					Findings  []map[string]any
					Exchanges []map[string]any
				}
			}
			Summary struct {
				Outcome string
				Steps   int
			}
		}
		if err := json.Unmarshal(out, &report); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if report.Format != "probe" || report.Version != JSONVersion || report.Summary.Outcome != r.summary.Outcome.String() {
			t.Errorf("%s: head or summary is wrong", name)
		}
		if len(report.Scenarios) != len(r.scenarios) {
			t.Fatalf("%s: %d scenarios of %d", name, len(report.Scenarios), len(r.scenarios))
		}
		for i, s := range r.scenarios {
			got := report.Scenarios[i]
			if got.Name != utf8Text(s.Name) || len(got.Steps) != len(s.Steps) {
				t.Errorf("%s: scenario %d is not whole", name, i)
			}
			for k, st := range s.Steps {
				if g := got.Steps[k]; g.Name != utf8Text(st.Name) || len(g.Findings) != len(st.Findings) || len(g.Exchanges) != len(st.Exchanges) {
					t.Errorf("%s: step %d of scenario %d is not whole", name, k, i)
				}
			}
		}
	}
}

func TestJSONKeepsOctets(t *testing.T) {
	r := binaries()
	var report struct {
		Scenarios []struct {
			Steps []struct {
				Exchanges []struct {
					Response struct {
						Fields []struct{ Value, Value_base64 string }
						Body   struct {
							Size      int
							Text      string
							Base64    []byte
							Truncated bool
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(render(t, "json", Options{}, r), &report); err != nil {
		t.Fatal(err)
	}
	got := report.Scenarios[0].Steps[0].Exchanges[0].Response
	want := r.scenarios[0].Steps[0].Exchanges[0].Response
	if !bytes.Equal(got.Body.Base64, want.Body) || !got.Body.Truncated || got.Body.Size != 12345 {
		t.Errorf("body is %+v", got.Body)
	}
	if f := got.Fields[1]; f.Value != `caf\xe9` || f.Value_base64 != "Y2Fm6Q==" {
		t.Errorf("field is %+v", f)
	}
	if cut := report.Scenarios[0].Steps[2].Exchanges[0].Response.Body; cut.Text != "caf" || cut.Size != 5 || !cut.Truncated {
		t.Errorf("text cut within a character is %+v", cut)
	}
}

// failing is a writer that is full.
type failing struct{ room int }

func (f *failing) Write(b []byte) (int, error) {
	if len(b) > f.room {
		return 0, errFull
	}
	f.room -= len(b)
	return len(b), nil
}

var errFull = errors.New("no space left")

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	r := cases()["mixed"]
	for _, f := range Formats() {
		for _, room := range []int{0, 30, 1000} {
			report := f.New(&failing{room}, Options{})
			errs := []error{report.Begin(r.header)}
			for _, s := range r.scenarios {
				errs = append(errs, report.Scenario(s))
			}
			errs = append(errs, report.End(r.summary))
			err := errors.Join(errs...)
			if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "write the "+f.Name+" report: ") {
				t.Errorf("%s with room for %d: %v", f.Name, room, err)
			}
		}
	}
}

func TestReportsChangeNothing(t *testing.T) {
	for name, r := range cases() {
		before, err := json.Marshal(r.scenarios)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Formats() {
			first := render(t, f.Name, Options{Verbose: true}, r)
			if second := render(t, f.Name, Options{Verbose: true}, r); !bytes.Equal(first, second) {
				t.Errorf("%s of %s differs from one time to the next", f.Name, name)
			}
		}
		if after, _ := json.Marshal(r.scenarios); !bytes.Equal(before, after) {
			t.Errorf("writing %s changed the run", name)
		}
	}
}

// TestEveryFailureExplainsItself looks for what is needed to act on a failure.
func TestEveryFailureExplainsItself(t *testing.T) {
	needed := []string{
		"scenarios/users.yaml:9: Users API › wrong method › PUT /api/users/{id}", "405 response to PUT without an Allow field", "allow-on-405",
		"a 405 names the methods that are allowed (RFC 9110 §15.5.6, RFC 9110 §10.2.1)", "send Allow with the methods",
		"> PUT /api/users/1 HTTP/1.1", "> Host: 127.0.0.1:8080", "< HTTP/1.1 405 Method Not Allowed", "204 response with 2 octets", "2 octets after the end",
	}
	text := string(render(t, "text", Options{}, rules()))
	for _, n := range needed {
		if !strings.Contains(text, n) {
			t.Errorf("text lacks %q:\n%s", n, text)
		}
	}
	var suites suitesXML
	if err := xml.Unmarshal(render(t, "junit", Options{}, rules()), &suites); err != nil {
		t.Fatal(err)
	}
	failure := suites.Suites[0].Cases[0].Failures[0]
	for _, n := range needed {
		if !strings.Contains(failure.Text, n) {
			t.Errorf("the failure lacks %q:\n%s", n, failure.Text)
		}
	}
	if failure.Type != "allow-on-405" || !strings.HasPrefix(failure.Message, "405 response to PUT") {
		t.Errorf("type %q, message %q", failure.Type, failure.Message)
	}
	if strings.Contains(failure.Text, "cache-control") || !strings.Contains(suites.Suites[0].Cases[0].Out, "cache-control") {
		t.Error("the warning is not in system-out alone")
	}
}

func BenchmarkMemory(b *testing.B) {
	s := scenario("", slices.Repeat([]finding.Step{passing().scenarios[0].Steps[1]}, 10)...)
	const scenarios = 10_000
	for b.Loop() {
		var reports []Report
		for _, f := range Formats() {
			reports = append(reports, f.New(io.Discard, Options{}))
		}
		before := heap()
		for i := range scenarios {
			s.Name = "scenario " + commas(i)
			for _, r := range reports {
				if err := r.Scenario(s); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(int64(heap()-before)), "held-octets")
		for _, r := range reports {
			if err := r.End(finding.Summary{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
