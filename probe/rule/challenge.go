package rule

import (
	"slices"
	"strings"
)

// challenge is one scheme with what it asks for (RFC 9110 §11.3).
type challenge struct {
	scheme string // in lower case
	token  string // the token68; "" for none
	params []parameter
	bare   bool // the realm is there, but without quotes
}

func (c *challenge) param(name string) (string, bool) {
	i := slices.IndexFunc(c.params, func(p parameter) bool { return p.name == name })
	if i < 0 {
		return "", false
	}
	return c.params[i].value, true
}

// repeated gives a parameter that the challenge has twice.
func (c *challenge) repeated() string {
	for i, p := range c.params {
		if slices.ContainsFunc(c.params[:i], func(q parameter) bool { return q.name == p.name }) {
			return p.name
		}
	}
	return ""
}

// challenges reads a list of challenges. Commas separate both the challenges
// and their parameters, so a name with an equals sign belongs to the scheme
// before it. The fault says why the rest cannot be read, or is "".
func challenges(value string) (list []challenge, fault string) {
	rest := value
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return list, ""
		}
		if param, bare, length := authParam(rest); length > 0 {
			if len(list) == 0 {
				return list, "the parameter " + param.name + " stands before any scheme"
			}
			list[len(list)-1].add(param, bare)
			rest = strings.TrimLeft(rest[length:], " \t")
			if rest != "" && rest[0] != ',' {
				return list, quote(rest) + " follows the parameter " + param.name + " without a comma"
			}
			continue
		}
		word := rest[:tokenLength(rest)]
		after := rest[len(word):]
		rest = strings.TrimLeft(after, " \t")
		switch {
		case word == "":
			return list, quote(rest) + " is neither a scheme nor a parameter"
		case rest != "" && rest[0] != ',' && len(rest) == len(after):
			return list, quote(rest) + " follows " + word + ", which is neither a scheme nor a parameter with a valid value"
		}
		list = append(list, challenge{scheme: strings.ToLower(word)})
		if rest == "" || rest[0] == ',' {
			continue
		}
		if _, _, length := authParam(rest); length > 0 {
			continue // read as any other
		}
		length := token68(rest)
		after = strings.TrimLeft(rest[length:], " \t")
		if length == 0 || after != "" && after[0] != ',' {
			return list, quote(rest) + " follows the scheme " + word + ", but it is no parameter"
		}
		list[len(list)-1].token = rest[:length]
		rest = after
	}
}

func (c *challenge) add(p parameter, bare bool) {
	c.params = append(c.params, p)
	c.bare = c.bare || bare && p.name == "realm"
}

// authParam reads name=value, with the white space that may stand around the
// equals sign; length is 0 when there is none. bare is a value without quotes.
func authParam(s string) (p parameter, bare bool, length int) {
	end := tokenLength(s)
	after := strings.TrimLeft(s[end:], " \t")
	if end == 0 || !strings.HasPrefix(after, "=") {
		return p, false, 0
	}
	rest := strings.TrimLeft(after[1:], " \t")
	value, size := parameterValue(rest)
	if size == 0 {
		return p, false, 0
	}
	return parameter{strings.ToLower(s[:end]), value}, rest[0] != '"', len(s) - len(rest) + size
}

func tokenLength(s string) int {
	n := 0
	for n < len(s) && tokenOctet(s[n]) {
		n++
	}
	return n
}

// token68 gives how many octets of the form of RFC 9110 §11.2 s begins with.
func token68(s string) int {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || strings.IndexByte("-._~+/", s[n]) >= 0) {
		n++
	}
	for n > 0 && n < len(s) && s[n] == '=' {
		n++
	}
	return n
}
