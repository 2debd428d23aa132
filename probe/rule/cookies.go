package rule

import (
	"slices"
	"strings"
	"time"

	"httpprobe/probe/finding"
)

var cookies = []Rule{
	{
		ID:       "cookie-valid",
		Topic:    Security,
		Title:    "cookies are well-formed, and browsers keep them",
		Severity: finding.Warning,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6265 §4.1.1", "draft RFC 6265bis §4.1.1", "draft RFC 6265bis §4.1.3", "draft RFC 6265bis §5.7"},
		Text: "A cookie has a name, and a value without spaces, quotes, commas, semicolons and backslashes; Expires is a date in the form of HTTP, Max-Age digits, and Domain the host or one above it. The same name does not come twice. What browsers throw away " +
			"never comes back, and the login that rests on it fails without a word.",
		Silent: "An error where browsers throw the cookie away for its flags: SameSite=None without Secure, __Secure- and __Host- without what these names promise, Secure over plain http, more than 4096 octets. The machine itself counts as " +
			"secure.",
		Mend: "set cookies with the library of the server, and let the name's prefix and the flags agree",
		Bad:  "Set-Cookie: sid=1; SameSite=None",
		Good: "Set-Cookie: sid=1; Path=/; Secure; HttpOnly; SameSite=Lax",
		When: When{Fields: []string{"Set-Cookie"}},
		Check: func(p *Pass) {
			var names []string
			for _, line := range p.Response.Fields.Values("Set-Cookie") {
				c := readCookie(line)
				p.cookieWellFormed(&c)
				p.cookieKept(&c)
				if c.name != "" && slices.Contains(names, c.name) {
					p.Reportf("headers.Set-Cookie", "%s sets the cookie %s twice", p.answer(), quote(c.name))
				}
				names = append(names, c.name)
			}
		},
	},
	{
		ID:       "cookie-flags",
		Topic:    Security,
		Title:    "the cookie of a session is guarded",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"OWASP Session Management sheet"},
		Text: "A cookie that is named like a session or a token has HttpOnly, so that no script reads it, a SameSite that is spelt out, so that it is known which requests from elsewhere carry it, and over https Secure, so that it never travels " +
			"in clear.",
		Silent: "Scripts have to read cookies against forged requests (csrf, xsrf), which go without HttpOnly. A cookie that is being deleted needs nothing.",
		Mend:   "add Secure, HttpOnly and SameSite=Lax (or Strict) to the cookie",
		Bad:    "Set-Cookie: session=abc; Path=/",
		Good:   "Set-Cookie: session=abc; Path=/; Secure; HttpOnly; SameSite=Lax",
		When:   When{Fields: []string{"Set-Cookie"}},
		Check: func(p *Pass) {
			for _, line := range p.Response.Fields.Values("Set-Cookie") {
				c := readCookie(line)
				if !c.session() || c.deletes(p) {
					continue
				}
				var missing []string
				if strings.HasPrefix(p.Request.URL, "https:") && !c.has("secure") {
					missing = append(missing, "Secure")
				}
				if !c.has("httponly") && !mentions(c.name, "csrf", "xsrf") {
					missing = append(missing, "HttpOnly")
				}
				if same, _ := c.attribute("samesite"); same == "" {
					missing = append(missing, "SameSite")
				}
				if len(missing) > 0 {
					p.Reportf("headers.Set-Cookie", "the cookie %s of %s goes without %s", quote(c.name), p.answer(), strings.Join(missing, ", "))
				}
			}
		},
	},
}

// cookie is one Set-Cookie field.
type cookie struct {
	name, value string
	paired      bool // there is an equals sign
	attributes  []parameter
}

func readCookie(line string) cookie {
	pair, rest, more := strings.Cut(line, ";")
	var c cookie
	c.name, c.value, c.paired = strings.Cut(pair, "=")
	c.name, c.value = strings.Trim(c.name, " \t"), strings.Trim(c.value, " \t")
	for more {
		var one string
		one, rest, more = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(one, "=")
		c.attributes = append(c.attributes, parameter{strings.ToLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")})
	}
	return c
}

// attribute gives the last attribute of that name, which is the one that counts.
func (c *cookie) attribute(name string) (string, bool) {
	for _, a := range slices.Backward(c.attributes) {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

func (c *cookie) has(name string) bool {
	_, ok := c.attribute(name)
	return ok
}

// deletes reports whether the cookie is set only to take one back.
func (c *cookie) deletes(p *Pass) bool {
	if age, ok := c.attribute("max-age"); ok {
		return strings.HasPrefix(age, "-") || strings.Trim(age, "0") == ""
	}
	expires, ok := c.attribute("expires")
	t, read := cookieDateOf(expires)
	now, _ := p.servedAt()
	return strings.Trim(c.value, `"`) == "" || ok && read && !now.IsZero() && !t.After(now)
}

// sessionWords are words of names that are those of a session or token.
var sessionWords = []string{"sid", "sess", "auth", "authn", "oauth", "authtoken", "aspxauth"}

// session reports whether a name looks like that of a session or token.
func (c *cookie) session() bool {
	if mentions(c.name, "session", "sessid", "token", "jwt") {
		return true
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(c.name), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if slices.Contains(sessionWords, word) || strings.HasPrefix(word, "remember") {
			return true
		}
	}
	return false
}

func (p *Pass) cookieWellFormed(c *cookie) {
	const path = "headers.Set-Cookie"
	value := c.value
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	switch {
	case !c.paired || c.name == "":
		p.Reportf(path, "a cookie of %s has no name", p.answer())
		return
	case !isToken(c.name):
		p.Reportf(path, "the name of the cookie %s of %s has octets that no name may have", quote(c.name), p.answer())
	case strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`",;\`, r) }) >= 0:
		p.Reportf(path, "the value of the cookie %s of %s has octets that no value may have", quote(c.name), p.answer())
	}
	if expires, ok := c.attribute("expires"); ok {
		if _, good := fixDateOf(expires); !good {
			p.Report(Report{
				Path: path, Message: "Expires of the cookie " + quote(c.name) + " in " + p.answer().String() + " is no date in the form of HTTP: " + quote(expires),
				Expected: "a date such as Sun, 06 Nov 1994 08:49:37 GMT", Actual: expires,
			})
		}
	}
	if age, ok := c.attribute("max-age"); ok && !isDigits(age) {
		p.Reportf(path, "Max-Age of the cookie %s in %s is not in digits: %s", quote(c.name), p.answer(), quote(age))
	}
	domain, _ := c.attribute("domain")
	domain = strings.ToLower(strings.TrimPrefix(domain, "."))
	host := hostOf(p.origin())
	if domain != "" && host != domain && (isAddress(host) || !strings.HasSuffix(host, "."+domain)) {
		p.Report(Report{
			Path: path, Message: "Domain of the cookie " + quote(c.name) + " in " + p.answer().String() + " does not cover the host: browsers throw it away",
			Expected: host + ", or a domain above it", Actual: domain,
		})
	}
}

// cookieKept reports what makes browsers throw a cookie away.
func (p *Pass) cookieKept(c *cookie) {
	secure := c.has("secure")
	dropped := func(why string) {
		p.reportAt(finding.Error, "headers.Set-Cookie", "browsers throw away the cookie %s of %s: %s", quote(c.name), p.answer(), why)
	}
	if same, _ := c.attribute("samesite"); strings.EqualFold(same, "None") && !secure {
		dropped("SameSite=None goes with Secure alone")
	}
	name := strings.ToLower(c.name)
	domain, _ := c.attribute("domain")
	path, _ := c.attribute("path")
	switch {
	case strings.HasPrefix(name, "__secure-") && !secure:
		dropped("a name with __Secure- goes with Secure alone")
	case !strings.HasPrefix(name, "__host-"):
	case !secure:
		dropped("a name with __Host- goes with Secure alone")
	case domain != "":
		dropped("a name with __Host- goes without Domain")
	case path != "/":
		dropped("a name with __Host- goes with Path=/ alone")
	}
	if strings.HasPrefix(p.Request.URL, "http:") && secure && !isLoopback(hostOf(p.origin())) {
		dropped("it has Secure, but comes over plain http")
	}
	if len(c.name)+len(c.value) > 4096 {
		dropped("name and value have more than 4096 octets")
	}
}

// cookieDateOf reads HTTP-dates and the older form with dashes.
func cookieDateOf(s string) (time.Time, bool) {
	if t, ok := httpDateOf(s); ok {
		return t, true
	}
	t, err := time.Parse("Mon, 02-Jan-2006 15:04:05 GMT", s)
	return t, err == nil
}
