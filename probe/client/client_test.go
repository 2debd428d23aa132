package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

func TestRequestIsSentAsGiven(t *testing.T) {
	var got string
	url := listen(t, func(p *peer) {
		sent := make([]byte, 1000)
		n, _ := p.Read(sent)
		got = string(sent[:n])
		p.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	r := request("POST", url+"/a%20b/?q=1&r=%2F", "hello", "x-ODD", "1", "X-odd", "2", "Accept", "")
	x := start(t, Options{}).Do(t.Context(), r, ample)
	whole(t, x)
	want := "POST /a%20b/?q=1&r=%2F HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nx-ODD: 1\r\nX-odd: 2\r\nAccept: \r\n\r\nhello"
	if got != want {
		t.Errorf("sent %q\nwant %q", got, want)
	}
	if x.Request.Target != "/a%20b/?q=1&r=%2F" || x.Request.Proto != "HTTP/1.1" {
		t.Errorf("recorded %q %q", x.Request.Target, x.Request.Proto)
	}
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		name, method, octets string
		closes               bool // the server closes after them
		want                 string
	}{
		{"length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, `200 length "hello"`},
		{"chunks, extension, trailer", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", false,
			`200 chunked "hello" trailers [{X-Sum 1}]`},
		{"close", "GET", "HTTP/1.1 200 OK\r\n\r\nhello", true, `200 close "hello" closed`},
		{"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, `200 none ""`},
		{"extra after 204", "DELETE", "HTTP/1.1 204 No Content\r\n\r\n{}", false, `204 none "" extra "{}"`},
		{"extra after 204 and close", "DELETE", "HTTP/1.1 204 No Content\r\n\r\n{}", true, `204 none "" extra "{}" closed`},
		{"extra after 304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}", false, `304 none "" extra "{}"`},
		{"extra after HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, `200 none "" extra "hello"`},
		{"extra after length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello", false, `200 length "he" extra "llo"`},
		{"extra after chunks", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n", false, `200 chunked "" extra "\r\n"`},
		{"much extra", "GET", "HTTP/1.1 204 No\r\n\r\n" + strings.Repeat("x", 5000), false,
			`204 none "" extra "` + strings.Repeat("x", 4096) + `"`},
		{"101", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nraw octets", false, `101 none ""`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := listen(t, func(p *peer) {
				p.answer(test.octets)
				if !test.closes {
					p.rest()
				}
			})
			c := start(t, Options{})
			if test.closes {
				c.linger = ample // which ends with the connection
			}
			x := c.Do(t.Context(), request(test.method, url, ""), ample)
			r := whole(t, x)
			got := fmt.Sprintf("%d %s %q", r.Status, r.Framing, r.Body)
			if len(r.Trailers) > 0 {
				got += fmt.Sprintf(" trailers %v", r.Trailers)
			}
			if len(r.Extra) > 0 {
				got += fmt.Sprintf(" extra %q", r.Extra)
			}
			if x.Conn.Closed {
				got += " closed"
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if !strings.HasPrefix(test.octets, string(r.Head)) {
				t.Errorf("head %q", r.Head)
			}
		})
	}
}

func TestExtraThatComesLate(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer("HTTP/1.1 204 No Content\r\n\r\n")
		p.send("{")
		p.send("}")
	})
	c := start(t, Options{})
	c.linger = ample
	r := whole(t, get(t, c, url))
	if string(r.Extra) != "{}" {
		t.Errorf("extra %q", r.Extra)
	}
}

func TestManyInterims(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 50) + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	x := get(t, start(t, Options{}), url)
	whole(t, x)
	if len(x.Interims) != 50 || x.Interims[49].Fields.Get("link") != "</a>" {
		t.Errorf("%d interim responses", len(x.Interims))
	}
	for i, interim := range x.Interims {
		if interim.After <= 0 || interim.After > x.Timing.Total || i > 0 && interim.After < x.Interims[i-1].After {
			t.Fatalf("interim response %d came after %s of %s", i, interim.After, x.Timing.Total)
		}
	}
}

func TestTooManyInterims(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 101))
		p.rest()
	})
	x := get(t, start(t, Options{}), url)
	failed(t, x, exchange.FailedTooLarge, "more than 100 interim (1xx) responses came and no final one")
	if len(x.Interims) != 100 {
		t.Errorf("%d interim responses", len(x.Interims))
	}
}

func TestBodyOverLimit(t *testing.T) {
	url := listen(t, func(p *peer) {
		p.answer("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 100_000))
		p.rest()
	})
	x := get(t, start(t, Options{Limits: wire.Limits{Body: 1 << 10}}), url)
	failed(t, x, exchange.FailedTooLarge, "the body is over the limit of 1 KiB")
	if len(x.Response.Body) != 1<<10 || x.Response.Complete {
		t.Errorf("%d octets", len(x.Response.Body))
	}
}

func TestContentCodings(t *testing.T) {
	content := []byte(strings.Repeat(`{"name":"Bob"}`, 50))
	writers := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
			return z
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		coding := r.Header.Get("Accept-Encoding")
		w.Header().Set("Content-Encoding", coding)
		z := writers[coding](w)
		_, _ = z.Write(content)
		_ = z.Close()
	}))
	t.Cleanup(server.Close)
	c := start(t, Options{})
	for coding := range writers {
		x := c.Do(t.Context(), request("GET", server.URL, "", "Accept-Encoding", coding), ample)
		r := whole(t, x)
		if !bytes.Equal(r.Content, content) || bytes.Equal(r.Body, content) || len(r.Codings) != 1 || r.CodingFault != "" {
			t.Errorf("%s: codings %v, fault %q, content %q", coding, r.Codings, r.CodingFault, r.Content)
		}
	}
}

func TestTimings(t *testing.T) {
	url := listen(t, func(p *peer) {
		for p.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") {
		}
	})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	c := start(t, Options{})
	x := get(t, c, "http://localhost:"+port)
	whole(t, x)
	if x.Timing.DNS <= 0 || x.Timing.Connect <= 0 || x.Timing.TLS != 0 || x.Timing.FirstByte <= x.Timing.DNS || x.Timing.Total < x.Timing.FirstByte {
		t.Errorf("fresh: %+v", x.Timing)
	}
	if x.Started.IsZero() || x.Conn.Remote != "127.0.0.1:"+port {
		t.Errorf("begun %s with %s", x.Started, x.Conn.Remote)
	}
	x = get(t, c, "http://localhost:"+port)
	whole(t, x)
	if !x.Conn.Reused || x.Timing.DNS != 0 || x.Timing.Connect != 0 || x.Timing.FirstByte <= 0 {
		t.Errorf("reused: %t %+v", x.Conn.Reused, x.Timing)
	}
}

func TestConcurrentUse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	c := start(t, Options{IdlePerHost: 4})
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 50 {
				body := strings.Repeat(fmt.Sprintf("%d/%d ", i, j), 1+j*40)
				x := c.Do(t.Context(), request("PUT", server.URL, body), ample)
				if x.Failure != nil || string(x.Response.Body) != body {
					t.Errorf("failure %v, response %+v", x.Failure, x.Response)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestOverPipe(t *testing.T) {
	var servers sync.WaitGroup
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		if address != "api.example:80" {
			return nil, fmt.Errorf("asked for %s", address)
		}
		near, far := net.Pipe()
		servers.Go(func() {
			defer far.Close()
			buffer := make([]byte, 3) // it answers before it has read the request
			_, _ = far.Read(buffer)
			_, _ = io.WriteString(far, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
		})
		return near, nil
	}
	x := start(t, Options{Dial: dial}).Do(t.Context(), request("POST", "http://api.example/", "hello"), ample)
	servers.Wait()
	if r := whole(t, x); r.Status != 413 || string(r.Body) != "no" || !x.Request.Partial {
		t.Errorf("%d %q, partial: %t", r.Status, r.Body, x.Request.Partial)
	}
}
