package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// gateway passes requests on to services behind it. They live in this process
// and are reached over pipes, but speak HTTP, or fail to, as others do.
type gateway struct {
	transport *http.Transport
}

// upstream is a service behind the gateway.
type upstream struct {
	patience time.Duration  // how long the gateway waits for it
	talk     func(net.Conn) // nil: connections are refused
}

var upstreams = map[string]upstream{
	"healthy":   {30 * time.Second, answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"upstream\":\"well\"}")},
	"refusing":  {30 * time.Second, nil},
	"closing":   {30 * time.Second, answering("")},
	"garbled":   {30 * time.Second, answering("220 mail.example ESMTP\r\n")},
	"truncated": {30 * time.Second, answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"upstream\":")},
	"slow":      {50 * time.Millisecond, silent},
}

// answering reads a request and answers with these octets.
func answering(octets string) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		// The gateway may have hung up; there is nobody to tell.
		_, _ = io.WriteString(conn, octets)
	}
}

// silent reads until the gateway gives up.
func silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func newGateway() *gateway {
	return &gateway{&http.Transport{
		DialContext:        dialUpstream,
		DisableKeepAlives:  true,
		DisableCompression: true,
	}}
}

func dialUpstream(_ context.Context, _, address string) (net.Conn, error) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the upstream's address: %w", err)
	}
	talk := upstreams[name].talk
	if talk == nil {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		talk(far)
	}()
	return near, nil
}

// forward asks an upstream and passes its answer on. What went wrong behind
// the gateway is told by the status alone.
func (g *gateway) forward(c *call) reply {
	name := c.vars["upstream"]
	behind, ok := upstreams[name]
	if !ok {
		return failure(http.StatusNotFound, "NOT_FOUND", "There is no such upstream")
	}
	ctx, cancel := context.WithTimeout(c.Context(), behind.patience)
	defer cancel()
	r, err := g.ask(ctx, name)
	switch {
	case err == nil:
		return r
	case ctx.Err() != nil:
		return failure(http.StatusGatewayTimeout, "UPSTREAM_TIMEOUT", "The service behind the API did not answer in time")
	}
	return failure(http.StatusBadGateway, "UPSTREAM_FAILED", "The service behind the API gave no valid answer")
}

func (g *gateway) ask(ctx context.Context, name string) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+name+"/", nil)
	if err != nil {
		return reply{}, fmt.Errorf("making the request to %s: %w", name, err)
	}
	response, err := g.transport.RoundTrip(request)
	if err != nil {
		return reply{}, fmt.Errorf("asking %s: %w", name, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, defaultLimit))
	if err != nil {
		return reply{}, fmt.Errorf("reading the answer of %s: %w", name, err)
	}
	return empty(response.StatusCode).with("Content-Type", response.Header.Get("Content-Type")).containing(body).tagged(), nil
}
