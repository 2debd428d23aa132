package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

const explainLong = `Explain a rule: how much it weighs and what it rests on, what is checked, where
it keeps silent or weighs less or more, what of it is not decided and why, a
wrong and a right exchange, what to change in the service, and the sections to
read. A finding names its rule; probe rules lists them all.

A rule that does not fit an API is set to another severity in a suite or step:

  rules: { allow-on-405: warning }     off, info, warning or error`

func newExplain(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "Explain a rule",
		Long:    explainLong,
		Example: "  probe explain allow-on-405",
		Args:    oneRule,
		RunE: func(_ *cobra.Command, args []string) error {
			r, ok := rule.Find(args[0])
			if !ok {
				return unknownRule(args[0])
			}
			if err := writeRule(s.out, r); err != nil {
				return failuref("cannot write to standard output: %s", reason(err))
			}
			return nil
		},
		ValidArgsFunction: ruleNames,
	}
}

func oneRule(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usagef("no rule given: write probe explain allow-on-405; probe rules lists them")
	case len(args) > 1:
		return usagef("probe explain takes one rule, but got %d: %s", len(args), strings.Join(args, " "))
	}
	return nil
}

func unknownRule(name string) error {
	ids, _ := rule.Known()
	topics := topicNames()
	if slices.Contains(topics, name) {
		return usagef("%s is a topic, not a rule; probe rules --topic %s lists its rules", name, name)
	}
	if near := source.Nearest(name, append(ids, topics...)); near != "" {
		return usagef("there is no rule %q; did you mean %s?", name, near)
	}
	return usagef("there is no rule %q; probe rules lists them", name)
}

// ruleNames completes the argument of probe explain.
func ruleNames(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	if len(args) == 0 {
		for _, r := range rule.Book() {
			out = append(out, cobra.CompletionWithDesc(r.ID, r.Title))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// writeRule writes all that is said of a rule.
func writeRule(w io.Writer, r rule.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", r.ID, r.Title)
	for _, part := range [...]struct{ name, text string }{
		{"severity", severityText(r)},
		{"basis", r.Basis},
		{"topic", string(r.Topic)},
		{"seen", r.SeenWhere()},
		{"checked", r.Text},
		{"except", r.Silent},
		{"state", string(r.State())},
		{"undecided", r.Undecided},
		{"wrong", r.Bad},
		{"right", r.Good},
		{"mend", r.Mend},
		{"sections", strings.Join(r.Spec, ", ")},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "%-*s%s\n", partIndent, part.name, wrapped(part.text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func severityText(r rule.Rule) string {
	text := fmt.Sprintf("%s; in profile rfc: %s", r.Severity, r.InRFC())
	if r.Optional {
		text = "off until one is set for the rule by its name; then " + text
	}
	return text
}

// partIndent is where the text of a part begins.
const partIndent = 10

// wrapped breaks a text between words and indents what follows the first line.
func wrapped(text string) string {
	var b strings.Builder
	column := partIndent
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > usageWidth:
			b.WriteString("\n" + strings.Repeat(" ", partIndent))
			column = partIndent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
