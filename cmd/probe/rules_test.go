package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// printed gives what a command line writes to standard output.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := execute(args, strings.NewReader(""), &out, &errs, nil); got != exitPassed {
		t.Fatalf("probe %s: exit %d\n%s", strings.Join(args, " "), got, errs.String())
	}
	return out.String()
}

func TestRulesTableHasEveryRule(t *testing.T) {
	out := printed(t, "rules")
	for _, r := range rule.Book() {
		severity := r.Severity
		if r.Optional {
			severity = finding.Off
		}
		row := regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(r.ID) + ` +` + severity.String() + ` .*  ` + string(r.State()) + ` +` + regexp.QuoteMeta(r.Title) + `$`)
		if n := len(row.FindAllString(out, -1)); n != 1 {
			t.Errorf("%d rows for %s", n, r.ID)
		}
	}
	if !strings.HasSuffix(out, "\n\n"+rule.Summary(rule.Book())+"\n") {
		t.Errorf("it ends in %q", out[max(0, len(out)-100):])
	}
}

func TestRulesJSONSaysAllOfEveryRule(t *testing.T) {
	d := json.NewDecoder(strings.NewReader(printed(t, "rules", "--format", "json")))
	d.DisallowUnknownFields()
	var got []struct {
		ID, Topic, Title, Severity, State, Basis, Text, Except, Undecided, Wrong, Right, Mend string
		SeverityRFC                                                                           string `json:"severity_rfc"`
		Optional                                                                              bool
		Seen, Cites                                                                           []string
		When                                                                                  struct {
			Statuses, Classes []int
			Methods, Fields   []string
		}
	}
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	book := rule.Book()
	if len(got) != len(book) {
		t.Fatalf("%d rules, the book has %d", len(got), len(book))
	}
	for i, r := range book {
		g := got[i]
		if g.Optional != r.Optional {
			t.Errorf("%s: optional is %t", r.ID, g.Optional)
		}
		texts := [][2]string{
			{g.ID, r.ID}, {g.Topic, string(r.Topic)}, {g.Title, r.Title}, {g.Severity, r.Severity.String()}, {g.Basis, r.Basis}, {g.Text, r.Text},
			{g.Except, r.Silent}, {g.Wrong, r.Bad}, {g.Right, r.Good}, {g.Mend, r.Mend}, {g.SeverityRFC, r.InRFC().String()}, {g.State, string(r.State())}, {g.Undecided, r.Undecided},
			{strings.Join(g.Cites, "\n"), strings.Join(r.Spec, "\n")},
		}
		for _, pair := range texts {
			if pair[0] != pair[1] {
				t.Errorf("%s: %q, want %q", r.ID, pair[0], pair[1])
			}
		}
		if len(g.Seen) != len(r.Seen) || len(g.When.Statuses) != len(r.When.Statuses) || len(g.When.Classes) != len(r.When.Classes) ||
			len(g.When.Methods) != len(r.When.Methods) || len(g.When.Fields) != len(r.When.Fields) {
			t.Errorf("%s: seen and when are %v, %v", r.ID, g.Seen, g.When)
		}
	}
}

func TestRulesMarkdownIsTheShippedPage(t *testing.T) {
	want, err := os.ReadFile("../../probe/rule/RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	if printed(t, "rules", "--format", "markdown") != string(want) {
		t.Error("probe/rule/RULES.md is another page: go test ./probe/rule -update writes it")
	}
}

func TestExplainSaysAllOfEveryRule(t *testing.T) {
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, r := range rule.Book() {
		out := printed(t, "explain", r.ID)
		for _, text := range []string{r.Title, r.Basis, string(r.Topic), r.SeenWhere(), r.Text, r.Silent, string(r.State()), r.Undecided, r.Bad, r.Good, r.Mend, strings.Join(r.Spec, ", ")} {
			if !strings.Contains(words(out), words(text)) {
				t.Errorf("%s: %q is missing", r.ID, text)
			}
		}
		for line := range strings.Lines(out) {
			if n := len([]rune(line)); n > usageWidth+1 && strings.Contains(strings.TrimSpace(line[partIndent:]), " ") && !strings.HasPrefix(line, r.ID) {
				t.Errorf("%s: a line of %d characters: %s", r.ID, n, line)
			}
		}
	}
}
