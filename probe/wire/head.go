package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"httpprobe/probe/exchange"
)

// Reader reads the answers that come over one connection, one after another.
// For each request call Begin, then Next until it gives a response, then Body.
// A Reader is for one goroutine.
type Reader struct {
	src    *bufio.Reader
	limits Limits

	raw      []byte // the head being read, reused
	method   string
	interims int
	before   int   // octets of their heads
	promised int64 // octets of content that the last interim response announced
	length   int64 // Content-Length of the response whose body comes next
	broken   *End  // why its framing cannot be followed
}

// NewReader gives a reader over src.
func NewReader(src *bufio.Reader, limits Limits) *Reader {
	return &Reader{src: src, limits: limits.filled()}
}

// Begin says that the answer to a request with that method comes next.
func (r *Reader) Begin(method string) {
	r.method, r.interims, r.before, r.promised, r.length, r.broken = method, 0, 0, 0, 0, nil
}

// Next reads one status line with its fields. What it gives is either an
// interim response (1xx other than 101), without After, or the final response,
// without content, or the end of reading.
func (r *Reader) Next() (*exchange.Interim, *exchange.Response, *End) {
	var noted faults
	if end := r.skipPromised(&noted); end != nil {
		return nil, nil, end
	}
	if end := r.readHead(); end != nil {
		return nil, nil, end
	}
	resp := &exchange.Response{Head: bytes.Clone(r.raw)}
	text := noted.leading(string(resp.Head))
	line, rest, _ := strings.Cut(text, "\n")
	line = noted.lineEnd(line)
	if !noted.statusLine(line, resp) {
		return nil, nil, unreadable("the status line cannot be read: "+Quote(line), "it should begin like HTTP/1.1 200 OK")
	}
	resp.Fields = noted.section(rest)
	if resp.Status/100 == 1 && resp.Status != 101 {
		return r.interim(resp, noted)
	}
	r.frame(resp, &noted)
	resp.Faults = noted
	return nil, resp, nil
}

func (r *Reader) interim(resp *exchange.Response, noted faults) (*exchange.Interim, *exchange.Response, *End) {
	if r.interims++; r.interims > r.limits.Interims {
		return nil, nil, &End{Failure: exchange.Failure{
			Kind: exchange.FailedTooLarge,
			Text: fmt.Sprintf("more than %d interim (1xx) responses came and no final one", r.limits.Interims),
		}}
	}
	if r.before += len(resp.Head); r.before > r.limits.Head {
		return nil, nil, tooLarge("the interim (1xx) responses are", int64(r.limits.Head), "their status lines and fields count, all together")
	}
	if n, ok := plainLength(resp.Fields.Get("Content-Length")); ok {
		r.promised = n
	}
	return &exchange.Interim{
		Proto: resp.Proto, Status: resp.Status, Reason: resp.Reason,
		Fields: resp.Fields, Head: resp.Head, Faults: noted,
	}, nil, nil
}

// skipPromised gets over the content of a 1xx response, which must have none:
// where it announced a length and no status line follows, that many octets are
// taken for it.
func (r *Reader) skipPromised(noted *faults) *End {
	n := r.promised
	r.promised = 0
	if n == 0 || n > int64(r.limits.Head) {
		return nil
	}
	next, err := r.src.Peek(1)
	if err != nil {
		return cut(exchange.FailedClosed, err, "after an interim response, before the final one")
	}
	if next[0] == 'H' {
		return nil
	}
	content := make([]byte, n)
	if got, err := io.ReadFull(r.src, content); err != nil {
		return cut(exchange.FailedClosed, eof(err), fmt.Sprintf("after %s that follow an interim response", Count(int64(got))))
	}
	noted.add(exchange.LengthFault, "content stands between an interim response, which has none, and this one", string(content))
	return nil
}

// readHead fills raw with the octets up to the blank line, which is part of it.
func (r *Reader) readHead() *End {
	r.raw = r.raw[:0]
	start, begun := 0, false // of the line being read; the status line has been seen
	for {
		if !begun && start == len(r.raw) {
			if end := r.statusAhead(); end != nil {
				return end
			}
		}
		line, err := r.src.ReadSlice('\n')
		if len(r.raw)+len(line) > r.limits.Head {
			return tooLarge("the header section is", int64(r.limits.Head), "the status line and all fields count")
		}
		r.raw = append(r.raw, line...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return r.cutHead(err)
		}
		blank := len(bytes.TrimRight(r.raw[start:], "\r\n")) == 0
		if blank && begun {
			return nil
		}
		begun = begun || !blank
		start = len(r.raw)
	}
}

func (r *Reader) cutHead(err error) *End {
	if len(r.raw) == 0 {
		return r.cutBefore(err)
	}
	end := cut(exchange.FailedClosed, err,
		"within the header section, after "+Count(int64(len(r.raw))))
	end.Hint = "it begins with " + Quote(string(r.raw))
	return end
}

func (r *Reader) cutBefore(err error) *End {
	if r.interims > 0 {
		return cut(exchange.FailedClosed, err, "after an interim response, before the final one")
	}
	return cut(exchange.FailedClosed, err, "before any answer")
}

// statusAhead tells from the first octets whether a status line, or the empty
// line that some servers send before it, comes next: a peer that speaks another
// protocol may never send the line end that a reader would wait for.
func (r *Reader) statusAhead() *End {
	const start = "HTTP/"
	for n := 1; n <= len(start); n++ {
		b, err := r.src.Peek(n)
		switch {
		case len(b) == n && strings.EqualFold(string(b), start[:n]):
		case len(b) > 0 && (b[0] == '\r' || b[0] == '\n'):
			return nil
		case len(b) == n:
			return r.notHTTP()
		default:
			r.raw = append(r.raw, b...)
			return r.cutHead(err)
		}
	}
	return nil
}

func (r *Reader) notHTTP() *End {
	b, _ := r.src.Peek(min(r.src.Buffered(), 100))
	hint := "check the port: another protocol is spoken there"
	switch {
	case len(b) >= 2 && b[0] == 0x15 && b[1] == 3:
		return unreadable("the answer is not HTTP but a TLS alert", "the server wants TLS: use https://")
	case len(b) >= 9 && string(b[3:9]) == "\x04\x00\x00\x00\x00\x00":
		return unreadable("the answer is HTTP/2, which was not asked for", "the server speaks HTTP/2 only at this port")
	case b[0] == '<' || b[0] == '{':
		hint = "the server sent content without a status line"
	}
	return unreadable("the answer is not HTTP: it begins with "+Quote(string(b)), hint)
}

// eof turns what io.ReadFull makes of an early end back into io.EOF, which the
// source gave.
func eof(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}
