package rule

import (
	"bytes"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var urls = []Rule{
	{
		ID:       "secrets-in-urls",
		Topic:    Security,
		Title:    "no secret stands in a URL",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §4.2.4", "RFC 9110 §17.9", "OWASP REST Security sheet"},
		Text: "URLs end up in histories, logs and Referer fields. Those in Location, Link, Content-Location, Refresh and JSON carry no access_token, id_token, api_key, apikey, password or session in their query, and no name with a password before the " +
			"host, which is an error: such http URLs are forbidden.",
		Silent: "Links that are signed for one use (X-Amz-Signature, sig), the code of OAuth and tokens that confirm an e-mail address. Placeholders, and what the request itself said.",
		Mend:   "send the secret in the content, or in the fragment, and let the client put it into Authorization",
		Bad:    "302 + Location: https://app.example/cb?access_token=eyJhbGciOi…",
		Good:   "302 + Location: https://app.example/cb#access_token=eyJhbGciOi…",
		needs:  linking,
		Check:  secretsInURLs,
	},
	{
		ID:       "internal-url-disclosed",
		Topic:    Security,
		Title:    "links lead to where the client can go",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §10.2.2", "RFC 9110 §7.6.3"},
		Text: "An API that is reached from the internet sends no links to private addresses, to the machine itself or to hosts with a name of one word: the client cannot follow them, and learns how the network is built. A link back to the same host keeps its " +
			"scheme and port. Usually a service behind a proxy builds links from what it sees of itself.",
		Silent:    "Targets that are local themselves. Links from http to https, what the request itself said, and in JSON all members but href, self and next, and url where it leads to the path that was asked for.",
		Undecided: "Links in errors are not looked at, nor are those in content other than JSON.",
		Mend:      "send relative links, or build them from the public base URL (Forwarded, absolute_redirect off in nginx)",
		Bad:       "POST https://api.example/users → 201 + Location: http://10.0.0.5:8080/users/42",
		Good:      "POST https://api.example/users → 201 + Location: /users/42",
		When:      When{Classes: []int{2, 3}},
		needs:     linking,
		Check:     internalURLs,
	},
}

// reference is a URL that a response holds.
type reference struct{ path, name, value string }

// fieldReferences gives the URLs in fields.
func (p *Pass) fieldReferences() []reference {
	var out []reference
	for _, f := range p.Response.Fields {
		is := func(name string) bool { return len(f.Name) == len(name) && strings.EqualFold(f.Name, name) }
		switch {
		case is("Location"), is("Content-Location"):
			out = append(out, reference{"headers." + f.Name, f.Name, f.Value})
		case is("Refresh"):
			if i := strings.Index(strings.ToLower(f.Value), "url="); i >= 0 {
				out = append(out, reference{"headers." + f.Name, f.Name, strings.Trim(f.Value[i+len("url="):], ` '"`)})
			}
		}
	}
	if p.Response.Fields.Has("Link") {
		for _, l := range links(p.Response.Fields) {
			out = append(out, reference{"headers.Link", "Link", l.target})
		}
	}
	return out
}

// bodyReferences gives the strings of JSON that are URLs as a whole.
func (p *Pass) bodyReferences() []reference {
	d := p.json()
	if d == nil {
		return nil
	}
	body, _ := d.body()
	return appendReferences(nil, body, "body", "")
}

func appendReferences(list []reference, v any, path, name string) []reference {
	switch v := v.(type) {
	case string:
		if isURL(v) {
			return append(list, reference{path, name, v})
		}
	case []any:
		for i, item := range v {
			list = appendReferences(list, item, fmt.Sprintf("%s[%d]", path, i), name)
		}
	case map[string]any:
		for _, member := range membersOf(v) {
			list = appendReferences(list, v[member], path+"."+member, member)
		}
	}
	return list
}

func isURL(s string) bool {
	return (strings.HasPrefix(s, "/") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")) && !strings.ContainsAny(s, " \t\r\n<>\"")
}

// secretNames are parameters of a query that hold a secret, with the equals sign.
var secretNames = [][]byte{
	[]byte("access_token="), []byte("id_token="), []byte("api_key="), []byte("apikey="), []byte("password="), []byte("session="),
}

func secretsInURLs(p *Pass) {
	for _, r := range p.fieldReferences() {
		p.secretIn(r)
	}
	content := p.Response.Content
	suspect := bytes.IndexByte(content, '?') >= 0 &&
		slices.ContainsFunc(secretNames, func(name []byte) bool { return bytes.Contains(content, name) })
	for link := range absoluteLinks(content) {
		suspect = suspect || bytes.IndexByte(link, '@') >= 0
	}
	if !suspect {
		return
	}
	for _, r := range p.bodyReferences() {
		if p.secretIn(r) {
			return
		}
	}
}

func (p *Pass) secretIn(r reference) bool {
	if !strings.ContainsAny(r.value, "?@") {
		return false // it has neither query nor name
	}
	u, err := url.Parse(r.value)
	if err != nil || isEcho(r.value, p.sent()) {
		return false
	}
	if password, given := u.User.Password(); given && password != "" && (u.Scheme == "http" || u.Scheme == "https") {
		p.reportAt(finding.Error, r.path, "%s of %s is a URL with a name and password in it", r.name, p.answer())
		return true
	}
	query := u.Query()
	if query.Has("X-Amz-Signature") || query.Has("sig") || query.Has("signature") || query.Has("Signature") {
		return false
	}
	for _, name := range secretNames {
		name := strings.TrimSuffix(string(name), "=")
		if value := query.Get(name); isSecret(name, value) && !strings.Contains(p.Request.Target, value) {
			p.Reportf(r.path, "%s of %s is a URL with %s in its query", r.name, p.answer(), name)
			return true
		}
	}
	return false
}

// isSecret reports whether a value may be what its name says, and is not a
// placeholder, a flag or the number of a session of another kind.
func isSecret(name, value string) bool {
	shortest := 4
	if name == "session" {
		shortest = 16
	}
	return len(value) >= shortest && value != "true" && value != "false" && !strings.ContainsAny(value, "{}<>[]*…$") &&
		!mentions(value, "your", "xxx", "example", "redacted", "hidden", "required")
}

func internalURLs(p *Pass) {
	fields := p.Request.Fields
	if p.local() || fields.Has("Forwarded") || fields.Has("X-Forwarded-Host") || fields.Has("X-Forwarded-Proto") {
		return
	}
	_, target, _ := strings.Cut(p.origin(), "://")
	if host := fields.Get("Host"); host != "" && !strings.EqualFold(host, target) {
		return // who asks in the name of another host gets its links
	}
	for _, r := range p.fieldReferences() {
		if r.name != "Refresh" {
			p.reportInternal(r)
		}
	}
	suspect := false
	for link := range absoluteLinks(p.Response.Content) {
		suspect = suspect || p.internal(strings.ReplaceAll(string(link), `\/`, "/")) != ""
	}
	if !suspect {
		return
	}
	for _, r := range p.bodyReferences() {
		switch strings.ToLower(r.name) {
		case "href", "self", "next":
		case "url":
			if !p.leadsHere(r.value) {
				continue
			}
		default:
			continue
		}
		if p.reportInternal(r) {
			return
		}
	}
}

// absoluteLinks gives the beginnings of all strings of JSON that may be absolute
// URLs. To look through them is much faster than to read the content.
func absoluteLinks(content []byte) iter.Seq[[]byte] {
	const longest = 512
	opening := []byte(`"http`)
	return func(yield func([]byte) bool) {
		for {
			i := bytes.Index(content, opening)
			if i < 0 {
				return
			}
			content = content[i+1:]
			end := bytes.IndexByte(content, '"')
			if end < 0 || !yield(content[:min(end, longest)]) {
				return
			}
			content = content[end+1:]
		}
	}
}

// internal says why a client cannot follow an absolute URL, or "".
func (p *Pass) internal(link string) string {
	scheme, _, absolute := strings.Cut(link, "://")
	if !absolute || scheme != "http" && scheme != "https" {
		return ""
	}
	host, port := authority(link)
	ownHost, ownPort := authority(p.Request.URL)
	own, _, _ := strings.Cut(p.Request.URL, "://")
	switch {
	case host == "" || !hostOctets(host):
		return ""
	case isInternal(host):
		return "leads to " + host + ", which clients cannot reach"
	case host != ownHost || scheme == "https" && own == "http":
		return ""
	case scheme != own:
		return "leads back to the host by " + scheme + " in place of " + own
	case port != ownPort:
		return "leads back to the host at port " + port + " in place of " + ownPort
	}
	return ""
}

// hostOctets reports whether a host is one, and not a placeholder.
func hostOctets(host string) bool {
	return strings.IndexFunc(host, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && !strings.ContainsRune("-._:", r)
	}) < 0
}

func (p *Pass) reportInternal(r reference) bool {
	why := p.internal(r.value)
	if why == "" || isEcho(r.value, p.sent()) {
		return false
	}
	p.Report(Report{Path: r.path, Message: fmt.Sprintf("%s of %s %s", r.name, p.answer(), why), Actual: r.value})
	return true
}

// leadsHere reports whether a URL has the path of the request, or one below or
// above it.
func (p *Pass) leadsHere(link string) bool {
	u, err := url.Parse(link)
	path, _, _ := strings.Cut(p.Request.Target, "?")
	below := func(a, b string) bool { return a == b || strings.HasPrefix(a, strings.TrimSuffix(b, "/")+"/") }
	return err == nil && len(u.Path) > 1 && len(path) > 1 && (below(u.Path, path) || below(path, u.Path))
}
