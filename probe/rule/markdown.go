package rule

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"httpprobe/probe/finding"
)

// markdownBegin takes the summary of the rules.
const markdownBegin = `# The rulebook

probe holds every answer against %s. ` + "`probe rules --format markdown`" + ` writes this page.

Each rule is told with its severity, what its demand rests on, how it is seen, what is checked, what is excepted (where it keeps silent,
or weighs less or more), a wrong and a right exchange, and what to change in the service. A rule that rests on the guide or on practice
alone weighs less in profile rfc; where that is so the page says it. Under ` + "`rules:`" + ` in a suite or step a severity is set by the name
of the rule or of its topic.

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
	fmt.Fprintf(b, "\n### %s\n\n**%s**\n\n", r.ID, prose(r.Title))
	fmt.Fprintf(b, "%s · %s · seen %s\n\n%s\n", severity, prose(r.Basis), r.SeenWhere(), prose(r.Text))
	if r.Silent != "" {
		fmt.Fprintf(b, "\nExcept: %s\n", prose(r.Silent))
	}
	fmt.Fprintf(b, "\n```text\nwrong  %s\nright  %s\n```\n\nMend: %s.\n\n", r.Bad, r.Good, prose(r.Mend))
	cites := make([]string, len(r.Spec))
	for i, section := range r.Spec {
		cites[i] = cite(section)
	}
	fmt.Fprintf(b, "Sections: %s\n", strings.Join(cites, ", "))
}

// Summary counts rules: "3 rules in 2 topics: 1 error, 2 warnings".
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
			if r.Severity == level {
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
	return fmt.Sprintf("%s in %s: %s", count(len(rules), "rule"), count(groups, "topic"), strings.Join(levels, ", "))
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
