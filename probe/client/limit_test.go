package client

import (
	"io"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
)

// tryLimits makes an exchange with ever longer limits until it came as far as
// it should: what is enough on an idle machine may not be on a busy one.
func tryLimits(do func(limit time.Duration) (x exchange.Exchange, far bool)) exchange.Exchange {
	for limit := 50 * time.Millisecond; ; limit *= 4 {
		if x, far := do(limit); far || limit > ample/4 {
			return x
		}
	}
}

func TestLimit(t *testing.T) {
	tests := map[string]struct {
		octets, text, hint string // LIMIT stands for the limit
	}{
		"silent": {"", "no answer within LIMIT", "longer timeout"},
		"interim": {"HTTP/1.1 103 Early Hints\r\n\r\n", "no final answer within LIMIT: only 103 came",
			"RFC 9110 §15.2"},
		"head":   {"HTTP/1.1 200 OK\r\nA: b\r\n", "the answer was not complete within LIMIT: 23 octets came", "did not end"},
		"length": {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "the answer was not complete within LIMIT: 40 octets came", "2 octets of the body came, and Content-Length is 9"},
		"close":  {"HTTP/1.1 200 OK\r\n\r\nab", "the answer was not complete within LIMIT: 21 octets came", "neither Content-Length nor chunks"},
		"chunks": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "the answer was not complete within LIMIT: 47 octets came", "longer timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.answer(test.octets)
				p.rest()
			})
			var used time.Duration
			want := func() string { return strings.ReplaceAll(test.text, "LIMIT", used.String()) }
			x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
				used = limit
				x := start(t, Options{}).Do(t.Context(), request("GET", url, ""), limit)
				return x, x.Failure != nil && x.Failure.Text == want()
			})
			failed(t, x, exchange.FailedTimeout, want())
			if !strings.Contains(x.Failure.Hint, test.hint) {
				t.Errorf("hint %q lacks %q", x.Failure.Hint, test.hint)
			}
			if x.Timing.Total < used || x.Timing.Total > used+5*time.Second {
				t.Errorf("took %s", x.Timing.Total)
			}
		})
	}
}

func TestDripIsCutByLimit(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
		ticks := time.NewTicker(time.Millisecond)
		defer ticks.Stop()
		for range ticks.C {
			if _, err := io.WriteString(p.Conn, "x"); err != nil {
				return
			}
		}
	})
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		x := start(t, Options{}).Do(t.Context(), request("GET", url, ""), limit)
		return x, x.Response != nil && len(x.Response.Body) > 0
	})
	if x.Failure == nil || x.Failure.Kind != exchange.FailedTimeout || x.Response == nil || len(x.Response.Body) == 0 {
		t.Errorf("failure %+v, response %+v", x.Failure, x.Response)
	}
}

func TestServerThatDoesNotRead(t *testing.T) {
	done := make(chan struct{})
	url := listen(t, func(*peer) { <-done })
	defer close(done)
	body := strings.Repeat("x", 32<<20)
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		x := start(t, Options{}).Do(t.Context(), request("PUT", url, body), limit)
		return x, x.Failure != nil && x.Failure.Kind == exchange.FailedTimeout
	})
	if x.Failure == nil || x.Failure.Kind != exchange.FailedTimeout || !strings.HasPrefix(x.Failure.Text, "no answer within ") {
		t.Errorf("%+v", x.Failure)
	}
}

func TestEventStreamIsCutWithoutFailure(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
		p.rest()
	})
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		x := start(t, Options{}).Do(t.Context(), request("GET", url, ""), limit)
		return x, x.Response != nil
	})
	if x.Failure != nil || x.Response == nil || x.Response.Complete || string(x.Response.Body) != "data: 1\n\n" {
		t.Errorf("failure %v, response %+v", x.Failure, x.Response)
	}
}
