package plan

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/expression"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

func (c *compiler) baseURL(in *scenario.Suite, s scope) *url.URL {
	text, at := c.in.BaseURL, source.Pos{File: in.File}
	if text == "" {
		if !in.BaseURL.Given() {
			return nil
		}
		at = in.BaseURL.Pos
		t := c.template(in.BaseURL, s)
		if t == nil {
			return nil
		}
		vars := expression.Vars{}
		for _, name := range s.names {
			vars[name], _ = c.given(name)
		}
		var err error
		if text, err = t.String(vars, nil); err != nil {
			c.problem(at, 1, "", "base_url: %v", err)
			return nil
		}
	}
	u, err := ParseBaseURL(text)
	if err != nil {
		c.problem(at, len([]rune(in.BaseURL.Text)), "", "base_url: %v", err)
		return nil
	}
	return u
}

// ParseBaseURL reads an absolute http or https URL that may have a path. Its
// errors are for people.
func ParseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no URL; write it like http://127.0.0.1:8080", text)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "":
		return nil, fmt.Errorf("%q is not an absolute http or https URL; write it like http://127.0.0.1:8080", text)
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r >= utf8.RuneSelf }):
		return nil, fmt.Errorf("the host of %q is not written in ASCII; write its form that begins with xn--", text)
	case u.User != nil:
		return nil, fmt.Errorf("a URL with a password is not used; name an identity with basic instead")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("%q has a query or fragment; a base URL has a path at most", text)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/"), RawPath: strings.TrimRight(u.RawPath, "/")}, nil
}
