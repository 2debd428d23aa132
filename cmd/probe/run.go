package main

import (
	"context"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"httpprobe/probe"
	"httpprobe/probe/demo"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
	"httpprobe/scenarios"
)

const runLong = `Run scenario files: send what they describe and check every answer against the
scenario and against the HTTP standards.

Folders are searched for *.yaml and *.yml; without arguments that is the folder
scenarios/. All files are checked before the first request is sent. A file with
mistakes does not run; the others do, and the exit status is 2.

Reports go to files besides the text on the terminal. With FORMAT=- a report
goes to standard output and the text to standard error. A report takes its
place when it is whole; an earlier one stays until then. Ctrl-C stops the run:
teardown still happens and reports are written; a second Ctrl-C quits at once.

Requests go to the host of the base URL only, and to hosts of --allow-host.

With --verify the rules that one answer cannot decide are asked too: requests of
the rulebook follow those of the scenarios, such as HEAD after GET, or GET with
the ETag that came. They only read, each is sent once for an endpoint and
identity, and they do not count as steps. With --verify=write there are also
some that write, such as the same PUT again, only on what the run created.

An env file holds lines KEY=VALUE, with # comments. 'single' quotes are literal,
in "double" quotes \n \r \t \" \\ \$ are known. Nothing is expanded.

With GITHUB_ACTIONS=true findings are also shown at the lines of the scenario
files (at most 10), and a summary is added to the job.`

const runExample = `  probe run --demo                                  try it without an API of your own
  probe run --demo --break allow-on-405             see how a breach is told
  probe run                                         all files below scenarios/
  probe run users.yaml --base-url http://127.0.0.1:8080
  probe run --tags 'smoke && !slow' --fail-fast
  probe run --report junit=results.xml --report json=results.json
  probe run --secret ADMIN_TOKEN --env-file test.env
  probe run --verify --strict
  probe run --rate 100/m --parallel 2
  probe run --dry-run                               list the requests, send nothing`

// runFlags are those of probe run.
type runFlags struct {
	input    inputFlags
	tls      tlsFlags
	demo     bool
	fault    demo.Fault
	reports  []reportTarget
	parallel int
	rate     float64
	maxBody  int64
	failFast bool
	strict   bool
	verify   rule.Verify
	dryRun   bool
	verbose  bool
	quiet    bool
}

func newRun(s streams) *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:     "run [FILE or FOLDER …]",
		Short:   "Run scenario files against an API",
		Long:    runLong,
		Example: runExample,
		RunE: func(cmd *cobra.Command, paths []string) error {
			levels, err := applySettings(cmd, s)
			if err != nil {
				return err
			}
			if err := flags.check(levels); err != nil {
				return err
			}
			if flags.verify == rule.SafeFollowUps && slices.Contains(paths, "write") {
				if _, err := os.Stat("write"); err != nil {
					return usagef("there is no file or folder \"write\"; did you mean --verify=write?")
				}
			}
			return flags.run(cmd.Context(), s, paths)
		},
		ValidArgsFunction: scenarioFiles,
	}
	f := cmd.Flags()
	f.SortFlags = false
	flags.input.register(cmd)
	f.BoolVar(&flags.demo, "demo", false, "serve the demo API on a free port and run the shipped suites, or the given files, against it")
	f.Var(single(&flags.fault, "RULE", "", parseFault), "break", "with --demo: a fault that breaks this rule; follow-ups are sent as the rule needs them")
	f.Var(repeated(&flags.reports, "FORMAT=FILE", parseReport), "report", "write a report; FILE - is standard output (repeatable). Formats: "+formatNames())
	f.Var(single(&flags.parallel, "N", "8", parseCount), "parallel", "scenarios that run at the same time")
	f.Var(single(&flags.rate, "RATE", "", parseRate), "rate", "requests at most over the whole run: 20/s, 100/m")
	f.BoolVar(&flags.failFast, "fail-fast", false, "begin no further scenario after one that did not pass")
	f.BoolVar(&flags.strict, "strict", false, "warnings fail their steps")
	verify := single(&flags.verify, "bool", "", parseVerify) // so that help shows no value
	f.Var(verify, "verify", "also send follow-up requests of the rulebook that only read; with --verify=write also some that write, on what the run created")
	f.Lookup("verify").NoOptDefVal = "true"
	f.BoolVar(&flags.dryRun, "dry-run", false, "list the requests, send nothing")
	flags.tls.register(cmd)
	f.Var(single(&flags.maxBody, "SIZE", "10MiB", parseSize), "max-body", "how much of a response's content is read")
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "show every exchange in full")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "show only what failed")
	completeFaults(cmd)
	if err := cmd.RegisterFlagCompletionFunc("report", reportFormats); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

// check finds flags that do not go together. Where they come from different
// places the stronger one counts.
func (f *runFlags) check(levels map[string]level) error {
	if f.verbose && f.quiet {
		switch v, q := levels["verbose"], levels["quiet"]; {
		case v == q:
			return usagef("--verbose and --quiet do not go together")
		default:
			f.verbose, f.quiet = v > q, q > v
		}
	}
	if f.demo && f.input.baseURL != "" {
		switch d, b := levels["demo"], levels["base-url"]; {
		case d == b:
			return usagef("--demo and --base-url do not go together: the demo has an address of its own")
		default:
			f.demo = d > b
		}
	}
	if f.fault.Rule != "" {
		if !f.demo {
			return usagef("--break goes with --demo: it breaks the demo API")
		}
		if where := shows(f.fault); where != "" {
			return usagef("--break %s: it shows only %s; serve it there with probe demo --break %s", f.fault.Rule, where, f.fault.Rule)
		}
		if broken, ok := rule.Find(f.fault.Rule); ok && levels["verify"] == byDefault {
			f.verify = broken.Extent()
		}
	}
	return checkTargets(f.reports)
}

func (f *runFlags) run(ctx context.Context, s streams, paths []string) error {
	in, err := f.input.read(s, paths)
	if err != nil {
		return err
	}
	if f.demo {
		f.announce(s)
		url, stop, err := serveDemo(ctx, f.fault)
		if err != nil {
			return err
		}
		defer stop()
		in.BaseURL = url
		if len(paths) == 0 {
			in.FS, in.Paths = scenarios.Files(), []string{"."}
		}
	} else if len(paths) == 0 {
		if in.Paths, err = defaultPaths(); err != nil {
			return err
		}
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	prepared, err := probe.Prepare(in)
	if err != nil {
		return usagef("%s", err)
	}
	problems := prepared.Problems()
	if err := s.printProblems(problems); err != nil {
		return err
	}
	if f.dryRun {
		return preview(s, prepared)
	}
	return f.send(ctx, s, prepared, options, in.FS == nil)
}

// announce says what is wrong with the demo API.
func (f *runFlags) announce(s streams) {
	broken, ok := rule.Find(f.fault.Rule)
	if !ok {
		return
	}
	how := ""
	switch {
	case broken.Severity == finding.Info && !f.verbose:
		how = "; that is info, which -v shows"
	case broken.Extent() > f.verify:
		how = "; not all of that shows without follow-ups"
	}
	s.say("the demo API %s (%s)%s", f.fault.Text, f.fault.Rule, how)
}

func (f *runFlags) options() (probe.Options, error) {
	config, err := f.tls.config()
	return probe.Options{
		Parallel: f.parallel, Rate: f.rate, FailFast: f.failFast, Strict: f.strict, Verify: f.verify,
		TLS: config, BodyLimit: f.maxBody,
	}, err
}
