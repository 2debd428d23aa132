package plan

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

// Target is a text with {name} and ${…}: {name} is the value of a variable,
// percent-encoded as one segment (RFC 6570 §3.2.2); ${…} stands as it is.
type Target struct {
	Text     string
	template *expression.Template
	names    []string
}

// mark stands around the names of {name} while the ${…} are evaluated. It can
// occur in no target: no URI holds it, and the client refuses it.
const mark = "\x00"

// braces finds {name}. What stands before it tells ${name} and $${name} apart.
var braces = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// marked puts marks in place of the braces of each {name} outside ${…}, rune
// for rune, so that places in the text stay what they are.
func marked(text string) (string, []string) {
	var b strings.Builder
	var names []string
	for text != "" {
		loc := braces.FindStringSubmatchIndex(text)
		dollar := strings.Index(text, "${")
		if dollar >= 0 && (loc == nil || dollar < loc[0]) {
			end := dollar + 2
			if dollar == 0 || text[dollar-1] != '$' {
				end = dollar + expression.Span(text[dollar:])
			}
			b.WriteString(text[:end])
			text = text[end:]
			continue
		}
		if loc == nil {
			break
		}
		name := text[loc[2]:loc[3]]
		names = append(names, name)
		b.WriteString(text[:loc[0]] + mark + name + mark)
		text = text[loc[1]:]
	}
	return b.String() + text, names
}

func (c *compiler) target(t source.Text, s scope) Target {
	text, names := marked(t.Text)
	out := Target{Text: t.Text, names: names}
	for _, name := range names {
		if !s.has(name) {
			before, _, _ := strings.Cut(t.Text, "{"+name+"}")
			c.undefined(t.At(utf8.RuneCountInString(before)+1), name, s)
		}
	}
	out.template = c.template(source.Text{Text: text, Pos: t.Pos, Block: t.Block}, s)
	return out
}

// Bind gives the target with all values in their places.
func (t Target) Bind(vars expression.Vars) (string, error) {
	text, err := t.template.String(vars, nil)
	if err != nil {
		return "", err
	}
	for _, name := range t.names {
		value, err := segment(name, vars)
		if err != nil {
			return "", err
		}
		text = strings.Replace(text, mark+name+mark, value, 1)
	}
	return text, nil
}

func segment(name string, vars expression.Vars) (string, error) {
	v, ok := vars[name]
	if !ok || v == nil {
		return "", fmt.Errorf("{%s} has no value: the step that captures it did not run or found null", name)
	}
	text := expression.Render(v)
	if text == "" {
		// The target would be that of another resource, such as the collection.
		return "", fmt.Errorf("{%s} is an empty text, which cannot be a segment of a path", name)
	}
	return encode(text), nil
}

// encode percent-encodes everything but unreserved characters (RFC 3986 §2.3).
func encode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		ch := s[i]
		if unreserved(ch) {
			b.WriteByte(ch)
			continue
		}
		b.Write([]byte{'%', hex[ch>>4], hex[ch&15]})
	}
	return b.String()
}

// Location is the wanted Location of an answer.
type Location struct {
	Target
	Pos source.Pos
}

func (c *compiler) location(t source.Text, s scope) *Location {
	if !t.Given() {
		return nil
	}
	text, names := marked(t.Text)
	return &Location{
		Target: Target{
			Text: t.Text, names: names,
			template: c.template(source.Text{Text: text, Pos: t.Pos, Block: t.Block}, s),
		},
		Pos: t.Pos,
	}
}

// wildcard stands for a {name} without a value while URLs are resolved.
const wildcard = "probe0wildcard0"

// Match compares a Location field, both resolved against the URL of the
// request. A {name} that has no value yet matches one segment and is captured.
// wanted is what was compared with, for messages. A location may also be
// written as targets are, without the path of the base URL.
func (l *Location) Match(got string, request, base *url.URL, vars expression.Vars) (captured map[string]string, wanted string, ok bool, err error) {
	text, err := l.template.String(vars, nil)
	if err != nil {
		return nil, "", false, err
	}
	wanted = text
	for _, name := range l.names {
		shown := "{" + name + "}"
		if _, known := vars[name]; known {
			if shown, err = segment(name, vars); err != nil {
				return nil, "", false, err
			}
		}
		text = strings.Replace(text, mark+name+mark, wildcard, 1)
		wanted = strings.Replace(wanted, mark+name+mark, shown, 1)
	}
	gotURL, err := request.Parse(got)
	if err != nil {
		return nil, wanted, false, nil
	}
	candidates := []string{text}
	if strings.HasPrefix(text, "/") && base.Path != "" {
		candidates = append(candidates, base.EscapedPath()+text)
	}
	for _, candidate := range candidates {
		wantURL, err := request.Parse(candidate)
		if err != nil {
			return nil, wanted, false, fmt.Errorf("%q is no URI reference", wanted)
		}
		pattern := regexp.QuoteMeta(normal(wantURL))
		pattern = strings.ReplaceAll(pattern, wildcard, `([^/?#]+)`)
		m := regexp.MustCompile(`^` + pattern + `$`).FindStringSubmatch(normal(gotURL))
		if m == nil {
			continue
		}
		if captured, ok = l.capture(m[1:], vars); ok {
			return captured, wanted, true, nil
		}
	}
	return nil, wanted, false, nil
}

// capture gives the {name} without a value theirs, and compares the others: as
// what they say, since a server may percent-encode more or less than we do.
func (l *Location) capture(segments []string, vars expression.Vars) (captured map[string]string, ok bool) {
	captured = map[string]string{}
	for i, name := range l.names {
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			value = segments[i]
		}
		if known, ok := vars[name]; ok && expression.Render(known) != value {
			return nil, false
		} else if !ok {
			captured[name] = value
		}
	}
	return captured, true
}

// normal gives a URL with its scheme and host in lower case, without a default
// port, and with one way of percent-encoding (RFC 3986 §6.2.2, §6.2.3).
func normal(u *url.URL) string {
	c := *u
	c.Host = strings.ToLower(c.Host)
	if p := c.Port(); c.Scheme == "http" && p == "80" || c.Scheme == "https" && p == "443" {
		c.Host = strings.TrimSuffix(c.Host, ":"+p)
	}
	if c.Path == "" && c.Host != "" {
		c.Path = "/"
	}
	return escape.ReplaceAllStringFunc(c.String(), func(s string) string {
		n, _ := strconv.ParseUint(s[1:], 16, 8) // it matched
		if ch := byte(n); unreserved(ch) {
			return string(ch)
		}
		return strings.ToUpper(s)
	})
}

var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unreserved reports whether a character stands for itself (RFC 3986 §2.3).
func unreserved(ch byte) bool {
	return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || strings.IndexByte("-._~", ch) >= 0
}
