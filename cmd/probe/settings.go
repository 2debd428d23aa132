package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// settingsFile holds a project's defaults.
const settingsFile = "probe.yaml"

// level says where a flag's value came from; the higher wins.
type level uint8

const (
	byDefault level = iota
	byFile
	byEnvironment
	byFlag
)

// applySettings gives the flags that are not on the command line their values
// from the environment and from probe.yaml, and says where each came from.
func applySettings(cmd *cobra.Command, s streams) (map[string]level, error) {
	defaults, err := readSettings(cmd, s)
	if err != nil {
		return nil, err
	}
	noteMisspelt(cmd.Root(), s)
	levels := map[string]level{}
	env := s.env()
	var problems []source.Problem
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !isSetting(f) {
			return
		}
		if f.Changed {
			levels[f.Name] = byFlag
		}
		variable := variableOf(f.Name)
		if text := env[variable]; text != "" && failed == nil {
			failed = below(f, levels, byEnvironment, func() error {
				for _, one := range splitValues(f, text) {
					if err := f.Value.Set(one); err != nil {
						return usagef("%s: %s", variable, valueError(f, one, err))
					}
				}
				return nil
			})
		}
		if setting, given := defaults.of(f.Name); given {
			// What is wrong is told as a problem, with its place.
			_ = below(f, levels, byFile, func() error {
				problems = append(problems, setFromFile(f, setting.Values)...)
				return nil
			})
		}
	})
	if failed == nil && len(problems) > 0 {
		defaults.file.Annotate(problems)
		failed = s.refuse(problems, settingsFile)
	}
	return levels, failed
}

// below sets a flag unless a higher level did, or under what it set.
func below(f *pflag.Flag, levels map[string]level, l level, set func() error) error {
	joined, ok := f.Value.(pairsValue)
	switch {
	case ok:
		return joined.under(set)
	case levels[f.Name] > l:
		return nil
	}
	levels[f.Name] = l
	return set()
}

func setFromFile(f *pflag.Flag, texts []source.Text) []source.Problem {
	var problems []source.Problem
	if len(texts) > 1 && !isRepeatable(f) {
		problems = append(problems, source.Problem{Pos: texts[1].Pos, Width: utf8.RuneCountInString(texts[1].Text),
			Text: f.Name + " takes one value, not a list"})
		texts = texts[:1]
	}
	for _, t := range texts {
		if err := f.Value.Set(t.Text); err != nil {
			problems = append(problems, source.Problem{Pos: t.Pos, Width: utf8.RuneCountInString(t.Text), Text: f.Name + ": " + valueError(f, t.Text, err)})
		}
	}
	return problems
}

// settings is what probe.yaml says.
type settings struct {
	file source.File
	list []scenario.Setting
}

func (s settings) of(flag string) (scenario.Setting, bool) {
	i := slices.IndexFunc(s.list, func(one scenario.Setting) bool { return one.Name.Text == flag })
	if i < 0 {
		return scenario.Setting{}, false
	}
	return s.list[i], true
}

// readSettings reads probe.yaml, if there is one.
func readSettings(cmd *cobra.Command, s streams) (settings, error) {
	data, err := os.ReadFile(settingsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return settings{}, nil
	}
	if err != nil {
		return settings{}, usagef("cannot read %s: %s", settingsFile, reason(err))
	}
	out := settings{file: source.File{Name: settingsFile, Data: data}}
	var problems []source.Problem
	out.list, problems = scenario.ParseSettings(out.file)
	known := slices.Sorted(maps.Keys(settable(cmd.Root())))
	for _, setting := range out.list {
		if !slices.Contains(known, setting.Name.Text) {
			problems = append(problems, unknownSetting(setting.Name, known))
		}
	}
	if len(problems) == 0 {
		return out, nil
	}
	out.file.Annotate(problems)
	return out, s.refuse(problems, settingsFile)
}

func unknownSetting(name source.Text, known []string) source.Problem {
	hint := source.DidYouMean(name.Text, known)
	if hint == "" {
		hint = "settings are the names of flags, such as base-url"
	}
	return source.Problem{Pos: name.Pos, Width: utf8.RuneCountInString(name.Text), Text: fmt.Sprintf("unknown setting %q", name.Text), Hint: hint}
}

// settable gives the flags of all commands that can be set from outside.
func settable(root *cobra.Command) map[string]bool {
	known := map[string]bool{}
	for _, c := range root.Commands() {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if isSetting(f) {
				known[f.Name] = true
			}
		})
	}
	return known
}

// isSetting leaves out the flags that only make sense on a command line.
func isSetting(f *pflag.Flag) bool { return f.Name != "help" && f.Name != "version" }

// noteMisspelt points to variables that were most likely meant as settings.
// They may be meant for env.NAME, so that they are no mistake.
func noteMisspelt(root *cobra.Command, s streams) {
	var known []string
	for name := range settable(root) {
		known = append(known, variableOf(name))
	}
	slices.Sort(known)
	for _, name := range slices.Sorted(maps.Keys(s.env())) {
		if !strings.HasPrefix(name, "PROBE_") || slices.Contains(known, name) {
			continue
		}
		if near := source.Nearest(name, known); near != "" {
			s.say("note: %s is not a setting; %s is", name, near)
		}
	}
}

// variableOf names the environment variable of a flag.
func variableOf(flag string) string {
	return "PROBE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// splitValues takes the value of a variable apart where the flag can be
// repeated.
func splitValues(f *pflag.Flag, text string) []string {
	if !isRepeatable(f) {
		return []string{text}
	}
	separator := ","
	if strings.Contains(text, "\n") {
		separator = "\n"
	}
	var out []string
	for one := range strings.SplitSeq(text, separator) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

func isRepeatable(f *pflag.Flag) bool {
	switch v := f.Value.(type) {
	case *value:
		return v.many
	case pairsValue:
		return true
	}
	return false
}

// refuse prints problems and ends the command.
func (s streams) refuse(problems []source.Problem, what string) error {
	if err := s.printProblems(problems); err != nil {
		return err
	}
	return usagef("%s in %s; nothing was sent", count(len(problems), "problem"), what)
}

// printProblems writes problems with their excerpts to standard error.
func (s streams) printProblems(problems []source.Problem) error {
	for _, p := range source.Sort(problems) {
		if err := source.Write(s.err, p); err != nil {
			return failuref("cannot write to standard error: %s", reason(err))
		}
	}
	return nil
}

// count words a number of things: "1 file", "3 files".
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
