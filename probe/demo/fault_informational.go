package demo

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

// informationalFaults break the rules about 1xx.
func informationalFaults() []Fault {
	return []Fault{
		{
			Rule: "interim-no-content",
			Text: "gives a 103 a Content-Length",
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/old-page") && c.ProtoAtLeast(1, 1) {
					r.octets(preceded("HTTP/1.1 103 Early Hints\r\nLink: </new-page>; rel=preload; as=fetch\r\nContent-Length: 0\r\n\r\n"))
				}
			}),
		},
		{
			Rule:  "final-after-interim",
			Text:  "sends early hints to clients of HTTP/1.0, too",
			begin: onReply(hinted("</new-page>; rel=preload; as=fetch")),
		},
		{
			Rule: "continue-or-final-promptly",
			Text: "does not say 100 to those who wait for it before they upload",
			// The scenario asks for the 100.
			Entails: []string{"expectation"},
			begin:   func() hooks { return hooks{request: waitInSilence, reply: answerAfterSilence} },
		},
		{
			Rule: "early-final-declares-close",
			Text: "refuses a user in the wrong media type without reading it, and then takes it for the next request",
			// What nobody asked for stands behind the refusal.
			Entails: []string{"extra-bytes-after-message"},
			begin: onReply(func(c *call, r *reply) {
				if c.Method == http.MethodPost && r.status == http.StatusUnsupportedMediaType {
					r.octets(func(message []byte) []byte {
						message = bytes.Replace(message, []byte("Connection: close\r\n"), nil, 1)
						return append(message, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"...)
					})
				}
			}),
		},
		{
			Rule: "upgrade-on-101",
			Text: "leaves Connection out of a 101",
			// A WebSocket handshake needs the field, too.
			Entails: []string{"ws-offers-respected"},
			begin:   onSwitch(func(h http.Header) { h.Del("Connection") }),
		},
		{
			Rule: "switch-only-to-offered",
			Text: "changes to WebSocket unasked",
			// The scenario asks for 426.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is("GET", "/ws") && c.Header.Get("Upgrade") == "" {
					r.octets(func([]byte) []byte {
						return []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
					})
				}
			}),
		},
		{
			Rule: "early-hints-useful",
			Text: "sends early hints with nothing in them",
			begin: onReply(func(c *call, r *reply) {
				if c.ProtoAtLeast(1, 1) {
					hinted()(c, r)
				}
			}),
		},
	}
}

// hinted is a fault in early hints, which come before a redirect and have
// these Link fields.
func hinted(links ...string) func(*call, *reply) {
	return func(c *call, r *reply) {
		if !c.is("GET", "/old-page") {
			return
		}
		whole := *r
		r.takeover = func(w http.ResponseWriter, q *http.Request) {
			w.Header()["Link"] = links
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			send(w, q, whole)
		}
	}
}

// preceded is an edit that puts a message before the answer.
func preceded(message string) func([]byte) []byte {
	return func(answer []byte) []byte { return slices.Concat([]byte(message), answer) }
}

// waitInSilence reads an upload as net/http does not: without saying 100.
func waitInSilence(c *call) {
	if !uploads(c) {
		return
	}
	conn, buffered, err := http.NewResponseController(c.writer).Hijack()
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute)) // it works, or reading fails
	c.writer = seized{c.writer, conn, buffered}
	c.Body = io.NopCloser(io.LimitReader(buffered, c.ContentLength))
}

func answerAfterSilence(c *call, r *reply) {
	if uploads(c) {
		r.octets(func(message []byte) []byte { return message })
	}
}

func uploads(c *call) bool { return c.is("POST", "/api/uploads") && c.ContentLength > 0 }

// seized is the writer of a connection that was hijacked already.
type seized struct {
	http.ResponseWriter
	conn     net.Conn
	buffered *bufio.ReadWriter
}

// Hijack gives the connection once more.
func (s seized) Hijack() (net.Conn, *bufio.ReadWriter, error) { return s.conn, s.buffered, nil }

// onSwitch is a fault in the fields of the 101 that opens a WebSocket.
func onSwitch(f func(http.Header)) func() hooks {
	return onRequest(func(c *call) {
		if c.is("GET", "/ws") {
			c.writer = switching{c.writer, f}
		}
	})
}

type switching struct {
	http.ResponseWriter
	edit func(http.Header)
}

// WriteHeader writes what the edit made of the fields of a 101.
func (s switching) WriteHeader(status int) {
	if status == http.StatusSwitchingProtocols {
		s.edit(s.Header())
	}
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the connection be hijacked.
func (s switching) Unwrap() http.ResponseWriter { return s.ResponseWriter }
