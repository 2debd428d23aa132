package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"httpprobe/probe/source"
)

// streams is what a command may touch of the world beside files and network.
type streams struct {
	in       io.Reader
	out, err io.Writer
	environ  []string // as of os.Environ
}

// getenv gives the value of an environment variable, or "".
func (s streams) getenv(name string) string { return s.env()[name] }

// env gives the environment as a map; the last of equal names counts.
func (s streams) env() map[string]string {
	out := make(map[string]string, len(s.environ))
	for _, kv := range s.environ {
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
			out[name] = value
		}
	}
	return out
}

// say prints one message for people on standard error.
func (s streams) say(format string, args ...any) {
	fmt.Fprintf(s.err, "probe: "+format+"\n", args...)
}

// execute runs a command line and gives the exit status.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	s := streams{in: stdin, out: stdout, err: stderr, environ: environ}
	root := newRoot(s)
	root.SetArgs(args)
	err := root.Execute()
	var unwritten *fs.PathError
	if errors.As(err, &unwritten) { // by cobra itself: commands word their errors
		err = failuref("cannot write to standard output: %s", reason(err))
	}
	if err != nil && err.Error() != "" {
		s.say("%s", err)
	}
	return statusOf(err)
}

const rootLong = `probe tests HTTP APIs from outside. It sends what scenario files describe and
holds every answer against what the scenario expects and what the HTTP
standards demand.

A scenario file can be this short:

  base_url: http://127.0.0.1:8080
  steps:
    - GET /api/users/1 -> 200
    - GET /old-page -> 301 /new-page
    - request: POST /api/users -> 201 /api/users/{id}
      json: { name: Bob, email: bob@example.com }
    - GET /api/users/{id} -> 200

Settings: every flag can also be given as an environment variable PROBE_<FLAG>
(PROBE_BASE_URL for --base-url; an empty one counts as not given), and as a
default in a file probe.yaml in the working directory:

  base-url: https://staging.example.com
  report: [junit=results.xml, json=results.json]
  parallel: 4

Flags win over the environment, the environment over probe.yaml. Flags that can
be repeated take several values, in variables separated by line breaks, or by
commas where there is no line break. They replace each other as a whole; only
--var and --secret are joined, name by name.

Exit status: 0 all passed; 1 a check failed; 2 bad usage or a scenario file is
wrong; 3 the target could not be reached at all, or a report could not be
written; 130 interrupted, 143 terminated. Where several apply, the highest.`

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "probe",
		Short: "Test HTTP APIs from outside",
		Long:  rootLong,
		Example: `  probe run --demo                    see it work, without an API of your own
  probe run                           run all files below scenarios/
  probe run users.yaml --base-url https://staging.example.com
  probe validate                      find mistakes in scenario files, send nothing`,
		Version:       version().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintln(s.err, cmd.Long+"\n\n"+cmd.UsageString())
			return usagef("no command given")
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(usage)
	root.SetHelpCommand(newHelp())
	root.AddCommand(newRun(s), newValidate(s), newRules(s), newExplain(s), newDemo(s), newVersion(s))
	return root
}

// knownCommand is only asked when the first word names no command.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	root.SuggestionsMinimumDistance = 2
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("unknown command %q; did you mean %s?", args[0], near[0])
	}
	return usagef("unknown command %q; see probe --help", args[0])
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return knownCommand(cmd.Root(), args)
			}
			found.InitDefaultHelpFlag()
			found.InitDefaultVersionFlag()
			return found.Help()
		},
	}
}

// noArguments is for commands that take flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// flagError rewords what pflag says of a command line.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		if unknown.GetSpecifiedShortnames() != "" {
			return usagef("unknown flag -%s; see %s --help", unknown.GetSpecifiedName(), cmd.CommandPath())
		}
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		name := unknown.GetSpecifiedName()
		if n := source.Nearest(name, known); n != "" {
			return usagef("unknown flag --%s; did you mean --%s?", name, n)
		}
		return usagef("unknown flag --%s; see %s --help", name, cmd.CommandPath())
	case errors.As(err, &missing):
		f := missing.GetFlag()
		return usagef("--%s needs a value: --%s %s", f.Name, f.Name, f.Value.Type())
	case errors.As(err, &invalid):
		return usagef("--%s: %s", invalid.GetFlag().Name, valueError(invalid.GetFlag(), invalid.GetValue(), invalid.Unwrap()))
	}
	return usagef("%s; see %s --help", err, cmd.CommandPath())
}

// valueError says why a flag does not take a value. The values of this
// package say it themselves; pflag's own are switches.
func valueError(f *pflag.Flag, text string, err error) string {
	if _, own := f.Value.(*value); f.Value.Type() == "bool" && !own {
		return strconv.Quote(text) + " is neither true nor false"
	}
	return err.Error()
}

// usageWidth is where the explanations of flags are wrapped.
const usageWidth = 96

// usage prints what follows the explanation of a command in its help.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() || c.Name() == "help" {
				fmt.Fprintf(&b, "  %-12s%s\n", c.Name(), c.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", cmd.LocalFlags().FlagUsagesWrapped(usageWidth))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s COMMAND --help explains a command.\n", cmd.CommandPath())
	}
	_, err := io.WriteString(cmd.OutOrStderr(), b.String())
	return err
}
