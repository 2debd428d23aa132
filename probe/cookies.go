package probe

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"httpprobe/probe/exchange"
)

// jar keeps the cookies of one scenario.
type jar struct{ jar *cookiejar.Jar }

func newJar() *jar { return &jar{} }

// store keeps the cookies that an answer sets for its host.
func (j *jar) store(u *url.URL, fields exchange.Fields) {
	var cookies []*http.Cookie
	for _, line := range fields.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			cookies = append(cookies, c)
		}
	}
	if len(cookies) == 0 {
		return
	}
	if j.jar == nil {
		// The error is always nil without a list of public suffixes.
		j.jar, _ = cookiejar.New(nil)
	}
	j.jar.SetCookies(secure(u), cookies)
}

// cookies gives the value of the Cookie field for a URL; empty for none.
func (j *jar) cookies(u *url.URL) string {
	if j.jar == nil {
		return ""
	}
	var out []string
	for _, c := range j.jar.Cookies(secure(u)) {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

// secure makes loopback count as a secure origin, as it does in browsers, so
// that Secure cookies of a server on this machine come back.
func secure(u *url.URL) *url.URL {
	if u.Scheme == "https" || !loopback(u.Hostname()) {
		return u
	}
	c := *u
	c.Scheme = "https"
	return &c
}
