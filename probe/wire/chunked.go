package wire

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// longestChunkLine bounds a chunk's size with its extensions.
const longestChunkLine = 16 << 10

// byChunks reads RFC 9112 §7.1.
func (r *Reader) byChunks(resp *exchange.Response, noted *faults) *End {
	overhead := 0
	for {
		line, end := r.chunkLine(resp, noted)
		if end != nil {
			return end
		}
		// Chunks of a few octets, each with long extensions, must not keep a
		// reader busy for ever.
		if overhead += len(line); overhead > r.limits.Head+16*len(resp.Body) {
			end := tooLarge("the chunk sizes and extensions are", int64(r.limits.Head), "")
			end.Text += " and 16 for each octet of the body"
			return end
		}
		size, end := noted.chunkSize(line)
		if end != nil {
			return end
		}
		if size == 0 {
			return r.trailers(resp, noted)
		}
		if end := r.chunk(resp, noted, size); end != nil {
			return end
		}
	}
}

func (r *Reader) chunkLine(resp *exchange.Response, noted *faults) (string, *End) {
	line, err := r.line(longestChunkLine)
	if errors.Is(err, errLong) {
		noted.add(exchange.ChunkFault, "a chunk size line does not end", line)
		return "", unreadable("a chunk size line is over "+Size(longestChunkLine)+" long", "")
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			noted.add(exchange.ChunkFault, "the last chunk is missing", line)
		}
		return "", cut(exchange.FailedTruncated, err,
			"before the last chunk, after "+Count(int64(len(resp.Body)))+" of the body")
	}
	bare, crlf := strings.CutSuffix(line, "\r\n")
	if !crlf {
		noted.mild(exchange.ChunkFault, "a chunk size line ends in LF without CR", line)
		bare = strings.TrimSuffix(line, "\n")
	}
	return bare, nil
}

var errLong = errors.New("the line is too long")

// line reads one line, its end included.
func (r *Reader) line(limit int) (string, error) {
	var long []byte
	for {
		piece, err := r.src.ReadSlice('\n')
		if len(long)+len(piece) > limit {
			return string(piece), errLong
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, piece...)
			continue
		}
		if long != nil {
			piece = append(long, piece...)
		}
		return string(piece), err
	}
}

func (f *faults) chunkSize(line string) (int64, *End) {
	written, extension, _ := strings.Cut(line, ";")
	if controlled(extension) {
		f.add(exchange.ChunkFault, "a chunk extension has control characters", line)
	}
	hex := strings.Trim(written, " \t")
	if hex != strings.TrimRight(written, " \t") || hex != written && extension == "" {
		f.mild(exchange.ChunkFault, "white space stands around a chunk size", line)
	}
	if bare := strings.TrimPrefix(strings.TrimPrefix(hex, "0x"), "0X"); bare != hex {
		f.add(exchange.ChunkFault, "a chunk size begins with 0x", line)
		hex = bare
	}
	if hex == "" || strings.Trim(hex, "0123456789abcdefABCDEF") != "" {
		f.add(exchange.ChunkFault, "a chunk size is not a hexadecimal number", line)
		return 0, unreadable("a chunk size cannot be read: "+Quote(line),
			"each chunk begins with its size in hexadecimal digits (RFC 9112 §7.1)")
	}
	const most = 1 << 62 // far over any limit on the body
	size, err := strconv.ParseUint(hex, 16, 64)
	if err != nil || size > most {
		return most, nil
	}
	return int64(size), nil
}

func (r *Reader) chunk(resp *exchange.Response, noted *faults, size int64) *End {
	before := int64(len(resp.Body))
	room := r.limits.Body - before
	if err := r.read(&resp.Body, min(size, room)); err != nil {
		got := int64(len(resp.Body))
		if errors.Is(err, io.EOF) {
			noted.add(exchange.ChunkFault, "a chunk is shorter than its size says", string(resp.Body[before:]))
		}
		return cut(exchange.FailedTruncated, err, "after "+grouped(got-before)+" of "+Count(size)+
			" of a chunk, "+Count(got)+" of the body")
	}
	if size > room {
		return r.bodyTooLarge()
	}
	return r.chunkEnd(resp, noted, size)
}

func (r *Reader) chunkEnd(resp *exchange.Response, noted *faults, size int64) *End {
	for i := range 2 {
		c, err := r.src.ReadByte()
		switch {
		case err != nil:
			if errors.Is(err, io.EOF) {
				noted.add(exchange.ChunkFault, "the last chunk is missing", "")
			}
			return cut(exchange.FailedTruncated, err,
				"before the last chunk, after "+Count(int64(len(resp.Body)))+" of the body")
		case i == 0 && c == '\r':
			continue
		case c == '\n':
			if i == 0 {
				noted.mild(exchange.ChunkFault, "a chunk ends in LF without CR", "\n")
			}
			return nil
		}
		_ = r.src.UnreadByte() // cannot fail after ReadByte
		ahead, _ := r.src.Peek(min(r.src.Buffered(), 20))
		noted.add(exchange.ChunkFault, "a chunk is longer than its size says", string(ahead))
		return unreadable("the chunk of "+Count(size)+" is followed by "+Quote(string(ahead))+" instead of a line end",
			"the size of a chunk counts its octets (RFC 9112 §7.1)")
	}
	return nil
}

// trailers reads the field lines after the last chunk (RFC 9112 §7.1.2). The
// content is whole by then, so a missing empty line is no more than a fault.
func (r *Reader) trailers(resp *exchange.Response, noted *faults) *End {
	var section strings.Builder
	for {
		line, err := r.line(r.limits.Head - section.Len())
		if errors.Is(err, errLong) {
			return tooLarge("the trailer section is", int64(r.limits.Head), "")
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return cut(exchange.FailedTruncated, err,
				"before the empty line that ends the trailers, after "+Count(int64(len(resp.Body)))+" of the body")
		}
		if err != nil {
			noted.add(exchange.ChunkFault, "the empty line after the last chunk is missing", line)
			break
		}
		section.WriteString(line)
		if strings.TrimRight(line, "\r\n") == "" {
			break
		}
	}
	if fields := noted.section(section.String()); len(fields) > 0 {
		resp.Trailers = fields
	}
	return nil
}
