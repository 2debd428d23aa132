package rule

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"httpprobe/probe/finding"
)

func TestMarkdown(t *testing.T) {
	var out strings.Builder
	if err := WriteMarkdown(&out, Book()); err != nil {
		t.Fatal(err)
	}
	golden(t, "RULES.md", out.String())

	headings := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^##+ (.*)$`).FindAllStringSubmatch(out.String(), -1) {
		headings[m[1]]++
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(out.String(), -1)
	if len(links) != len(headings) || len(links) <= len(Book()) {
		t.Errorf("%d links to %d headings", len(links), len(headings))
	}
	for _, m := range links {
		if headings[m[1]] != 1 {
			t.Errorf("#%s is the anchor of %d headings", m[1], headings[m[1]])
		}
	}
}

func TestMarkdownOfARule(t *testing.T) {
	r := Rule{
		ID: "r", Topic: Caching, Title: "a *star*", Severity: finding.Warning, Basis: "guide", Seen: []Sight{OneExchange, AcrossRun},
		Spec: []string{"RFC 9110 §15.5.12–§15.5.18", "guide (429)"}, Text: "Use <URI> | `x`.", Silent: "Never [so].", Mend: "send x_y",
		Bad: "a *b*", Good: "a <b>", Check: func(*Pass) {},
	}
	const want = "## caching\n\n### r\n\n**a \\*star\\***\n\n" +
		"warning (info in profile rfc) · guide · seen in one exchange, or across the exchanges of a run\n\n" +
		"Use \\<URI\\> \\| \\`x\\`.\n\nExcept: Never \\[so\\].\n\n" +
		"```text\nwrong  a *b*\nright  a <b>\n```\n\nMend: send x\\_y.\n\n" +
		"Sections: [RFC 9110 §15.5.12–§15.5.18](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.12), guide (429)\n"
	optional := r
	optional.ID, optional.Optional = "o", true
	var off strings.Builder
	if err := WriteMarkdown(&off, []Rule{optional}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(off.String(), "\noff until set by the name of the rule, then warning (info") || !strings.Contains(off.String(), "1 rule in 1 topic: 1 off by default; 1 decided.") {
		t.Errorf("got %s", off.String())
	}
	var out strings.Builder
	if err := WriteMarkdown(&out, []Rule{r}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), want) || !strings.Contains(out.String(), "against 1 rule in 1 topic: 1 warning; 1 decided.") {
		t.Errorf("got %s", out.String())
	}
}

func TestMarkdownTellsWhatIsNotDecided(t *testing.T) {
	part := Rule{ID: "p", Topic: Caching, Severity: finding.Info, Undecided: "A *part*.", Check: func(*Pass) {}}
	all := Rule{ID: "a", Topic: Caching, Severity: finding.Info, Undecided: "All of it."}
	var out strings.Builder
	if err := WriteMarkdown(&out, []Rule{part, all}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{" · decided in part\n", " · undecided\n", "\nNot decided: A \\*part\\*.\n", "\nNot decided: All of it.\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in %s", want, out.String())
		}
	}
}

type full struct{}

var errFull = errors.New("the disk is full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestMarkdownTellsThatItCannotWrite(t *testing.T) {
	if err := WriteMarkdown(full{}, Book()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func TestSummary(t *testing.T) {
	check := func(*Pass) {}
	rules := []Rule{
		{Topic: Caching, Severity: finding.Error, Check: check}, {Topic: Caching, Severity: finding.Info, Check: check, Undecided: "a part."},
		{Topic: Status, Severity: finding.Error, Undecided: "all."}, {Topic: Caching, Severity: finding.Info, Check: check},
		{Topic: CORS, Severity: finding.Warning, Check: check},
	}
	tests := []struct {
		rules []Rule
		want  string
	}{
		{rules, "5 rules in 3 topics: 2 errors, 1 warning, 2 info; 3 decided, 1 in part, 1 undecided"},
		{rules[:1], "1 rule in 1 topic: 1 error; 1 decided"},
		{nil, "no rules"},
	}
	for _, test := range tests {
		if got := Summary(test.rules); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestByTopicLeavesNothingOut(t *testing.T) {
	n := 0
	for topic, of := range ByTopic(Book()) {
		for _, r := range of {
			if r.Topic != topic {
				t.Errorf("%s of %s stands under %s", r.ID, r.Topic, topic)
			}
			if r.ID != Book()[n].ID {
				t.Errorf("%s stands where the book has %s", r.ID, Book()[n].ID)
			}
			n++
		}
	}
	if n != len(Book()) {
		t.Errorf("%d rules, the book has %d", n, len(Book()))
	}
}

func TestEveryWayOfObservingHasWords(t *testing.T) {
	for _, r := range Book() {
		for _, s := range r.Seen {
			if s.Word() == "" || !strings.Contains(r.SeenWhere(), sights[s].text) {
				t.Errorf("%s: no words for %q", r.ID, s)
			}
		}
	}
}
