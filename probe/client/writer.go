package client

import (
	"net"
	"time"
)

// inline is how many octets are written without a goroutine of their own: so
// many fit into the send buffer of any TCP socket, so that writing cannot wait
// for a peer that is itself waiting to be read.
const inline = 4 << 10

// writer writes the request while the answer is read. An error is kept, not
// told: what the server said before it stopped reading is worth more.
type writer struct {
	conn *conn
	busy chan struct{} // closed when the last write ended; nil for none under way
	err  error         // to be read once busy is closed
}

// write writes head and body, after what was given before.
func (w *writer) write(head, body []byte) {
	before := w.busy
	if before == nil && w.conn.direct != nil && len(head)+len(body) <= inline {
		w.send(head, body)
		return
	}
	busy := make(chan struct{})
	w.busy = busy
	go func() {
		defer close(busy)
		if before != nil {
			<-before
		}
		w.send(head, body)
	}()
}

func (w *writer) send(head, body []byte) {
	if w.err != nil {
		return
	}
	c := w.conn
	if len(body) > 0 && len(body) <= inline && len(head) > 0 {
		c.out = append(head, body...) // head is c.out: one packet for both
		head, body = c.out, nil
	}
	if c.secure == nil && len(body) > 0 && len(head) > 0 {
		both := net.Buffers{head, body}
		_, w.err = both.WriteTo(c.raw)
		return
	}
	for _, part := range [][]byte{head, body} {
		if len(part) > 0 && w.err == nil {
			_, w.err = c.Write(part)
		}
	}
}

// within waits so long for all that was given to be written, and reports
// whether the writing is over.
func (w *writer) within(d time.Duration) bool {
	if w.busy == nil {
		return true
	}
	select {
	case <-w.busy:
		return true
	default:
	}
	if d <= 0 {
		return false
	}
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-w.busy:
		return true
	case <-over.C:
		return false
	}
}

// failed reports, once the writing is over, whether the connection broke.
func (w *writer) failed() bool { return w.err != nil && !late(w.err) }

// timedOut reports, once the writing is over, whether a limit ended it.
func (w *writer) timedOut() bool { return w.err != nil && late(w.err) }

// finish reports whether all was written, and whether the connection is still
// of use. It comes back only when nothing is being written any more, and breaks
// the connection off where it has to stop the writing.
func (w *writer) finish() (whole, usable bool) {
	if w.within(0) {
		return w.err == nil, w.err == nil
	}
	w.conn.abort()
	<-w.busy
	return w.err == nil, false
}
