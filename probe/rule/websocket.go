package rule

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"

	"httpprobe/probe/finding"
)

var webSocket = []Rule{
	{
		ID:       "ws-accept-key",
		Topic:    WebSocket,
		Title:    "a WebSocket server proves that it has read the handshake",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6455 §4.1", "RFC 6455 §4.2.2"},
		Text: "Sec-WebSocket-Accept is the SHA-1 of the client's key and a fixed identifier, in base64. A client closes the connection if it does not fit, since whoever answered may be a cache or " +
			"a server that speaks no WebSocket.",
		Mend: "compute Sec-WebSocket-Accept from the key of the request",
		Bad:  "101 without Sec-WebSocket-Accept",
		Good: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== → 101 + Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		When: When{Statuses: []int{http.StatusSwitchingProtocols}},
		Check: func(p *Pass) {
			if !p.Request.Fields.Has("Sec-WebSocket-Key") {
				return
			}
			want := acceptKey(p.Request.Fields.Get("Sec-WebSocket-Key"))
			if got := p.Response.Fields.Get("Sec-WebSocket-Accept"); got != want {
				message := "the 101 to " + p.line() + " has no Sec-WebSocket-Accept"
				if got != "" {
					message = "Sec-WebSocket-Accept of the 101 to " + p.line() + " does not fit the key of the request"
				}
				p.Report(Report{Path: "headers.Sec-WebSocket-Accept", Message: message, Expected: want, Actual: got})
			}
		},
	},
}

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
