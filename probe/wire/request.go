package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// AppendHead appends the request line and the fields of r exactly as given,
// and the blank line (RFC 9112 §3, §5). It adds no field, drops none and
// checks nothing: see Check.
func AppendHead(b []byte, r exchange.Request) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Target...)
	b = append(b, ' ')
	b = append(b, r.Proto...)
	b = append(b, '\r', '\n')
	for _, f := range r.Fields {
		b = append(b, f.Name...)
		b = append(b, ':', ' ')
		b = append(b, f.Value...)
		b = append(b, '\r', '\n')
	}
	return append(b, '\r', '\n')
}

// Check says in one clause why r must not be written: because its octets would
// not be read as this one request. Besides the grammar of request line and
// fields it demands that the fields frame the body, since a body without, or
// with another, length would be taken for the next request (RFC 9112 §6, §11.2).
func Check(r exchange.Request) error {
	if !token(r.Method) {
		return fmt.Errorf("the method %s is not a token", Quote(r.Method))
	}
	if r.Target == "" {
		return fmt.Errorf("the request has no target")
	}
	if i := strings.IndexFunc(r.Target, func(c rune) bool { return c <= ' ' || c == 0x7f }); i >= 0 {
		return fmt.Errorf("the target %s has a space or control character: write it as %%%02X", Quote(r.Target), r.Target[i])
	}
	if !version(r.Proto) {
		return fmt.Errorf("the protocol version %s is not of the form HTTP/1.1", Quote(r.Proto))
	}
	for _, f := range r.Fields {
		if !token(f.Name) {
			return fmt.Errorf("the field name %s is not a token", Quote(f.Name))
		}
		if strings.ContainsAny(f.Value, "\r\n\x00") {
			return fmt.Errorf("the value of %s has a line break or NUL: %s", f.Name, Quote(f.Value))
		}
		if strings.Trim(f.Value, " \t") != f.Value {
			return fmt.Errorf("the value of %s has white space around it: %s", f.Name, Quote(f.Value))
		}
	}
	return checkFraming(r)
}

func checkFraming(r exchange.Request) error {
	lengths := r.Fields.Values("Content-Length")
	if r.Fields.Has("Transfer-Encoding") {
		return checkChunked(r, len(lengths) > 0)
	}
	if len(lengths) == 0 {
		if len(r.Body) > 0 {
			return fmt.Errorf("the body of %s has no Content-Length", Count(int64(len(r.Body))))
		}
		return nil
	}
	want := strconv.Itoa(len(r.Body))
	if i := slices.IndexFunc(lengths, func(v string) bool { return v != want }); i >= 0 {
		return fmt.Errorf("Content-Length is %s but the body has %s", Quote(lengths[i]), Count(int64(len(r.Body))))
	}
	if len(lengths) > 1 {
		return fmt.Errorf("there are %d Content-Length fields", len(lengths))
	}
	return nil
}

func checkChunked(r exchange.Request, length bool) error {
	value := r.Fields.Joined("Transfer-Encoding")
	switch {
	case length:
		return fmt.Errorf("there are both Content-Length and Transfer-Encoding")
	case !strings.EqualFold(value, "chunked"):
		return fmt.Errorf("Transfer-Encoding is %s: only chunked can be sent", Quote(value))
	}
	if !wellChunked(r.Body) {
		return fmt.Errorf("Transfer-Encoding is chunked but the body is not in chunks that end where it ends")
	}
	return nil
}

// wellChunked takes only the plain form, so that no server can read the body
// otherwise than as a whole.
func wellChunked(b []byte) bool {
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		size, err := strconv.ParseUint(string(line), 16, 31)
		if !ok || err != nil {
			return false
		}
		if size == 0 {
			return string(rest) == "\r\n"
		}
		if uint64(len(rest)) < size+2 || rest[size] != '\r' || rest[size+1] != '\n' {
			return false
		}
		b = rest[size+2:]
	}
}

// tokenChars are the characters of a token (RFC 9110 §5.6.2).
const tokenChars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

var isTokenChar = func() (table [256]bool) {
	for i := range len(tokenChars) {
		table[tokenChars[i]] = true
	}
	return table
}()

func token(s string) bool {
	for i := range len(s) {
		if !isTokenChar[s[i]] {
			return false
		}
	}
	return s != ""
}

// version reports whether s is HTTP/1 and a dot and a digit (RFC 9112 §2.3).
func version(s string) bool {
	return len(s) == 8 && s[:7] == "HTTP/1." && digit(s[7])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
