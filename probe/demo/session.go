package demo

import (
	"crypto/rand"
	"net/http"
)

const sessionCookie = "session"

type sessionView struct {
	Name string `json:"name"`
}

// startSession remembers a name under a cookie.
func (a *API) startSession(c *call) reply {
	if c.exposed() {
		return *inClear()
	}
	doc, refusal := c.readDocument()
	if refusal != nil {
		return *refusal
	}
	in := &reading{doc: doc}
	name := in.text("name", 100)
	if details := in.done(); len(details) > 0 {
		return *invalid(details)
	}
	key := rand.Text()
	a.sessions.keep(key, name)
	return content(http.StatusOK, sessionView{name}).with("Set-Cookie", c.cookie(key, 0))
}

func (a *API) readSession(c *call) reply {
	_, name, ok := a.session(c)
	if !ok {
		return noSession()
	}
	return content(http.StatusOK, sessionView{name}).with("Cache-Control", "private, no-store")
}

func (a *API) endSession(c *call) reply {
	key, _, ok := a.session(c)
	if !ok {
		return noSession()
	}
	a.sessions.drop(key)
	return empty(http.StatusNoContent).with("Set-Cookie", c.cookie("", -1))
}

func (a *API) session(c *call) (string, string, bool) {
	sent, err := c.Cookie(sessionCookie)
	if err != nil {
		return "", "", false
	}
	name, ok := a.sessions.get(sent.Value)
	return sent.Value, name, ok
}

func noSession() reply {
	return failure(http.StatusUnauthorized, "NO_SESSION", "There is no session: start one with POST").
		with("WWW-Authenticate", `Cookie realm="demo", cookie-name="`+sessionCookie+`"`)
}

// cookie is the session's Set-Cookie. Over plain http, Secure would make
// clients drop it.
func (c *call) cookie(value string, maxAge int) string {
	cookie := http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: c.TLS != nil, SameSite: http.SameSiteLaxMode,
	}
	return cookie.String()
}
