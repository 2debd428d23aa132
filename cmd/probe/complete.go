package main

import (
	"strings"

	"github.com/spf13/cobra"

	"httpprobe/reports"
)

// formatNames lists the formats of --report.
func formatNames() string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// scenarioFiles completes arguments of commands that take scenario files.
func scenarioFiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// reportFormats completes the format of --report.
func reportFormats(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, f := range reports.Formats() {
		out = append(out, cobra.CompletionWithDesc(f.Name+"=", f.Text))
	}
	return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
