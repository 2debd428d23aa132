package rule

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
)

var errorCodes = []Rule{
	{
		ID:       "error-code-consistent",
		Topic:    Errors,
		Title:    "error codes are written alike, and one failure has one code",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"AIP-193", "Azure guidelines", "Zalando #176"},
		Text: "All error codes of an API follow one style: UPPER_SNAKE, lower_snake, kebab-case, camelCase, numbers or URIs. Programs compare them as they stand, so that a second style is a trap. When an endpoint answers with the same status and the " +
			"same message as before and the code is another, which is a warning, programs see two failures where people see one.",
		Silent:    "A number that is the HTTP status is no style. A word that fits several styles is held against none of them. Messages that only repeat the status, or that come with details, may have several codes.",
		Undecided: "Of each endpoint the first eight messages are remembered.",
		Mend:      "keep the codes in one list, and let each failure take its code from there",
		Bad:       `422 {"error":{"code":"VALIDATION_ERROR",…}} and 404 {"error":{"code":"notFound",…}}`,
		Good:      `422 {"error":{"code":"VALIDATION_ERROR",…}} and 404 {"error":{"code":"NOT_FOUND",…}}`,
		When:      When{Classes: []int{4, 5}},
		Across:    errorCodeConsistent,
	},
}

// style is how a code is written; a code may fit several at once.
type style uint8

const (
	upperSnakeStyle style = 1 << iota
	lowerSnakeStyle
	kebabStyle
	camelStyle
	pascalStyle
	numberStyle
	uriStyle
)

var styleNames = []struct {
	style style
	name  string
}{
	{upperSnakeStyle, "UPPER_SNAKE"}, {lowerSnakeStyle, "lower_snake"}, {kebabStyle, "kebab-case"},
	{camelStyle, "camelCase"}, {pascalStyle, "PascalCase"}, {numberStyle, "numbers"}, {uriStyle, "URIs"},
}

func (s style) String() string {
	var names []string
	for _, n := range styleNames {
		if s&n.style != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// styleOf gives the styles that a code fits; none for one of another make.
func styleOf(code string) style {
	if isDigits(code) {
		return numberStyle
	}
	if strings.ContainsAny(code, ":/") {
		if _, err := url.Parse(code); err != nil || strings.Contains(code, " ") {
			return 0
		}
		return uriStyle
	}
	var upper, lower, underline, dash bool
	for i := range len(code) {
		switch c := code[i]; {
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= 'a' && c <= 'z':
			lower = true
		case c == '_':
			underline = true
		case c == '-':
			dash = true
		case c < '0' || c > '9' || i == 0:
			return 0
		}
	}
	switch {
	case upper && !lower && !dash:
		return upperSnakeStyle
	case upper && lower && !dash && !underline && code[0] >= 'a':
		return camelStyle
	case upper && lower && !dash && !underline:
		return pascalStyle
	case upper || !lower || dash && underline:
		return 0
	case underline:
		return lowerSnakeStyle
	case dash:
		return kebabStyle
	}
	return lowerSnakeStyle | kebabStyle | camelStyle
}

// usage is how the codes of an origin have been written so far.
type usage struct {
	style style // those that all codes fit
	code  string
	place string
	told  style // the styles that were reported
}

// coded is a failure as one endpoint tells it.
type coded struct {
	endpoint string
	status   int
	message  string
}

func errorCodeConsistent() func(*Pass) {
	const most = 8 // messages kept of each endpoint
	usages := map[string]*usage{}
	codes := map[coded]string{}
	kept := map[string]int{}
	return func(p *Pass) {
		e, ok := p.comparableError()
		code := codeText(e.Code)
		if !ok || code == "" || code == strconv.Itoa(p.Response.Status) {
			return
		}
		from := p.origin()
		if usages[from] == nil {
			usages[from] = new(usage)
		}
		usages[from].judge(p, e, code)
		if e.Message == "" || e.Details != nil || isPhrase(e.Message, p.Response.Status) {
			return
		}
		failure := coded{p.endpoint(), p.Response.Status, e.Message}
		switch before, known := codes[failure]; {
		case !known && kept[failure.endpoint] < most:
			kept[failure.endpoint]++
			codes[failure] = code
		case known && before != code:
			codes[failure] = code
			p.Report(Report{
				Severity: finding.Warning, Path: "body." + e.CodeAt,
				Message:  fmt.Sprintf("%s has the code %s, but the same message came with %s before", p.answer(), quote(code), quote(before)),
				Expected: before, Actual: code,
			})
		}
	}
}

func (u *usage) judge(p *Pass, e ErrorBody, code string) {
	written := styleOf(code)
	switch {
	case written == 0:
	case u.style == 0:
		u.style, u.code, u.place = written, code, p.place()
	case u.style&written != 0:
		u.style &= written
	case u.told&written == 0:
		u.told |= written
		p.Report(Report{
			Path:     "body." + e.CodeAt,
			Message:  fmt.Sprintf("the code %s of %s is in another style than %s of the answer to %s", quote(code), p.answer(), quote(u.code), u.place),
			Expected: u.style.String(), Actual: written.String(),
		})
	}
}

func codeText(code any) string {
	switch c := code.(type) {
	case string:
		return c
	case json.Number:
		return c.String()
	}
	return ""
}
