package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"httpprobe/probe/exchange"
)

// hidden dials connections that can only be read and written.
func hidden(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{c}, nil
}

func TestAnswersThatBreak(t *testing.T) {
	tests := map[string]struct {
		play func(*peer)
		kind exchange.FailureKind
		text string
		body string // of the response, when there is one
	}{
		"closed at once": {func(p *peer) { p.request() }, exchange.FailedClosed, "the connection closed before any answer", ""},
		"reset at once": {func(p *peer) { p.request(); p.reset() }, exchange.FailedClosed,
			"the server reset the connection before any answer", ""},
		"closed in head": {func(p *peer) { p.answer("HTTP/1.1 200 OK\r\nA:") }, exchange.FailedClosed,
			"the connection closed within the header section, after 19 octets", ""},
		"closed in body": {func(p *peer) { p.answer("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n0123456789ab") }, exchange.FailedTruncated,
			"the connection closed after 12 of 50 octets of the body", "0123456789ab"},
		"no last chunk": {func(p *peer) { p.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n") }, exchange.FailedTruncated,
			"the connection closed before the last chunk, after 2 octets of the body", "ab"},
		"not HTTP": {func(p *peer) { p.answer("220 smtp.example ESMTP\r\n") }, exchange.FailedMessage,
			`the answer is not HTTP: it begins with "220 smtp.example ESMTP\r\n"`, ""},
		"not HTTP, no line": {func(p *peer) { p.answer("\x00\x01"); p.rest() }, exchange.FailedMessage,
			`the answer is not HTTP: it begins with "\x00\x01"`, ""},
		"different lengths": {func(p *peer) {
			p.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
			p.rest()
		}, exchange.FailedMessage, `Content-Length is given with different values: "2, 3"`, "abc"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			x := get(t, start(t, Options{}), listen(t, test.play))
			failed(t, x, test.kind, test.text)
			if x.Failure != nil && x.Failure.Hint == "" {
				t.Error("nothing is said of what to try")
			}
			body := ""
			if x.Response != nil {
				body = string(x.Response.Body)
			}
			if body != test.body {
				t.Errorf("body %q, want %q", body, test.body)
			}
			if x.Failure.Unreached() {
				t.Error("the server counts as unreached")
			}
		})
	}
}

func TestResetWithinTheAnswer(t *testing.T) {
	for octets, test := range map[string]struct {
		kind exchange.FailureKind
		text string
	}{
		"HTTP/1.1 200 OK\r\n":                            {exchange.FailedClosed, "the server reset the connection within the header section, after 17 octets"},
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab": {exchange.FailedTruncated, "the server reset the connection after 2 of 9 octets of the body"},
		"HTTP/1.1 200 OK\r\n\r\nab":                      {exchange.FailedTruncated, "the server reset the connection after 2 octets of the body"},
	} {
		// The reset is sent when the client has read what came before it, so
		// that no system can lose those octets.
		taken := make(chan struct{})
		url := listen(t, func(p *peer) {
			p.answer(octets)
			<-taken
			p.reset()
		})
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := hidden(ctx, network, address)
			return &signalling{Conn: c, left: len(octets), taken: taken}, err
		}
		failed(t, get(t, start(t, Options{Dial: dial}), url), test.kind, test.text)
	}
}

// signalling tells when so many octets have been read.
type signalling struct {
	net.Conn
	left  int
	taken chan struct{}
}

func (s *signalling) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if s.left -= n; s.left == 0 && n > 0 {
		close(s.taken)
	}
	return n, err
}

func TestCancel(t *testing.T) {
	const text = "the run was stopped before the answer was complete"
	t.Run("before", func(t *testing.T) {
		x := start(t, Options{}).Do(stopped(), request("GET", "http://127.0.0.1:1/", ""), ample)
		failed(t, x, exchange.FailedCanceled, text)
	})
	t.Run("within the body", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		octets := "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"
		taken := make(chan struct{})
		url := listen(t, func(p *peer) {
			p.answer(octets)
			<-taken
			cancel()
			p.rest()
		})
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := hidden(ctx, network, address)
			return &signalling{Conn: c, left: len(octets), taken: taken}, err
		}
		x := start(t, Options{Dial: dial}).Do(ctx, request("GET", url, ""), ample)
		failed(t, x, exchange.FailedCanceled, text)
		if x.Response == nil || string(x.Response.Body) != "ab" {
			t.Errorf("%+v", x.Response)
		}
	})
	t.Run("waiting for 100", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		url := listen(t, func(p *peer) {
			p.head()
			cancel()
			p.rest()
		})
		failed(t, start(t, Options{}).Do(ctx, expecting(url), ample), exchange.FailedCanceled, text)
	})
	t.Run("by a deadline", func(t *testing.T) {
		url := listen(t, func(p *peer) { p.rest() })
		x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			x := start(t, Options{}).Do(ctx, request("GET", url, ""), ample)
			return x, x.Failure != nil && x.Failure.Kind == exchange.FailedTimeout
		})
		if x.Failure == nil || x.Failure.Kind != exchange.FailedTimeout || !strings.HasPrefix(x.Failure.Text, "no answer within ") {
			t.Errorf("%+v", x.Failure)
		}
	})
}

func TestNothingListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close()
	x := get(t, start(t, Options{}), "http://"+at)
	failed(t, x, exchange.FailedConnect, "nothing listens at "+at)
	if !x.Failure.Unreached() || x.Failure.Hint == "" || x.Timing.Connect <= 0 || x.Timing.DNS != 0 {
		t.Errorf("%+v, %+v", x.Failure, x.Timing)
	}
}

func TestRequestsThatAreNotSent(t *testing.T) {
	tests := map[string]struct {
		change func(*exchange.Request)
		text   string
	}{
		"scheme": {func(r *exchange.Request) { r.URL = "ftp://x/" }, `the URL "ftp://x/" does not begin with http:// or https://`},
		"host":   {func(r *exchange.Request) { r.URL = "http:///a" }, `the URL "http:///a" names no host`},
		"port":   {func(r *exchange.Request) { r.URL = "http://x:70000/" }, `the URL "http://x:70000/" has no possible port`},
		"URL":    {func(r *exchange.Request) { r.URL = "http://a b/" }, `the URL "http://a b/" cannot be read`},
		"space":  {func(r *exchange.Request) { r.URL = "http://x/?a b" }, `the target "/?a b" has a space or control character: write it as %20`},
		"lines": {func(r *exchange.Request) { r.Fields[0].Value = "x\r\nY: z" },
			`the value of Host has a line break or NUL: "x\r\nY: z"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				t.Error("a connection was opened")
				return nil, errors.New("no")
			}
			r := request("GET", "http://x/", "")
			test.change(&r)
			failed(t, start(t, Options{Dial: dial}).Do(t.Context(), r, ample), exchange.FailedRequest, test.text)
		})
	}
}

func TestTargets(t *testing.T) {
	for _, test := range []struct{ method, url, target, want string }{
		{"GET", "http://x", "", "/"},
		{"GET", "http://x?a=b", "", "/?a=b"},
		{"GET", "http://x/a%2Fb;c?d=e%20f", "", "/a%2Fb;c?d=e%20f"},
		{"OPTIONS", "http://x/", "*", "*"},
		{"CONNECT", "https://x/", "", "x:443"},
	} {
		r := exchange.Request{Method: test.method, URL: test.url, Target: test.target}
		if _, err := prepare(&r); err != nil || r.Target != test.want {
			t.Errorf("%s %s: %q, %v, want %q", test.method, test.url, r.Target, err, test.want)
		}
	}
}

// TestWordsOfConnecting covers what cannot be brought about on every machine.
func TestWordsOfConnecting(t *testing.T) {
	op := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	now := time.Now()
	turnOf := func() *turn {
		return &turn{ctx: t.Context(), to: endpoint{host: "api.example", port: "80"}, limit: 5 * time.Second, deadline: now}
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{op(syscall.ECONNREFUSED), "nothing listens at api.example:80 (192.0.2.1:80)"},
		{op(syscall.ENETUNREACH), "there is no way to api.example:80 (192.0.2.1:80) from here"},
		{op(syscall.EPERM), "connecting to api.example:80 (192.0.2.1:80) is not permitted here"},
		{op(syscall.EMFILE), "too many files are open here to connect to api.example:80 (192.0.2.1:80)"},
		{op(syscall.EADDRNOTAVAIL), "this machine has no address and port left to connect from to api.example:80 (192.0.2.1:80)"},
		{op(syscall.ECONNRESET), "the connection to api.example:80 (192.0.2.1:80) was reset as it was made"},
		{op(syscall.ENOENT), "there is no socket to reach api.example:80 (192.0.2.1:80) by"},
		{context.DeadlineExceeded, "no connection to api.example:80 (192.0.2.1:80) within 5s"},
		{fmt.Errorf("x509: whatever"), "no connection to api.example:80 (192.0.2.1:80) could be made"},
	} {
		got := turnOf().unconnected(test.err, "192.0.2.1:80")
		if got.Kind != exchange.FailedConnect || got.Text != test.want {
			t.Errorf("%v: %s: %s", test.err, got.Kind, got.Text)
		}
	}
	for _, test := range []struct {
		err  net.DNSError
		want string
	}{
		{net.DNSError{IsNotFound: true}, "the name api.example does not resolve"},
		{net.DNSError{IsTimeout: true}, "the name api.example did not resolve within 5s"},
		{net.DNSError{IsTemporary: true}, "the name api.example could not be looked up"},
	} {
		got := turnOf().unresolved(&test.err)
		if got.Kind != exchange.FailedLookup || got.Text != test.want {
			t.Errorf("%v: %s: %s", test.err, got.Kind, got.Text)
		}
	}
}
