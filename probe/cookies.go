package probe

import (
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"

	"httpprobe/probe/exchange"
)

// jar keeps the cookies of one scenario.
type jar struct {
	jar   *cookiejar.Jar
	taken []taken
}

// taken are cookies as an answer set them.
type taken struct {
	from    *url.URL
	cookies []*http.Cookie
}

// newJar gives a jar that holds what another one holds now, nil for none.
func newJar(from *jar) *jar {
	j := &jar{}
	if from != nil {
		for _, t := range from.taken {
			j.keep(t.from, t.cookies)
		}
	}
	return j
}

// store keeps the cookies that an answer sets for its host.
func (j *jar) store(u *url.URL, fields exchange.Fields) {
	if cookies := setCookies(fields); len(cookies) > 0 {
		j.keep(u, cookies)
	}
}

func (j *jar) keep(u *url.URL, cookies []*http.Cookie) {
	j.taken = append(j.taken, taken{u, cookies})
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
		value := c.Value
		if c.Quoted {
			value = `"` + value + `"`
		}
		out = append(out, c.Name+"="+value)
	}
	return strings.Join(out, "; ")
}

// setCookies gives the cookies that an answer sets. A value that the grammar
// does not allow, as raw JSON, is taken as it is, as clients do (RFC 6265 §5.2).
func setCookies(fields exchange.Fields) []*http.Cookie {
	var out []*http.Cookie
	for _, line := range fields.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			pair, attributes, _ := strings.Cut(line, ";")
			name, value, _ := strings.Cut(pair, "=")
			if c, err = http.ParseSetCookie(name + "=;" + attributes); err != nil {
				continue
			}
			c.Value = strings.TrimSpace(value)
		}
		out = append(out, c)
	}
	return out
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

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}
