package demo

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// span is a part of a representation: size octets from start.
type span struct{ start, size int }

func (s span) contentRange(length int) string {
	return fmt.Sprintf("bytes %d-%d/%d", s.start, s.start+s.size-1, length)
}

// most is how many parts one answer has; more of them get the whole.
const most = 16

// partial gives the parts that were asked for, or the whole where Range is to
// be ignored (RFC 9110 §14.2).
func partial(c *call, r reply) reply {
	length := len(r.body)
	asked, ok := parseRanges(c.Header.Get("Range"), length)
	if !ok || !stillCurrent(c, r) {
		return r
	}
	total := 0
	for _, s := range asked {
		total += s.size
	}
	switch {
	case len(asked) == 0:
		return failure(http.StatusRequestedRangeNotSatisfiable, "RANGE_NOT_SATISFIABLE",
			"The representation has "+strconv.Itoa(length)+" octets").
			with("Content-Range", fmt.Sprintf("bytes */%d", length))
	case len(asked) > most || total > length:
		return r
	case len(asked) == 1:
		s := asked[0]
		r.status = http.StatusPartialContent
		return r.with("Content-Range", s.contentRange(length)).containing(r.body[s.start : s.start+s.size])
	}
	return byteranges(r, asked)
}

// stillCurrent evaluates If-Range (RFC 9110 §13.1.5): a part of another
// version than the client has would be of no use.
func stillCurrent(c *call, r reply) bool {
	condition := c.Header.Get("If-Range")
	if condition == "" {
		return true
	}
	if strings.HasSuffix(condition, `"`) {
		return condition == r.header.Get("ETag")
	}
	return condition == r.header.Get("Last-Modified")
}

// parseRanges gives the satisfiable ranges; false when the field is absent,
// of another unit, or not well-formed.
func parseRanges(field string, length int) ([]span, bool) {
	unit, set, found := strings.Cut(field, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return nil, false
	}
	var out []span
	count := 0
	for _, spec := range strings.Split(set, ",") {
		spec = strings.Trim(spec, " \t")
		if spec == "" {
			continue
		}
		count++
		s, ok := parseRange(spec, length)
		if !ok {
			return nil, false
		}
		if s.size > 0 {
			out = append(out, s)
		}
	}
	return out, count > 0
}

// parseRange reads one range; its size is 0 when it lies beyond the end.
func parseRange(spec string, length int) (span, bool) {
	first, last, found := strings.Cut(spec, "-")
	if !found {
		return span{}, false
	}
	if first == "" {
		suffix, ok := position(last)
		size := min(suffix, length)
		return span{length - size, size}, ok
	}
	start, ok := position(first)
	if !ok {
		return span{}, false
	}
	end := length - 1
	if last != "" {
		given, ok := position(last)
		if !ok || given < start {
			return span{}, false
		}
		end = min(end, given)
	}
	if start >= length {
		return span{}, true
	}
	return span{start, end - start + 1}, true
}

// position reads digits; what overflows lies beyond every end.
func position(digits string) (int, bool) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return int(^uint(0) >> 1), true
	}
	return n, true
}

// byteranges puts several parts into one answer (RFC 9110 §14.6).
func byteranges(r reply, asked []span) reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, s := range asked {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Type":  {r.header.Get("Content-Type")},
			"Content-Range": {s.contentRange(len(r.body))},
		})
		if err != nil {
			return r
		}
		if _, err := part.Write(r.body[s.start : s.start+s.size]); err != nil {
			return r
		}
	}
	if err := w.Close(); err != nil {
		return r
	}
	r.status = http.StatusPartialContent
	return r.with("Content-Type", "multipart/byteranges; boundary="+w.Boundary()).containing(b.Bytes())
}
