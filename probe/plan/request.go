package plan

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
)

// Bound is a step's request with every value in its place.
type Bound struct {
	Request exchange.Request
	URL     *url.URL
	// Identity are the fields and query parameters that the identity added,
	// which must not follow a redirect to another origin.
	Identity Credentials
}

// Bind gives the request of a step. A request that would leave the allowed
// hosts is refused. agent is the User-Agent.
func (s *Step) Bind(suite *Suite, vars expression.Vars, agent string) (Bound, error) {
	var out Bound
	if s.As != nil {
		credentials, err := s.As.Bind(vars)
		if err != nil {
			return out, fmt.Errorf("identity %q: %w", s.As.Name, err)
		}
		out.Identity = credentials
	}
	target, err := s.Target.Bind(vars)
	if err != nil {
		return out, err
	}
	query, err := bind(s.Query, vars)
	if err != nil {
		return out, fmt.Errorf("query: %w", err)
	}
	if out.URL, err = s.url(suite, target, append(query, out.Identity.Query...)); err != nil {
		return out, err
	}
	if !suite.Hosts.Allows(out.URL) {
		return out, &HostError{URL: out.URL}
	}
	r := exchange.Request{Method: s.Method, URL: out.URL.String(), Proto: "HTTP/1.1"}
	if target == "*" {
		r.Target = "*"
	}
	kind := ""
	if s.Body != nil {
		if r.Body, kind, err = s.Body.Bind(vars); err != nil {
			return out, fmt.Errorf("%s: %w", s.Body.Kind, err)
		}
	}
	own, err := bind(s.Headers, vars)
	if err != nil {
		return out, fmt.Errorf("headers: %w", err)
	}
	r.Fields = s.fields(out.URL, agent, own, out.Identity.Fields, r.Body, kind)
	out.Request = r
	return out, nil
}

// HostError says that a URL leads to a host that a suite may not reach.
type HostError struct{ URL *url.URL }

// Error is a sentence for people.
func (e *HostError) Error() string {
	return fmt.Sprintf("%s is not the host of the base URL and was not allowed", e.URL.Host)
}

// Hint says how the host can be allowed.
func (e *HostError) Hint() string { return "pass --allow-host " + e.URL.Host + " if this is wanted" }

func (s *Step) url(suite *Suite, target string, query exchange.Fields) (*url.URL, error) {
	text := target
	if suite.BaseURL == nil && (target == "*" || strings.HasPrefix(target, "/")) {
		return nil, fmt.Errorf("no base URL is known for the target %q; name it with base_url in the file, or --base-url", target)
	}
	switch {
	case target == "*":
		text = suite.BaseURL.String()
	case strings.HasPrefix(target, "/"):
		text = suite.BaseURL.String() + target
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return nil, fmt.Errorf("the target %q has white space or a control character; percent-encode it, or use {name} in place of ${name}", target)
	}
	u, err := url.Parse(text)
	var escape url.EscapeError
	if errors.As(err, &escape) {
		return nil, fmt.Errorf("the target %q has %q in its path, which is no percent-encoded octet; a %% itself is written %%25", target, string(escape))
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("the target %q is neither a path that begins with / nor an absolute http or https URL", target)
	}
	if u.User != nil {
		return nil, fmt.Errorf("the target has a user or password in it; name an identity with basic instead")
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, fmt.Errorf("the host of the target %q is not written in ASCII; write its form that begins with xn--", target)
	}
	if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
		return nil, fmt.Errorf("the target %q has a port that does not exist: ports are 1 to 65535", target)
	}
	u.Fragment, u.RawFragment = "", ""
	for _, q := range query {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.QueryEscape(q.Name) + "=" + url.QueryEscape(q.Value)
	}
	u.RawQuery = ascii(u.RawQuery)
	return u, nil
}

// ascii percent-encodes what no URI can hold, as URL.String does within paths.
func ascii(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if ch := query[i]; ch < 0x80 {
			b.WriteByte(ch)
		} else {
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return b.String()
}

// fields puts the header section together: Host, User-Agent and Accept unless
// the author gives or removes them, then the author's own, the identity's, and
// what the body needs.
func (s *Step) fields(u *url.URL, agent string, own, identity exchange.Fields, body []byte, kind string) exchange.Fields {
	var out exchange.Fields
	add := func(name, value string) {
		gone := slices.ContainsFunc(s.Removed, func(r string) bool { return strings.EqualFold(r, name) })
		if !gone && !own.Has(name) {
			out = append(out, exchange.Field{Name: name, Value: value})
		}
	}
	add("Host", u.Host)
	add("User-Agent", agent)
	add("Accept", "*/*")
	out = append(out, own...)
	for _, f := range identity {
		add(f.Name, f.Value)
	}
	if body == nil {
		// POST, PUT and PATCH without content say so (RFC 9110 §8.6).
		if s.Method == "POST" || s.Method == "PUT" || s.Method == "PATCH" {
			out = append(out, exchange.Field{Name: "Content-Length", Value: "0"})
		}
		return out
	}
	if kind != "" {
		add("Content-Type", kind)
	}
	return append(out, exchange.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
}
