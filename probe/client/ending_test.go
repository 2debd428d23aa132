package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"httpprobe/probe/exchange"
)

const closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

// told gives a clock for records, which goes on by a second whenever it is
// asked, and a channel that is closed when the answer was recorded to its end.
// Before that the clock is asked at the beginning, at the first octet and
// around each step of connecting: one, or two with TLS.
func told(steps int64) (now func() time.Time, recorded chan struct{}) {
	recorded = make(chan struct{})
	var asked atomic.Int64
	return func() time.Time {
		n := asked.Add(1)
		if n == 2*steps+3 {
			close(recorded)
		}
		return time.Unix(n, 0)
	}, recorded
}

func TestCloseThatIsAnnouncedIsAwaited(t *testing.T) {
	for name, after := range map[string]time.Duration{"at once": 0, "later": 100 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			now, recorded := told(1)
			url := listen(t, func(p *peer) {
				p.answer(closing)
				<-recorded
				<-time.After(after)
			})
			c := start(t, Options{CloseWait: ample, Now: now})
			x := get(t, c, url)
			if whole(t, x); !x.Conn.Closed || x.Conn.LeftOpen != 0 {
				t.Errorf("%+v", x.Conn)
			}
			if x.Timing.Total != 4*time.Second {
				t.Errorf("total %s: what was waited counts", x.Timing.Total)
			}
		})
	}
}

func TestCloseOfTLSIsAwaited(t *testing.T) {
	ca := authority(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate(t, &ca, func(*x509.Certificate) {})}}
	now, recorded := told(2)
	at := listen(t, func(p *peer) {
		s := tls.Server(p.Conn, config)
		if _, err := http.ReadRequest(bufio.NewReader(s)); err != nil {
			return
		}
		_, _ = io.WriteString(s, closing)
		<-recorded
		_ = s.CloseWrite() // TCP stays open
		p.rest()
	})
	c := start(t, Options{CloseWait: ample, Now: now, TLS: &tls.Config{RootCAs: roots(ca)}})
	x := get(t, c, "https"+strings.TrimPrefix(at, "http"))
	if whole(t, x); !x.Conn.Closed || x.Conn.LeftOpen != 0 {
		t.Errorf("%+v", x.Conn)
	}
}

func TestConnectionThatIsLeftOpen(t *testing.T) {
	stays := func(p *peer) {
		p.answer(closing)
		p.rest()
	}
	url, other := listen(t, stays), listen(t, stays)
	const wait = 50 * time.Millisecond
	c := start(t, Options{CloseWait: wait})
	for i, test := range []struct {
		url   string
		waits bool
	}{{url, true}, {url, false}, {other, true}, {url, false}} {
		x := get(t, c, test.url)
		if whole(t, x); x.Conn.Closed || x.Conn.LeftOpen >= wait != test.waits || !test.waits && x.Conn.LeftOpen != 0 {
			t.Errorf("exchange %d: %+v", i, x.Conn)
		}
	}
}

func TestSlowClosersAreNotAwaitedForEver(t *testing.T) {
	const pause = 20 * time.Millisecond
	url := listen(t, func(p *peer) {
		p.answer(closing)
		<-time.After(pause)
	})
	c := start(t, Options{CloseWait: 10 * pause})
	for range 11 {
		whole(t, get(t, c, url))
	}
	for to, spent := range c.closing.spent {
		if left := c.closing.left(to); left != 0 {
			t.Errorf("after %s of waiting, %s is left", spent, left)
		}
	}
}

func TestWaitForCloseEnds(t *testing.T) {
	stays := func(p *peer) {
		p.answer(closing)
		p.rest()
	}
	t.Run("with the limit", func(t *testing.T) {
		url := listen(t, stays)
		var used time.Duration
		x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
			used = limit
			x := start(t, Options{CloseWait: time.Hour}).Do(t.Context(), request("GET", url, ""), limit)
			return x, x.Failure == nil
		})
		if whole(t, x); x.Conn.Closed || x.Conn.LeftOpen <= 0 || x.Timing.Total > used {
			t.Errorf("%+v after %s", x.Conn, x.Timing.Total)
		}
	})
	t.Run("with the run", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		now, recorded := told(1)
		url := listen(t, func(p *peer) {
			p.answer(closing)
			<-recorded
			cancel()
			p.rest()
		})
		c := start(t, Options{CloseWait: ample, Now: now})
		x := c.Do(ctx, request("GET", url, ""), 2*ample)
		if whole(t, x); x.Conn.Closed || x.Conn.LeftOpen >= ample {
			t.Errorf("%+v", x.Conn)
		}
	})
}

func TestOctetsBeforeTheClose(t *testing.T) {
	now, recorded := told(1)
	url := listen(t, func(p *peer) {
		p.answer(closing)
		<-recorded
		p.send("more")
	})
	x := get(t, start(t, Options{CloseWait: ample, Now: now}), url)
	if r := whole(t, x); string(r.Extra) != "more" || !x.Conn.Closed {
		t.Errorf("%q, %+v", r.Extra, x.Conn)
	}
}

func TestWhatIsNotAwaited(t *testing.T) {
	for name, test := range map[string]struct {
		octets string
		wait   time.Duration
	}{
		"not announced":   {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ample},
		"HTTP/1.0":        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ample},
		"nobody waits":    {closing, 0},
		"other protocol":  {"HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n", ample},
		"another option":  {"HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 0\r\n\r\n", ample},
		"kept explicitly": {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", ample},
	} {
		t.Run(name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.answer(test.octets)
				p.rest()
			})
			c := start(t, Options{CloseWait: test.wait})
			x := get(t, c, url)
			if whole(t, x); x.Conn.LeftOpen != 0 || len(c.closing.spent) != 0 {
				t.Errorf("%+v", x.Conn)
			}
		})
	}
}

func TestCloseAfterContentWasRefusedIsNotAwaited(t *testing.T) {
	for name, fields := range map[string][]string{"sent": nil, "held back": {"Expect", "100-continue"}} {
		t.Run(name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.head()
				p.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
				p.rest()
			})
			c := start(t, Options{CloseWait: ample})
			x := c.Do(t.Context(), request("POST", url, "hello", fields...), 2*ample)
			if whole(t, x); x.Conn.LeftOpen != 0 || len(c.closing.spent) != 0 {
				t.Errorf("%+v", x.Conn)
			}
		})
	}
}

const refused = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"

// large is more than the buffers of a connection take.
var large = strings.Repeat("x", 32<<20)

// later reads n octets of a body, when it has been left alone for longer than
// the writer's grace.
func (p *peer) later(n int64) int64 {
	<-time.After(2 * writerGrace)
	read, _ := io.CopyN(io.Discard, p.in, n)
	return read
}

func TestEarlyRefusalAndTheRestIsRead(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.head()
		p.send(refused)
		if n := p.later(int64(len(large))); n != int64(len(large)) {
			t.Errorf("%d octets were sent", n)
		}
		p.answer(empty)
		p.rest()
	})
	c := start(t, Options{CloseWait: ample})
	x := c.Do(t.Context(), request("PUT", url, large), ample)
	if r := x.Request; whole(t, x).Status != 401 || !r.Early || r.Partial || x.Conn.Closed || x.Conn.LeftOpen != 0 {
		t.Errorf("early: %t, partial: %t, %+v", r.Early, r.Partial, x.Conn)
	}
	if x = get(t, c, url); !x.Conn.Reused {
		t.Error("the connection is not used again")
	}
	whole(t, x)
}

func TestEarlyRefusalAndNothingMoreIsRead(t *testing.T) {
	for name, wait := range map[string]time.Duration{"awaited": 50 * time.Millisecond, "not awaited": 0} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			url := listen(t, func(p *peer) {
				p.head()
				p.send(refused)
				<-done
			})
			c := start(t, Options{CloseWait: wait})
			x := c.Do(t.Context(), request("PUT", url, large), ample)
			y := c.Do(t.Context(), request("PUT", url, large), ample)
			close(done)
			whole(t, x)
			whole(t, y)
			if r := x.Request; !r.Early || !r.Partial || x.Conn.Closed || x.Conn.LeftOpen < wait || (x.Conn.LeftOpen == 0) != (wait == 0) {
				t.Errorf("early: %t, partial: %t, %+v", r.Early, r.Partial, x.Conn)
			}
			if y.Conn.LeftOpen >= 50*time.Millisecond {
				t.Errorf("waited again: %+v", y.Conn)
			}
		})
	}
}

func TestEarlyRefusalAndAnUnannouncedClose(t *testing.T) {
	for name, end := range map[string]func(*peer){
		"closed": func(*peer) {},
		"half":   func(p *peer) { _ = p.Conn.(*net.TCPConn).CloseWrite(); p.later(int64(len(large))) },
	} {
		t.Run(name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.head()
				p.send(refused)
				p.later(1 << 10)
				end(p)
			})
			c := start(t, Options{CloseWait: ample})
			c.linger = ample
			x := c.Do(t.Context(), request("PUT", url, large), ample)
			if whole(t, x); !x.Request.Early || !x.Conn.Closed || x.Conn.LeftOpen != 0 {
				t.Errorf("early: %t, %+v", x.Request.Early, x.Conn)
			}
		})
	}
	t.Run("content held back", func(t *testing.T) {
		now, recorded := told(1)
		url := listen(t, func(p *peer) {
			p.head()
			p.send(refused)
			<-recorded
		})
		c := start(t, Options{CloseWait: ample, Now: now})
		c.linger = ample
		x := c.Do(t.Context(), expecting(url), ample)
		if whole(t, x); !x.Request.Withheld || !x.Conn.Closed {
			t.Errorf("%+v, %+v", x.Request, x.Conn)
		}
	})
}

func TestRestThatIsTakenForARequest(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.head()
		p.send(refused)
		p.later(1 << 20)
		p.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		p.rest()
	})
	c := start(t, Options{CloseWait: ample})
	c.linger = ample
	x := c.Do(t.Context(), request("PUT", url, large), time.Second)
	if r := whole(t, x); !strings.HasPrefix(string(r.Extra), "HTTP/1.1 400 ") || !x.Request.Early {
		t.Errorf("early: %t, extra %q", x.Request.Early, r.Extra)
	}
}
