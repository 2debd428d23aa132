package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

func failing(message string) finding.Scenario {
	return finding.Scenario{Suite: "Users, all", Name: "a: b", Outcome: finding.Failed, Steps: []finding.Step{{
		Name: "100%", Pos: source.Pos{File: "users.yaml", Line: 7, Column: 3}, Outcome: finding.Failed,
		Findings: []finding.Finding{
			{Rule: "r", Severity: finding.Warning, Message: "only a warning"},
			{Rule: "r", Severity: finding.Error, Message: message, Cites: []string{"RFC 9110 §15.5.6"}, Mend: "send Allow",
				Pos: source.Pos{File: "users.yaml", Line: 9}},
		},
	}}}
}

func TestAnnotations(t *testing.T) {
	var b bytes.Buffer
	a := &annotations{w: &b, place: func(file string) string { return "api/" + file }}
	if err := a.Scenario(failing("50% lost,\r\nsaid: it")); err != nil {
		t.Fatal(err)
	}
	if err := a.End(finding.Summary{}); err != nil {
		t.Fatal(err)
	}
	want := "::error file=api/users.yaml,line=9,title=Users%2C all › a%3A b › 100%25::50%25 lost,%0D%0Asaid: it (RFC 9110 §15.5.6)%0Asend Allow\n" +
		"::warning file=api/users.yaml,line=7,title=Users%2C all › a%3A b › 100%25::only a warning\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestAnnotationsAreFew(t *testing.T) {
	var b bytes.Buffer
	a := &annotations{w: &b, place: func(string) string { return "" }}
	for i := range 30 {
		if err := a.Scenario(failing(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.End(finding.Summary{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != maxAnnotations {
		t.Errorf("%d annotations", n)
	}
	if strings.Contains(b.String(), "::warning") || strings.Contains(b.String(), "file=") {
		t.Errorf("warnings crowd out errors, or a file without a place:\n%s", b.String())
	}
}

func TestInRepository(t *testing.T) {
	tests := []struct{ workspace, folder, file, want string }{
		{"", "/w/api", "a.yaml", "a.yaml"},
		{"/w", "/w/api", "a.yaml", "api/a.yaml"},
		{"/w", "/w/api", "/w/x/a.yaml", "x/a.yaml"},
		{"/w", "/w/api", "../a.yaml", "a.yaml"},
		{"/w", "/w", "../a.yaml", ""},
		{"/w", "/w", "/etc/a.yaml", ""},
	}
	for _, tt := range tests {
		if got := inRepository(tt.workspace, tt.folder)(tt.file); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

func TestJobSummary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary.md")
	if err := os.WriteFile(file, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	j := &jobSummary{file: file}
	if err := j.Scenario(failing("<script> | *x* @someone `y`\n[z](http://evil.example)")); err != nil {
		t.Fatal(err)
	}
	if err := j.End(finding.Summary{Outcome: finding.Failed, Counts: finding.Counts{Scenarios: 1, Steps: 1, Failed: 1}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{
		"before\n## probe: failed\n\n1 scenario, 1 step: 0 passed, 1 failed",
		`| Users, all › a\: b | 100% | only a warning |`,
		"&lt;script&gt; \\| \\*x\\* &#64;someone \\`y\\` \\[z\\]\\(http\\://evil\\.example\\) |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestJobSummaryIsShort(t *testing.T) {
	j := &jobSummary{}
	for range 5000 {
		if err := j.Scenario(failing(strings.Repeat("ü*", 5000))); err != nil {
			t.Fatal(err)
		}
	}
	text := j.text(finding.Summary{Outcome: finding.Failed})
	if len(text) > summaryLimit+2000 || !strings.Contains(text, " more are in the log.") {
		t.Errorf("%d octets", len(text))
	}
}
