package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// maxAnnotations is how many of them GitHub shows for one step of a job.
const maxAnnotations = 10

// annotations is a report for GitHub Actions: workflow commands that show
// findings at the lines of the scenario files they come from.
type annotations struct {
	w        io.Writer
	place    func(file string) string // relative to the repository; "" leaves it out
	errors   []string
	warnings []string
}

func (*annotations) Begin(finding.Header) error { return nil }

func (a *annotations) Scenario(s finding.Scenario) error {
	for _, step := range s.Steps {
		title := strings.Join([]string{s.Suite, s.Name, step.Name}, " › ")
		if step.Outcome == finding.Errored {
			a.add(&a.errors, "error", step.Pos, title, step.Reason)
		}
		for _, f := range step.Findings {
			pos := f.Pos
			if pos.Line == 0 {
				pos = step.Pos
			}
			switch {
			case f.Weight() == finding.Error:
				a.add(&a.errors, "error", pos, title, explain(f))
			case f.Weight() == finding.Warning:
				a.add(&a.warnings, "warning", pos, title, explain(f))
			}
		}
	}
	return nil
}

// End writes errors before warnings, so that these do not crowd them out.
func (a *annotations) End(finding.Summary) error {
	all := append(a.errors, a.warnings...)
	for _, line := range all[:min(len(all), maxAnnotations)] {
		if _, err := io.WriteString(a.w, line); err != nil {
			return err
		}
	}
	return nil
}

func (a *annotations) add(list *[]string, kind string, pos source.Pos, title, message string) {
	if len(*list) == maxAnnotations {
		return
	}
	var where string
	if file := a.place(pos.File); file != "" {
		where = "file=" + escapeProperty(file) + ","
		if pos.Line > 0 {
			where += fmt.Sprintf("line=%d,", pos.Line)
		}
	}
	*list = append(*list, fmt.Sprintf("::%s %stitle=%s::%s\n", kind, where, escapeProperty(title), escapeMessage(message)))
}

// annotationPlace gives the places of scenario files in the repository; those
// that are not local have none.
func annotationPlace(s streams, local bool) func(string) string {
	folder, err := os.Getwd()
	if !local || err != nil {
		return func(string) string { return "" }
	}
	return inRepository(s.getenv("GITHUB_WORKSPACE"), folder)
}

// explain gives a finding with its source and mend.
func explain(f finding.Finding) string {
	out := f.Message
	if len(f.Cites) > 0 {
		out += " (" + strings.Join(f.Cites, ", ") + ")"
	}
	if f.Mend != "" {
		out += "\n" + f.Mend
	}
	return out
}

// escapeMessage escapes the message of a workflow command.
func escapeMessage(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a property of a workflow command.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// inRepository gives the place of a file in the repository that is checked
// out at the workspace.
func inRepository(workspace, folder string) func(string) string {
	return func(file string) string {
		if workspace == "" {
			return filepath.ToSlash(file)
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(folder, file)
		}
		relative, err := filepath.Rel(workspace, file)
		if err != nil || !filepath.IsLocal(relative) {
			return ""
		}
		return filepath.ToSlash(relative)
	}
}
