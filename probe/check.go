package probe

import (
	"fmt"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/match"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}

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
	c := &checker{a: a, e: &p.Expect, r: a.final.Response, vars: s.vars, base: s.suite.BaseURL, target: target, mask: s.run.secrets.Mask}
	if c.base == nil {
		c.base = &url.URL{}
	}
	c.status()
	c.location()
	c.fields("headers", c.r.Fields, c.e.Headers)
	if c.r.Complete {
		c.fields("trailers", c.r.Trailers, c.e.Trailers)
		c.body()
		c.error()
	}
	c.cookies()
	c.informational()
	c.redirects()
	if c.e.Time != nil && c.r.Complete {
		c.differences(c.e.Time.Match("time", a.final.Timing.Total, c.input()))
	}
	if want := c.e.HTTP; want != "" && strings.TrimPrefix(c.r.Proto, "HTTP/") != want {
		c.unmet(c.e.Pos, "http", "HTTP/"+want, c.r.Proto, fmt.Sprintf("expected the answer in HTTP/%s, it came in %s", want, c.r.Proto))
	}
	if c.r.Complete {
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
	for _, line := range c.r.Fields.Values("Set-Cookie") {
		if cookie, err := http.ParseSetCookie(line); err == nil {
			set[cookie.Name] = cookie
		}
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

// body compares the content: as JSON where it is JSON, as text elsewhere.
func (c *checker) body() {
	if c.e.Body == nil {
		return
	}
	content := c.r.Content
	if c.r.CodingFault != "" {
		c.unmet(c.e.BodyPos, "body", "content that can be decoded", c.r.CodingFault, "the body cannot be decoded: "+c.r.CodingFault)
		return
	}
	if len(content) == 0 {
		missing := c.e.Body.Match("body", match.Missing, c.input())
		if len(missing) > 0 && len(c.e.Body.Match("body", "", c.input())) > 0 {
			c.differences(missing)
		}
		return
	}
	if c.a.unread == nil {
		c.differences(c.e.Body.Match("body", c.a.response.Body, c.input()))
		return
	}
	if isJSON(c.r.Fields.Get("Content-Type")) {
		c.unmet(c.e.BodyPos, "body", "JSON", "text that is not JSON", "the body is labelled JSON but cannot be read: "+c.a.unread.Error())
		return
	}
	c.differences(c.e.Body.Match("body", string(content), c.input()))
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// error compares the message, code and details of an error body, whatever its
// shape.
func (c *checker) error() {
	if len(c.e.Error) == 0 {
		return
	}
	kind, _, err := mime.ParseMediaType(c.r.Fields.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	body := rule.ReadError(c.r.Content, c.r.Status, kind)
	if body.Message == "" && body.Code == nil && body.Details == nil {
		c.unmet(c.e.Error[0].Pos, "error", "an error with a message", string(body.Shape), "expected an error body with a message, but none of the known shapes fits it")
		return
	}
	parts := map[string]any{"message": match.Missing, "code": match.Missing, "details": match.Missing}
	if body.Message != "" {
		parts["message"] = body.Message
	}
	if body.Code != nil {
		parts["code"] = body.Code
	}
	if body.Details != nil {
		parts["details"] = body.Details
	}
	for _, w := range c.e.Error {
		c.differences(w.Matcher.Match("error."+w.Name, parts[w.Name], c.input()))
	}
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
		c.unmet(want.Pos, "redirects", strconv.Itoa(len(want.Hops)), strconv.Itoa(len(c.a.hops)), fmt.Sprintf("expected %d redirects, %d were followed", len(want.Hops), len(c.a.hops)))
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

// asserts evaluates the assertions; a false one shows the values in it.
func (c *checker) asserts() {
	for i, p := range c.e.Assert {
		holds, err := p.Bool(c.vars, c.a.response)
		pos := c.e.AssertPos[i]
		if err != nil {
			c.unmet(pos, "assert", p.Text(), "", fmt.Sprintf("%s cannot be evaluated: %v", p.Text(), err))
			continue
		}
		if holds {
			continue
		}
		var terms []string
		for _, t := range p.Explain(c.vars, c.a.response) {
			terms = append(terms, t.Text+" = "+show(t.Value))
		}
		c.unmet(pos, "assert", "", strings.Join(terms, "\n"), "it is not true that "+p.Text())
	}
}

// show gives a value as an expression would write it.
func show(v any) string {
	if text, ok := v.(string); ok {
		return strconv.Quote(text)
	}
	return expression.Render(v)
}
