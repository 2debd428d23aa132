package wire

import (
	"errors"
	"io"
	"strings"

	"httpprobe/probe/exchange"
)

// Body reads the content of the response that Next gave, by its framing, and
// its trailers. What was read stays in resp when the end comes early. Content
// codings are not undone: see Decode.
//
// An event stream has no end to wait for: when the limit cuts it, that is no
// failure, but the response is not Complete.
func (r *Reader) Body(resp *exchange.Response) *End {
	noted := faults(resp.Faults)
	var end *End
	switch {
	case r.broken != nil:
		end = r.broken
		r.takeBuffered(resp)
	case resp.Framing == exchange.NoBody:
	case resp.Framing == exchange.ByLength:
		end = r.byLength(resp)
	case resp.Framing == exchange.ByChunks:
		end = r.byChunks(resp, &noted)
	default:
		end = r.byClose(resp)
	}
	resp.Faults = noted
	resp.Content = resp.Body
	resp.Complete = end == nil
	if end != nil && end.Kind == exchange.FailedTooLarge && EventStream(resp) {
		return nil
	}
	return end
}

// EventStream reports whether resp is an endless text/event-stream.
func EventStream(resp *exchange.Response) bool {
	media, _, _ := strings.Cut(resp.Fields.Get("Content-Type"), ";")
	return strings.EqualFold(strings.Trim(media, " \t"), "text/event-stream")
}

// takeBuffered keeps what has come already, so that a report can show it; where
// the end cannot be told, waiting for more could last for ever.
func (r *Reader) takeBuffered(resp *exchange.Response) {
	n := min(int64(r.src.Buffered()), r.limits.Body)
	if n > 0 {
		resp.Body = make([]byte, n)
		_, _ = io.ReadFull(r.src, resp.Body) // cannot fail: it is buffered
	}
}

func (r *Reader) byLength(resp *exchange.Response) *End {
	err := r.read(&resp.Body, min(r.length, r.limits.Body))
	got := int64(len(resp.Body))
	switch {
	case err != nil:
		return cut(exchange.FailedTruncated, err, "after "+grouped(got)+" of "+Count(r.length)+" of the body")
	case got < r.length:
		return r.bodyTooLarge()
	}
	return nil
}

func (r *Reader) bodyTooLarge() *End {
	return tooLarge("the body is", r.limits.Body, "ask for less, or raise the limit (--max-body)")
}

func (r *Reader) byClose(resp *exchange.Response) *End {
	resp.Body = make([]byte, 0, max(r.src.Buffered(), 512))
	err := r.read(&resp.Body, r.limits.Body+1)
	switch {
	case err == nil:
		resp.Body = resp.Body[:r.limits.Body]
		return r.bodyTooLarge()
	case errors.Is(err, io.EOF):
		return nil
	}
	return cut(exchange.FailedTruncated, err, "after "+Count(int64(len(resp.Body)))+" of the body")
}

// firstPiece bounds what is set aside for a body before any of it has come.
const firstPiece = 64 << 10

// read appends n octets to body, or as many as come before the error.
func (r *Reader) read(body *[]byte, n int64) error {
	b := *body
	if b == nil && n > 0 {
		b = make([]byte, 0, min(n, firstPiece))
	}
	want := int64(len(b)) + n
	for int64(len(b)) < want {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		got, err := r.src.Read(b[len(b):min(int64(cap(b)), want)])
		b = b[:len(b)+got]
		if err != nil {
			*body = b
			return err
		}
	}
	*body = b
	return nil
}
