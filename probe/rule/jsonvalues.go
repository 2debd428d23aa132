package rule

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"httpprobe/probe/finding"
)

func jsonInteroperable(p *Pass) {
	d := p.json()
	if d == nil || d.fault != "" || d.content.Brief() {
		return
	}
	number, surrogate := suspects(d.text)
	if surrogate != "" {
		p.Reportf("body", "%s holds a lone surrogate, which is no character: %s", p.of("the JSON"), surrogate)
	}
	if !number {
		return
	}
	if n, found := worstNumber(d.text); found {
		severity := finding.Info
		if n.identifier {
			severity = finding.Warning
		}
		p.reportAt(severity, "body", "%s has %s %s: %s", p.of("the JSON"), quote(n.pointer), n.fault, shorten(n.text))
	}
}

// suspects scans valid JSON for a number that may be too great, and for the
// first lone surrogate. Most texts have neither, and scanning is cheap beside
// parsing.
func suspects(text []byte) (number bool, surrogate string) {
	const safeDigits = 15
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			begin := i + 1
			length := bytes.IndexByte(text[begin:], '"')
			if length < 0 {
				return number, surrogate
			}
			if i = begin + length; bytes.IndexByte(text[begin:i], '\\') >= 0 {
				i = endOfString(text, begin)
				if surrogate == "" {
					surrogate = loneSurrogate(text[begin:i])
				}
			}
			i++
		case c >= '0' && c <= '9':
			begin := i
			for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.' || text[i] == '+' || text[i] == '-' || text[i]|0x20 == 'e') {
				number = number || text[i]|0x20 == 'e'
				i++
			}
			number = number || i-begin > safeDigits
		default:
			i++
		}
	}
	return number, surrogate
}

// endOfString gives the place of the quote that ends the string.
func endOfString(text []byte, i int) int {
	for ; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i, len(text))
}

// loneSurrogate gives the first escape of half a character without its other
// half.
func loneSurrogate(s []byte) string {
	for i := 0; i < len(s); {
		switch r := escaped(s[i:]); {
		case s[i] != '\\':
			i++
		case r < 0:
			i += 2
		case !utf16.IsSurrogate(r):
			i += 6
		case utf16.DecodeRune(r, escaped(s[i+6:])) == utf8.RuneError:
			return string(s[i : i+6])
		default:
			i += 12
		}
	}
	return ""
}

// escaped reads \uXXXX; -1 when there is none.
func escaped(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// number is one that clients read differently.
type number struct {
	pointer, text, fault string
	identifier           bool
}

// worstNumber gives the first number that is too great and identifies
// something, or else the first that is too great.
func worstNumber(text []byte) (worst number, found bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return worst, found
		}
		if token.Kind() != '0' {
			continue
		}
		digits := token.String()
		fault := tooGreat(digits)
		if fault == "" {
			continue
		}
		pointer := d.StackPointer()
		n := number{string(pointer), digits, fault, namesIdentifier(pointer.LastToken())}
		if n.identifier {
			return n, true
		}
		if !found {
			worst, found = n, true
		}
	}
}

func tooGreat(digits string) string {
	const greatest = "9007199254740991" // 2^53-1
	if strings.ContainsAny(digits, ".eE") {
		if _, err := strconv.ParseFloat(digits, 64); err != nil {
			return "beyond what a double can hold"
		}
		return ""
	}
	digits = strings.TrimPrefix(digits, "-")
	if len(digits) > len(greatest) || len(digits) == len(greatest) && digits > greatest {
		return "beyond 2^53-1, where JavaScript and others round"
	}
	return ""
}

// namesIdentifier reports whether the last word of a member's name is id, as
// in user_id, userId and userID, but not in paid.
func namesIdentifier(name string) bool {
	begin := len(name) - len("id")
	if begin < 0 || !strings.EqualFold(name[begin:], "id") {
		return false
	}
	if begin == 0 {
		return true
	}
	before := name[begin-1]
	letter := before|0x20 >= 'a' && before|0x20 <= 'z'
	lower := letter && before >= 'a'
	return !letter || lower && name[begin] == 'I'
}

func shorten(digits string) string {
	const limit = 40
	if len(digits) > limit {
		return digits[:limit] + "…"
	}
	return digits
}

// rooted is the JSON that an endpoint gave first.
type rooted struct {
	kind, place string
	told        bool
}

// shaping are query parameters that ask for another form of the answer.
var shaping = []string{"format", "view", "mode", "as", "output", "type", "envelope", "wrap", "group", "group_by", "groupby", "count", "shape", "index"}

func jsonRootStable() func(*Pass) {
	first := map[string]*rooted{}
	return func(p *Pass) {
		this := p.root()
		if this.kind == "" {
			return
		}
		before := first[this.of]
		if before == nil {
			first[this.of] = &rooted{kind: this.kind, place: p.place()}
			return
		}
		if before.kind == this.kind || before.told {
			return
		}
		before.told = true
		p.Report(Report{
			Path:     "body",
			Message:  fmt.Sprintf("the JSON of %s is %s, but that of %s was %s", p.answer(), this.kind, before.place, before.kind),
			Expected: before.kind,
			Actual:   this.kind,
		})
	}
}

// root is what stands at the root of JSON; kind is empty where there is
// nothing to compare. Answers with the same of are to have the same kind.
type root struct{ kind, of string }

func (p *Pass) root() root {
	if !p.known.rooted {
		p.known.rooted = true
		if d := p.json(); d != nil && d.fault == "" {
			kind := rootOf(d.text)
			if of, ok := p.comparable(); ok && kind != "" {
				p.rooted = root{kind, of}
			}
		}
	}
	return p.rooted
}

// rootOf names what stands at the root; "" for plain values, which have no
// form to keep.
func rootOf(text []byte) string {
	switch text = bytes.TrimLeft(text, " \t\r\n"); text[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 'n':
		return "null"
	}
	return ""
}

// comparable gives what two answers must have in common to have the same root:
// endpoint, negotiated format and version, the parameters of the query, and
// the form of what was sent. It fails where the request chooses the form.
func (p *Pass) comparable() (string, bool) {
	path, ok := p.template()
	if !ok {
		return "", false
	}
	key := make([]byte, 0, 256)
	for _, part := range []string{p.origin(), p.Request.Method, path, p.Response.Fields.Get("Content-Type")} {
		key = append(append(key, part...), '\n')
	}
	for _, f := range p.Request.Fields {
		if strings.EqualFold(f.Name, "Accept") || strings.EqualFold(f.Name, "Prefer") || containsFold(f.Name, "version") {
			for i := range len(f.Name) {
				key = append(key, f.Name[i]|0x20)
			}
			key = append(append(append(key, ": "...), f.Value...), '\n')
		}
	}
	if _, query, found := strings.Cut(p.Request.Target, "?"); found {
		names := parameterNames(query)
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(shaping, strings.ToLower(name)) }) {
			return "", false
		}
		for _, name := range names {
			key = append(append(key, name...), '&')
		}
		key = append(key, '\n')
	}
	if body := bytes.TrimLeft(p.Request.Body, " \t\r\n"); len(body) > 0 {
		key = append(key, body[0])
	}
	return string(key), true
}

// containsFold reports whether an ASCII text holds another one in any case.
func containsFold(s, part string) bool {
	for i := range len(s) - len(part) + 1 {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// parameterNames are those of a query, sorted, each once.
func parameterNames(query string) []string {
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
