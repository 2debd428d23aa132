package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"httpprobe/probe"
)

// errInterrupted is the cause of a context that SIGINT ended.
var errInterrupted = errors.New("interrupted")

// untilSignal gives a context that ends with SIGINT or SIGTERM. From then on
// a second signal ends the process as it would end any other. The function
// that comes back stops watching and gives the exit status of the signal that
// came, or 0.
func untilSignal(parent context.Context, came func(error)) (context.Context, func() int) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	var status atomic.Int32
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-done:
			return
		case sig := <-signals:
			signal.Stop(signals)
			cause := errInterrupted
			status.Store(exitInterrupted)
			if sig == syscall.SIGTERM {
				cause = probe.ErrTerminated
				status.Store(exitTerminated)
			}
			came(cause)
			cancel(cause)
		}
	}()
	return ctx, func() int {
		signal.Stop(signals)
		close(done)
		<-over
		cancel(nil)
		return int(status.Load())
	}
}

// ignoreBrokenPipes turns the end of the reader of standard output into an
// error of the write, so that teardown and the other reports still happen.
func ignoreBrokenPipes() (stop func()) {
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	return func() { signal.Stop(pipes) }
}
