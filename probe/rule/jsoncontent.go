package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/finding"
)

var jsonContent = []Rule{
	{
		ID:       "json-wellformed",
		Topic:    Content,
		Title:    "what is called JSON can be parsed as JSON",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8259 §2", "RFC 8259 §6", "RFC 9110 §8.3"},
		Text: "Content under application/json, or a type that ends in +json, is exactly one JSON value: no comma before a closing bracket, no comments, no NaN, no single quotes, nothing behind it. " +
			"Nothing at all is no JSON value either, and a client that parses it fails.",
		Silent: "Empty content is a warning unless it is a 200 to GET, and nothing on a redirect and in answer to OPTIONS. The guard prefix )]}' is info. 206 and types that hold a value per line are not concerned, nor is content that was cut off.",
		Mend:   "produce JSON with a library, and leave Content-Type out when there is no content",
		Bad:    `200 + Content-Type: application/json {"id":1,}`,
		Good:   `200 + Content-Type: application/json {"id":1}`,
		When:   When{Classes: []int{2, 3, 4, 5}, Fields: []string{"Content-Type"}},
		needs:  doubtfulJSON,
		Check:  jsonWellformed,
	},
	{
		ID:       "json-utf8",
		Topic:    Content,
		Title:    "JSON is written in UTF-8, without a mark in front",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8259 §8.1", "RFC 8259 §11"},
		Text:     "Between systems JSON is UTF-8. Octets of another encoding turn into replacement characters or make the parser stop, and so does a byte order mark for many parsers.",
		Silent:   "A charset parameter that names another encoding is a warning: the type has no such parameter. charset=utf-8 is redundant and fine.",
		Mend:     "encode JSON as UTF-8 without a byte order mark",
		Bad:      `the octet E9 for é in a JSON string`,
		Good:     `the octets C3 A9`,
		When:     When{Classes: []int{2, 3, 4, 5}, Fields: []string{"Content-Type"}},
		needs:    doubtfulJSON | qualified,
		Check:    jsonUTF8,
	},
	{
		ID:       "json-duplicate-keys",
		Topic:    Content,
		Title:    "a JSON object has each name once",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8259 §4"},
		Text:     "When two members of an object have one name, some parsers keep the first, most the last, and some refuse. Names are compared with their escapes resolved, at any depth.",
		Mend:     "give each member its own name, or put the values into a list",
		Bad:      `{"id":1,"id":2}`,
		Good:     `{"id":1}`,
		When:     When{Classes: []int{2, 3, 4, 5}, Fields: []string{"Content-Type"}},
		needs:    doubtfulJSON,
		Check: func(p *Pass) {
			d := p.json()
			if d == nil || d.strict || d.fault != "" {
				return
			}
			if pointer, found := repeatedName(d.text); found {
				p.Reportf("body", "the JSON of the %d to %s has the member %s twice", p.Response.Status, p.line(), pointer)
			}
		},
	},
	{
		ID:       "json-interoperable",
		Topic:    Content,
		Title:    "numbers and texts are the same in every client",
		Severity: finding.Info,
		Basis:    "interoperability notes",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8259 §6", "RFC 8259 §8.2"},
		Text: "JavaScript and many others read each number as a double: integers beyond 2^53-1 are rounded, and what no double can hold becomes infinite or an error. An escape for half of a " +
			"surrogate pair is no character, and is refused or replaced.",
		Silent: "A warning where the number's name is or ends in id, as user_id or userId: the rounded one belongs to something else.",
		Mend:   "send such numbers as strings, and cut texts between characters only",
		Bad:    `{"id":9007199254740993}`,
		Good:   `{"id":"9007199254740993"}`,
		When:   When{Classes: []int{2, 3, 4, 5}, Fields: []string{"Content-Type"}},
		needs:  doubtfulJSON,
		Check:  jsonInteroperable,
	},
	{
		ID:       "json-root-stable",
		Topic:    Content,
		Title:    "a resource has the same root in its JSON each time",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"Zalando #110", "guide (one shape)"},
		Text:     "The JSON of every 200 to one method and URI template is an object each time, or a list each time. An empty list is [], not {} or null: clients with types stop at the first answer that has another root.",
		Silent:   "Answers in another media type or version, to another set of query parameters, or to content of another form. Templates with a variable that holds more than an identifier, and queries with a parameter such as format.",
		Mend:     "wrap lists in an object with a member for the items, or send [] when there are none",
		Bad:      "GET /users → 200 [], later → 200 {}",
		Good:     `GET /users → 200 [], later → 200 [{"id":1}]`,
		When:     When{Statuses: []int{http.StatusOK}, Fields: []string{"Content-Type"}},
		Across:   jsonRootStable,
	},
}

func jsonWellformed(p *Pass) {
	d := p.json()
	subject := p.answer()
	if d == nil {
		r := p.Response
		if isJSON(p.mediaType()) && p.whole() && len(r.Content) == 0 && r.Status != http.StatusPartialContent && r.Status != http.StatusResetContent &&
			r.Status/100 != 3 && p.Request.Method != http.MethodOptions { // Apache gives it the type of the file
			severity := finding.Warning
			if r.Status == http.StatusOK && p.Request.Method == http.MethodGet {
				severity = finding.Error
			}
			p.reportAt(severity, "body", "%s is called %s, but is empty", subject, p.mediaType())
		}
		return
	}
	if d.strict || d.fault == "" || wideEncoding(p.Response.Content) != "" {
		return
	}
	trimmed := bytes.TrimLeft(d.text, " \t\r\n")
	switch rest, guarded := bytes.CutPrefix(trimmed, []byte(")]}'")); {
	case guarded && jsonFault(bytes.TrimPrefix(rest, []byte(","))) == "":
		p.reportAt(finding.Info, "body", "the JSON of %s has a guard in front that clients must cut off: )]}'", subject)
	case len(trimmed) == 0:
		p.Reportf("body", "%s is called %s, but holds only white space", subject, p.mediaType())
	case trimmed[0] == '<':
		p.Reportf("body", "%s is called %s, but is a page or XML: %s", subject, p.mediaType(), quote(string(trimmed)))
	default:
		p.Report(Report{
			Path:     "body",
			Message:  fmt.Sprintf("%s is called %s, but is not JSON: %s", subject, p.mediaType(), d.fault),
			Expected: "one JSON value",
			Actual:   quote(strings.ToValidUTF8(string(d.text[:min(len(d.text), 200)]), "�")),
		})
	}
}

// wideEncoding names an encoding of two or four octets for a character, judged
// by the first octets: JSON begins with ASCII.
func wideEncoding(text []byte) string {
	if len(text) < 4 {
		return ""
	}
	switch a, b, c, d := text[0], text[1], text[2], text[3]; {
	case a == 0 && b == 0, a == 0xff && b == 0xfe && c == 0 && d == 0, a != 0 && b == 0 && c == 0:
		return "UTF-32"
	case a == 0xfe && b == 0xff, a == 0xff && b == 0xfe, a == 0 && b != 0 && c == 0, a != 0 && b == 0 && c != 0 && d == 0:
		return "UTF-16"
	}
	return ""
}

func jsonUTF8(p *Pass) {
	d := p.json()
	if d == nil {
		return
	}
	subject := p.of("the JSON")
	if value := p.Response.Fields.Get("Content-Type"); strings.Contains(value, ";") {
		if charset, ok := parameterOf(value, "charset"); ok && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "utf8") {
			p.reportAt(finding.Warning, "headers.Content-Type", "%s is said to be %s: JSON is UTF-8 and has no charset", subject, quote(charset))
		}
	}
	if d.bom {
		p.Reportf("body", "%s begins with a byte order mark", subject)
	}
	if d.strict {
		return
	}
	if wide := wideEncoding(p.Response.Content); wide != "" {
		p.Reportf("body", "%s is %s, not UTF-8", subject, wide)
	} else if at := invalidUTF8(d.text); at >= 0 {
		p.Reportf("body", "%s is not UTF-8: octet %02X %s", subject, d.text[at], placeOf(d.text, at))
	}
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
