package main

import (
	"context"
	"io"
	"slices"

	"httpprobe/probe"
	"httpprobe/probe/finding"
	"httpprobe/reports"
)

// send runs what was prepared and reports it. Scenario files that are not
// local have no place in the user's repository.
func (f *runFlags) send(ctx context.Context, s streams, prepared *probe.Prepared, options probe.Options, local bool) error {
	defer ignoreBrokenPipes()()
	nothing := len(prepared.Suites()) == 0
	out, err := f.open(&s, local, nothing)
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx, func(cause error) {
		s.say("%s: teardown and reports are still done; once more quits at once", cause)
	})
	options.Observer = out
	summary := prepared.Run(ctx, options)
	lost := out.finish()
	for _, message := range lost {
		s.say("%s", message)
	}
	caught := stop()
	switch {
	case caught != 0:
		return ended(caught)
	case len(lost) > 0:
		return ended(exitFailure)
	}
	if nothing {
		return usagef("nothing can be run: %s in the scenario files", count(len(prepared.Problems()), "problem"))
	}
	return judge(s, summary, len(prepared.Problems()) > 0)
}

// judge gives the exit status of a run that came to its end.
func judge(s streams, sum finding.Summary, wrongFiles bool) error {
	ran := sum.Steps - sum.Skipped
	switch {
	case sum.Unreached:
		s.say("the target could not be reached at all")
		return ended(exitFailure)
	case wrongFiles:
		return ended(exitUsage)
	case sum.Outcome >= finding.Failed:
		return ended(exitFailed)
	case ran == 0:
		return usagef("no step was run, so nothing was tested")
	}
	return nil
}

// open begins all reports: the text for people, the files, and what GitHub
// Actions shows. From then on what goes to the streams stands above the status
// line. With nothing to run there is no text for people.
func (f *runFlags) open(s *streams, local, nothing bool) (*outputs, error) {
	terminal, err := reports.Find("text")
	if err != nil {
		return nil, failuref("%s", err)
	}
	out := &outputs{screen: newScreen(*s, f.quiet)}
	plain := reports.Options{Verbose: f.verbose, Quiet: f.quiet, Width: defaultWidth}
	tty := terminalOf(s.out)
	toError := slices.ContainsFunc(f.reports, reportTarget.standardOutput)
	if toError {
		tty = terminalOf(s.err)
	}
	s.out, s.err = out.screen.above(s.out), out.screen.above(s.err)
	text := s.out
	if toError {
		text = s.err
	}
	people := plain
	people.Color, people.Width = coloured(s.env(), tty != nil), widthOf(tty)
	if !nothing { // else the problems, which stand above, are all there is
		out.stream("the results", text, func(w io.Writer) reports.Report { return terminal.New(w, people) })
	}
	for _, t := range f.reports {
		if t.standardOutput() {
			out.stream(t.String(), s.out, func(w io.Writer) reports.Report { return t.format.New(w, plain) })
		} else if err := out.create(t, plain); err != nil {
			s.say("%s", unwritten(t.String(), err))
		}
	}
	if s.getenv("GITHUB_ACTIONS") == "true" {
		f.openGitHub(*s, out, text, local)
	}
	return out, nil
}

func (f *runFlags) openGitHub(s streams, out *outputs, text io.Writer, local bool) {
	out.stream("annotations", text, func(w io.Writer) reports.Report {
		return &annotations{w: w, place: annotationPlace(s, local)}
	})
	if file := s.getenv("GITHUB_STEP_SUMMARY"); file != "" {
		out.sinks = append(out.sinks, &sink{name: "the job summary", report: &jobSummary{file: file}})
	}
}
