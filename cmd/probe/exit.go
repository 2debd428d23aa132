package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// The exit statuses. Where several apply the highest wins: an interruption
// says that the results are not whole, a failure of probe's own that they
// cannot be trusted to have arrived, a wrong file that they are not complete.
const (
	exitPassed      = 0
	exitFailed      = 1   // a check failed
	exitUsage       = 2   // bad usage, or a scenario file is wrong
	exitFailure     = 3   // the target was not reached at all, or a report could not be written
	exitInterrupted = 130 // SIGINT
	exitTerminated  = 143 // SIGTERM
)

// An exitError ends a command with a status. Without a text everything has
// been said already.
type exitError struct {
	status int
	text   string
}

func (e *exitError) Error() string { return e.text }

// usagef is bad usage: nothing was sent.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// failuref is work that probe could not do.
func failuref(format string, args ...any) error {
	return &exitError{exitFailure, fmt.Sprintf(format, args...)}
}

// ended gives the error for a command that has said what there is to say.
func ended(status int) error {
	if status == exitPassed {
		return nil
	}
	return &exitError{status: status}
}

// statusOf maps what a command returned to the exit status. What cobra itself
// returns is bad usage.
func statusOf(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitPassed
	case errors.As(err, &e):
		return e.status
	}
	return exitUsage
}

// reason words an error of the operating system without the names that Go
// puts before it.
func reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	var dial *net.OpError
	var lookup *net.DNSError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	case errors.As(err, &lookup):
		return lookup.Err
	case errors.As(err, &call):
		return call.Err.Error()
	case errors.As(err, &dial):
		return dial.Err.Error()
	}
	return err.Error()
}
