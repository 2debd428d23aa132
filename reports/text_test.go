package reports

import (
	"slices"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain text ~":             "plain text ~",
		"Grüße 日本 😀 👩\u200d💻":      "Grüße 日本 😀 👩\u200d💻",
		"a\tb\r\nc\x00":            `a\tb\r\nc\x00`,
		"\x1b[31m\u009b":           `\x1b[31m\u009b`,
		"\u202eabc\u2066\ufeff":    `\u202eabc\u2066\ufeff`,
		"\xff\xed\xa0\x80\ufffd":   `\xff\xed\xa0\x80` + "\ufffd",
		"\U000e0041":               `\U000e0041`,
		"::1":                      "::1",
		"a ::error::b":             "a ::error::b",
		"::error::b":               ": :error::b",
		" ::error x=1::b":          " : :error x=1::b",
		"##[error]":                "# #[error]",
		"###[error]":               "## #[error]",
		"## a #[b]":                "## a #[b]",
		"##VSO[x] ##teamCity[y]":   "# #VSO[x] # #teamCity[y]",
		"##vso (not a command) ##": "##vso (not a command) ##",
	} {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) is %q, want %q", text, got, want)
		}
	}
	if got := visibleLine("\ta\r"); got != "\ta\\r" {
		t.Errorf("visibleLine keeps no tab: %q", got)
	}
}

func TestClip(t *testing.T) {
	if got := clip("äöü", 3); got != "äöü" {
		t.Errorf("got %q", got)
	}
	if got := clip("äöüß"+strings.Repeat("x", 1000), 3); got != "äöü… 1,002 more octets in this line" {
		t.Errorf("got %q", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 µs", 999 * time.Microsecond: "999 µs", 12345 * time.Microsecond: "12 ms", 999600 * time.Microsecond: "1.00 s",
		1240 * time.Millisecond: "1.24 s", 59999 * time.Millisecond: "1 min 0 s", 125 * time.Second: "2 min 5 s", 2 * time.Hour: "120 min 0 s",
	} {
		if got := duration(d); got != want {
			t.Errorf("%d ns are %q, want %q", d, got, want)
		}
	}
}

func TestBodyLines(t *testing.T) {
	three := limits{lines: 3, width: 20}
	tests := []struct {
		name, body string
		size       int
		mediaType  string
		limit      limits
		want       []string
	}{
		{"nothing", "", 0, "", three, nil},
		{"not kept", "", 3210, "", three, []string{"… 3,210 octets"}},
		{"lines", "a\r\nb\n\nd\ne", 0, "", three, []string{"a", "b", "", "… 3 more octets"}},
		{"exactly as many", "a\nb\nc\n", 0, "", three, []string{"a", "b", "c"}},
		{"long line", strings.Repeat("x", 30), 0, "", three, []string{strings.Repeat("x", 20) + "… 10 more octets in this line"}},
		{"json", `{"a":[1,{"b":"x,{}:\""}],"c":{ },"d":[]}`, 0, "", noLimits,
			[]string{"{", `  "a": [`, "    1,", "    {", `      "b": "x,{}:\""`, "    }", "  ],", `  "c": {},`, `  "d": []`, "}"}},
		{"json keeps numbers", `[1.10,1e400, "\u0041"]`, 0, "", noLimits, []string{"[", "  1.10,", "  1e400,", `  "\u0041"`, "]"}},
		{"json cut off", `{"a":[1,2`, 500, "application/json", noLimits, []string{"{", `  "a": [`, "    1,", "    2", "… 491 more octets"}},
		{"json over the limit", `{"a":1,"b":2,"c":3}`, 0, "application/json", three, []string{"{", `  "a": 1,`, `  "b": 2,`, "… 6 more octets"}},
		{"json up to the limit", `{"a":1}`, 0, "application/json", three, []string{"{", `  "a": 1`, "}"}},
		{"closing over the limit", `{"a":{"b":1}}`, 0, "application/json", three, []string{"{", `  "a": {`, `    "b": 1`, "… 2 more octets"}},
		{"not json", "[error] no", 0, "text/plain", three, []string{"[error] no"}},
		{"not json though said", "]}", 0, "application/json", three, []string{"]}"}},
		{"scalar", `"a"`, 0, "application/json", three, []string{`"a"`}},
		{"binary", "\x00\x01", 0, "", three, []string{"binary, 2 octets: 00 01"}},
		{"one octet", "\xff", 0, "", three, []string{"binary, 1 octet: ff"}},
		{"cut within a character", "é\xc3", 5, "", three, []string{"é", "… 3 more octets"}},
		{"whole but broken", "é\xc3", 3, "", three, []string{"binary, 3 octets: c3 a9 c3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := bodyLines([]byte(tt.body), tt.size, tt.mediaType, tt.limit); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzBodyLines(f *testing.F) {
	f.Add([]byte(`{"a":[1,{}]}`), "application/json", 3)
	f.Fuzz(func(t *testing.T, body []byte, mediaType string, lines int) {
		if lines < 1 {
			t.Skip()
		}
		got := bodyLines(body, len(body), mediaType, limits{lines: lines, width: 80})
		if len(got) > lines+1 && lines < 1<<30 {
			t.Errorf("%d lines", len(got))
		}
		for _, l := range got {
			for _, r := range l {
				if r != '\t' && !shown(r) {
					t.Errorf("%U in %q", r, l)
				}
			}
		}
	})
}

func TestDifference(t *testing.T) {
	long := strings.Repeat("x", shortValue+1)
	tests := []struct{ name, expected, actual, want string }{
		{"none", "", "", ""},
		{"short", "1", "2", "expected: 1\nactual:   2\n"},
		{"expected only", "1", "", "expected: 1\n"},
		{"actual only", "", "2", "actual:   2\n"},
		{"long", long, long + "é", "expected:\n  | " + long + "\nactual:\n  | " + long + "é\nthey differ from character 102 on\n"},
		{"lines", "a\nb\nc", "a\nx\nc", "difference: - expected + actual\n    a\n  - b\n  + x\n    c\n"},
		{"line added", "a\nc", "a\nb\nc", "difference: - expected + actual\n    a\n  + b\n    c\n"},
		{"line left out", "a\nb\nc", "a\nc", "difference: - expected + actual\n    a\n  - b\n    c\n"},
		{"far apart", "a\n1\n2\n3\n4\n5\n6\nb", "A\n1\n2\n3\n4\n5\n6\nB",
			"difference: - expected + actual\n  - a\n  + A\n    1\n    2\n  … 2 more lines\n    5\n    6\n  - b\n  + B\n"},
		{"only lines expected", "a\nb", "", "expected:\n  | a\n  | b\n"},
		{"what is not seen", "a b\nc", "a\u00a0b\u200b\nc", "difference: - expected + actual\n  - a b\n  + a\\u00a0b\\u200b\n    c\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := printer{styles: newStyles(false)}
			p.difference(tt.expected, tt.actual, fileLimits)
			if p.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", p.String(), tt.want)
			}
		})
	}
	p := printer{styles: newStyles(false)}
	p.difference(strings.Repeat("a\n", 5000), strings.Repeat("b\n", 5000), fileLimits)
	if got := strings.Count(p.String(), "\n"); got > 2*fileLimits.lines+10 || !strings.Contains(p.String(), "… 4,961 more lines") {
		t.Errorf("texts too long to compare take %d lines", got)
	}
}

func TestHeadline(t *testing.T) {
	for _, tt := range []struct {
		f    finding.Finding
		want string
	}{
		{finding.Finding{Rule: finding.Expectation, Path: "text", Message: "is another text"}, "text: is another text"},
		{finding.Finding{Rule: finding.Expectation, Path: "status", Message: "status is 404"}, "status is 404"},
		{finding.Finding{Rule: finding.Expectation, Path: "body.name", Message: "expected body.name to be 1"}, "expected body.name to be 1"},
		{finding.Finding{Rule: "x", Path: "headers.Allow", Message: "405 without Allow"}, "405 without Allow"},
		{finding.Finding{Rule: "x", Path: "headers.Allow", Message: "405 without methods"}, "headers.Allow: 405 without methods"},
		{finding.Finding{Rule: "x", Message: "odd"}, "odd"},
	} {
		if got := headline(tt.f); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	place := func(file string, line int) finding.Place {
		return finding.Place{Pos: source.Pos{File: file, Line: line}}
	}
	many := finding.Group{Steps: 1234}
	for i := range 20 {
		many.Places = append(many.Places, place("a.yaml", i+1))
	}
	for _, tt := range []struct {
		group finding.Group
		want  string
	}{
		{finding.Group{Steps: 1, Places: []finding.Place{place("a.yaml", 3)}}, "a.yaml:3"},
		{finding.Group{Steps: 4, Places: []finding.Place{place("a.yaml", 3), place("a.yaml", 7), place("a.yaml", 7), place("b.yaml", 1)}}, "a.yaml:3, 7 ×2; b.yaml:1"},
		{finding.Group{Steps: 3, Places: []finding.Place{place("a.yaml", 3), place("b.yaml", 3)}}, "a.yaml:3; b.yaml:3 and 1 more step"},
		{many, "a.yaml:1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 1,214 more steps"},
	} {
		if got := places(tt.group); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestAllowedFindingsAreNamed(t *testing.T) {
	want := "allowed: 405 response to PUT without an Allow field [allow-on-405], since the gateway takes it away, see #12\n"
	for format, o := range map[string]Options{"text": {Verbose: true}, "junit": {Verbose: true}} {
		if got := string(render(t, format, o, accepted())); !strings.Contains(got, want) {
			t.Errorf("%s has no %q", format, want)
		}
	}
}

func TestFurtherFindingsAreCounted(t *testing.T) {
	var scenarios []finding.Scenario
	for i := range finding.MaxGroups + 5 {
		s := step("a", i, finding.Passed, []finding.Finding{weak(0)}, exchanged("GET", "/", 200, ""))
		s.Endpoint = "GET /" + commas(i)
		scenarios = append(scenarios, scenario("b", s))
	}
	got := string(render(t, "text", Options{}, runOf(scenarios...)))
	for _, want := range []string{" ×200\n", "\n    … and 190 more endpoints\n", "\n  … and 5 more findings of severity warning\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in the report", want)
		}
	}
	if got := string(render(t, "json", Options{}, runOf(scenarios...))); !strings.Contains(got, `"ungrouped":{"warning":5}`) {
		t.Error("the json report does not count them")
	}
}
