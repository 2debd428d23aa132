package demo

import "net/http"

// webSocketFaults break the rules about the WebSocket handshake.
func webSocketFaults() []Fault {
	return []Fault{
		{
			Rule: "ws-accept-key",
			Text: "answers every WebSocket handshake with the same Sec-WebSocket-Accept",
			// A scenario compares it.
			Entails: []string{"expectation"},
			begin:   onSwitch(func(h http.Header) { h.Set("Sec-WebSocket-Accept", "ICX+Yqv66kxgM0FcWaLWlFLwTAI=") }),
		},
		{
			Rule:  "ws-offers-respected",
			Text:  "chooses a WebSocket subprotocol that was not offered",
			begin: onSwitch(func(h http.Header) { h.Set("Sec-WebSocket-Protocol", "v0.demo") }),
		},
	}
}
