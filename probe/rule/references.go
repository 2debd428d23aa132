package rule

import (
	"slices"
	"strings"
)

// refersElsewhere reports whether content holds something that may be a
// reference to another resource. It is generous: what it denies holds none.
func (p *Pass) refersElsewhere() bool {
	if body, ok := p.parsedBody(); ok {
		return slices.ContainsFunc(appendStrings(nil, body), refersSomewhere)
	}
	text := strings.TrimSpace(string(p.Response.Content))
	if strings.HasPrefix(text, "<") {
		return mentions(text, "href", "src", "url", "://")
	}
	return refersSomewhere(text)
}

func refersSomewhere(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if strings.ContainsAny(strings.Trim(word, `.,;:!?()"'`), "/.?#") {
			return true
		}
	}
	return false
}
