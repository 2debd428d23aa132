package demo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// framingFaults break the rules about how messages are written. Most of them
// show at /api/gateway/healthy.
func framingFaults() []Fault {
	return []Fault{
		{
			Rule: "singleton-repeated",
			Text: "writes Content-Location twice, with different values, at /api/gateway/healthy",
			begin: onReply(func(c *call, r *reply) {
				if c.URL.Path == forwarded && r.status < http.StatusBadRequest {
					r.header["Content-Location"] = []string{forwarded, "/api/gateway/well"}
				}
			}),
		},
		{
			Rule: "content-length-correct",
			Text: "says Content-Length: -1 in answer to HEAD",
			begin: onReply(func(c *call, r *reply) {
				if c.Method == http.MethodHead && r.status == http.StatusOK {
					r.octets(func(message []byte) []byte { return withoutLength(message, "Content-Length: -1\r\n") })
				}
			}),
		},
		{
			Rule:  "length-and-chunked",
			Text:  "sends chunks with a Content-Length beside them at /api/gateway/healthy",
			begin: onHealthy(func(message []byte) []byte { return chunked(message, "\r\n") }),
		},
		{
			Rule: "extra-bytes-after-message",
			Text: "writes a comment behind the end of the content of /api/gateway/healthy",
			begin: onHealthy(func(message []byte) []byte {
				return append(message, "<!-- served in 3 ms -->"...)
			}),
		},
		{
			Rule: "head-no-content",
			Text: "sends the content in answer to HEAD, too",
			begin: onReply(func(c *call, r *reply) {
				if c.Method == http.MethodHead && r.status == http.StatusOK {
					content := r.body
					r.octets(func(message []byte) []byte { return append(message, content...) })
				}
			}),
		},
		{
			Rule: "status-line-syntax",
			Text: "writes two spaces before the status code at /api/gateway/healthy",
			begin: onHealthy(func(message []byte) []byte {
				return bytes.Replace(message, []byte("HTTP/1.1 "), []byte("HTTP/1.1  "), 1)
			}),
		},
		{
			Rule:  "field-line-syntax",
			Text:  "writes a space before the colon of a field at /api/gateway/healthy",
			begin: onHealthy(inserted("X-Upstream : healthy\r\n")),
		},
		{
			Rule:  "line-structure",
			Text:  "ends a field with two CR before the LF at /api/gateway/healthy",
			begin: onHealthy(inserted("X-Upstream: healthy\r\r\n")),
		},
		{
			Rule:  "chunked-valid",
			Text:  "leaves out the empty line behind the last chunk at /api/gateway/healthy",
			begin: onHealthy(func(message []byte) []byte { return chunked(withoutLength(message, ""), "") }),
		},
		{
			Rule:  "close-delimited-body",
			Text:  "gives the content of /api/gateway/healthy no length and ends it with the connection",
			begin: onHealthy(func(message []byte) []byte { return withoutLength(message, "") }),
		},
		{
			Rule: "connection-close-honoured",
			Text: "says that it closes the connection when it is asked to, and leaves it open",
			begin: onReply(func(c *call, r *reply) {
				if lists(c.Header.Values("Connection"), "close") {
					r.leftOpen()
				}
			}),
		},
		{
			Rule: "trailer-fields-allowed",
			Text: "sends Cache-Control as a trailer at /api/gateway/healthy",
			begin: onHealthy(func(message []byte) []byte {
				return inserted("Trailer: Cache-Control\r\n")(chunked(withoutLength(message, ""), "Cache-Control: no-cache\r\n\r\n"))
			}),
		},
	}
}

// leftOpen makes the answer one that announces the end of the connection, which
// then is left to the client.
func (r *reply) leftOpen() {
	r.header.Set("Connection", "close")
	whole := *r
	r.takeover = func(w http.ResponseWriter, q *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return // nobody is there any more
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Minute)) // for clients that do not close either
		// A client that is gone cannot be told.
		_, _ = conn.Write(whole.message(q.Method))
		_, _ = io.Copy(io.Discard, conn)
	}
}

// onHealthy is a fault in the octets of the answer of a service behind the API
// that is well.
func onHealthy(edit func(message []byte) []byte) func() hooks {
	return onReply(func(c *call, r *reply) {
		if c.is("GET", forwarded) && r.status == http.StatusOK {
			r.octets(edit)
		}
	})
}

// withoutLength puts another line, or none, in the place of Content-Length.
func withoutLength(message []byte, line string) []byte {
	before, rest, _ := strings.Cut(string(message), "Content-Length: ")
	_, after, _ := strings.Cut(rest, "\r\n")
	return []byte(before + line + after)
}

// chunked sends the content as one chunk; end is what follows the last one. A
// Content-Length stays.
func chunked(message []byte, end string) []byte {
	head, body, _ := strings.Cut(string(message), "\r\n\r\n")
	return fmt.Appendf(nil, "%s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n%s", head, len(body), body, end)
}
