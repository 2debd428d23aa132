package client

import (
	"io"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

const empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func expecting(url string) exchange.Request {
	return request("POST", url, "hello", "Expect", "100-continue")
}

func TestContinueIsAwaited(t *testing.T) {
	var early int
	var body string
	url := listen(t, func(p *peer) {
		p.head()
		early = p.in.Buffered()
		p.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
		octets := make([]byte, 5)
		n, _ := p.in.Read(octets)
		body = string(octets[:n])
		p.send(empty)
		p.rest()
	})
	x := start(t, Options{}).Do(t.Context(), expecting(url), ample)
	whole(t, x)
	if early != 0 || body != "hello" || len(x.Interims) != 2 || x.Request.Withheld || x.Request.Unprompted {
		t.Errorf("%d octets early, body %q, %d interim responses, %+v", early, body, len(x.Interims), x.Request)
	}
}

func TestFinalInsteadOfContinue(t *testing.T) {
	more := make(chan string, 1)
	url := listen(t, func(p *peer) {
		if p.number > 0 {
			p.answer(empty)
			return
		}
		p.head()
		p.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
		rest := make([]byte, 10)
		n, _ := p.in.Read(rest)
		more <- string(rest[:n])
	})
	c := start(t, Options{})
	x := c.Do(t.Context(), expecting(url), ample)
	if whole(t, x).Status != 417 || !x.Request.Withheld || x.Request.Unprompted || x.Request.Partial {
		t.Errorf("%+v", x.Request)
	}
	if x = get(t, c, url); x.Conn.Reused {
		t.Error("the connection is used again, though the server may wait for the body")
	}
	whole(t, x)
	if got := <-more; got != "" {
		t.Errorf("sent after the final response: %q", got)
	}
}

func TestContinueThatNeverComes(t *testing.T) {
	url := listen(t, func(p *peer) { p.answer(empty) })
	x := start(t, Options{}).Do(t.Context(), expecting(url), ample)
	whole(t, x)
	if !x.Request.Unprompted || x.Request.Withheld || x.Timing.Total < continueWait {
		t.Errorf("%+v after %s", x.Request, x.Timing.Total)
	}
}

func TestContinueThatNeverComesWithinAShortLimit(t *testing.T) {
	url := listen(t, func(p *peer) { p.answer(empty) })
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		x := start(t, Options{}).Do(t.Context(), expecting(url), min(limit, continueWait*9/10))
		return x, x.Failure == nil
	})
	whole(t, x)
	// It was sent, though the server is not to blame: it had less time than it may take.
	if x.Request.Withheld || x.Request.Unprompted || x.Timing.Total >= continueWait {
		t.Errorf("%+v after %s", x.Request, x.Timing.Total)
	}
}

func TestEarlySuccessWhileTheBodyIsRead(t *testing.T) {
	const size = 32 << 20
	read := make(chan int64, 1)
	url := listen(t, func(p *peer) {
		if p.number > 0 {
			t.Error("a second connection is opened")
			return
		}
		p.head()
		p.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
		pause := time.NewTicker(writerGrace / 4)
		defer pause.Stop()
		var total int64
		for range pause.C {
			n, err := io.CopyN(io.Discard, p.in, 1<<20)
			if total += n; err != nil || total == size {
				break
			}
		}
		read <- total
		p.answer(empty)
		p.rest()
	})
	c := start(t, Options{})
	x := c.Do(t.Context(), request("PUT", url, strings.Repeat("x", size)), ample)
	if got := <-read; whole(t, x).Status != 202 || x.Request.Partial || got != size {
		t.Errorf("%d octets were sent, partial: %t", got, x.Request.Partial)
	}
	whole(t, get(t, c, url))
}

func TestEarlySuccessWithoutReadingEndsWithTheLimit(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	url := listen(t, func(p *peer) {
		p.head()
		p.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
		<-done
	})
	body := strings.Repeat("x", 32<<20)
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		x := start(t, Options{}).Do(t.Context(), request("PUT", url, body), limit)
		return x, x.Response != nil
	})
	if whole(t, x); !x.Request.Partial || x.Timing.Total > ample {
		t.Errorf("partial: %t, after %s", x.Request.Partial, x.Timing.Total)
	}
}

func TestExpectWithoutBody(t *testing.T) {
	url := listen(t, func(p *peer) { p.answer(empty) })
	x := start(t, Options{}).Do(t.Context(), request("GET", url, "", "Expect", "100-continue"), ample)
	whole(t, x)
	if x.Timing.Total >= continueWait {
		t.Errorf("waited %s", x.Timing.Total)
	}
}

func TestEarlyAnswerToLargeBody(t *testing.T) {
	for name, stays := range map[string]bool{"and close": false, "and nothing more read": true} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			url := listen(t, func(p *peer) {
				p.head()
				p.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
				if stays {
					<-done
				}
			})
			x := start(t, Options{}).Do(t.Context(), request("PUT", url, strings.Repeat("x", 32<<20)), ample)
			close(done)
			if r := whole(t, x); r.Status != 413 || string(r.Body) != "big" || !x.Request.Partial {
				t.Errorf("%d %q, partial: %t", r.Status, r.Body, x.Request.Partial)
			}
		})
	}
}

func TestAnswerThatStreamsWhileTheBodyIsSent(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 1<<20)
	url := listen(t, func(p *peer) {
		p.head()
		p.send("HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n\r\n")
		buffer := make([]byte, 64<<10)
		for left := len(body); left > 0; {
			n, err := p.in.Read(buffer)
			if err != nil {
				return
			}
			p.send(string(buffer[:n]))
			left -= n
		}
		p.rest()
	})
	c := start(t, Options{Limits: wire.Limits{Body: 64 << 20}})
	x := c.Do(t.Context(), request("PUT", url, body), ample)
	if r := whole(t, x); string(r.Body) != body || x.Request.Partial {
		t.Errorf("%d octets came back", len(r.Body))
	}
}
