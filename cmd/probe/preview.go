package main

import (
	"bufio"
	"fmt"
	"strings"

	"httpprobe/probe"
)

// preview lists the requests of a run that is not made.
func preview(s streams, prepared *probe.Prepared) error {
	w := bufio.NewWriter(s.out)
	heading := ""
	for _, r := range prepared.Requests() {
		if h := r.Suite + " › " + r.Scenario; h != heading {
			heading = h
			fmt.Fprintln(w, printable(h))
		}
		fmt.Fprintln(w, "  "+printable(requestLine(r)))
	}
	scenarios, steps := prepared.Size()
	fmt.Fprintf(w, "%s, %s; nothing was sent\n", count(scenarios, "scenario"), count(steps, "step"))
	if err := w.Flush(); err != nil {
		return failuref("cannot write to standard output: %s", reason(err))
	}
	if len(prepared.Problems()) > 0 {
		return ended(exitUsage)
	}
	return nil
}

func requestLine(r probe.Request) string {
	line := r.Method + " " + r.URL
	if r.Expect != "" {
		line += " -> " + r.Expect
	}
	var more []string
	if r.As != "" {
		more = append(more, "as "+r.As)
	}
	if r.Body != "" {
		more = append(more, r.Body+" body")
	}
	if r.Times > 1 {
		more = append(more, fmt.Sprintf("%d times", r.Times))
	}
	if len(more) > 0 {
		line += " (" + strings.Join(more, ", ") + ")"
	}
	return line + "  # " + r.Pos.String()
}
