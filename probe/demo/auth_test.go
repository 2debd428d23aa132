package demo

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhoMayDoWhat(t *testing.T) {
	s := start(t, Options{})
	create := `{"name":"Z","email":"z@example.com"}`
	for _, c := range []struct {
		name, line, body, authorization string
		status                          int
		code, challenge                 string
	}{
		{"nobody", "POST /api/users", create, "", 401, "UNAUTHENTICATED", `Bearer realm="demo"`},
		{"another scheme", "GET /api/profile", "", "Basic YTpi", 401, "UNAUTHENTICATED", `Bearer realm="demo"`},
		{"no token", "GET /api/profile", "", "Bearer", 401, "UNAUTHENTICATED", `Bearer realm="demo"`},
		{"a bad token", "GET /api/profile", "", "Bearer admin-tokem", 401, "INVALID_TOKEN", `Bearer realm="demo", error="invalid_token"`},
		{"the wrong role", "DELETE /api/admin/users/1", "", "Bearer user-token", 403, "FORBIDDEN", ""},
		{"the wrong role, invalid content", "POST /api/users", `{"a":`, "Bearer user-token", 403, "FORBIDDEN", ""},
		{"the wrong role, no such item", "DELETE /api/users/99999", "", "Bearer user-token", 403, "FORBIDDEN", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := site{t, s.url, s.client}
			var fields []string
			if c.authorization != "" {
				fields = []string{"Authorization: " + c.authorization}
			}
			got := s.do(c.line, c.body, fields...)
			got.failed(c.status, c.code)
			got.field("WWW-Authenticate", c.challenge)
		})
	}
	if who := decoded[identity](s.do("GET /api/profile", "", "Authorization: bearer admin-token").status(200).field("Cache-Control", "private, no-cache")); who.Role != admin {
		t.Errorf("the admin is %+v", who)
	}
}

func TestTokensCanBeChosen(t *testing.T) {
	s := start(t, Options{AdminToken: "secret"})
	s.do("GET /api/admin/users/1", "", "Authorization: Bearer secret").status(200)
	s.do("GET /api/admin/users/1", "", asAdmin).status(401)
	s.do("GET /api/admin/users/1", "", asUser).status(403)
}

func TestSessionCookie(t *testing.T) {
	s := start(t, Options{})
	s.do("GET /api/session", "").failed(401, "NO_SESSION")
	begun := s.do("POST /api/session", `{"name":"Ada"}`).status(200)
	cookies := begun.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies: %v", cookies)
	}
	if c := cookies[0]; !c.HttpOnly || c.Secure || c.Path != "/" || c.SameSite == 0 {
		t.Errorf("flags of the cookie: %s", c.Raw)
	}
	sent := "Cookie: session=" + cookies[0].Value
	if got := decoded[sessionView](s.do("GET /api/session", "", sent).status(200)); got.Name != "Ada" {
		t.Errorf("the session is of %q", got.Name)
	}
	ended := s.do("DELETE /api/session", "", sent).status(204)
	if c := ended.Cookies(); len(c) != 1 || c[0].MaxAge != -1 {
		t.Errorf("the cookie is not taken back: %v", ended.Header["Set-Cookie"])
	}
	s.do("GET /api/session", "", sent).failed(401, "NO_SESSION")
}

func TestCredentialsInClear(t *testing.T) {
	api := New(Options{})
	for _, c := range []struct {
		at             string
		secure         bool
		profile, login int
	}{
		{"127.0.0.1", false, 200, 200},
		{"10.1.2.3", false, 200, 200},
		{"::ffff:192.168.0.1", false, 200, 200},
		{"fe80::1", false, 200, 200},
		{"203.0.113.1", false, 403, 403},
		{"2001:db8::1", false, 403, 403},
		{"203.0.113.1", true, 200, 200},
	} {
		ask := func(method, target, body, authorization string) int {
			at := &net.TCPAddr{IP: net.ParseIP(c.at), Port: 80}
			r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, at), method, target, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			if authorization != "" {
				r.Header.Set("Authorization", authorization)
			}
			if c.secure {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			return w.Code
		}
		if got := ask("GET", "/api/profile", "", "Bearer user-token"); got != c.profile {
			t.Errorf("a token at %s, TLS %t: %d, want %d", c.at, c.secure, got, c.profile)
		}
		if got := ask("POST", "/api/session", `{"name":"Ada"}`, ""); got != c.login {
			t.Errorf("a login at %s, TLS %t: %d, want %d", c.at, c.secure, got, c.login)
		}
		if got := ask("GET", "/api/users/1", "", ""); got != 200 {
			t.Errorf("nobody at %s, TLS %t: %d, want 200", c.at, c.secure, got)
		}
	}
}
