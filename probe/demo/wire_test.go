package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// dial opens a connection to the demo on which octets can be said by hand.
func (s site) dial() (net.Conn, *bufio.Reader) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// received reads one response, content included.
func received(t *testing.T, r *bufio.Reader) answer {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Request = &http.Request{Method: "POST", URL: nil}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t, response, content}
}

func TestExpectContinue(t *testing.T) {
	s := start(t, Options{})
	const head = "POST /api/uploads HTTP/1.1\r\nHost: demo\r\nExpect: 100-continue\r\nContent-Length: %d\r\n%s\r\n"
	t.Run("who may is told to go on", func(t *testing.T) {
		s := site{t, s.url, s.client}
		conn, r := s.dial()
		fmt.Fprintf(conn, head, 6, asUser+"\r\n")
		if first := received(t, r); first.StatusCode != 100 {
			t.Fatalf("status %d before the content was sent", first.StatusCode)
		}
		fmt.Fprint(conn, "octets")
		if second := received(t, r); second.StatusCode != 201 || second.Close {
			t.Errorf("then %d, close %v: %s", second.StatusCode, second.Close, second.content)
		}
	})
	for _, c := range []struct {
		name, head, code string
		status           int
	}{
		{"nobody", fmt.Sprintf(head, 6, ""), "UNAUTHENTICATED", 401},
		{"too large", fmt.Sprintf(head, uploadLimit+1, asUser+"\r\n"), "CONTENT_TOO_LARGE", 413},
		{"another expectation", strings.Replace(fmt.Sprintf(head, 6, asUser+"\r\n"), "100-continue", "magic", 1) + "octets", "", 417},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := site{t, s.url, s.client}
			conn, r := s.dial()
			fmt.Fprint(conn, c.head)
			got := received(t, r)
			if got.StatusCode != c.status || !strings.Contains(string(got.content), c.code) || !got.Close {
				t.Errorf("status %d, close %v: %s", got.StatusCode, got.Close, got.content)
			}
			if _, err := r.ReadByte(); err != io.EOF {
				t.Errorf("the connection is not closed: %v", err)
			}
		})
	}
}

func TestOptionsOfTheServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, Options{}) }()
	s := site{t, "http://" + listener.Addr().String(), http.DefaultClient}
	conn, r := s.dial()
	fmt.Fprint(conn, "OPTIONS * HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
	got := received(t, r)
	if allow := got.Header.Get("Allow"); got.StatusCode != 204 || allow != "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT" {
		t.Errorf("OPTIONS * gives %d, Allow %q", got.StatusCode, allow)
	}
	socket, _, err := websocket.Dial(t.Context(), s.url+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.CloseNow()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve ended with %v", err)
	}
	if _, _, err := socket.Read(t.Context()); err == nil {
		t.Error("the WebSocket outlives the server")
	}
}

func TestServeSaysWhyItEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), listener, Options{}); err == nil {
		t.Error("no error for a listener that is closed")
	}
}

func TestWebSocketEchoes(t *testing.T) {
	s := start(t, Options{})
	conn, response, err := websocket.Dial(t.Context(), s.url+"/ws", &websocket.DialOptions{Subprotocols: []string{"echo", "other"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if response.StatusCode != 101 || conn.Subprotocol() != "echo" {
		t.Errorf("status %d, protocol %q", response.StatusCode, conn.Subprotocol())
	}
	for _, message := range []string{"one", "two"} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := conn.Read(t.Context()); err != nil || string(got) != message {
			t.Errorf("%q came back as %q, %v", message, got, err)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

func TestHandshakeThatIsNotOne(t *testing.T) {
	s := start(t, Options{})
	const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	const upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
	for _, c := range []struct {
		name, fields, code string
		status             int
	}{
		{"right", upgrade + "Sec-WebSocket-Version: 13\r\n" + key, "", 101},
		{"plain", "", "UPGRADE_REQUIRED", 426},
		{"another protocol", "Connection: Upgrade\r\nUpgrade: h2c\r\n", "UPGRADE_REQUIRED", 426},
		{"no connection option", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + key, "UPGRADE_REQUIRED", 426},
		{"version", upgrade + "Sec-WebSocket-Version: 99\r\n" + key, "UPGRADE_REQUIRED", 426},
		{"no key", upgrade + "Sec-WebSocket-Version: 13\r\n", "BAD_HANDSHAKE", 400},
		{"short key", upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhl\r\n", "BAD_HANDSHAKE", 400},
		{"two keys", upgrade + "Sec-WebSocket-Version: 13\r\n" + key + key, "BAD_HANDSHAKE", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := site{t, s.url, s.client}
			conn, r := s.dial()
			fmt.Fprint(conn, "GET /ws HTTP/1.1\r\nHost: demo\r\n"+c.fields+"\r\n")
			response, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != c.status {
				t.Errorf("status %d, want %d", response.StatusCode, c.status)
			}
			if c.status != 400 && (response.Header.Get("Upgrade") != "websocket" || response.Header.Get("Connection") != "Upgrade") {
				t.Errorf("fields of the %d: %v", c.status, response.Header)
			}
			if c.status == 101 {
				if got := response.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
					t.Errorf("Sec-WebSocket-Accept is %q", got)
				}
				return
			}
			content, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(content), c.code) {
				t.Errorf("%v: %s", err, content)
			}
			if c.status == 426 && response.Header.Get("Sec-WebSocket-Version") != "13" {
				t.Error("a 426 does not name the version")
			}
		})
	}
}
