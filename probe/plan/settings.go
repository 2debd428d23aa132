package plan

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
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

func (c *compiler) profile(t source.Text) rule.Profile {
	if t.Text == "guide" {
		return rule.GuideProfile
	}
	return rule.Profile(t.Text)
}

func (c *compiler) severities(levels []scenario.Level) map[string]finding.Severity {
	if len(levels) == 0 {
		return nil
	}
	ids, topics := rule.Known()
	known := slices.Concat(ids, topics)
	out := make(map[string]finding.Severity, len(levels))
	for _, l := range levels {
		if !slices.Contains(known, l.Name.Text) {
			hint := "topics are " + strings.Join(topics, ", ")
			if n := source.Nearest(l.Name.Text, known); n != "" {
				hint = fmt.Sprintf("did you mean %q?", n)
			}
			c.problem(l.Name.Pos, len([]rune(l.Name.Text)), hint, "unknown rule or topic %q", l.Name.Text)
			continue
		}
		severity, err := finding.ParseSeverity(l.Severity.Text)
		if err != nil {
			c.problem(l.Severity.Pos, len([]rune(l.Severity.Text)), "", "%v", err)
			continue
		}
		out[l.Name.Text] = severity
	}
	return out
}

func (c *compiler) settings(in *scenario.Suite) rule.Settings {
	if !in.Errors.Schema.Given() {
		mode := rule.ErrorMode(in.Errors.Mode)
		if in.Errors.Mode == "auto" {
			mode = rule.AutoErrors
		}
		return rule.Settings{Errors: mode}
	}
	at := in.Errors.Schema
	schema, err := match.CompileSchema(at.Text, c.in.Files)
	if err != nil {
		c.problem(at.Pos, len([]rune(at.Text)), "paths start at the folder of this file", "%v", err)
		return rule.Settings{}
	}
	return rule.Settings{Errors: rule.SchemaErrors, Schema: func(body any) string {
		for _, d := range schema.Check("body", at.Pos, body, match.Input{}) {
			return d.Message
		}
		return ""
	}}
}
