// Package client sends requests and records what comes back. It is the only
// package that touches the network.
package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

// Options says how a client reaches servers. The zero value works.
type Options struct {
	// TLS is used for https; nil is Go's default. Its NextProtos are not
	// used: only http/1.1 is offered.
	TLS *tls.Config
	// Limits bounds what is read of each answer.
	Limits wire.Limits
	// Dial opens connections to host:port, names not looked up; nil looks
	// them up and opens TCP connections.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock of what is recorded; limits go by the real one. nil is
	// time.Now.
	Now func() time.Time
	// CloseWait is how long servers are waited for that have to close their
	// side after an answer, unless that refuses content, or that have to read
	// the rest of a body which they answered before it was sent; see
	// exchange.Conn.LeftOpen. It is spent once for each scheme, host and port
	// in the life of the client; when it is used up, those are not waited for
	// any more. 0 waits for none.
	CloseWait time.Duration
	// IdlePerHost is how many idle connections are kept for each scheme, host
	// and port; 0 is 64.
	IdlePerHost int
}

const (
	defaultLimit       = 30 * time.Second
	defaultIdlePerHost = 64
	readBuffer         = 8 << 10
)

// Client sends requests over HTTP/1.1 and keeps connections for the next ones
// to the same scheme, host and port. It is safe for concurrent use.
type Client struct {
	options Options
	lookup  net.Resolver
	dialer  net.Dialer
	idle    pool
	closing vigil
	buffers sync.Pool // of *bufio.Reader
	linger  time.Duration
}

// New gives a client.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.IdlePerHost <= 0 {
		o.IdlePerHost = defaultIdlePerHost
	}
	if o.TLS == nil {
		o.TLS = &tls.Config{}
	}
	c := &Client{options: o, linger: illegalWait}
	c.idle.most = o.IdlePerHost
	c.closing.most = o.CloseWait
	c.buffers.New = func() any { return bufio.NewReaderSize(nil, readBuffer) }
	return c
}

// Close closes the idle connections; those in use close when their exchange
// ends. The client can still be used, but keeps no connection any more.
func (c *Client) Close() { c.idle.close() }

// Do sends r and records everything that comes back for it, content codings
// undone. It sends the fields of r and no other. Proto and Target may be empty:
// HTTP/1.1, and what the URL says (RFC 9112 §3.2.1).
//
// The whole exchange, from looking up the name to the last octet, takes no
// longer than limit (0: 30 s) and ends when ctx does. What went wrong is in
// Failure, never an error, and stands beside as much of the response as came.
//
// With Expect: 100-continue the body is held back until 100 Continue or the
// final response comes, or ContinueWait of the request has passed, or half of
// the limit (RFC 9110 §10.1.1). When the final response comes before the body is
// sent whole, the rest is sent only where the connection stays open: after a
// 2xx, and for as long as Options.CloseWait allows after another. Nothing is
// sent twice, with one exception that Conn.Resent tells of. Redirects are not
// followed. A 101 ends the exchange, and its connection.
func (c *Client) Do(ctx context.Context, r exchange.Request, limit time.Duration) exchange.Exchange {
	x := exchange.Exchange{Request: r, Started: c.options.Now()}
	if limit <= 0 {
		limit = defaultLimit
	}
	t := turn{client: c, ctx: ctx, x: &x, limit: limit, deadline: time.Now().Add(limit)}
	if earlier, ok := ctx.Deadline(); ok && earlier.Before(t.deadline) {
		t.limit = max(limit-t.deadline.Sub(earlier), 0).Round(time.Millisecond)
		t.deadline = earlier
	}
	if to, err := prepare(&x.Request); err != nil {
		x.Failure = &exchange.Failure{Kind: exchange.FailedRequest, Text: err.Error()}
	} else {
		t.to = to
		t.run()
	}
	if t.ended.IsZero() {
		t.ended = c.options.Now()
	}
	x.Timing.Total = t.ended.Sub(x.Started)
	return x
}
