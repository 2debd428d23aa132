package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

const rulesLong = `List the rules that every answer is held against, topic by topic.

The column SEEN says what shows a violation: one exchange, the octets of a
message, the exchanges of the whole run, a follow-up (a request of probe's own
that only reads, sent with --verify), or a write (one that writes, sent with
--verify=write). STATE says how much of the demand probe decides; probe explain
tells what is left out, and why.

--format markdown writes the whole book as one page. --format json writes one
JSON document to standard output, an array in the order of the book:

  [
    {
      "id": "allow-on-405",
      "topic": "client-errors",
      "title": "whoever gets a 405 is told what is allowed",
      "severity": "error",       error, warning or info
      "severity_rfc": "error",   the same in profile rfc
      "state": "in part",        decided, in part or undecided
      "optional": true,          it is off until a severity is set by its id
      "basis": "MUST",           what the demand rests on, for people
      "seen": ["exchange"],      exchange, octets, follow-up, write, run
      "when": {                  only such exchanges are looked at; each part
        "statuses": [405],       that is given holds
        "classes": [4, 5],       first digits of the status
        "methods": ["GET"],
        "fields": ["Allow"]      the response has one of them
      },
      "text": "A 405 …",         what is checked, and why
      "except": "…",             where it keeps silent, or weighs less or more
      "undecided": "…",          which part, or all, is not decided, and why
      "wrong": "DELETE /users → 405",
      "right": "DELETE /users → 405 + Allow: GET, POST",
      "mend": "…",               what to change in the service
      "cites": ["RFC 9110 §15.5.6", "RFC 9110 §10.2.1"]
    }
  ]

What a rule does not have is left out: optional, when and its parts, except,
undecided.`

// ruleDocument is one rule in the JSON document of probe rules.
type ruleDocument struct {
	ID          string           `json:"id"`
	Topic       rule.Topic       `json:"topic"`
	Title       string           `json:"title"`
	Severity    finding.Severity `json:"severity"`
	SeverityRFC finding.Severity `json:"severity_rfc"`
	State       rule.State       `json:"state"`
	Optional    bool             `json:"optional,omitempty"`
	Basis       string           `json:"basis"`
	Seen        []string         `json:"seen"`
	When        ruleWhen         `json:"when,omitzero"`
	Text        string           `json:"text"`
	Except      string           `json:"except,omitempty"`
	Undecided   string           `json:"undecided,omitempty"`
	Wrong       string           `json:"wrong"`
	Right       string           `json:"right"`
	Mend        string           `json:"mend"`
	Cites       []string         `json:"cites"`
}

type ruleWhen struct {
	Statuses []int    `json:"statuses,omitempty"`
	Classes  []int    `json:"classes,omitempty"`
	Methods  []string `json:"methods,omitempty"`
	Fields   []string `json:"fields,omitempty"`
}

type rulesFlags struct {
	format string
	topic  rule.Topic
}

func newRules(s streams) *cobra.Command {
	flags := rulesFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules that answers are held against",
		Long:  rulesLong,
		Example: `  probe rules
  probe rules --topic caching
  probe rules --format json > rules.json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := applySettings(cmd, s); err != nil {
				return err
			}
			return flags.run(s)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().Var(single(&flags.format, "FORMAT", "text", oneOf("text", "json", "markdown")), "format", "text, json or markdown")
	cmd.Flags().Var(single(&flags.topic, "TOPIC", "", parseTopic), "topic", "only the rules of this topic, such as caching")
	if err := cmd.RegisterFlagCompletionFunc("topic", ruleTopics); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

// topicNames are the topics that have rules, in the order of the book.
func topicNames() []string {
	var out []string
	for topic := range rule.ByTopic(rule.Book()) {
		out = append(out, string(topic))
	}
	return out
}

func parseTopic(s string) (rule.Topic, error) {
	topics := topicNames()
	if slices.Contains(topics, s) {
		return rule.Topic(s), nil
	}
	near := ""
	if n := source.Nearest(s, topics); n != "" {
		near = "did you mean " + n + "? "
	}
	return "", fmt.Errorf("%q is not a topic of the rules; %sthere are %s", s, near, strings.Join(topics, ", "))
}

// ruleTopics completes the value of --topic.
func ruleTopics(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return topicNames(), cobra.ShellCompDirectiveNoFileComp
}

func (f *rulesFlags) run(s streams) error {
	rules := rule.Book()
	if f.topic != "" {
		rules = slices.DeleteFunc(rules, func(r rule.Rule) bool { return r.Topic != f.topic })
	}
	write := writeRules
	switch f.format {
	case "json":
		write = writeRulesJSON
	case "markdown":
		write = rule.WriteMarkdown
	}
	if err := write(s.out, rules); err != nil {
		return failuref("cannot write to standard output: %s", reason(err))
	}
	return nil
}

// writeRules writes the table for people.
func writeRules(w io.Writer, rules []rule.Rule) error {
	id, seen := 0, 0
	for _, r := range rules {
		id, seen = max(id, len(r.ID)), max(seen, len(seenWords(r)))
	}
	var b strings.Builder
	row := func(name, severity, where, state, title string) {
		fmt.Fprintf(&b, "  %-*s  %-8s  %-*s  %-9s  %s\n", id, name, severity, seen, where, state, title)
	}
	row("RULE", "SEVERITY", "SEEN", "STATE", "DEMANDS")
	for topic, of := range rule.ByTopic(rules) {
		fmt.Fprintf(&b, "\n%s\n", topic)
		for _, r := range of {
			severity := r.Severity
			if r.Optional {
				severity = finding.Off
			}
			row(r.ID, severity.String(), seenWords(r), string(r.State()), r.Title)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", rule.Summary(rules))
	_, err := io.WriteString(w, b.String())
	return err
}

func seenWords(r rule.Rule) string { return strings.Join(sightWords(r.Seen), ", ") }

func sightWords(seen []rule.Sight) []string {
	words := make([]string, len(seen))
	for i, sight := range seen {
		words[i] = sight.Word()
	}
	return words
}

func writeRulesJSON(w io.Writer, rules []rule.Rule) error {
	out := make([]ruleDocument, len(rules))
	for i, r := range rules {
		out[i] = ruleDocument{
			ID: r.ID, Topic: r.Topic, Title: r.Title, Severity: r.Severity, SeverityRFC: r.InRFC(), State: r.State(), Optional: r.Optional, Basis: r.Basis,
			Seen: sightWords(r.Seen), When: ruleWhen(r.When), Text: r.Text, Except: r.Silent, Undecided: r.Undecided, Wrong: r.Bad, Right: r.Good,
			Mend: r.Mend, Cites: r.Spec,
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
