package client

import (
	"net"
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

func TestReuse(t *testing.T) {
	tests := []struct {
		name, octets string
		want         bool
		request      []string // method, then fields
	}{
		{"length", empty, true, nil},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true, nil},
		{"no body", "HTTP/1.1 204 No Content\r\n\r\n", true, nil},
		{"mild fault", "HTTP/1.1 204\r\n\r\n", true, nil},
		{"keep-alive of HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", true, nil},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, nil},
		{"close", "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n", false, nil},
		{"close of the request", empty, false, []string{"GET", "Connection", "close"}},
		{"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, nil},
		{"space before colon", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", false, nil},
		{"extra", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 EVIL\r\nContent-Length: 0\r\n\r\n", false, nil},
		{"switched", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, nil},
		{"tunnel", "HTTP/1.1 200 OK\r\n\r\n", false, []string{"CONNECT"}},
		{"bad length", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				for p.answer(test.octets) {
				}
			})
			c := start(t, Options{})
			r := request("GET", url, "")
			if len(test.request) > 0 {
				r = request(test.request[0], url, "", test.request[1:]...)
			}
			first := c.Do(t.Context(), r, ample)
			second := c.Do(t.Context(), r, ample)
			if first.Response == nil || second.Response == nil || second.Response.Reason == "EVIL" {
				t.Fatalf("%v, %v", first.Failure, second.Failure)
			}
			if first.Conn.Reused || second.Conn.Reused != test.want {
				t.Errorf("reused: %t, then %t, want %t", first.Conn.Reused, second.Conn.Reused, test.want)
			}
		})
	}
}

func TestIdleConnectionThatThePeerClosed(t *testing.T) {
	closed := make(chan struct{})
	url := listen(t, func(p *peer) {
		p.answer(empty)
		if p.number == 0 {
			_ = p.Close()
			close(closed)
			return
		}
		p.rest()
	})
	c := start(t, Options{})
	whole(t, get(t, c, url))
	<-closed
	x := c.Do(t.Context(), request("POST", url, "a"), ample)
	whole(t, x)
	if x.Conn.Reused || x.Conn.Resent {
		t.Errorf("%+v", x.Conn)
	}
}

func TestOctetsOnIdleConnectionReachNobody(t *testing.T) {
	for name, dial := range map[string]func(testing.TB) Options{
		"TCP":  func(testing.TB) Options { return Options{} },
		"wrap": func(testing.TB) Options { return Options{Dial: hidden} },
	} {
		t.Run(name, func(t *testing.T) {
			over, sent := make(chan struct{}), make(chan struct{})
			url := listen(t, func(p *peer) {
				p.answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
				if p.number == 0 {
					<-over
					p.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL")
					close(sent)
				}
				p.rest()
			})
			c := start(t, dial(t))
			whole(t, get(t, c, url))
			close(over)
			<-sent
			x := get(t, c, url)
			if r := whole(t, x); string(r.Body) != "good" || x.Conn.Reused {
				t.Errorf("%q, %+v", r.Body, x.Conn)
			}
		})
	}
}

func TestOctetsAfterAnAnswerAreNotTakenForAnotherProtocol(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
		p.answer("MORE")
		p.rest()
	})
	c := start(t, Options{})
	whole(t, get(t, c, url+"/first?key=4711"))
	x := get(t, c, url+"/second")
	failed(t, x, exchange.FailedMessage, `the answer is not HTTP: it begins with "MORE"`)
	if x.Failure != nil && !strings.Contains(x.Failure.Hint, "left over from the answer to GET /first on the same connection") {
		t.Errorf("hint %q", x.Failure.Hint)
	}
}

func TestKeptConnectionThatBreaks(t *testing.T) {
	tests := map[string]struct {
		method string
		play   func(*peer) // after the second request came
		resent bool
		want   string
	}{
		"GET, closed":  {"GET", func(*peer) {}, true, ""},
		"PUT, reset":   {"PUT", (*peer).reset, true, ""},
		"POST, closed": {"POST", func(*peer) {}, false, "the server closed the kept connection before it answered"},
		"POST, reset":  {"POST", (*peer).reset, false, "the server closed the kept connection before it answered"},
		"GET, begun":   {"GET", func(p *peer) { p.send("HTTP/1.1 2") }, false, "the connection closed within the header section, after 10 octets"},
		"GET, interim": {"GET", func(p *peer) { p.send("HTTP/1.1 103 E\r\n\r\n") }, false, "the connection closed after an interim response, before the final one"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.answer(empty)
				if p.request() == nil {
					return
				}
				test.play(p)
			})
			c := start(t, Options{})
			whole(t, get(t, c, url))
			x := c.Do(t.Context(), request(test.method, url, "a"), ample)
			if test.want == "" {
				whole(t, x)
			} else {
				failed(t, x, exchange.FailedClosed, test.want)
			}
			if x.Conn.Resent != test.resent || x.Conn.Reused == test.resent {
				t.Errorf("%+v", x.Conn)
			}
		})
	}
}

func TestFreshConnectionThatBreaksIsNotTriedAgain(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.request()
		if p.number > 0 {
			t.Error("a second connection")
		}
	})
	x := get(t, start(t, Options{}), url)
	failed(t, x, exchange.FailedClosed, "the connection closed before any answer")
	if x.Conn.Resent {
		t.Error("resent")
	}
}

func TestIdleConnectionsAreLimited(t *testing.T) {
	c := start(t, Options{IdlePerHost: 1})
	arrived, proceed := make(chan struct{}, 2), make(chan struct{})
	url := listen(t, func(p *peer) {
		for p.request() != nil {
			arrived <- struct{}{}
			<-proceed
			p.send(empty)
		}
	})
	done := make(chan exchange.Exchange, 2)
	for range 2 {
		go func() { done <- get(t, c, url) }()
		<-arrived
	}
	close(proceed)
	whole(t, <-done)
	whole(t, <-done)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if n := len(c.idle.idle[endpoint{host: "127.0.0.1", port: port}]); n != 1 {
		t.Errorf("%d idle connections", n)
	}
	c.Close()
	if x := get(t, c, url); x.Conn.Reused {
		t.Error("a connection outlived Close")
	}
	if x := get(t, c, url); x.Conn.Reused {
		t.Error("a connection was kept after Close")
	}
}
