package rule

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var handshakes = []Rule{
	{
		ID:       "ws-refuses-bad-handshake",
		Topic:    WebSocket,
		Title:    "a WebSocket server refuses a handshake that is not whole",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 6455 §4.2.1", "RFC 6455 §4.2.2", "RFC 6455 §4.4"},
		Text: "The handshake that got a 101 is sent again without Sec-WebSocket-Key, with a key that is not 16 octets, and with version 99: none of them gets a 101. The refusal of the version lists in Sec-WebSocket-Version the ones " +
			"that the server speaks, so that a client of a later one can come back; a 400 or 426 without 13 there is a warning.",
		Silent: "Any other status, since a server may pass over Upgrade and answer as if nobody had asked for it, and since 401, 403 or 429 may come before the handshake is looked at.",
		Mend:   "let a WebSocket library do the handshake, and refuse what it refuses",
		Bad:    "GET /ws + Sec-WebSocket-Version: 99 → 101",
		Good:   "GET /ws + Sec-WebSocket-Version: 99 → 426 + Sec-WebSocket-Version: 13",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusSwitchingProtocols}, Methods: []string{http.MethodGet}},
			Judge: refusesBadHandshake,
		}},
	},
}

func refusesBadHandshake(t *Trail) {
	const versionField = "Sec-WebSocket-Version"
	if !t.Request.Fields.Has("Sec-WebSocket-Key") || t.Request.Fields.Get(versionField) != "13" {
		return
	}
	key := base64.StdEncoding.EncodeToString([]byte("sixteen octets !"))
	const short = "c2hvcnQ="
	t.switched(t.handshake("13"), "it has no Sec-WebSocket-Key")
	t.switched(t.handshake("13", "Sec-WebSocket-Key", short), "its Sec-WebSocket-Key is 5 octets, not 16")
	x := t.handshake("99", "Sec-WebSocket-Key", key)
	if x == nil {
		return
	}
	t.switched(x, "there is no version 99")
	status := x.Response.Status
	if status != http.StatusBadRequest && status != http.StatusUpgradeRequired || slices.Contains(x.Response.Fields.Tokens(versionField), "13") {
		return
	}
	t.Report(Report{
		About: x, Severity: finding.Warning, Path: "headers." + versionField, Expected: "13", Actual: x.Response.Fields.Joined(versionField),
		Message: fmt.Sprintf("the %d to %s with %s: 99 does not list there the version 13, which got 101", status, t.line(), versionField),
	})
}

// handshake asks for a WebSocket, as the exchange did but for these fields.
func (t *Trail) handshake(version string, more ...string) *exchange.Exchange {
	fields := append([]string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", version}, more...)
	if offered := t.Request.Fields.Joined("Sec-WebSocket-Protocol"); offered != "" {
		fields = append(fields, "Sec-WebSocket-Protocol", offered)
	}
	return t.Get("", fields...)
}

// switched reports a handshake that ought to have failed.
func (t *Trail) switched(x *exchange.Exchange, why string) {
	if x == nil || x.Response.Status != http.StatusSwitchingProtocols {
		return
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "4xx", Actual: "101",
		Message: t.line() + " gets 101 again, although " + why,
	})
}
