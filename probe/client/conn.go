package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

// conn is one connection, used by one exchange at a time.
type conn struct {
	net.Conn          // what is read and written: raw, or TLS over it
	raw      net.Conn // what deadlines are set on
	secure   *tls.Conn
	direct   syscall.RawConn // nil where the socket cannot be looked at
	client   *Client

	in     *bufio.Reader
	reader *wire.Reader
	out    []byte // the last head that was sent, for its memory

	last   string // the request before, for messages: "GET /users"
	remote string
	tls    *exchange.TLS

	broke error     // what ended the reading for good; a second read might tell less
	got   int64     // octets that came since the exchange began
	first time.Time // when the first of them came
}

func (c *Client) newConn(raw net.Conn, secure *tls.Conn, state *exchange.TLS) *conn {
	k := &conn{Conn: raw, raw: raw, secure: secure, client: c, tls: state, remote: raw.RemoteAddr().String()}
	if secure != nil {
		k.Conn = secure
	}
	k.direct = socket(raw)
	k.in = c.buffers.Get().(*bufio.Reader)
	k.in.Reset(k)
	k.reader = wire.NewReader(k.in, c.options.Limits)
	return k
}

// Read counts what comes and notes when it begins.
func (c *conn) Read(p []byte) (int, error) {
	if c.broke != nil {
		return 0, c.broke
	}
	n, err := c.Conn.Read(p)
	if err != nil && !late(err) {
		c.broke = err
	}
	if n > 0 && c.got == 0 {
		c.first = c.client.options.Now()
	}
	c.got += int64(n)
	return n, err
}

// until sets the time by which reading and writing must be over. When ctx ended
// meanwhile that time is now, whichever was set last.
func (c *conn) until(ctx context.Context, t time.Time) {
	_ = c.raw.SetDeadline(t) // fails on a closed connection only, which reading will find
	if ctx.Err() != nil {
		c.interrupt()
	}
}

func (c *conn) readUntil(ctx context.Context, t time.Time) {
	_ = c.raw.SetReadDeadline(t)
	if ctx.Err() != nil {
		c.interrupt()
	}
}

func (c *conn) interrupt() { _ = c.raw.SetDeadline(longAgo) }

var longAgo = time.Unix(1, 0)

// shut ends a connection on which nothing is being written, with the close
// alert that TLS wants.
func (c *conn) shut() {
	_ = c.Close()
	c.release()
}

// abort ends a connection at once; who writes to it gets an error.
func (c *conn) abort() { _ = c.raw.Close() }

func (c *conn) release() {
	if c.in != nil {
		c.in.Reset(nil)
		c.client.buffers.Put(c.in)
		c.in = nil
	}
}

// state is what there is to read of a connection.
type state int

const (
	quiet  state = iota // nothing
	octets              // something
	ended               // the peer closed, or the connection broke
)

// look tells without waiting what there is to read.
func (c *conn) look() state {
	switch {
	case c.in.Buffered() > 0:
		return octets
	case c.secure != nil:
		return c.lookSecure()
	case c.direct != nil:
		return c.lookDirect()
	}
	return c.await(context.Background(), time.Now().Add(glance))
}

// How long a read may take that is to tell whether there is anything to read:
// where there is no better way, and where there is something for sure.
const (
	glance  = 200 * time.Microsecond
	reading = time.Millisecond
)

// lookSecure finds first what TLS holds decrypted or undecrypted, which a
// reading that may not wait still gives, then what the socket holds. That may be
// no more than a session ticket, so it has to be read to be judged.
func (c *conn) lookSecure() state {
	if s := c.await(context.Background(), longAgo); s != quiet {
		return s
	}
	if c.direct != nil && c.lookDirect() == quiet {
		return quiet
	}
	return c.await(context.Background(), time.Now().Add(reading))
}

// await waits until t, or until ctx ends, for something to read.
func (c *conn) await(ctx context.Context, t time.Time) state {
	if c.in.Buffered() > 0 {
		return octets
	}
	c.readUntil(ctx, t)
	if _, err := c.in.Peek(1); err != nil {
		if late(err) {
			return quiet
		}
		return ended
	}
	return octets
}

// spill takes what comes until t, or until ctx ends, beyond the message that was
// read, and what is there already, and tells whether the peer closed.
func (c *conn) spill(ctx context.Context, t time.Time) (extra []byte, closed bool) {
	for len(extra) < exchange.ExtraLimit {
		s := c.look()
		if s == quiet && time.Now().Before(t) {
			s = c.await(ctx, t)
		}
		if s != octets {
			return extra, s == ended
		}
		// They may have been seen in the socket only.
		if s = c.await(ctx, time.Now().Add(reading)); s != octets {
			return extra, s == ended
		}
		piece, _ := c.in.Peek(min(c.in.Buffered(), exchange.ExtraLimit-len(extra)))
		extra = append(extra, piece...)
		_, _ = c.in.Discard(len(piece)) // cannot fail: it is buffered
	}
	return extra, false
}

func late(err error) bool {
	var timeout net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
