package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/finding"
)

// summaryLimit is how many octets are added to the summary of a job, of which
// GitHub takes 1 MiB and nothing when it is longer.
const summaryLimit = 256 << 10

// jobSummary is a report for GitHub Actions: Markdown that is added to the
// summary of the job.
type jobSummary struct {
	file string
	rows strings.Builder
	left int // rows that found no room
}

func (*jobSummary) Begin(finding.Header) error { return nil }

func (j *jobSummary) Scenario(s finding.Scenario) error {
	for _, step := range s.Steps {
		var what []string
		switch step.Outcome {
		case finding.Errored:
			what = append(what, step.Reason)
		case finding.Failed:
			for _, f := range step.Findings {
				if f.Weight() >= finding.Warning {
					what = append(what, f.Message)
				}
			}
		}
		for _, text := range what {
			row := fmt.Sprintf("| %s | %s | %s |\n", markdown(s.Suite+" › "+s.Name), markdown(step.Name), markdown(text))
			if j.rows.Len()+len(row) > summaryLimit {
				j.left++
				continue
			}
			j.rows.WriteString(row)
		}
	}
	return nil
}

// End adds to the file; other steps of the job may have written to it.
func (j *jobSummary) End(sum finding.Summary) error {
	f, err := os.OpenFile(j.file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(j.text(sum))
	return errors.Join(err, f.Close())
}

func (j *jobSummary) text(sum finding.Summary) string {
	var b strings.Builder
	word := "passed"
	if sum.Outcome >= finding.Failed {
		word = "failed"
	}
	fmt.Fprintf(&b, "## probe: %s\n\n%s, %s: %d passed, %d failed, %d could not be carried out, %d skipped",
		word, count(sum.Scenarios, "scenario"), count(sum.Steps, "step"), sum.Passed, sum.Failed, sum.Errors, sum.Skipped)
	if sum.Warnings > 0 {
		b.WriteString(", " + count(sum.Warnings, "warning"))
	}
	b.WriteString(".\n\n")
	if sum.Interrupted != "" {
		fmt.Fprintf(&b, "The run was stopped early: %s.\n\n", markdown(sum.Interrupted))
	}
	if j.rows.Len() > 0 {
		b.WriteString("| scenario | step | what is wrong |\n| --- | --- | --- |\n" + j.rows.String())
	}
	if j.left > 0 {
		fmt.Fprintf(&b, "\n%d more are in the log.\n", j.left)
	}
	return b.String() + "\n"
}

// maxCell is how many runes of a text stand in a table.
const maxCell = 500

// markdown makes a text of a server or file stand for itself in a table.
func markdown(s string) string {
	s = printable(strings.ReplaceAll(s, "\n", " "))
	if utf8.RuneCountInString(s) > maxCell {
		s = string([]rune(s)[:maxCell]) + "…"
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;") // no mention of a person
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~:$", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
