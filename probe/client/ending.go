package client

import (
	"sync"
	"time"

	"httpprobe/probe/exchange"
)

// vigil bounds the time that servers are waited for which have to close.
type vigil struct {
	most time.Duration

	mu    sync.Mutex
	spent map[endpoint]time.Duration
}

// left is how long a server may be waited for now: the whole time, or none.
func (v *vigil) left(to endpoint) time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.spent[to] >= v.most {
		return 0
	}
	return v.most
}

func (v *vigil) spend(to endpoint, d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.spent == nil {
		v.spent = map[endpoint]time.Duration{}
	}
	v.spent[to] += d
}

// rest lets the body be sent to its end after the answer came, where the
// connection stays open. A 2xx is no refusal: the server may have answered
// before it read everything. Any other has to read the rest as well, or close
// (RFC 9112 §9.3); to see which, it is given time.
func (t *turn) rest(c *conn, w *writer) {
	if w.within(writerGrace) {
		t.x.Conn.Closed = w.failed()
		return
	}
	t.x.Request.Early = true
	vigil, success := &t.client.closing, t.x.Response.Status/100 == 2
	wait := time.Until(t.deadline)
	if !success {
		wait = min(wait, vigil.left(t.to))
	}
	if wait <= 0 || !t.reusable() {
		return
	}
	began := time.Now()
	done := w.within(wait)
	took := time.Since(began)
	if !success {
		vigil.spend(t.to, took)
	}
	if done && !w.timedOut() {
		t.x.Conn.Closed = w.failed()
		return
	}
	t.x.Response.Extra, t.x.Conn.Closed = c.spill(t.ctx, time.Time{})
	if !t.x.Conn.Closed {
		t.x.Conn.LeftOpen = took
	}
}

// leftovers records what stands behind the end of the message. What must not
// be there gets a short time to come, and a server that has to close gets time
// for it.
func (t *turn) leftovers(c *conn) {
	resp := t.x.Response
	switch {
	case t.tunnel() || !resp.Complete:
		return
	case resp.Framing == exchange.ByClose:
		t.x.Conn.Closed = true
		return
	}
	vigil, wait := &t.client.closing, time.Duration(0)
	if resp.Framing == exchange.NoBody || vigil.most > 0 && (t.x.Request.Withheld || t.x.Request.Early) {
		wait = t.client.linger
	}
	closing := time.Duration(0)
	// After a refusal of content a server may go on to read for a while, so that
	// a reset does not take the answer from the client (RFC 9112 §9.6).
	refused := len(t.x.Request.Body) > 0 && resp.Status >= 400
	if has(resp.Fields, "Connection", "close") && !refused {
		closing = vigil.left(t.to)
	}
	began := time.Now()
	until := began.Add(max(wait, closing))
	if t.deadline.Before(until) {
		until = t.deadline
	}
	resp.Extra, t.x.Conn.Closed = c.spill(t.ctx, until)
	if closing == 0 {
		return
	}
	took := time.Since(began)
	vigil.spend(t.to, took)
	if !t.x.Conn.Closed {
		t.x.Conn.LeftOpen = took
	}
}
