package rule

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

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
	{
		ID:       "ws-offers-respected",
		Topic:    WebSocket,
		Title:    "a WebSocket server chooses from what the client offered",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6455 §4.1", "RFC 6455 §4.2.2"},
		Text: "The 101 to a WebSocket handshake has Upgrade: websocket and upgrade in Connection, at most one subprotocol, which is among those of the request, and no extension that the request does not list. Clients give up the " +
			"connection otherwise.",
		Mend:  "choose subprotocol and extensions from the fields of the request, and leave the fields away when none fits",
		Bad:   "Sec-WebSocket-Protocol: v2 → 101 + Sec-WebSocket-Protocol: chat",
		Good:  "Sec-WebSocket-Protocol: v2 → 101 + Sec-WebSocket-Protocol: v2",
		When:  When{Statuses: []int{http.StatusSwitchingProtocols}},
		Check: offersRespected,
	},
}

func offersRespected(p *Pass) {
	asked, given := p.Request.Fields, p.Response.Fields
	if !asked.Has("Sec-WebSocket-Key") {
		return
	}
	if upgrade := given.Joined("Upgrade"); !strings.EqualFold(upgrade, "websocket") {
		p.Report(Report{Path: "headers.Upgrade", Message: "the 101 to " + p.line() + " answers a WebSocket handshake without Upgrade: websocket", Expected: "websocket", Actual: upgrade})
	}
	if !slices.ContainsFunc(given.Tokens("Connection"), isUpgrade) {
		p.Reportf("headers.Connection", "the 101 to %s answers a WebSocket handshake without upgrade in Connection", p.line())
	}
	offered, chosen := asked.Tokens("Sec-WebSocket-Protocol"), given.Tokens("Sec-WebSocket-Protocol")
	switch {
	case len(chosen) > 1:
		p.Reportf("headers.Sec-WebSocket-Protocol", "the 101 to %s chooses %d subprotocols: %s", p.line(), len(chosen), quote(strings.Join(chosen, ", ")))
	case len(chosen) == 1 && !slices.Contains(offered, chosen[0]):
		p.Report(Report{
			Path: "headers.Sec-WebSocket-Protocol", Message: "the 101 to " + p.line() + " chooses the subprotocol " + quote(chosen[0]) + ", which was not offered",
			Expected: strings.Join(offered, ", "), Actual: chosen[0],
		})
	}
	extensions := asked.Tokens("Sec-WebSocket-Extensions")
	for _, e := range given.Tokens("Sec-WebSocket-Extensions") {
		// An extension has its parameters behind it as a media type has.
		name := mediaType(e)
		if !slices.ContainsFunc(extensions, func(o string) bool { return mediaType(o) == name }) {
			p.Report(Report{
				Path: "headers.Sec-WebSocket-Extensions", Message: "the 101 to " + p.line() + " uses the extension " + quote(name) + ", which was not offered",
				Expected: strings.Join(extensions, ", "), Actual: e,
			})
		}
	}
}

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
