package rule

import "strings"

// mediaType gives the type of a Content-Type value in lower case.
func mediaType(value string) string {
	media, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.Trim(media, " \t"))
}

// isJSON reports whether a media type says that the content is one JSON value
// (RFC 6839 §3.1). Streams of values are not.
func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json") && media != "application/stream+json"
}

const problemType = "application/problem+json"

// parameter is one parameter of a media type, unquoted, its name in lower case.
type parameter struct{ name, value string }

// parameters reads what follows a media type (RFC 9110 §5.6.6). It gives what
// is wrong with it in one clause, or ""; spaced is set when there is white
// space around an equals sign, which many tolerate.
func parameters(value string) (list []parameter, spaced bool, fault string) {
	_, rest, _ := strings.Cut(value, ";")
	for {
		rest = strings.TrimLeft(rest, " \t;")
		if rest == "" {
			return list, spaced, ""
		}
		end := 0
		for end < len(rest) && tokenOctet(rest[end]) {
			end++
		}
		name, after := strings.ToLower(rest[:end]), strings.TrimLeft(rest[end:], " \t")
		if name == "" || !strings.HasPrefix(after, "=") {
			return list, spaced, "what follows the type is not name=value: " + quote(rest)
		}
		spaced = spaced || len(after) != len(rest)-end
		rest = strings.TrimLeft(after[1:], " \t")
		spaced = spaced || len(rest) != len(after)-1
		text, length := parameterValue(rest)
		if length == 0 {
			return list, spaced, "the parameter " + name + " has no valid value"
		}
		list = append(list, parameter{name, text})
		rest = strings.TrimLeft(rest[length:], " \t")
		if rest != "" && rest[0] != ';' {
			return list, spaced, quote(rest) + " follows the parameter " + name
		}
	}
}

// parameterValue reads a token or quoted string and says how many octets it
// takes; 0 when there is none.
func parameterValue(s string) (value string, length int) {
	if !strings.HasPrefix(s, `"`) {
		for length < len(s) && tokenOctet(s[length]) {
			length++
		}
		return s[:length], length
	}
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return text.String(), i + 1
		case c == '\\' && i+1 < len(s):
			i++
			text.WriteByte(s[i])
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", 0
		default:
			text.WriteByte(c)
		}
	}
	return "", 0
}

// parameterOf gives one parameter of a media type.
func parameterOf(value, name string) (string, bool) {
	list, _, _ := parameters(value)
	for _, p := range list {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// accepted gives the media ranges of an Accept value, those of weight 0 apart.
func accepted(tokens []string) []string {
	var out []string
	for _, t := range tokens {
		if q, ok := parameterOf(t, "q"); ok && strings.Trim(q, "0.") == "" {
			continue
		}
		out = append(out, mediaType(t))
	}
	return out
}
