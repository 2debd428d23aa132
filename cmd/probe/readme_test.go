package main

import (
	"bytes"
	"fmt"
	"httpprobe/probe/demo"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
)

// readme is the text of the README.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks gives the fenced blocks of that language.
func blocks(text, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestReadmeTour writes the files of the README and runs its commands, in
// order, against the demo API.
func TestReadmeTour(t *testing.T) {
	text := readme(t)
	url, stop, err := serveDemo(t.Context(), demo.Fault{})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	address := strings.TrimPrefix(url, "http://")
	t.Chdir(t.TempDir())
	for _, block := range blocks(text, "yaml") {
		name, ok := strings.CutPrefix(strings.SplitN(block, "\n", 2)[0], "# file: ")
		if !ok {
			continue
		}
		block = strings.ReplaceAll(block, "127.0.0.1:8080", address)
		if err := os.WriteFile(name, []byte(block), 0o644); err != nil {
			t.Fatal(err)
		}
		expectExit(t, []string{"validate", name}, 0)
	}
	expectExit(t, []string{"run", "format.yaml"}, 0)
	expectExit(t, []string{"run", "settings.yaml"}, 0)
	ran := 0
	for _, block := range blocks(text, "console") {
		for line := range strings.Lines(block) {
			command, comment, _ := strings.Cut(strings.TrimSpace(line), " #")
			words, ok := strings.CutPrefix(command, "$ probe ")
			if !ok {
				t.Errorf("%q is no command", line)
				continue
			}
			want := 0
			if strings.Contains(comment, "exit status 1") {
				want = 1
			}
			words = strings.ReplaceAll(strings.ReplaceAll(words, "'", ""), "127.0.0.1:8080", address)
			expectExit(t, strings.Fields(words), want)
			ran++
		}
	}
	if ran < 6 {
		t.Errorf("only %d commands were found", ran)
	}
	if _, err := os.Stat("results.xml"); err != nil {
		t.Error(err)
	}
}

func expectExit(t *testing.T, args []string, want int) {
	t.Helper()
	var out bytes.Buffer
	if got := execute(args, strings.NewReader(""), &out, &out, nil); got != want {
		t.Errorf("probe %s: exit %d, want %d\n%s", strings.Join(args, " "), got, want, out.String())
	}
}

// TestReadmeRules holds the tables about rules against the book.
func TestReadmeRules(t *testing.T) {
	var counts, rules strings.Builder
	sum := map[rule.State]int{}
	for topic, of := range rule.ByTopic(rule.Book()) {
		states := map[rule.State]int{}
		for _, r := range of {
			severity := r.Severity
			if r.Optional {
				severity = finding.Off
			}
			fmt.Fprintf(&rules, "| `%s` | %s | %s | %s | %s |\n", r.ID, severity, seenWords(r), r.State(), strings.ReplaceAll(r.Title, "|", `\|`))
			states[r.State()]++
			sum[r.State()]++
		}
		fmt.Fprintf(&counts, "| %s | %d | %d | %d | %d |\n", topic, len(of), states[rule.Decided], states[rule.InPart], states[rule.Undecided])
	}
	fmt.Fprintf(&counts, "| all | %d | %d | %d | %d |\n", len(rule.Book()), sum[rule.Decided], sum[rule.InPart], sum[rule.Undecided])
	tables := []struct{ head, rows string }{
		{"| topic | rules | decided | in part | undecided |\n| --- | --- | --- | --- | --- |\n", counts.String()},
		{"| rule | severity | seen | state | demands |\n| --- | --- | --- | --- | --- |\n", rules.String()},
	}
	for _, table := range tables {
		text := readme(t)
		if strings.Contains(text, table.head+table.rows+"\n") {
			continue
		}
		if !*update {
			t.Errorf("a table in the README is not that of the book; -update rewrites it: %s", table.head)
			continue
		}
		before, after, found := strings.Cut(text, table.head)
		if !found {
			t.Fatalf("the README has no table with the head %s", table.head)
		}
		_, after, _ = strings.Cut(after, "\n\n")
		if err := os.WriteFile("../../README.md", []byte(before+table.head+table.rows+"\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadmeMatchers looks for each matcher in the README.
func TestReadmeMatchers(t *testing.T) {
	text := readme(t)
	named := regexp.MustCompile("`(\\$[a-z0-9-]+)`").FindAllStringSubmatch(text, -1)
	for _, w := range match.Words() {
		if !slices.ContainsFunc(named, func(m []string) bool { return m[1] == w.Name }) {
			t.Errorf("the README does not name %s", w.Name)
		}
	}
}
