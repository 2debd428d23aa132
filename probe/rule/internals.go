package rule

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// internal is one kind of what concerns nobody outside.
type internal struct {
	name    string
	hints   []string // as in disclosure; they hold no slash, which JSON may escape
	pattern *regexp.Regexp
	// own reports whether a match is no disclosure after all. before is the
	// text that it follows.
	own func(p *Pass, before, match string) bool
}

var internals = []internal{
	{
		"a path on the server", []string{"home", "www", "usr", "node_modules", "opt", "root", ":\\"},
		regexp.MustCompile(`(?:/home/[\w.-]+/|/var/www/|/usr/src/app/|/app/node_modules/|/opt/[\w.-]+/(?:lib|src|app)/|/root/[\w.-]+/|` +
			`[A-Z]:\\(?:Users|inetpub|Windows|Program Files)\\)[\w.\\/-]+`),
		partOfURI,
	},
	{
		"a private address", []string{"10.", "172.", "192.168.", "127."},
		regexp.MustCompile(`\b(?:(?:10|127)(?:\.\d{1,3}){3}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|192\.168(?:\.\d{1,3}){2}):\d{2,5}\b`),
		ownAddress,
	},
	{
		"the name of a host inside", []string{".internal", ".svc.cluster.local"},
		regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+svc\.cluster\.local\b|\b(?:[a-z0-9-]+\.)+internal:\d{2,5}\b|` +
			`(?:://|\b(?:lookup|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|resolve|dial tcp|host|hostname|upstream)[ :=]+["']?)(?:[a-z0-9-]+\.)+internal(?:[\s/"',;:)]|$)`),
		ownAddress,
	},
	{
		"a product with its version", nil,
		regexp.MustCompile(`\b(?:(?:Apache Tomcat|WildFly|JBoss EAP|GlassFish Server|WebLogic Server|WebSphere Application Server|Spring Boot|Django|Laravel|` +
			`Symfony|CodeIgniter|CakePHP|Ruby on Rails|Phusion Passenger|ASP\.NET(?: Core)?(?: Version)?|\.NET Framework Version)[/ :]+v?|` +
			`(?:Express|Fastify|Koa|Flask|FastAPI|Starlette|Tornado(?:Server)?|Werkzeug|[Gg]unicorn|[Uu]vicorn|Rails|Sinatra|Puma|Kestrel|Tomcat|Jetty|Undertow|` +
			`Microsoft-IIS|nginx|openresty|Apache|Caddy|[Ee]nvoy|HAProxy|Varnish|lighttpd|PHP|Python|Node\.js|Ruby|Java|OpenSSL|mod_\w+)/v?)` +
			`\d+\.\d+[\w.-]*`),
		nil,
	},
}

func noInternalDetails(p *Pass) {
	const limit = 256 << 10 // as for stack traces
	content := p.Response.Content
	if p.Response.CodingFault != "" || len(content) == 0 || !mayDescribe(content) {
		return
	}
	text := p.visibleText()
	text = text[:min(len(text), limit)]
	var said []string
	for i := range internals {
		kind := &internals[i]
		match := kind.find(p, text, func() []string {
			if said == nil {
				said = append(p.sent(), p.sentFields()...)
			}
			return said
		})
		if match == "" {
			continue
		}
		if trace, _ := disclosed(text, p.sent); trace == nil {
			p.Reportf("body", "the %d to %s shows %s: %s", p.Response.Status, p.line(), kind.name, quote(match))
		}
		return
	}
}

// mayDescribe looks for what each kind needs in content as it came.
func mayDescribe(content []byte) bool {
	for i := range internals {
		for _, hint := range internals[i].hints {
			if bytes.Contains(content, []byte(hint)) {
				return true
			}
		}
	}
	return hasVersion(content)
}

// hasVersion reports whether there are digits on both sides of a dot.
func hasVersion(content []byte) bool {
	for rest := content; ; {
		i := bytes.IndexByte(rest, '.')
		if i < 0 {
			return false
		}
		if i > 0 && isDigits(string(rest[i-1:i])) && i+1 < len(rest) && isDigits(string(rest[i+1:i+2])) {
			return true
		}
		rest = rest[i+1:]
	}
}

func (kind *internal) find(p *Pass, text string, said func() []string) string {
	for _, loc := range kind.pattern.FindAllStringIndex(text, -1) {
		match := text[loc[0]:loc[1]]
		if kind.own != nil && kind.own(p, text[:loc[0]], match) {
			continue
		}
		match = strings.TrimRight(strings.Trim(match, " \t\r\n\"',;:()="), ".")
		if !isEcho(match, said()) {
			return match
		}
	}
	return ""
}

// partOfURI reports whether a path is the end of a longer one, or of a URI.
func partOfURI(_ *Pass, before, match string) bool {
	if before == "" || match[0] != '/' || strings.HasSuffix(before, "file://") {
		return false
	}
	last := before[len(before)-1]
	return tokenOctet(last) && !strings.ContainsRune("'`*|", rune(last)) || last == '/' || last == '}' || last >= 0x80
}

// ownAddress reports whether an address is that of the target, or of a client.
func ownAddress(p *Pass, _, match string) bool {
	const firstOfClients = 32768 // Linux gives clients ports from here on
	_, after, absolute := strings.Cut(match, "://")
	if absolute {
		match = after
	}
	match = strings.Trim(match[strings.LastIndexAny(match, " =\"'")+1:], ":/\"',;)")
	host, port := splitHost(match)
	if n, err := strconv.Atoi(port); err == nil && n >= firstOfClients {
		return true
	}
	for _, own := range p.ownHosts() {
		if strings.EqualFold(own, host) || isLoopback(own) && isLoopback(host) {
			return true
		}
	}
	return false
}

// ownHosts are the names and addresses under which the target is known.
func (p *Pass) ownHosts() []string {
	var out []string
	if u, err := url.Parse(p.Request.URL); err == nil {
		out = append(out, u.Hostname())
	}
	remote, _ := splitHost(p.Conn.Remote)
	host, _ := splitHost(p.Request.Fields.Get("Host"))
	return append(out, remote, host)
}

func splitHost(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return strings.Trim(authority, "[]"), ""
	}
	return strings.Trim(authority[:i], "[]"), authority[i+1:]
}

// sentFields gives the field values of the request.
func (p *Pass) sentFields() []string {
	var out []string
	for _, f := range p.Request.Fields {
		out = append(out, f.Value)
	}
	return out
}
