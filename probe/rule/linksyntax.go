package rule

import (
	"net/url"
	"strings"

	"httpprobe/probe/finding"
)

var linkFields = []Rule{
	{
		ID:       "link-syntax",
		Topic:    Pagination,
		Title:    "links in fields can be followed by programs",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8288 §3", "RFC 8288 §3.3"},
		Text: "Each link is a URI reference in angle brackets, then parameters with semicolons before them, and commas stand between links. rel says what the link is for, by registered names or URIs with spaces between them; " +
			"without it no program knows what to do with the link.",
		Silent: "rev in place of rel is from olden times, and info. Values that would need quotes, as in type=text/html, are read by everyone.",
		Mend:   `write links as <URI>; rel="next"`,
		Bad:    "Link: https://api.example/users?page=2; rel=next",
		Good:   `Link: </users?page=2>; rel="next"`,
		When:   When{Fields: []string{"Link"}},
		Check: func(p *Pass) {
			for _, value := range p.Response.Fields.Values("Link") {
				if fault, mild := linkFault(value); fault != "" {
					severity := finding.Error
					if mild {
						severity = finding.Info
					}
					p.Report(Report{Severity: severity, Path: "headers.Link", Message: p.of("Link").String() + " " + fault, Actual: value})
				}
			}
		},
	},
}

// linkFault says what is wrong with a Link field (RFC 8288 §3), or "".
func linkFault(value string) (fault string, mild bool) {
	for rest := value; ; {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return fault, mild
		}
		if rest[0] != '<' {
			return "has a link without angle brackets: " + quote(rest), false
		}
		target, after, closed := strings.Cut(rest[1:], ">")
		if !closed {
			return "has a link whose angle bracket is not closed: " + quote(rest), false
		}
		if bad := referenceFault(target); bad != "" {
			return "leads to " + quote(target) + ", " + bad, false
		}
		relation, old, length, bad := linkParameters(after)
		switch {
		case bad != "":
			return bad, false
		case relation == nil && old:
			fault, mild = "says rev, not rel, of "+quote(target), true
		case relation == nil:
			return "does not say by rel what " + quote(target) + " is", false
		}
		if relation != nil {
			if bad := relationFault(*relation); bad != "" {
				return bad, false
			}
		}
		rest = after[length:]
	}
}

// linkParameters reads the parameters of one link, up to the comma behind them.
func linkParameters(s string) (relation *string, old bool, length int, fault string) {
	rest := s
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" || rest[0] == ',' {
			return relation, old, len(s) - len(rest), ""
		}
		if rest[0] != ';' {
			return nil, false, 0, "has no semicolon before " + quote(rest)
		}
		rest = strings.TrimLeft(rest, " \t;")
		name := rest[:tokenLength(rest)]
		if name == "" {
			if rest == "" || rest[0] == ',' {
				continue
			}
			return nil, false, 0, "has what is no parameter: " + quote(rest)
		}
		rest = strings.TrimLeft(rest[len(name):], " \t")
		value := ""
		if strings.HasPrefix(rest, "=") {
			rest = strings.TrimLeft(rest[1:], " \t")
			var size int
			if strings.HasPrefix(rest, `"`) {
				value, size = parameterValue(rest)
			} else {
				size = len(rest)
				if end := strings.IndexAny(rest, " \t;,\"<>"); end >= 0 {
					size = end
				}
				value = rest[:size]
			}
			if size == 0 {
				return nil, false, 0, "has no valid value for " + name + ": " + quote(rest)
			}
			rest = rest[size:]
		}
		switch strings.ToLower(name) {
		case "rel":
			if relation == nil { // later ones are passed over
				relation = &value
			}
		case "rev":
			old = true
		}
	}
}

// referenceFault says why a text is no URI reference, or "".
func referenceFault(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>{}|\\^`", r)
	}); i >= 0 {
		return "which holds what no URI may hold unencoded"
	}
	if !percentsPaired(s) {
		return "which has a percent sign without two hex digits"
	}
	if _, err := url.Parse(s); err != nil {
		return "which is no URI reference"
	}
	return ""
}

// relationFault says why a value of rel names no relation, or "".
func relationFault(value string) string {
	names := strings.Fields(value)
	if len(names) == 0 {
		return "has an empty rel"
	}
	for _, name := range names {
		u, err := url.Parse(name)
		if !isToken(name) && (err != nil || u.Scheme == "") {
			return "has a relation that is neither a name nor a URI: " + quote(name)
		}
	}
	return ""
}
