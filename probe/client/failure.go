package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

func fail(kind exchange.FailureKind, hint, format string, args ...any) *exchange.Failure {
	return &exchange.Failure{Kind: kind, Text: fmt.Sprintf(format, args...), Hint: hint}
}

// stopped words the end of the context.
func (t *turn) stopped(err error) *exchange.Failure {
	if errors.Is(err, context.DeadlineExceeded) {
		return t.slow(0)
	}
	return fail(exchange.FailedCanceled, "", "the run was stopped before the answer was complete")
}

// canceled reports whether the run was stopped, and not just too slow.
func (t *turn) canceled() bool { return errors.Is(t.ctx.Err(), context.Canceled) }

// slow words that the limit passed after the connection was made; got is how
// many octets had come by then.
func (t *turn) slow(got int64) *exchange.Failure {
	resp := t.x.Response
	switch {
	case resp == nil && len(t.x.Interims) > 0:
		return fail(exchange.FailedTimeout, "every 1xx response is followed by a final one (RFC 9110 §15.2)",
			"no final answer within %s: only %d came", t.limit, t.x.Interims[len(t.x.Interims)-1].Status)
	case got == 0:
		return fail(exchange.FailedTimeout, "is the server busy? a longer timeout would tell", "no answer within %s", t.limit)
	}
	hint := "is the server still sending? a longer timeout would tell"
	switch {
	case resp == nil:
		hint = "the header section did not end"
	case resp.Framing == exchange.ByClose:
		hint = "the answer has neither Content-Length nor chunks, so it ends when the server closes the connection, which it did not"
	case resp.Framing == exchange.ByLength && !resp.Complete:
		hint = fmt.Sprintf("%s of the body came, and Content-Length is %s",
			wire.Count(int64(len(resp.Body))), resp.Fields.Get("Content-Length"))
	}
	return fail(exchange.FailedTimeout, hint, "the answer was not complete within %s: %s came", t.limit, wire.Count(got))
}

// reword tells in which way the connection ended, where wire could only say
// that it closed.
func reword(f *exchange.Failure, end *wire.End) {
	alert, alerted := alertOf(end.Cause)
	switch {
	case errors.Is(end.Cause, io.EOF):
	case errors.Is(end.Cause, io.ErrUnexpectedEOF):
		f.Text = "the connection closed without the close alert of TLS " + end.Place
	case alerted:
		f.Kind = exchange.FailedTLS
		f.Text, f.Hint = "the server ended TLS with the alert "+alert.name+" "+end.Place, alert.hint
	case errors.Is(end.Cause, syscall.ECONNRESET), errors.Is(end.Cause, syscall.EPIPE), errors.Is(end.Cause, syscall.ECONNABORTED),
		errors.Is(end.Cause, winReset), errors.Is(end.Cause, winAborted):
		f.Text = "the server reset the connection " + end.Place
	default:
		f.Text = "the connection broke " + end.Place
	}
}

// advice says what to try where a connection ended too early.
func (t *turn) advice(kind exchange.FailureKind) string {
	switch kind {
	case exchange.FailedTruncated:
		return "look into the log of the server: it, or a proxy before it, broke off while it sent the body"
	case exchange.FailedClosed:
		if t.to.secure || len(t.x.Interims) > 0 {
			return "look into the log of the server: it may have crashed on this request"
		}
		return "look into the log of the server: it may have crashed on this request, or want TLS (https://)"
	}
	return ""
}

// leftover explains octets that stand where an answer should begin: on a kept
// connection they mostly belong to the answer before.
func leftover(last string) string {
	return "see whether these octets are left over from the answer to " + last +
		" on the same connection: was its Content-Length too small, or did it have a body that it must not have?"
}

func (t *turn) unresolved(err error) *exchange.Failure {
	var dns *net.DNSError
	isDNS := errors.As(err, &dns)
	switch {
	case t.canceled():
		return t.stopped(t.ctx.Err())
	case late(err) || errors.Is(err, context.DeadlineExceeded):
		return fail(exchange.FailedLookup, "the name server did not answer", "the name %s did not resolve within %s", t.to.host, t.limit)
	case isDNS && !dns.IsNotFound:
		return fail(exchange.FailedLookup, "check the network and the name server of this machine",
			"the name %s could not be looked up", t.to.host)
	}
	return fail(exchange.FailedLookup, "check the spelling of base_url, or the network", "the name %s does not resolve", t.to.host)
}

// The error numbers of Windows, which Go does not map to the POSIX ones.
const (
	winAborted     = syscall.Errno(10053)
	winReset       = syscall.Errno(10054)
	winTimedOut    = syscall.Errno(10060)
	winRefused     = syscall.Errno(10061)
	winUnreachable = syscall.Errno(10065)
)

// unconnected words why no address could be connected to; tried names them
// where the URL has a name.
func (t *turn) unconnected(err error, tried string) *exchange.Failure {
	at := t.to.String()
	if tried != "" {
		at += " (" + tried + ")"
	}
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	failed := func(hint, format string) *exchange.Failure { return fail(exchange.FailedConnect, hint, format, at) }
	switch {
	case t.canceled():
		return t.stopped(t.ctx.Err())
	case is(syscall.ECONNREFUSED, winRefused):
		return failed("is the server running, and is the port right?", "nothing listens at %s")
	case is(syscall.ETIMEDOUT, winTimedOut, context.DeadlineExceeded) || late(err):
		return fail(exchange.FailedConnect, "a firewall may swallow what is sent there",
			"no connection to %s within %s", at, min(t.limit, time.Since(t.deadline.Add(-t.limit)).Round(time.Millisecond)))
	case is(syscall.EHOSTUNREACH, syscall.ENETUNREACH, winUnreachable):
		return failed("check the network of this machine", "there is no way to %s from here")
	case is(syscall.EACCES, syscall.EPERM):
		return failed("a firewall of this machine may forbid it", "connecting to %s is not permitted here")
	case is(syscall.EMFILE, syscall.ENFILE):
		return failed("run fewer scenarios at once, or raise the limit (ulimit -n)", "too many files are open here to connect to %s")
	case is(syscall.EADDRNOTAVAIL):
		return failed("too many connections were opened in a short time, or the address is not a host's",
			"this machine has no address and port left to connect from to %s")
	case is(syscall.ENOENT):
		return failed("is the server running, and is the path of the socket right?", "there is no socket to reach %s by")
	case is(syscall.ECONNRESET, winReset):
		return failed("", "the connection to %s was reset as it was made")
	}
	return failed("", "no connection to %s could be made")
}
