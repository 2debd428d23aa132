package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"httpprobe/probe/exchange"
)

// zstdWindow is the greatest window that a content coding may use (RFC 9659 §3).
const zstdWindow = 8 << 20

// mostCodings is how many codings are undone. Real answers have one; each takes
// memory, and a header section has room for tens of thousands.
const mostCodings = 8

// Decode undoes the content codings of resp (RFC 9110 §8.4): Content is what
// remains, Codings names what was undone, CodingFault says what is wrong with
// the octets or the field. Content is Body where there is nothing to undo: no
// coding but identity, no octets, or a 206, whose octets are a slice of the
// coded ones. When a coding breaks off, Content is what could be undone, or
// Body if that is nothing; a body that is itself not Complete is not blamed
// for it.
//
// Content over limit octets (0: 10 MiB) is cut there, with a failure.
func Decode(resp *exchange.Response, limit int64) *exchange.Failure {
	resp.Content, resp.Codings, resp.CodingFault = resp.Body, nil, ""
	if len(resp.Body) == 0 || resp.Status == 206 {
		return nil
	}
	var codings []string
	for _, name := range resp.Fields.Tokens("Content-Encoding") {
		if name = strings.ToLower(name); name != "identity" {
			codings = append(codings, name)
		}
	}
	if len(codings) == 0 {
		return nil
	}
	if len(codings) > mostCodings {
		resp.CodingFault = fmt.Sprintf("%s content codings are applied; no more than %d are undone", grouped(int64(len(codings))), mostCodings)
		return nil
	}
	limit = Limits{Body: limit}.filled().Body
	content, undone, err := undo(resp.Body, codings, limit)
	if len(content) > 0 || err == nil {
		resp.Content, resp.Codings = content, codings
	}
	if undone != nil && (resp.Complete || !errors.Is(err, io.ErrUnexpectedEOF)) {
		resp.CodingFault = undone.fault(err)
	}
	if int64(len(content)) > limit {
		resp.Content = content[:limit]
		if EventStream(resp) {
			return nil
		}
		return &tooLarge("the body, once "+strings.Join(codings, ", ")+" is undone, is", limit, "ask for less, or raise the limit (--max-body)").Failure
	}
	return nil
}

// undo gives at most limit+1 octets, and the stage that failed with its error.
func undo(body []byte, codings []string, limit int64) ([]byte, *stage, error) {
	var (
		stages []*stage
		src    io.Reader = bytes.NewReader(body)
	)
	for _, name := range slices.Backward(codings) {
		s := &stage{coding: name, src: src}
		defer s.close()
		stages = append(stages, s)
		src = s
	}
	content, err := io.ReadAll(io.LimitReader(src, limit+1))
	for _, s := range stages {
		if s.err != nil {
			return content, s, s.err
		}
	}
	return content, nil, err
}

// A stage undoes one coding as it is read, and remembers what went wrong in it:
// the stages after it only see that their input ended in an error.
type stage struct {
	coding string
	src    io.Reader
	dst    io.Reader
	zstd   *zstd.Decoder
	err    error
}

func (s *stage) Read(p []byte) (int, error) {
	if s.dst == nil {
		if err := s.open(); err != nil {
			s.err = noEOF(err)
			return 0, s.err
		}
	}
	n, err := s.dst.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// noEOF keeps a stage that found nothing to read from looking like one that
// came to its end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

var (
	errUnknown = errors.New("unknown coding")
	errBare    = errors.New("no zlib wrapper")
)

func (s *stage) open() error {
	switch s.coding {
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(s.src)
		s.dst = r
		return err
	case "deflate":
		return s.openDeflate()
	case "br":
		s.dst = brotli.NewReader(s.src)
		return nil
	case "zstd":
		r, err := zstd.NewReader(s.src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow))
		s.dst, s.zstd = r, r
		return err
	}
	return errUnknown
}

// openDeflate tells the zlib format, which "deflate" means, from the bare
// deflate data that many servers send instead (RFC 9110 §8.4.1.2).
func (s *stage) openDeflate() error {
	start := make([]byte, 2)
	n, err := io.ReadFull(s.src, start)
	if err != nil && n == 0 {
		return err
	}
	src := io.MultiReader(bytes.NewReader(start[:n]), s.src)
	if n == 2 && start[0]&0x0f == 8 && (int(start[0])<<8|int(start[1]))%31 == 0 {
		r, err := zlib.NewReader(src)
		s.dst = r
		return err
	}
	s.dst = bareDeflate{s, flate.NewReader(src)}
	return nil
}

// bareDeflate gives the content and notes the breach once it proved to be
// deflate data at all.
type bareDeflate struct {
	stage *stage
	src   io.Reader
}

func (b bareDeflate) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	if errors.Is(err, io.EOF) {
		b.stage.err = errBare
	}
	return n, err
}

func (s *stage) close() {
	if s.zstd != nil {
		s.zstd.Close()
	}
}

func (s *stage) fault(err error) string {
	switch {
	case errors.Is(err, errUnknown):
		return "the coding " + Quote(s.coding) + " is not known"
	case errors.Is(err, errBare):
		return "the deflate data lack the zlib wrapper that the coding deflate stands for"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the " + s.coding + " data break off before their end"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch):
		return "the checksum of the " + s.coding + " data is wrong"
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return "the zstd data need a window over 8 MiB, the most that a content coding may use (RFC 9659 §3)"
	}
	return "the octets are not " + s.coding + " data, or they are damaged"
}
