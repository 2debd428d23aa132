package rule

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"httpprobe/probe/finding"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestEveryRuleFiresAndKeepsSilent is what makes a rule worth having: each has
// exchanges that it reports and exchanges that it must not report, and one
// that says where it is silent or milder shows that too.
func TestEveryRuleFiresAndKeepsSilent(t *testing.T) {
	ix := NewIndex(Book())
	for _, r := range Book() {
		t.Run(r.ID, func(t *testing.T) {
			bad, good, milder := 0, 0, 0
			for _, c := range casesOf(t, r.ID) {
				reports := slices.DeleteFunc(c.run(t, ix), func(found Report) bool { return found.Rule.ID != r.ID })
				switch {
				case strings.HasPrefix(c.name, "good-"):
					good++
					for _, found := range reports {
						t.Errorf("%s: reported: %s", c.name, found.Message)
					}
					continue
				case strings.HasPrefix(c.name, "bad-"):
					bad++
				default:
					t.Errorf("%s: neither bad- nor good-", c.name)
				}
				want := wantedSeverity(c, r)
				if want != r.Severity {
					milder++
				}
				if len(reports) != c.count {
					t.Errorf("%s: %d reports, want %d: %v", c.name, len(reports), c.count, messages(reports))
				}
				for _, found := range reports {
					if found.Severity != want {
						t.Errorf("%s: severity %s, want %s: %s", c.name, found.Severity, want, found.Message)
					}
				}
				if !strings.Contains(strings.Join(messages(reports), "\n"), c.contains) {
					t.Errorf("%s: no message contains %q: %v", c.name, c.contains, messages(reports))
				}
			}
			if r.State() == Undecided {
				if bad+good > 0 {
					t.Errorf("%d files for a rule without a check", bad+good)
				}
				return
			}
			if bad == 0 || good == 0 {
				t.Errorf("%d files that it reports, %d that it does not: want both", bad, good)
			}
			if r.Silent != "" && good+milder < 2 {
				t.Errorf("it says where it is silent or milder, but no file shows it")
			}
		})
	}
}

func messages(reports []Report) []string {
	var out []string
	for _, r := range reports {
		out = append(out, r.Message)
	}
	return out
}

func TestDataBelongsToRules(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if _, ok := Find(filepath.Base(dir)); !ok {
			t.Errorf("%s is for no rule", dir)
		}
	}
}

// TestReports pins every message on every case, so that a rule that speaks up
// where it did not before is seen.
func TestReports(t *testing.T) {
	ix := NewIndex(Book())
	var out strings.Builder
	for _, r := range Book() {
		for _, c := range casesOf(t, r.ID) {
			fmt.Fprintf(&out, "%s/%s\n", r.ID, c.name)
			for _, found := range c.run(t, ix) {
				if found.Rule.ID == "date-present" && r.ID != "date-present" {
					continue // most cases leave Date out, to be short
				}
				fmt.Fprintf(&out, "\t%s %s %s: %s\n", found.Severity, found.Rule.ID, found.Path, found.Message)
			}
		}
	}
	golden(t, "testdata/reports.golden", out.String())
}

func TestBook(t *testing.T) {
	var out strings.Builder
	for _, r := range Book() {
		rfc := ""
		if s := r.InRFC(); s != r.Severity {
			rfc = " (rfc: " + s.String() + ")"
		}
		fmt.Fprintf(&out, "%s\n\t%s%s · %s · %v · %s · %s\n\t%s\n", r.ID, r.Severity, rfc, r.Basis, r.Seen, r.Topic, r.State(), strings.Join(r.Spec, "; "))
	}
	golden(t, "testdata/book.golden", out.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date: look at what changed with -update and git diff", file)
	}
}

func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Book() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		for name, text := range map[string]string{
			"ID": r.ID, "Topic": string(r.Topic), "Title": r.Title, "Basis": r.Basis, "Text": r.Text, "Mend": r.Mend, "Bad": r.Bad, "Good": r.Good,
		} {
			if text == "" || text != strings.TrimSpace(text) {
				t.Errorf("%s: %s is missing or has space around it", r.ID, name)
			}
		}
		if !slices.Contains(topics, r.Topic) {
			t.Errorf("%s: unknown topic %q", r.ID, r.Topic)
		}
		for name, text := range map[string]string{"Title": r.Title, "Mend": r.Mend} {
			// A field or method at the beginning keeps its capital.
			if strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s: %s is not one clause without a full stop: %s", r.ID, name, text)
			}
		}
		if first := strings.Fields(r.Title)[0]; unicode.IsUpper(rune(first[0])) && !slices.Contains(proper, first) {
			t.Errorf("%s: title begins with a capital: %s", r.ID, r.Title)
		}
		for name, text := range map[string]string{"Text": r.Text, "Silent": r.Silent, "Undecided": r.Undecided} {
			if text != strings.TrimSpace(text) {
				t.Errorf("%s: %s has space around it", r.ID, name)
			}
			if text != "" && !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s does not end in a full stop", r.ID, name)
			}
		}
		if r.Severity == finding.Off || len(r.Seen) == 0 || len(r.Spec) == 0 {
			t.Errorf("%s: severity, seen or spec is missing", r.ID)
		}
		if r.State() == Undecided && r.Undecided == "" {
			t.Errorf("%s has no check, and does not say why", r.ID)
		}
		if strings.Contains(r.Bad+r.Good, "\n") {
			t.Errorf("%s: examples have more than one line", r.ID)
		}
	}
}

// proper are words that begin a title with a capital.
var proper = []string{"Location", "Allow", "Retry-After", "Content-Length", "Content-Type", "Content-Range", "HEAD", "JSON", "304"}
