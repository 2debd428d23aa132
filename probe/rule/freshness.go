package rule

import (
	"hash/maphash"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// year is in seconds.
const year = 365 * 24 * 60 * 60

func ageValid(p *Pass) {
	const path = "headers.Age"
	value := p.Response.Fields.Get("Age")
	subject := p.of("Age")
	if !isDigits(value) {
		p.Report(Report{
			Severity: finding.Error, Path: path, Message: subject.String() + " is not a whole number of seconds: " + quote(value),
			Expected: "digits alone", Actual: value,
		})
		return
	}
	age := wholeSeconds(value)
	c := p.cacheControl()
	switch {
	case age > year:
		p.Reportf(path, "%s is more than a year: %s", subject, quote(value))
	case age > 0 && unsafe(p.Request.Method):
		p.Reportf(path, "%s is %d s, but no cache may answer %s", subject, age, p.Request.Method)
	case age > 0 && c.has("no-store") && !c.has("must-understand") && !p.targetsCaches():
		p.Reportf(path, "%s is %d s, although no-store forbids caches to keep it", subject, age)
	}
}

func unsafe(method string) bool {
	return slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}

// targetsCaches reports whether a field tells some caches something else than
// Cache-Control does (RFC 9213).
func (p *Pass) targetsCaches() bool {
	return slices.ContainsFunc(p.Response.Fields, func(f exchange.Field) bool {
		name := strings.ToLower(f.Name)
		return strings.HasSuffix(name, "-cache-control") || name == "surrogate-control"
	})
}

func freshnessExplicit() func(*Pass) {
	told := map[string]bool{}
	return func(p *Pass) {
		if p.Response.Fields.Has("Cache-Control") || p.Response.Fields.Has("Expires") || p.Request.Fields.Has("Authorization") {
			return
		}
		// What holds for GET holds for HEAD: one word for both.
		key := strings.Replace(p.endpoint(), " "+http.MethodHead+" ", " "+http.MethodGet+" ", 1)
		if !told[key] {
			told[key] = true
			p.Reportf("headers.Cache-Control", "the %d to %s has neither Cache-Control nor Expires: caches choose for themselves how long to keep it", p.Response.Status, p.line())
		}
	}
}

func uncacheableStatus(p *Pass) {
	if !p.reusable(false) && !p.reusable(true) {
		return
	}
	own, _ := p.lifetime(false)
	shared, _ := p.lifetime(true)
	most := max(own, shared)
	path := "headers.Cache-Control"
	if !p.Response.Fields.Has("Cache-Control") {
		path = "headers.Expires"
	}
	switch {
	case most == 0:
		p.Reportf(path, "%s is declared public: caches may keep the failure", p.answer())
	case most <= 10 && p.Response.Status/100 == 5:
		p.reportAt(finding.Info, path, "%s may be reused for %d s", p.answer(), most)
	default:
		p.Reportf(path, "%s may be reused for %d s: the failure outlives its cause", p.answer(), most)
	}
}

// sample is what an endpoint gave to a client without credentials.
type sample struct {
	url  string
	hash uint64
}

func sharedCachePersonal() func(*Pass) {
	seed := maphash.MakeSeed()
	anonymous := map[string]sample{}
	return func(p *Pass) {
		if !p.reusable(true) || p.variesOnAll() {
			return
		}
		what := p.personal()
		if what != "" {
			severity := finding.Warning
			if open, known := anonymous[p.endpoint()]; known && p.whole() && open == (sample{p.Request.URL, maphash.Bytes(seed, p.Response.Content)}) {
				severity = finding.Info
			}
			p.reportAt(severity, "headers.Cache-Control", "%s %s, but Cache-Control lets shared caches give it to others: %s",
				p.answer(), what, quote(p.Response.Fields.Joined("Cache-Control")))
			return
		}
		if p.credentials() == "" && p.whole() && p.Response.Status == http.StatusOK {
			anonymous[p.endpoint()] = sample{p.Request.URL, maphash.Bytes(seed, p.Response.Content)}
		}
	}
}

// personal says what makes an answer one person's own that shared caches are
// let keep; "" where nothing does.
func (p *Pass) personal() string {
	c := p.cacheControl()
	shared, _ := c.seconds("s-maxage")
	offered := c.has("public") || shared > 0
	good := p.Response.Status == http.StatusOK || p.Response.Status == http.StatusPartialContent
	switch {
	case offered && p.Response.Fields.Has("Set-Cookie") && !c.excepts("set-cookie"):
		return "sets a cookie"
	case good && (offered || c.has("must-revalidate")) && p.Request.Fields.Has("Authorization") && !p.varies("Authorization"):
		return "was made for the bearer of Authorization"
	case good && isJSON(p.mediaType()) && carriesSession(p.Request.Fields.Joined("Cookie")) && !p.varies("Cookie"):
		return "was made for the bearer of a session cookie"
	}
	return ""
}

// excepts reports whether private or no-cache keep a field out of caches.
func (c *directives) excepts(field string) bool {
	return slices.ContainsFunc(c.list, func(d directive) bool {
		return (d.name == "private" || d.name == "no-cache") && strings.Contains(strings.ToLower(d.value), field)
	})
}

// carriesSession reports whether a cookie has the name of one that stands for
// a user.
func carriesSession(cookies string) bool {
	for cookie := range strings.SplitSeq(strings.ToLower(cookies), ";") {
		name, _, _ := strings.Cut(cookie, "=")
		name = strings.TrimSpace(name)
		if strings.Contains(name, "csrf") || strings.Contains(name, "xsrf") {
			continue
		}
		for _, word := range []string{"sess", "auth", "token", "jwt"} {
			if strings.Contains(name, word) {
				return true
			}
		}
		if name == "sid" || strings.HasSuffix(name, ".sid") || strings.HasSuffix(name, "_sid") {
			return true
		}
	}
	return false
}
