package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/spf13/cobra"

	"httpprobe/probe/demo"
)

// serveDemo serves the demo API on a free loopback port until stop is called.
func serveDemo(ctx context.Context) (url string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, failuref("cannot serve the demo API: %s", reason(err))
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		// When it fails the run sees it: the server is gone.
		_ = demo.Serve(ctx, listener, demo.Options{})
	}()
	return "http://" + listener.Addr().String(), func() {
		cancel()
		<-done
	}, nil
}

func newDemo(s streams) *cobra.Command {
	address := "127.0.0.1:8080"
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve the demo API",
		Long: `Serve the demo API until Ctrl-C: a small REST service that does every status
code right. It keeps everything in memory and begins anew each time.

The exit status is 0 when it is stopped, and 3 when the address cannot be used.`,
		Example: `  probe demo
  probe demo --addr 127.0.0.1:0        a free port`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := applySettings(cmd, s); err != nil {
				return err
			}
			return runDemo(cmd.Context(), s, address)
		},
	}
	cmd.Flags().Var(single(&address, "HOST:PORT", address, parseAddress), "addr", "where to listen; port 0 is a free one")
	return cmd
}

func parseAddress(s string) (string, error) {
	if _, _, err := net.SplitHostPort(s); err != nil {
		return "", fmt.Errorf("%q is not HOST:PORT, such as 127.0.0.1:8080", s)
	}
	return s, nil
}

func runDemo(ctx context.Context, s streams, address string) error {
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
	if _, err := fmt.Fprintf(s.out, welcome, url, url, demo.AdminToken, url, url); err != nil {
		return errors.Join(failuref("cannot write to standard output: %s", reason(err)), listener.Close())
	}
	if err := demo.Serve(ctx, listener, demo.Options{}); err != nil {
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
