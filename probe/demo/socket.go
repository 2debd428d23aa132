package demo

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// socketIdle is how long an open WebSocket may stay silent.
const socketIdle = time.Minute

// socket turns the connection into a WebSocket that echoes messages. What is
// not a whole handshake (RFC 6455 §4.2.1) is told what is missing.
func (a *API) socket(c *call) reply {
	if !c.ProtoAtLeast(1, 1) || c.ProtoMajor != 1 || !lists(c.Header.Values("Connection"), "upgrade") || !lists(c.Header.Values("Upgrade"), "websocket") {
		return upgradeRequired("This resource speaks WebSocket only")
	}
	if c.Header.Get("Sec-WebSocket-Version") != "13" {
		return upgradeRequired("This resource speaks version 13 of the WebSocket protocol only")
	}
	keys := c.Header.Values("Sec-WebSocket-Key")
	if len(keys) != 1 || !validKey(keys[0]) {
		return failure(http.StatusBadRequest, "BAD_HANDSHAKE", "Sec-WebSocket-Key must be 16 octets in base64")
	}
	r := empty(http.StatusSwitchingProtocols)
	r.takeover = a.echoMessages
	return r
}

func upgradeRequired(message string) reply {
	return failure(http.StatusUpgradeRequired, "UPGRADE_REQUIRED", message).
		with("Connection", "Upgrade").with("Upgrade", "websocket").with("Sec-WebSocket-Version", "13")
}

func validKey(key string) bool {
	octets, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	return err == nil && len(octets) == 16
}

// lists reports whether a list field names the token.
func lists(lines []string, token string) bool {
	for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(item), token) {
			return true
		}
	}
	return false
}

// echoMessages answers the handshake and then each message with itself, until
// the client leaves, is silent for too long, or the API is closed.
func (a *API) echoMessages(w http.ResponseWriter, r *http.Request) {
	if !a.open() {
		send(w, r, maintenance(nil))
		return
	}
	defer a.sockets.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{"echo"},
		// Nothing here belongs to anyone: any page may talk to it.
		InsecureSkipVerify: true,
	})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		if !a.echoOne(conn) {
			return
		}
	}
}

// open counts a WebSocket in; false when the API is closed.
func (a *API) open() bool {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.ctx.Err() != nil {
		return false
	}
	a.sockets.Add(1)
	return true
}

func (a *API) echoOne(conn *websocket.Conn) bool {
	ctx, cancel := context.WithTimeout(a.ctx, socketIdle)
	defer cancel()
	kind, message, err := conn.Read(ctx)
	if err != nil {
		return false
	}
	return conn.Write(ctx, kind, message) == nil
}
