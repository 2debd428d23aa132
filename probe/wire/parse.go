package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"httpprobe/probe/exchange"
)

// Parse reads all that a server sent over one connection, up to its close, in
// answer to one request of that method, as a client would have recorded it,
// with content codings undone and default limits. Octets after the end of the
// answer are its Extra. Of the request only the method is set.
func Parse(method string, octets []byte) exchange.Exchange {
	x := exchange.Exchange{Request: exchange.Request{Method: method}}
	src := bufio.NewReader(bytes.NewReader(octets))
	r := NewReader(src, Limits{})
	r.Begin(method)
	for x.Response == nil {
		interim, resp, end := r.Next()
		if end != nil {
			x.Failure = &end.Failure
			return x
		}
		if interim != nil {
			x.Interims = append(x.Interims, *interim)
		}
		x.Response = resp
	}
	if end := r.Body(x.Response); end != nil {
		x.Failure = &end.Failure
	}
	if failure := Decode(x.Response, 0); failure != nil && x.Failure == nil {
		x.Failure = failure
	}
	if x.Response.Complete && x.Response.Status != 101 {
		x.Response.Extra = leftover(src)
	}
	return x
}

func leftover(src *bufio.Reader) []byte {
	extra := make([]byte, exchange.ExtraLimit)
	n, err := io.ReadFull(src, extra)
	if n == 0 || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return extra[:n:n]
}
