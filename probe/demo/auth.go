package demo

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

type role string

// The roles; the zero value is someone unknown.
const (
	nobody role = ""
	member role = "user"
	admin  role = "admin"
)

type identity struct {
	Name string `json:"name"`
	Role role   `json:"role"`
}

// authorize finds out who calls where the action asks for a role: 401 when
// that is not known, 403 when it is and does not suffice.
func (a *API) authorize(c *call, need role) *reply {
	if need == nobody {
		return nil
	}
	scheme, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		r := failure(http.StatusUnauthorized, "UNAUTHENTICATED", "Authentication required: send a bearer token").
			with("WWW-Authenticate", `Bearer realm="demo"`)
		return &r
	}
	who, ok := a.tokens[strings.TrimSpace(token)]
	if !ok {
		r := failure(http.StatusUnauthorized, "INVALID_TOKEN", "The bearer token is not valid").
			with("WWW-Authenticate", `Bearer realm="demo", error="invalid_token"`)
		return &r
	}
	c.who = who
	if need == admin && who.Role != admin {
		r := failure(http.StatusForbidden, "FORBIDDEN", "Admin access required")
		return &r
	}
	return nil
}

// exposed reports whether the request came in clear, and not from this machine
// or its own network.
func (c *call) exposed() bool {
	at, ok := c.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || c.TLS != nil {
		return false
	}
	parsed, err := netip.ParseAddrPort(at.String())
	ip := parsed.Addr().Unmap()
	return err == nil && ip.IsGlobalUnicast() && !ip.IsPrivate()
}

func inClear() *reply {
	r := failure(http.StatusForbidden, "TLS_REQUIRED", "Over the internet credentials are taken by https alone")
	return &r
}

// profile tells callers who they are.
func (a *API) profile(c *call) reply {
	return content(http.StatusOK, c.who).tagged().
		with("Cache-Control", "private, no-cache").with("Vary", "Authorization")
}
