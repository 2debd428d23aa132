package rule

import (
	"fmt"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var security = []Rule{
	{
		ID:        "nosniff",
		Topic:     Security,
		Title:     "browsers are kept from guessing at content",
		Severity:  finding.Info,
		Basis:     "practice",
		Seen:      []Sight{OneExchange},
		Spec:      []string{"RFC 9205 §4.13", "OWASP REST Security sheet", "OWASP HTTP Headers sheet"},
		Text:      "X-Content-Type-Options: nosniff makes browsers believe Content-Type. Without it some take content that looks like a page or a script for one, and with content that users have stored that is a way in.",
		Silent:    "Said once for each origin of a run. A warning for a value other than nosniff, which browsers pass over.",
		Undecided: "Errors and redirects are not looked at.",
		Mend:      "send X-Content-Type-Options: nosniff with everything",
		Bad:       "200 + Content-Type: application/json",
		Good:      "200 + Content-Type: application/json + X-Content-Type-Options: nosniff",
		When:      When{Classes: []int{2}},
		Once:      true,
		Across:    nosniff,
	},
	{
		ID:       "hsts-valid",
		Topic:    Security,
		Title:    "the promise to be reached over TLS alone is understood",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6797 §6.1", "RFC 6797 §6.1.1", "RFC 6797 §7.1", "RFC 6797 §7.2"},
		Text: "Strict-Transport-Security has directives with semicolons between them: max-age once, a whole number of seconds; includeSubDomains without a value; none of them twice. Browsers drop a field that they cannot read, and the host is " +
			"then as open to being reached in clear as before.",
		Silent: "Said once for each origin. A warning over plain http, where the field counts for nothing. Info for max-age=0, which takes the promise back, and for a host that is reached over https and makes no promise, unless it is an " +
			"address or the machine itself.",
		Mend: "send Strict-Transport-Security: max-age=31536000; includeSubDomains, and over https alone",
		Bad:  "Strict-Transport-Security: includeSubDomains",
		Good: "Strict-Transport-Security: max-age=31536000; includeSubDomains",

		Once:        true,
		acrossNeeds: securing,
		Across:      hstsValid,
	},
	{
		ID:       "version-disclosure",
		Topic:    Security,
		Title:    "the server does not tell which version of what it runs",
		Severity: finding.Info,
		Basis:    "SHOULD NOT",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §10.2.4", "RFC 9110 §17.12", "OWASP HTTP Headers sheet"},
		Text:     "Server names no version number, and X-Powered-By, X-AspNet-Version, X-AspNetMvc-Version and X-Generator are not sent. They help no client, and tell whoever looks for a known hole where to find one.",
		Silent:   "Said once for each field and origin of a run. The name of a product alone is fine.",
		Mend:     "turn these fields off (server_tokens off in nginx, ServerTokens Prod in Apache, app.disable('x-powered-by') in Express)",
		Bad:      "Server: Apache/2.4.41 (Ubuntu)",
		Good:     "Server: Apache",
		When:     When{Fields: versionFields},
		Once:     true,
		Across:   versionDisclosure,
	},
	{
		ID:          "credentials-in-clear",
		Topic:       Security,
		Title:       "credentials travel over TLS",
		Severity:    finding.Warning,
		Basis:       "security",
		Seen:        []Sight{OneExchange},
		Spec:        []string{"RFC 7617 §4", "RFC 9110 §17.16.1", "OWASP REST Security sheet"},
		Text:        "Over plain http everyone on the way can read a password, a token or the cookie of a session. A service that accepts Authorization there, or sets such a cookie, has them sent in clear.",
		Silent:      "Said once for each origin; for Basic, which holds the password itself, it is an error. The machine itself, private addresses, names such as .internal and .local and Unix sockets, and schemes that only prove that one has the secret, such as Digest.",
		Mend:        "offer the API over https alone, and refuse plain http rather than redirecting it",
		Bad:         "GET http://api.example/me + Authorization: Basic … → 200",
		Good:        "GET https://api.example/me + Authorization: Basic … → 200",
		Once:        true,
		acrossNeeds: admitting,
		Across:      credentialsInClear,
	},
}

func nosniff() func(*Pass) {
	type said struct{ absent, other bool }
	told := map[string]said{}
	return func(p *Pass) {
		if len(p.Response.Body) == 0 {
			return
		}
		const path = "headers.X-Content-Type-Options"
		value, _, _ := strings.Cut(p.Response.Fields.Get("X-Content-Type-Options"), ",")
		if strings.EqualFold(strings.Trim(value, " \t"), "nosniff") {
			return
		}
		from := p.origin()
		known := told[from]
		switch {
		case value == "" && !known.absent:
			known.absent = true
			p.Reportf(path, "%s has no X-Content-Type-Options: nosniff", p.answer())
		case value != "" && !known.other:
			known.other = true
			p.reportAt(finding.Warning, path, "%s is %s: browsers know nosniff alone", p.of("X-Content-Type-Options"), quote(value))
		}
		told[from] = known
	}
}

func hstsValid() func(*Pass) {
	const name, path = "Strict-Transport-Security", "headers.Strict-Transport-Security"
	type hint struct{ origin, what string }
	told := map[hint]bool{}
	return func(p *Pass) {
		from := p.origin()
		secure := strings.HasPrefix(from, "https://")
		once := func(severity finding.Severity, what, format string, args ...any) {
			if !told[hint{from, what}] {
				told[hint{from, what}] = true
				p.reportAt(severity, path, format, args...)
			}
		}
		if !p.Response.Fields.Has(name) {
			if !secure {
				return
			}
			if host := hostOf(from); !isAddress(host) && !isLoopback(host) {
				once(finding.Info, "absent", "%s has no %s, so that browsers may still try the host over plain http", p.answer(), name)
			}
			return
		}
		age, fault := transportSecurity(p.Response.Fields.Get(name))
		switch {
		case fault != "":
			once(finding.Error, "fault", "%s %s: %s", p.of(name), fault, quote(p.Response.Fields.Get(name)))
		case !secure:
			once(finding.Warning, "clear", "%s was sent over plain http, where it must not be sent and is passed over", p.of(name))
		case strings.Trim(age, "0") == "":
			once(finding.Info, "zero", "%s has max-age=0, which takes the promise back", p.of(name))
		}
	}
}

// transportSecurity reads Strict-Transport-Security (RFC 6797 §6.1). The fault
// says what is wrong with it, or is "".
func transportSecurity(value string) (age, fault string) {
	var seen []string
	for rest := value; ; {
		rest = strings.TrimLeft(rest, " \t;")
		if rest == "" {
			break
		}
		written := rest[:tokenLength(rest)]
		name := strings.ToLower(written)
		if name == "" {
			return "", "cannot be read at " + quote(rest)
		}
		if slices.Contains(seen, name) {
			return "", "has " + written + " twice"
		}
		seen = append(seen, name)
		rest = strings.TrimLeft(rest[len(name):], " \t")
		text, valued := "", strings.HasPrefix(rest, "=")
		if valued {
			rest = strings.TrimLeft(rest[1:], " \t")
			length := 0
			if text, length = parameterValue(rest); length == 0 {
				return "", "has no valid value for " + written
			}
			rest = strings.TrimLeft(rest[length:], " \t")
		}
		switch {
		case rest != "" && rest[0] != ';':
			return "", "has no semicolon before " + quote(rest)
		case name == "max-age" && !isDigits(text):
			return "", "has a max-age that is no whole number of seconds"
		case name == "max-age":
			age = text
		case name == "includesubdomains" && valued:
			return "", "has a value for includeSubDomains, which takes none"
		}
	}
	if age == "" {
		return "", "has no max-age"
	}
	return age, ""
}

var versionFields = []string{"Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"}

func versionDisclosure() func(*Pass) {
	told := map[string][]string{}
	return func(p *Pass) {
		from := p.origin()
		for _, name := range versionFields {
			value := p.Response.Fields.Get(name)
			if value == "" || name == "Server" && !namesVersion(value) || slices.Contains(told[from], name) {
				continue
			}
			told[from] = append(told[from], name)
			p.Reportf("headers."+name, "%s tells what the server runs: %s", p.of(name), quote(value))
		}
	}
}

// namesVersion reports whether a value of Server has a version number in it:
// digits with a dot between them, or digits alone behind a slash.
func namesVersion(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		end := i
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		dotted := end+1 < len(s) && s[end] == '.' && (s[end+1] >= '0' && s[end+1] <= '9' || s[end+1]|0x20 == 'x')
		alone := i > 0 && s[i-1] == '/' && (end == len(s) || strings.IndexByte(" ;,()", s[end]) >= 0)
		if dotted || alone {
			return true
		}
	}
	return false
}

func credentialsInClear() func(*Pass) {
	told := map[string]finding.Severity{}
	return func(p *Pass) {
		from := p.origin()
		if !strings.HasPrefix(from, "http://") || told[from] == finding.Error {
			return
		}
		severity, path, what := finding.Off, "", ""
		scheme, rest, _ := strings.Cut(p.Request.Fields.Get("Authorization"), " ")
		switch {
		case scheme != "" && p.Response.Status/100 == 2 && !slices.Contains(proofs, strings.ToLower(scheme)):
			severity, path, what = finding.Warning, "request", "accepts credentials in Authorization"
			if rest != "" && strings.EqualFold(scheme, "Basic") {
				severity, what = finding.Error, "accepts a name and password by Basic"
			}
		default:
			for _, line := range p.Response.Fields.Values("Set-Cookie") {
				if c := readCookie(line); c.session() && !c.deletes(p) {
					severity, path, what = finding.Warning, "headers.Set-Cookie", fmt.Sprintf("sets the cookie %s", quote(c.name))
				}
			}
		}
		if severity > told[from] && !p.local() {
			told[from] = severity
			p.reportAt(severity, path, "%s %s over plain http, where everyone on the way reads along", p.answer(), what)
		}
	}
}

// proofs are schemes that do not send the secret itself.
var proofs = []string{"digest", "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256", "hawk", "signature", "negotiate", "ntlm", "oauth", "hmac", "scram-sha-1", "scram-sha-256", "hoba", "mutual", "vapid"}
