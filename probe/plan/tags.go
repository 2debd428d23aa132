package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Tags is a condition on the tags of a scenario: `smoke && !slow`,
// `(api || web) && !slow`. The zero value holds for all.
type Tags struct {
	holds func(tags []string) bool
}

// Hold reports whether the condition holds for these tags.
func (t Tags) Hold(tags []string) bool { return t.holds == nil || t.holds(tags) }

var tagToken = regexp.MustCompile(`^\s*(&&|\|\||!|\(|\)|,|[^\s&|!(),]+)`)

// ParseTags reads a condition on tags. A comma means "or". Its errors are for
// people.
func ParseTags(text string) (Tags, error) {
	if strings.TrimSpace(text) == "" {
		return Tags{}, nil
	}
	p := &tagParser{}
	rest := text
	for strings.TrimSpace(rest) != "" {
		m := tagToken.FindStringSubmatch(rest)
		if m == nil {
			return Tags{}, fmt.Errorf("%q is no condition on tags: %q is not understood; write it like 'smoke && !slow'", text, strings.TrimSpace(rest))
		}
		p.tokens = append(p.tokens, m[1])
		rest = rest[len(m[0]):]
	}
	holds, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("%q comes too many", p.tokens[0])
	}
	if err != nil {
		return Tags{}, fmt.Errorf("%q is no condition on tags: %w; write it like 'smoke && !slow'", text, err)
	}
	return Tags{holds}, nil
}

type tagParser struct{ tokens []string }

func (p *tagParser) take(tokens ...string) bool {
	if len(p.tokens) > 0 && slices.Contains(tokens, p.tokens[0]) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *tagParser) or() (func([]string) bool, error) {
	left, err := p.and()
	for err == nil && p.take("||", ",") {
		a := left
		var b func([]string) bool
		b, err = p.and()
		left = func(tags []string) bool { return a(tags) || b(tags) }
	}
	return left, err
}

func (p *tagParser) and() (func([]string) bool, error) {
	left, err := p.not()
	for err == nil && p.take("&&") {
		a := left
		var b func([]string) bool
		b, err = p.not()
		left = func(tags []string) bool { return a(tags) && b(tags) }
	}
	return left, err
}

func (p *tagParser) not() (func([]string) bool, error) {
	if p.take("!") {
		inner, err := p.not()
		return func(tags []string) bool { return !inner(tags) }, err
	}
	if p.take("(") {
		inner, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a ) is missing")
		}
		return inner, err
	}
	if len(p.tokens) == 0 {
		return nil, fmt.Errorf("a tag is missing at its end")
	}
	word := p.tokens[0]
	if slices.Contains([]string{"&&", "||", ",", ")"}, word) {
		return nil, fmt.Errorf("a tag is missing before %q", word)
	}
	p.tokens = p.tokens[1:]
	return func(tags []string) bool { return slices.Contains(tags, word) }, nil
}
