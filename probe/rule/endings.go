package rule

import (
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// endings are the rules on how messages and connections end.
var endings = []Rule{
	{
		ID:       "close-delimited-body",
		Topic:    Framing,
		Title:    "a client can tell the end of content from a broken connection",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9112 §6.3"},
		Text:     "Content comes with Content-Length or in chunks. With neither it ends when the connection does, so that what was cut off on the way looks whole, and each request costs a new connection.",
		Silent:   "Streams of events, which have no end. Info in HTTP/1.0, which knows no chunks.",
		Mend:     "let the server's library set Content-Length or send chunks",
		Bad:      "HTTP/1.1 200 OK, content, connection closed",
		Good:     "HTTP/1.1 200 OK + Content-Length: 43, content",
		Check: func(p *Pass) {
			r := p.Response
			if r.Framing != exchange.ByClose || len(r.Body) == 0 || r.Fields.Has("Content-Length") || r.Fields.Has("Transfer-Encoding") {
				return
			}
			if media := p.mediaType(); media == "text/event-stream" || media == "multipart/x-mixed-replace" {
				return
			}
			severity := finding.Warning
			if r.Proto == "HTTP/1.0" || p.Request.Proto == "HTTP/1.0" {
				severity = finding.Info
			}
			p.reportAt(severity, "body", "the content of %s ends with the connection alone: a cut cannot be noticed", p.answer())
		},
	},
	{
		ID:       "connection-close-honoured",
		Topic:    Framing,
		Title:    "who asks for the connection to be closed is told that it will be",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §9.6", "RFC 9112 §9.3"},
		Text:     "A client that sends Connection: close sends no further request on the connection. The answer says close as well, so that everyone on the way knows that the connection ends with this message.",
		Silent:   "An answer that does not say it back is a warning. HTTP/1.0 closes unless it says otherwise, content without a length ends with the connection anyway, and a 101 goes on in another protocol.",
		Mend:     "leave Connection to the server's library, or send Connection: close whenever the request has it",
		Bad:      "GET /users + Connection: close → 200",
		Good:     "GET /users + Connection: close → 200 + Connection: close",
		Check: func(p *Pass) {
			r := p.Response
			if !p.Request.Fields.Has("Connection") || p.Request.Proto != "HTTP/1.1" || r.Proto != "HTTP/1.1" || r.Framing == exchange.ByClose || r.Status < 200 {
				return
			}
			closes := func(o string) bool { return strings.EqualFold(o, "close") }
			if slices.ContainsFunc(p.Request.Fields.Tokens("Connection"), closes) && !slices.ContainsFunc(r.Fields.Tokens("Connection"), closes) {
				p.reportAt(finding.Warning, "headers.Connection", "%s does not say Connection: close, although the request did", p.answer())
			}
		},
	},
	{
		ID:       "trailer-fields-allowed",
		Topic:    Framing,
		Title:    "only what may come late stands behind the content",
		Severity: finding.Error,
		Basis:    "MUST NOT",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §6.5.1", "RFC 9110 §6.6.2"},
		Text: "Trailers hold no field that says where a message ends or goes, what its content is, how it may be cached, who one has to be, or what to do next: recipients need these before the content, and drop or misread them behind it. " +
			"Trailer announces the names, which is a warning when it does not.",
		Silent: "ETag, Accept-Ranges, Server-Timing, Content-Digest and the like may come late. The fields of gRPC are not announced by custom, and are info.",
		Mend:   "send such fields in the header section, and list the trailers in Trailer",
		Bad:    "trailer Content-Type: text/html",
		Good:   "Trailer: Content-Digest, and that trailer",
		Check: func(p *Pass) {
			announced := p.Response.Fields.Tokens("Trailer")
			seen := make(map[string]bool)
			for _, f := range p.Response.Trailers {
				lower := strings.ToLower(f.Name)
				if seen[lower] {
					continue
				}
				seen[lower] = true
				path := "trailers." + f.Name
				same := func(name string) bool { return strings.EqualFold(name, f.Name) }
				switch {
				case slices.ContainsFunc(notTrailers, same):
					p.Reportf(path, "%s stands in the trailers of %s, where it must not", f.Name, p.answer())
				case slices.ContainsFunc(announced, same):
				case strings.HasPrefix(strings.ToLower(f.Name), "grpc-"):
					p.reportAt(finding.Info, path, "%s comes in the trailers of %s without being announced in Trailer", f.Name, p.answer())
				default:
					p.reportAt(finding.Warning, path, "%s comes in the trailers of %s without being announced in Trailer", f.Name, p.answer())
				}
			}
		},
	},
}

// notTrailers are fields for framing, routing, requests, authentication,
// control of the response and the format of content (RFC 9110 §6.5.1).
var notTrailers = []string{
	"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Upgrade", "Host", "TE", "Expect", "Max-Forwards",
	"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Cache-Control", "Pragma",
	"Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Proxy-Authorization", "Cookie", "Set-Cookie", "Age", "Date", "Expires",
	"Location", "Retry-After", "Vary", "Warning", "Content-Type", "Content-Encoding", "Content-Range",
}
