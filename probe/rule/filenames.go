package rule

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

func contentDispositionValid(p *Pass) {
	value := p.Response.Fields.Get("Content-Disposition")
	if fault := dispositionFault(value); fault != "" {
		p.Report(Report{
			Path: "headers.Content-Disposition", Message: p.of("Content-Disposition").String() + ": " + fault,
			Expected: `attachment; filename="…"; filename*=UTF-8''…`, Actual: value,
		})
	}
}

// dispositionFault follows RFC 6266 §4.1.
func dispositionFault(value string) string {
	kind, _, _ := strings.Cut(value, ";")
	if kind = strings.Trim(kind, " \t"); !isToken(kind) {
		return "it does not begin with attachment, inline or another type: " + quote(value)
	}
	list, _, fault := parameters(value)
	switch bare := strings.HasSuffix(fault, " follows the parameter filename"); {
	case bare && strings.Contains(fault, "/"):
		return "the file name holds a path separator: " + quote(value)
	case bare:
		return "the file name needs quotes around it: " + quote(value)
	case fault != "":
		return fault
	}
	seen := map[string]bool{}
	for _, q := range list {
		if seen[q.name] {
			return "the parameter " + q.name + " comes twice"
		}
		seen[q.name] = true
	}
	for _, q := range list {
		name := q.value
		switch q.name {
		case "filename":
			fault = plainNameFault(name, seen["filename*"])
		case "filename*":
			quoted := strings.Contains(strings.ToLower(value), `filename*="`)
			name, fault = extendedName(name, quoted)
		default:
			continue
		}
		if fault == "" && strings.ContainsAny(name, `/\`) {
			fault = "the file name holds a path separator: " + quote(name)
		}
		if fault != "" {
			return fault
		}
	}
	return ""
}

func plainNameFault(name string, extended bool) string {
	switch {
	case extended: // clients prefer that one
		return ""
	case strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0:
		return "the file name has characters beyond ASCII, which filename* is for: " + quote(name)
	case strings.HasPrefix(name, "=?") && strings.HasSuffix(name, "?="):
		return "the file name is encoded as in mails, which filename* is for: " + quote(name)
	}
	return ""
}

// extendedName decodes charset'language'value (RFC 8187 §3.2).
func extendedName(value string, quoted bool) (name, fault string) {
	charset, rest, _ := strings.Cut(value, "'")
	_, encoded, found := strings.Cut(rest, "'")
	switch utf := strings.EqualFold(charset, "utf-8"); {
	case quoted:
		return "", "filename* stands in quotes: its form is UTF-8''name, percent-encoded"
	case !found || !utf && !strings.EqualFold(charset, "iso-8859-1"):
		return "", "filename* is not of the form UTF-8''name: " + quote(value)
	case !percentsPaired(encoded):
		return "", "filename* has a percent sign without two hex digits: " + quote(value)
	default:
		name, err := url.PathUnescape(encoded)
		if err != nil || utf && !utf8.ValidString(name) {
			return "", "filename* does not decode to UTF-8: " + quote(value)
		}
		return name, ""
	}
}

// contentLocationFault follows RFC 9110 §8.7; the fault is a clause whose
// subject is the field.
func contentLocationFault(base, value string) string {
	if i := strings.IndexFunc(value, barredFromURI); i >= 0 {
		return fmt.Sprintf("holds %q, which no URI may hold unencoded: %s", value[i], quote(value))
	}
	if strings.Contains(value, "#") {
		return "has a fragment: " + quote(value)
	}
	if !percentsPaired(value) {
		return "has a percent sign without two hex digits: " + quote(value)
	}
	from, err := url.Parse(base)
	if err != nil {
		return ""
	}
	from.User = nil // would be inherited
	switch to, err := from.Parse(value); {
	case err != nil:
		return "is not a URI: " + quote(value)
	case to.User != nil:
		return "holds a user name before the host"
	}
	return ""
}
