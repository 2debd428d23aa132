package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"httpprobe/probe/exchange"
)

func TestMain(m *testing.M) {
	if os.Getenv(serving) != "" {
		serve()
		return
	}
	goleak.VerifyTestMain(m)
}

// peer is the server's end of one connection, played by a test.
type peer struct {
	net.Conn
	in     *bufio.Reader
	number int // of the connection, from 0
}

// request reads one request with its body, or gives nil when none comes.
func (p *peer) request() *http.Request {
	r, err := http.ReadRequest(p.in)
	if err != nil {
		return nil
	}
	_, _ = io.Copy(io.Discard, r.Body)
	return r
}

// head reads the lines of a request up to the empty one, and no further.
func (p *peer) head() {
	for {
		if line, err := p.in.ReadString('\n'); err != nil || line == "\r\n" {
			return
		}
	}
}

func (p *peer) send(octets string) { _, _ = io.WriteString(p.Conn, octets) }

// answer reads a request and answers it.
func (p *peer) answer(octets string) bool {
	if p.request() == nil {
		return false
	}
	p.send(octets)
	return true
}

// rest waits until the client closes.
func (p *peer) rest() { _, _ = io.Copy(io.Discard, p.in) }

func (p *peer) reset() {
	_ = p.Conn.(*net.TCPConn).SetLinger(0)
	_ = p.Close()
}

// listen plays a server: play is called for each connection, which closes when
// it returns.
func listen(t testing.TB, play func(*peer)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var players sync.WaitGroup
	players.Go(func() {
		for number := 0; ; number++ {
			c, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			players.Go(func() {
				defer c.Close()
				play(&peer{c, bufio.NewReader(c), number})
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		players.Wait()
	})
	return "http://" + l.Addr().String()
}

// start gives a client that is closed before the servers of the test are.
func start(t testing.TB, o Options) *Client {
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func request(method, url string, body string, fields ...string) exchange.Request {
	r := exchange.Request{Method: method, URL: url, Fields: exchange.Fields{{Name: "Host", Value: "test"}}}
	if body != "" {
		r.Body = []byte(body)
		r.Fields = append(r.Fields, exchange.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
	}
	for i := 0; i < len(fields); i += 2 {
		r.Fields = append(r.Fields, exchange.Field{Name: fields[i], Value: fields[i+1]})
	}
	return r
}

// ample is a limit that no working exchange comes near.
const ample = 20 * time.Second

func get(t testing.TB, c *Client, url string) exchange.Exchange {
	t.Helper()
	return c.Do(t.Context(), request("GET", url, ""), ample)
}

// whole fails the test unless a complete response came.
func whole(t testing.TB, x exchange.Exchange) *exchange.Response {
	t.Helper()
	if x.Failure != nil {
		t.Fatalf("failure %s: %s (%s)", x.Failure.Kind, x.Failure.Text, x.Failure.Hint)
	}
	if x.Response == nil || !x.Response.Complete {
		t.Fatalf("no complete response: %+v", x.Response)
	}
	return x.Response
}

// failed fails the test unless the exchange failed in just that way.
func failed(t testing.TB, x exchange.Exchange, kind exchange.FailureKind, text string) {
	t.Helper()
	if x.Failure == nil {
		t.Fatalf("no failure but %+v", x.Response)
	}
	if x.Failure.Kind != kind || x.Failure.Text != text {
		t.Errorf("failure %s: %s (%s)\nwant    %s: %s", x.Failure.Kind, x.Failure.Text, x.Failure.Hint, kind, text)
	}
}

func stopped() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
