package probe

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/match"
	"httpprobe/probe/plan"
	"httpprobe/probe/source"
)

// checker holds one answer against what its step expects. All checks run: a
// wrong status does not hide a missing field.
type checker struct {
	a      *attempt
	e      *plan.Expect
	r      *exchange.Response
	vars   expression.Vars
	base   *url.URL
	target *url.URL
	mask   func(string) string
}

func (s *session) check(p *plan.Step, a *attempt, target *url.URL) {
	c := &checker{a: a, e: &p.Expect, r: a.final.Response, vars: s.vars, base: s.suite.BaseURL, target: target, mask: s.veil.Mask}
	if c.base == nil {
		c.base = &url.URL{}
	}
	c.status()
	c.location()
	c.fields("headers", c.r.Fields, c.e.Headers)
	c.cookies()
	c.informational()
	c.redirects()
	if want := c.e.HTTP; want != "" && strings.TrimPrefix(c.r.Proto, "HTTP/") != want {
		c.unmet(c.e.Pos, "http", "HTTP/"+want, c.r.Proto, fmt.Sprintf("expected the answer in HTTP/%s, it came in %s", want, c.r.Proto))
	}
	// A failure is told instead of what is missing because of it. An event
	// stream is cut without one: what came of it is all that is looked at.
	if a.final.Failure == nil {
		c.fields("trailers", c.r.Trailers, c.e.Trailers)
		c.body()
		c.error()
		if c.e.Time != nil {
			c.differences(c.e.Time.Match("time", a.final.Timing.Total, c.input()))
		}
		c.asserts()
	}
}

func (c *checker) input() match.Input {
	return match.Input{Vars: c.vars, Response: c.a.response, Mask: c.mask}
}

func (c *checker) unmet(pos source.Pos, path, expected, actual, message string) {
	c.a.findings = append(c.a.findings, finding.Finding{
		Rule: finding.Expectation, Severity: finding.Error, Pos: pos, Path: path,
		Message: message, Expected: expected, Actual: actual, Exchange: c.a.index(),
	})
}

func (c *checker) differences(all []match.Difference) {
	for _, d := range all {
		c.unmet(d.Pos, d.Path, d.Expected, d.Actual, d.Message)
	}
}

func (c *checker) status() {
	want := c.e.Status
	if want == nil || want.Has(c.r.Status) {
		return
	}
	got := named(c.r.Status)
	c.unmet(want.Pos, "status", want.Text, got, fmt.Sprintf("expected status %s, got %s", want.Text, got))
}

// named gives a status with its registered name.
func named(status int) string {
	if name := http.StatusText(status); name != "" {
		return strconv.Itoa(status) + " " + name
	}
	return strconv.Itoa(status)
}

func (c *checker) location() {
	want := c.e.Location
	if want == nil {
		return
	}
	if !c.r.Fields.Has("Location") {
		c.unmet(want.Pos, "headers.Location", want.Text, "(no Location)", fmt.Sprintf("expected Location %s, but there is no Location", want.Text))
		return
	}
	got := c.r.Fields.Get("Location")
	captured, wanted, ok, err := want.Match(got, c.target, c.base, c.vars)
	switch {
	case err != nil:
		c.unmet(want.Pos, "headers.Location", want.Text, got, fmt.Sprintf("the expected Location cannot be compared: %v", err))
	case !ok:
		c.unmet(want.Pos, "headers.Location", wanted, got, fmt.Sprintf("expected Location %s, got %s", wanted, got))
	case len(captured) > 0:
		c.a.captured = captured
		vars := expression.Vars{}
		for k, v := range c.vars {
			vars[k] = v
		}
		for k, v := range captured {
			vars[k] = v
		}
		c.vars, c.a.vars = vars, vars
	}
}

// fields compares header or trailer fields. A repeated field is its combined
// value (RFC 9110 §5.3), and a list where a list is wanted.
func (c *checker) fields(where string, got exchange.Fields, wanted []plan.Named) {
	for _, w := range wanted {
		path := where + "." + w.Name
		values := got.Values(w.Name)
		var value any = match.Missing
		switch {
		case w.List && len(values) > 0:
			list := make([]any, len(values))
			for i, v := range values {
				list[i] = v
			}
			value = list
		case len(values) > 0:
			value = strings.Join(values, ", ")
		}
		if strings.EqualFold(w.Name, "Content-Type") && sameType(w.Literal, values) {
			continue
		}
		c.differences(w.Matcher.Match(path, value, c.input()))
	}
}

// sameType compares media types where the wanted one names no parameters: the
// author who writes application/json does not mean to forbid a charset.
func sameType(want string, got []string) bool {
	if want == "" || strings.Contains(want, ";") || len(got) != 1 {
		return false
	}
	kind, _, err := mime.ParseMediaType(got[0])
	return err == nil && strings.EqualFold(kind, strings.TrimSpace(want))
}

// cookies compares the cookies that the answer sets: their values, or their
// attributes where a mapping is wanted.
func (c *checker) cookies() {
	if len(c.e.Cookies) == 0 {
		return
	}
	set := map[string]*http.Cookie{}
	for _, cookie := range setCookies(c.r.Fields) {
		set[cookie.Name] = cookie
	}
	for _, w := range c.e.Cookies {
		var value any = match.Missing
		if cookie, ok := set[w.Name]; ok {
			value = cookie.Value
			if w.Whole {
				value = attributes(cookie)
			}
		}
		c.differences(w.Matcher.Match("cookies."+w.Name, value, c.input()))
	}
}

func attributes(c *http.Cookie) map[string]any {
	out := map[string]any{
		"value": c.Value, "secure": c.Secure, "httpOnly": c.HttpOnly,
	}
	if c.Path != "" {
		out["path"] = c.Path
	}
	if c.Domain != "" {
		out["domain"] = c.Domain
	}
	if c.RawExpires != "" {
		out["expires"] = c.RawExpires
	}
	switch {
	case c.MaxAge > 0:
		out["maxAge"] = c.MaxAge
	case c.MaxAge < 0:
		out["maxAge"] = 0
	}
	switch c.SameSite {
	case http.SameSiteLaxMode:
		out["sameSite"] = "Lax"
	case http.SameSiteStrictMode:
		out["sameSite"] = "Strict"
	case http.SameSiteNoneMode:
		out["sameSite"] = "None"
	}
	return out
}

// informational compares the interim answers that came with those that were
// expected: each of these, in this order, others between them or not.
func (c *checker) informational() {
	if c.e.Informational == nil {
		return
	}
	var seen []int
	for _, i := range c.a.final.Interims {
		seen = append(seen, i.Status)
	}
	if c.r.Status == http.StatusSwitchingProtocols {
		seen = append(seen, c.r.Status)
	}
	rest := seen
	for _, want := range c.e.Informational {
		i := slices.Index(rest, want)
		if i < 0 {
			c.unmet(c.e.Pos, "informational", list(c.e.Informational), list(seen), fmt.Sprintf("expected %s before the final answer, saw %s", list(c.e.Informational), list(seen)))
			return
		}
		rest = rest[i+1:]
	}
	if len(c.e.Informational) == 0 && len(seen) > 0 {
		c.unmet(c.e.Pos, "informational", "none", list(seen), "expected no interim answer, saw "+list(seen))
	}
}

func list(statuses []int) string {
	if len(statuses) == 0 {
		return "none"
	}
	var out []string
	for _, s := range statuses {
		out = append(out, strconv.Itoa(s))
	}
	return strings.Join(out, ", ")
}

// redirects compares the redirects that were followed.
func (c *checker) redirects() {
	want := c.e.Redirects
	if want == nil {
		return
	}
	if want.Count != nil {
		c.differences(want.Count.Match("redirects", len(c.a.hops), c.input()))
		return
	}
	if len(want.Hops) != len(c.a.hops) {
		c.unmet(want.Pos, "redirects", strconv.Itoa(len(want.Hops)), strconv.Itoa(len(c.a.hops)), fmt.Sprintf("expected %s, %d followed", redirects(len(want.Hops)), len(c.a.hops)))
		return
	}
	for i, w := range want.Hops {
		got := c.a.hops[i]
		path := fmt.Sprintf("redirects[%d]", i)
		if w.Status != 0 && w.Status != got.status {
			c.unmet(w.Pos, path, strconv.Itoa(w.Status), strconv.Itoa(got.status), fmt.Sprintf("expected redirect %d to be a %d, it was a %d", i+1, w.Status, got.status))
		}
		if w.Location == nil {
			continue
		}
		_, wanted, ok, err := w.Location.Match(got.location, got.from, c.base, c.vars)
		if err != nil || !ok {
			c.unmet(w.Pos, path, wanted, got.location, fmt.Sprintf("expected redirect %d to lead to %s, it led to %s", i+1, wanted, got.location))
		}
	}
}
