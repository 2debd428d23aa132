package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/spf13/cobra"

	"httpprobe/probe/demo"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// serveDemo serves the demo API on a free loopback port until stop is called.
func serveDemo(ctx context.Context, fault demo.Fault) (url string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, failuref("cannot serve the demo API: %s", reason(err))
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		// When it fails the run sees it: the server is gone.
		_ = demo.Serve(ctx, listener, demo.Options{Fault: fault})
	}()
	return "http://" + listener.Addr().String(), func() {
		cancel()
		<-done
	}, nil
}

func newDemo(s streams) *cobra.Command {
	address := "127.0.0.1:8080"
	var fault demo.Fault
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve the demo API",
		Long: `Serve the demo API until Ctrl-C: a small REST service that does every status
code right. It keeps everything in memory and begins anew each time.

With --break it is served with one fault, which breaks the rule of that id and
what follows from it, to see how probe tells of it.

The exit status is 0 when it is stopped, and 3 when the address cannot be used.`,
		Example: `  probe demo
  probe demo --addr 127.0.0.1:0        a free port
  probe demo --break allow-on-405      a 405 without Allow`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := applySettings(cmd, s); err != nil {
				return err
			}
			return runDemo(cmd.Context(), s, address, fault)
		},
	}
	cmd.Flags().Var(single(&address, "HOST:PORT", address, parseAddress), "addr", "where to listen; port 0 is a free one")
	cmd.Flags().Var(single(&fault, "RULE", "", parseFault), "break", "serve it with a fault that breaks this rule")
	completeFaults(cmd)
	return cmd
}

func parseAddress(s string) (string, error) {
	if _, _, err := net.SplitHostPort(s); err != nil {
		return "", fmt.Errorf("%q is not HOST:PORT, such as 127.0.0.1:8080", s)
	}
	return s, nil
}

// parseFault gives the fault that breaks a rule.
func parseFault(id string) (demo.Fault, error) {
	fault, ok := demo.FindFault(id)
	if ok {
		return fault, nil
	}
	if _, ok := rule.Find(id); ok {
		return fault, fmt.Errorf("%s is not decided yet, so nothing breaks it on request; probe explain %s says why", id, id)
	}
	var known []string
	for _, f := range demo.Faults() {
		known = append(known, f.Rule)
	}
	if near := source.Nearest(id, known); near != "" {
		return fault, fmt.Errorf("there is no rule %q; did you mean %s?", id, near)
	}
	return fault, fmt.Errorf("there is no rule %q; probe rules lists them", id)
}

// completeFaults completes the value of --break.
func completeFaults(cmd *cobra.Command) {
	err := cmd.RegisterFlagCompletionFunc("break", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var out []cobra.Completion
		for _, f := range demo.Faults() {
			out = append(out, cobra.CompletionWithDesc(f.Rule, f.Text))
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // there is no such flag
	}
}

// brokenly says what is wrong with a demo that has a fault.
func brokenly(f demo.Fault) string {
	if f.Rule == "" {
		return ""
	}
	seen := ""
	if where := shows(f); where != "" {
		seen = " This shows only " + where + "."
	}
	return fmt.Sprintf("\nIt is broken: it %s (%s).%s\n", f.Text, f.Rule, seen)
}

// shows says where alone a fault is one; "" where everywhere.
func shows(f demo.Fault) string {
	switch {
	case f.Secure && f.Public:
		return "over https, at an address of the internet"
	case f.Secure:
		return "over https, behind a proxy that speaks it"
	case f.Public:
		return "at an address of the internet"
	}
	return ""
}

func runDemo(ctx context.Context, s streams, address string, fault demo.Fault) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return failuref("cannot listen on %s: something else does so already; try --addr 127.0.0.1:0", address)
	case err != nil:
		return failuref("cannot listen on %s: %s", address, reason(err))
	}
	ctx, stop := untilSignal(ctx, func(error) {})
	defer stop()
	url := "http://" + listener.Addr().String()
	text := fmt.Sprintf(welcome, url, url, demo.AdminToken, url, url) + brokenly(fault)
	if _, err := io.WriteString(s.out, text); err != nil {
		return errors.Join(failuref("cannot write to standard output: %s", reason(err)), listener.Close())
	}
	if err := demo.Serve(ctx, listener, demo.Options{Fault: fault}); err != nil {
		return failuref("cannot serve the demo API any longer: %s", reason(err))
	}
	return nil
}

// welcome takes the URL four times, and the token of an administrator before
// the last.
const welcome = `The demo API is at %s; Ctrl-C stops it. Try:

  curl -i %s/api/users/1
  curl -i -X DELETE -H 'Authorization: Bearer %s' %s/api/users
  printf 'steps:\n  - GET /api/users/1 -> 200\n' > users.yaml; probe run users.yaml --base-url %s
`
