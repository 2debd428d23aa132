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
		needs:    endless,
		Check: func(p *Pass) {
			r := p.Response
			if r.Framing != exchange.ByClose || len(r.Body) == 0 || r.Fields.Has("Content-Length") || r.Fields.Has("Transfer-Encoding") {
				return
			}
			if p.streams() {
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
		Title:    "a connection that is said to close closes, and whoever asks for that is told",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §9.6", "RFC 9112 §9.3"},
		Text: "Connection: close in an answer promises that the server ends the connection behind it; one that stays open keeps client and server waiting for each other, until one of them runs out of sockets. " +
			"Such a connection is watched for 5 s at most. A client that sends Connection: close is told in the answer that it will be so, for the sake of everyone on the way.",
		Silent: "An answer that does not say it back is a warning. HTTP/1.0 closes unless it says otherwise, content without a length ends with the connection anyway, and a 101 goes on in another protocol. " +
			"Where the step has less time than 5 s nothing is said of a connection that is open at its end, and an origin is not watched again once its connections have cost 5 s in a run.",
		Undecided: "Who refuses content may read on for a while before the connection closes, lest a reset take the answer from the client, so that such connections are not watched.",
		Mend:      "leave Connection to the server's library, which closes after what it announces and says close whenever the request did",
		Bad:       "GET /users → 200 + Connection: close, connection still open after 5 s",
		Good:      "GET /users + Connection: close → 200 + Connection: close, then the end of the connection",
		needs:     closing,
		Check: func(p *Pass) {
			r := p.Response
			if !p.Request.Fields.Has("Connection") || p.Request.Proto != "HTTP/1.1" || r.Proto != "HTTP/1.1" || r.Framing == exchange.ByClose || r.Status < 200 {
				return
			}
			if closes(p.Request.Fields) && !closes(r.Fields) {
				p.reportAt(finding.Warning, "headers.Connection", "%s does not say Connection: close, although the request did", p.answer())
			}
		},
		acrossNeeds: closing,
		Across:      closeHonoured,
	},
	{
		ID:        "connection-fields-in-h2",
		Topic:     Framing,
		Title:     "an answer in HTTP/2 has no fields about a connection",
		Severity:  finding.Error,
		Basis:     "MUST NOT",
		Seen:      []Sight{Octets},
		Spec:      []string{"RFC 9113 §8.2.1", "RFC 9113 §8.2.2", "RFC 9113 §8.3.2", "RFC 9110 §7.6.1"},
		Text:      "In HTTP/2 the frames say where messages end and what becomes of the connection, so Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding and Upgrade have no place there. Names are in lower case, and :status comes first, as the only name with a colon. A message with anything else is malformed, and clients may refuse it.",
		Undecided: "probe speaks HTTP/1.1 so far. Where HTTP/2 is spoken, the libraries for it drop such fields, or the message, before anybody sees them: this takes a reader of frames.",
		Mend:      "leave connection fields to the server's library, and take them out of what a gateway passes on from HTTP/1.1",
		Bad:       "HTTP/2 200 + connection: keep-alive",
		Good:      "HTTP/2 200 without it",
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
		needs:  trailing,
		Check: func(p *Pass) {
			if len(p.Response.Trailers) == 0 {
				return
			}
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
