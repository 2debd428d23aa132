package wire

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// frame decides how the body of resp ends (RFC 9112 §6.3). Fields that should
// not be there are noted also where the message has no body by its status.
func (r *Reader) frame(resp *exchange.Response, noted *faults) {
	codings := resp.Fields.Values("Transfer-Encoding")
	lengths := resp.Fields.Values("Content-Length")
	length, broken := noted.length(lengths)
	resp.Framing, r.length, r.broken = exchange.ByClose, length, broken
	if len(lengths) > 0 {
		resp.Framing = exchange.ByLength
	}
	if len(codings) > 0 {
		r.frameByTransfer(resp, noted, len(lengths) > 0)
	}
	if r.bodiless(resp.Status) {
		resp.Framing, r.length, r.broken = exchange.NoBody, 0, nil
	}
}

func (r *Reader) bodiless(status int) bool {
	return r.method == "HEAD" || status == 101 || status == 204 || status == 304 ||
		r.method == "CONNECT" && status/100 == 2
}

func (r *Reader) frameByTransfer(resp *exchange.Response, noted *faults, length bool) {
	value := resp.Fields.Joined("Transfer-Encoding")
	if length {
		noted.add(exchange.LengthFault, "Content-Length stands beside Transfer-Encoding, which wins",
			resp.Fields.Joined("Content-Length"))
	}
	if resp.Proto == "HTTP/1.0" {
		noted.add(exchange.TransferFault, "an HTTP/1.0 response cannot have Transfer-Encoding", value)
	}
	names := resp.Fields.Tokens("Transfer-Encoding")
	for i, name := range names {
		name, parameters, _ := strings.Cut(name, ";")
		names[i] = strings.ToLower(strings.TrimRight(name, " \t"))
		if parameters != "" && names[i] == "chunked" {
			noted.add(exchange.TransferFault, "chunked has parameters, of which none are defined", value)
		}
	}
	if len(names) == 1 && names[0] == "identity" && length {
		noted.add(exchange.TransferFault, "identity is not a transfer coding any more", value)
		return
	}
	r.broken = nil
	switch at := slices.Index(names, "chunked"); {
	case len(names) == 0:
		noted.add(exchange.TransferFault, "Transfer-Encoding names no coding", value)
	case at < 0:
		noted.add(exchange.TransferFault, "Transfer-Encoding does not end in chunked, so the body ends where the connection closes", value)
	case at < len(names)-1 && slices.ContainsFunc(names[at:], func(n string) bool { return n != "chunked" }):
		noted.add(exchange.TransferFault, "chunked is not the last transfer coding, so the body ends where the connection closes", value)
	case at < len(names)-1:
		noted.add(exchange.TransferFault, "chunked is applied more than once", value)
		resp.Framing = exchange.ByChunks
		return
	default:
		if at > 0 {
			noted.add(exchange.TransferFault, "a transfer coding besides chunked is applied", value)
		}
		resp.Framing = exchange.ByChunks
		return
	}
	resp.Framing = exchange.ByClose
}

// length reads all Content-Length values (RFC 9110 §8.6, RFC 9112 §6.3).
func (f *faults) length(values []string) (int64, *End) {
	if len(values) == 0 {
		return 0, nil
	}
	if len(values) == 1 {
		if n, ok := plainLength(values[0]); ok {
			return n, nil
		}
	}
	joined := strings.Join(values, ", ")
	first, clear := int64(-1), true
	for part := range strings.SplitSeq(joined, ",") {
		part = strings.Trim(part, " \t")
		bare := strings.TrimPrefix(part, "+")
		n, ok := plainLength(bare)
		switch {
		case !ok:
			f.add(exchange.LengthFault, "Content-Length is not a number of octets", joined)
			return 0, unfollowable("Content-Length is not a number of octets: " + Quote(joined))
		case bare != part:
			f.add(exchange.LengthFault, "Content-Length has a sign", joined)
			clear = false
		}
		if first >= 0 && n != first {
			f.add(exchange.LengthFault, "Content-Length is given with different values", joined)
			return 0, unfollowable("Content-Length is given with different values: " + Quote(joined))
		}
		first = n
	}
	if clear {
		f.mild(exchange.LengthFault, "Content-Length is given more than once", joined)
	}
	return first, nil
}

func unfollowable(text string) *End {
	return unreadable(text, "the end of such an answer cannot be told (RFC 9112 §6.3)")
}

// plainLength reads digits; a number beyond all limits is the greatest there is.
func plainLength(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}
