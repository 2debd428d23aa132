package client

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

const (
	// continueWait is how long the body waits for 100 Continue at most, unless
	// the request says it.
	continueWait = time.Second
	// illegalWait is how long octets are waited for that must not follow an
	// answer without content: servers that send them do so at once.
	illegalWait = 10 * time.Millisecond
	// writerGrace is how long the writer may take to find that it is done,
	// once an answer is there that makes the rest of the body pointless.
	writerGrace = 20 * time.Millisecond
)

// turn is one exchange being carried out.
type turn struct {
	client   *Client
	ctx      context.Context
	x        *exchange.Exchange
	to       endpoint
	limit    time.Duration // as asked for, for messages
	deadline time.Time
	ended    time.Time // when the answer had come whole, by the clock of the records
}

func (t *turn) run() {
	if t.ctx.Err() != nil {
		t.x.Failure = t.stopped(t.ctx.Err())
		return
	}
	if kept := t.client.idle.take(t.to); kept != nil {
		t.x.Conn.Reused = true
		if again := t.over(kept); !again {
			return
		}
		t.x.Conn, t.x.Request.Unprompted = exchange.Conn{Resent: true}, false
	}
	fresh, failure := t.open()
	if failure != nil {
		t.x.Failure = failure
		return
	}
	t.over(fresh)
}

// over carries the exchange out over c and keeps or closes c. It reports
// whether the request has to be sent again, which only happens on a kept
// connection that broke before any answer, to a request that may be repeated
// without harm (RFC 9112 §9.3.1).
func (t *turn) over(c *conn) (again bool) {
	t.x.Conn.Remote, t.x.Conn.TLS = c.remote, c.tls
	c.got, c.first = 0, time.Time{}
	c.until(t.ctx, t.deadline)
	undisturbed := func() bool { return true }
	if t.ctx.Done() != nil {
		undisturbed = context.AfterFunc(t.ctx, c.interrupt)
	}
	w := &writer{conn: c}
	end := t.converse(c, w)
	if end == nil {
		t.ended = t.client.options.Now()
		t.rest(c, w)
	}
	whole, usable := w.finish()
	if end == nil && !whole && len(t.x.Request.Body) > 0 {
		t.x.Request.Early, t.x.Request.Partial = true, true
	}
	clean := end == nil && usable
	if clean {
		t.leftovers(c)
	}
	if !c.first.IsZero() {
		t.x.Timing.FirstByte = c.first.Sub(t.x.Started)
	}
	if end != nil {
		again = t.broken(c, end)
	}
	switch keep := clean && t.reusable(); {
	case undisturbed() && keep:
		path, _, _ := strings.Cut(t.x.Request.Target, "?") // a query may hold a key
		c.last = t.x.Request.Method + " " + path
		t.client.idle.put(t.to, c)
	case clean:
		c.shut()
	default:
		c.abort()
		c.release()
	}
	return again
}

// converse sends the request and reads the answer.
func (t *turn) converse(c *conn, w *writer) *wire.End {
	request := &t.x.Request
	c.out = wire.AppendHead(c.out[:0], *request)
	held := holdsBack(request)
	if held {
		w.write(c.out, nil)
	} else {
		w.write(c.out, request.Body)
	}
	c.reader.Begin(request.Method)
	wait := cmp.Or(request.ContinueWait, continueWait)
	// A server that does not know Expect needs time to answer, too.
	half := time.Until(t.deadline) / 2
	patience := time.Now().Add(min(wait, half))
	for t.x.Response == nil {
		if held && !t.prompted(c, patience) {
			held, request.Unprompted = false, wait <= half
			w.write(nil, request.Body)
		}
		interim, resp, end := c.reader.Next()
		if end != nil {
			return end
		}
		if interim != nil {
			interim.After = t.client.options.Now().Sub(t.x.Started)
			t.x.Interims = append(t.x.Interims, *interim)
			if held && interim.Status == http.StatusContinue {
				held = false
				w.write(nil, request.Body)
			}
		}
		t.x.Response = resp
	}
	request.Withheld = held
	end := c.reader.Body(t.x.Response)
	if failure := wire.Decode(t.x.Response, t.client.options.Limits.Body); failure != nil && end == nil {
		end = &wire.End{Failure: *failure}
	}
	return end
}

// holdsBack reports whether the body has to wait for 100 Continue, which
// HTTP/1.0 does not know (RFC 9110 §10.1.1).
func holdsBack(r *exchange.Request) bool {
	return len(r.Body) > 0 && r.Proto != "HTTP/1.0" && has(r.Fields, "Expect", "100-continue")
}

func has(fields exchange.Fields, name, option string) bool {
	return slices.ContainsFunc(fields.Tokens(name), func(t string) bool { return strings.EqualFold(t, option) })
}

// prompted waits until patience ends for the first octet of a response. The
// end of the exchange, or of the connection, is left for the reader to find.
func (t *turn) prompted(c *conn, patience time.Time) bool {
	if !patience.Before(t.deadline) {
		return true
	}
	c.readUntil(t.ctx, patience)
	_, err := c.in.Peek(1)
	c.readUntil(t.ctx, t.deadline)
	return err == nil || !late(err) || t.ctx.Err() != nil
}

// tunnel reports whether another protocol begins after the response.
func (t *turn) tunnel() bool {
	return t.x.Response.Status == http.StatusSwitchingProtocols ||
		t.x.Request.Method == http.MethodConnect && t.x.Response.Status/100 == 2
}

// reusable reports whether the next message on the connection is sure to begin
// where this one ended (RFC 9112 §9.3).
func (t *turn) reusable() bool {
	request, resp := &t.x.Request, t.x.Response
	if !resp.Complete || t.x.Conn.Closed || len(resp.Extra) > 0 || request.Withheld || t.tunnel() ||
		resp.Framing == exchange.ByClose {
		return false
	}
	if slices.ContainsFunc(resp.Faults, func(f exchange.Fault) bool { return !f.Mild }) {
		return false
	}
	if has(request.Fields, "Connection", "close") || has(resp.Fields, "Connection", "close") {
		return false
	}
	old := request.Proto == "HTTP/1.0" || resp.Proto == "HTTP/1.0"
	return !old || has(resp.Fields, "Connection", "keep-alive")
}

// broken words the failure; see over for what it reports.
func (t *turn) broken(c *conn, end *wire.End) (again bool) {
	lost := end.Cause != nil && !late(end.Cause) && t.ctx.Err() == nil
	if t.x.Conn.Reused && c.got == 0 && lost {
		if idempotent(t.x.Request.Method) {
			return true
		}
		t.x.Failure = &exchange.Failure{
			Kind: exchange.FailedClosed,
			Text: "the server closed the kept connection before it answered",
			Hint: t.x.Request.Method + " is not sent a second time: the server may have acted on it",
		}
		return false
	}
	t.x.Failure = t.failure(c, end)
	return false
}

// idempotent says what may be sent again by itself (RFC 9110 §9.2.2).
func idempotent(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
		return true
	}
	return false
}

// failure words why the answer was not read to its end; nil where that is no
// fault, since an event stream has none.
func (t *turn) failure(c *conn, end *wire.End) *exchange.Failure {
	failure := end.Failure
	switch {
	case end.Cause == nil && t.x.Conn.Reused && failure.Kind == exchange.FailedMessage && t.x.Response == nil && len(t.x.Interims) == 0:
		failure.Hint = leftover(c.last)
	case end.Cause == nil:
	case errors.Is(t.ctx.Err(), context.Canceled):
		return t.stopped(t.ctx.Err())
	case late(end.Cause) || t.ctx.Err() != nil:
		if t.x.Response != nil && wire.EventStream(t.x.Response) {
			return nil
		}
		return t.slow(c.got)
	default:
		reword(&failure, end)
		if failure.Hint == "" {
			failure.Hint = t.advice(failure.Kind)
		}
	}
	return &failure
}
