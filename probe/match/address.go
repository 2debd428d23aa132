package match

import (
	"net/netip"
	"net/url"
	"strings"
)

// isHostname follows RFC 1123 §2.1 and the lengths of RFC 1035 §2.3.4. The
// last label is not a number, or the name would be an address.
func isHostname(s string) bool {
	if len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return !isDigits(labels[len(labels)-1])
}

func isAlphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// isEmail takes the mailbox of RFC 5321 §4.1.2 with its lengths.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	return isLocalPart(s[:at]) && isMailDomain(s[at+1:])
}

func isLocalPart(s string) bool {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return isQuoted(s[1 : len(s)-1])
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if !isAlphanumeric(atom[i]) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(atom[i])) {
				return false
			}
		}
	}
	return true
}

func isQuoted(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == '"' {
			return false
		}
		if i >= len(s) || s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func isMailDomain(s string) bool {
	literal, bracketed := strings.CutPrefix(s, "[")
	if !bracketed {
		return isHostname(s)
	}
	literal, closed := strings.CutSuffix(literal, "]")
	if v6, ok := strings.CutPrefix(literal, "IPv6:"); ok {
		return closed && isIPv6(v6)
	}
	return closed && isIPv4(literal)
}

// isURI follows RFC 3986 §3; http and https need a host (RFC 9110 §4.2).
func isURI(s string) bool {
	if !hasURICharacters(s) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return false
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return u.Hostname() != "" && isURIHost(u.Host)
	}
	return isURIHost(u.Host)
}

// hasURICharacters checks what url.Parse lets pass: characters, % and two
// digits, brackets that stand in the host only, one #.
func hasURICharacters(s string) bool {
	_, rest, _ := strings.Cut(s, ":")
	hierarchy, fragment, _ := strings.Cut(rest, "#")
	authority, path := "", hierarchy
	if after, ok := strings.CutPrefix(hierarchy, "//"); ok {
		end := strings.IndexAny(after, "/?")
		if end < 0 {
			end = len(after)
		}
		authority, path = after[:end], after[end:]
	}
	return hasOnly(authority, "-._~!$&'()*+,;=:@[]") && hasOnly(path, "-._~!$&'()*+,;=:@/?") && hasOnly(fragment, "-._~!$&'()*+,;=:@/?")
}

func hasOnly(s, marks string) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case isAlphanumeric(s[i]), strings.IndexByte(marks, s[i]) >= 0:
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' }

// isURIHost checks a host in brackets; url.Parse has checked the rest.
func isURIHost(host string) bool {
	inner, bracketed := strings.CutPrefix(host, "[")
	if !bracketed {
		return !strings.ContainsAny(host, "[]")
	}
	inner, _, _ = strings.Cut(inner, "]")
	if strings.HasPrefix(inner, "v") || strings.HasPrefix(inner, "V") {
		version, address, ok := strings.Cut(inner[1:], ".")
		return ok && version != "" && address != ""
	}
	a, err := netip.ParseAddr(inner)
	return err == nil && a.Is6() && a.Zone() == ""
}
