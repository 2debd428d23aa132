package rule

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// markdownBegin takes the summary of the rules.
const markdownBegin = `# The rulebook

probe holds every answer against %s. ` + "`probe rules --format markdown`" + ` writes this page.

Each rule is told with its severity, what its demand rests on, how it is seen, what is checked, what is excepted (where it keeps silent,
or weighs less or more), what of it is not decided and why, a wrong and a right exchange, and what to change in the service. What probe
cannot tell from outside, or does not look at yet, is never reported. A rule that rests on the guide or on practice alone weighs less in
profile rfc; where that is so the page says it. Under ` + "`rules:`" + ` in a suite or step a severity is set by the name of the rule or of its topic.

`

// WriteMarkdown writes all that is said of the rules as one page of Markdown:
// an index, then the rules topic by topic under headings that are the names of
// topics and rules, so that #allow-on-405 leads to a rule.
func WriteMarkdown(w io.Writer, rules []Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, markdownBegin, Summary(rules))
	for topic, of := range ByTopic(rules) {
		links := make([]string, len(of))
		for i, r := range of {
			links[i] = fmt.Sprintf("[%s](#%s)", r.ID, r.ID)
		}
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", topic, topic, strings.Join(links, ", "))
	}
	for topic, of := range ByTopic(rules) {
		fmt.Fprintf(&b, "\n## %s\n", topic)
		for _, r := range of {
			r.markdown(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Rule) markdown(b *strings.Builder) {
	severity := r.Severity.String()
	if s := r.InRFC(); s != r.Severity {
		severity += " (" + s.String() + " in profile rfc)"
	}
	if r.Optional {
		severity = "off until set by the name of the rule, then " + severity
	}
	fmt.Fprintf(b, "\n### %s\n\n**%s**\n\n", r.ID, prose(r.Title))
	fmt.Fprintf(b, "%s · %s · seen %s", severity, prose(r.Basis), r.SeenWhere())
	if s := r.State(); s != Decided {
		fmt.Fprintf(b, " · %s", stateWords[s])
	}
	fmt.Fprintf(b, "\n\n%s\n", prose(r.Text))
	if r.Silent != "" {
		fmt.Fprintf(b, "\nExcept: %s\n", prose(r.Silent))
	}
	if r.Undecided != "" {
		fmt.Fprintf(b, "\nNot decided: %s\n", prose(r.Undecided))
	}
	fmt.Fprintf(b, "\n```text\nwrong  %s\nright  %s\n```\n\nMend: %s.\n\n", r.Bad, r.Good, prose(r.Mend))
	cites := make([]string, len(r.Spec))
	for i, section := range r.Spec {
		cites[i] = cite(section)
	}
	fmt.Fprintf(b, "Sections: %s\n", strings.Join(cites, ", "))
}

// stateWords says in a sentence what is not decided in full.
var stateWords = map[State]string{InPart: "decided in part", Undecided: "undecided"}

// Summary counts rules by severity and by state: "3 rules in 2 topics: 1
// error, 2 warnings; 2 decided, 1 in part".
func Summary(rules []Rule) string {
	if len(rules) == 0 {
		return "no rules"
	}
	groups := 0
	for range ByTopic(rules) {
		groups++
	}
	var levels []string
	for _, level := range [...]finding.Severity{finding.Error, finding.Warning, finding.Info} {
		n := 0
		for _, r := range rules {
			if r.Severity == level && !r.Optional {
				n++
			}
		}
		switch {
		case n == 0:
		case level == finding.Info:
			levels = append(levels, fmt.Sprintf("%d info", n))
		default:
			levels = append(levels, count(n, level.String()))
		}
	}
	optional := slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return !r.Optional })
	if len(optional) > 0 {
		levels = append(levels, fmt.Sprintf("%d off by default", len(optional)))
	}
	var states []string
	for _, state := range [...]State{Decided, InPart, Undecided} {
		n := 0
		for _, r := range rules {
			if r.State() == state {
				n++
			}
		}
		if n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, state))
		}
	}
	return fmt.Sprintf("%s in %s: %s; %s", count(len(rules), "rule"), count(groups, "topic"), strings.Join(levels, ", "), strings.Join(states, ", "))
}

func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

var sectionOfRFC = regexp.MustCompile(`^RFC ([0-9]+) §([0-9]+(?:\.[0-9]+)*)`)

// cite links a section of an RFC to its text; of several it is the first.
func cite(section string) string {
	m := sectionOfRFC.FindStringSubmatch(section)
	if m == nil {
		return prose(section)
	}
	return fmt.Sprintf("[%s](https://www.rfc-editor.org/rfc/rfc%s#section-%s)", prose(section), m[1], m[2])
}

// special is what has a meaning to Markdown within a line.
var special = regexp.MustCompile("[\\\\`*_<>\\[\\]|~&$]")

// prose makes a text stand for itself.
func prose(s string) string { return special.ReplaceAllString(s, `\$0`) }
