package rule

import (
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// link is one link of a Link field, its relations in lower case.
type link struct {
	target    string
	relations []string
}

func (l link) related() bool { return len(l.relations) > 0 }

func (l link) is(relations ...string) bool {
	return slices.ContainsFunc(l.relations, func(r string) bool { return slices.Contains(relations, r) })
}

// links reads Link fields (RFC 8288 §3) as far as they can be read: what is
// wrong with one is not the concern of those who look for a relation.
func links(fields exchange.Fields) []link {
	var out []link
	for _, value := range fields.Values("Link") {
		for _, one := range splitLinks(value, ',') {
			parts := splitLinks(one, ';')
			target := strings.TrimSpace(parts[0])
			if !strings.HasPrefix(target, "<") || !strings.HasSuffix(target, ">") {
				continue
			}
			l := link{target: target[1 : len(target)-1]}
			for _, part := range parts[1:] {
				name, value, _ := strings.Cut(part, "=")
				if strings.EqualFold(strings.TrimSpace(name), "rel") && l.relations == nil {
					l.relations = strings.Fields(strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`)))
				}
			}
			out = append(out, l)
		}
	}
	return out
}

// splitLinks splits at separators outside of quotes and angle brackets.
func splitLinks(s string, separator byte) []string {
	var out []string
	start, quoted, inside := 0, false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !inside:
			quoted = !quoted
		case quoted:
		case c == '<':
			inside = true
		case c == '>':
			inside = false
		case c == separator && !inside:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}
