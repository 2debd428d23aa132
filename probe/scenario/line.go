package scenario

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"httpprobe/probe/source"
)

// registeredMethods are those of the IANA registry of HTTP methods, without
// CONNECT and PRI, which no API answers.
var registeredMethods = []string{
	"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "DELETE", "GET", "HEAD", "LABEL", "LINK",
	"LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "OPTIONS",
	"ORDERPATCH", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PUT", "QUERY", "REBIND", "REPORT", "SEARCH", "TRACE",
	"UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL",
}

// lineExample is shown where a request line is wrong as a whole.
const lineExample = `write it like "GET /users/1 -> 200"`

// word is a part of a request line with the offset of its first rune.
type word struct {
	text string
	at   int
}

// words splits a request line at white space outside of ${…} and {…}.
func words(line string) []word {
	runes := []rune(line)
	var out []word
	for i := 0; i < len(runes); {
		if unicode.IsSpace(runes[i]) {
			i++
			continue
		}
		begin := i
		for i < len(runes) && !unicode.IsSpace(runes[i]) {
			i += unit(runes[i:])
		}
		out = append(out, word{string(runes[begin:i]), begin})
	}
	return out
}

// unit gives how many runes belong together at the beginning: a ${…}, a {…}
// or one rune.
func unit(runes []rune) int {
	switch {
	case runes[0] == '$' && len(runes) > 2 && runes[1] == '$' && runes[2] == '{':
		return 3
	case runes[0] == '$' && len(runes) > 1 && runes[1] == '{':
		return span(runes)
	case runes[0] == '{':
		end := slices.IndexFunc(runes[1:], func(r rune) bool { return r == '}' || r == '{' || r == '>' })
		if end >= 0 && runes[end+1] == '}' {
			return end + 2
		}
	}
	return 1
}

// span gives the length of the ${…} that the runes begin with: up to the
// brace that closes it, or all of them where none does.
func span(runes []rune) int {
	depth := 0
	var quote rune
	for i := 1; i < len(runes); i++ {
		switch r := runes[i]; {
		case quote != 0 && r == '\\' && quote != '`':
			i++
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == '{':
			depth++
		case r == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(runes)
}

// requestLine reads METHOD target [-> status [location]].
func (r *reader) requestLine(t source.Text) RequestLine {
	out := RequestLine{Pos: t.Pos, Text: strings.TrimSpace(t.Text)}
	part := func(w word) source.Text { return source.Text{Text: w.text, Pos: t.At(w.at), Block: t.Block} }
	ws := words(t.Text)
	if len(ws) == 0 {
		r.atText(t, lineExample, "the request line is empty")
		return out
	}
	if !r.method(part(ws[0]), ws) {
		return out
	}
	out.Method = part(ws[0])
	if len(ws) == 1 || isArrow(ws[1].text) {
		r.atText(out.Method, lineExample, "the request line has no target")
		return out
	}
	if r.target(part(ws[1]), out.Method.Text) {
		out.Target = part(ws[1])
	}
	if len(ws) > 2 {
		r.answer(&out, ws, part)
	}
	return out
}

func isArrow(s string) bool { return s == "->" || s == "→" }

// answer reads what stands after the target.
func (r *reader) answer(out *RequestLine, ws []word, part func(word) source.Text) {
	rest := ws[2:]
	if !isArrow(rest[0].text) {
		r.noArrow(ws, part)
		return
	}
	if len(rest) == 1 {
		r.atText(part(rest[0]), "write a status after it, such as 200", "the arrow has no status after it")
		return
	}
	if strings.HasPrefix(rest[1].text, "/") || strings.Contains(rest[1].text, "://") {
		r.atText(part(rest[1]), "write -> 201 "+rest[1].text, "a status must stand between the arrow and the location")
		return
	}
	if len(rest) > 2 && (rest[2].text == "|" || strings.HasSuffix(rest[1].text, "|") || strings.HasPrefix(rest[2].text, "|")) {
		r.atText(part(rest[2]), "write 200|204 without spaces", "alternative statuses are written without spaces")
		return
	}
	out.Status = r.status(part(rest[1]))
	if len(rest) > 2 && phrase.MatchString(rest[2].text) {
		r.atText(part(rest[2]), "leave it out: after the status stands a location, such as /users/{id}", "%s is not a location", quote(rest[2].text))
		return
	}
	if len(rest) > 2 && r.braces(part(rest[2])) {
		out.Location = part(rest[2])
	}
	if len(rest) > 3 {
		hint := "the line ends after the location"
		r.atText(part(rest[3]), hint, "%s is too much in a request line", quote(rest[3].text))
	}
}

// phrase is how reason phrases begin, which are part of a status elsewhere.
var phrase = regexp.MustCompile(`^(?i:ok|created|accepted|no|non|not|reset|partial|moved|found|see|temporary|permanent|bad|unauthorized|forbidden|method|conflict|gone|precondition|unprocessable|unsupported|too|internal|service|gateway|switching)$`)

var otherArrow = regexp.MustCompile(`^(=>|-->|–>|—>|⇒|➜|➔|>|--|-|=|:)$`)

// noArrow words what is wrong when the third word is no arrow.
func (r *reader) noArrow(ws []word, part func(word) source.Text) {
	third := part(ws[2])
	switch {
	case otherArrow.MatchString(third.Text):
		r.atText(third, "write ->", "%s is not an arrow", quote(third.Text))
	case strings.HasPrefix(third.Text, "->") || strings.HasPrefix(third.Text, "→"):
		r.atText(third, "put a space after it", "the arrow and the status are run together")
	case len(third.Text) >= 3 && strings.Trim(third.Text[:1], "12345") == "" && strings.Trim(third.Text[1:], "0123456789xX|") == "":
		r.atText(third, `write "-> `+third.Text+`"`, "the status needs an arrow before it")
	default:
		r.atText(third, "percent-encode a space as %20", "the target has a space before %s", quote(third.Text))
	}
}

// token is a method or field name (RFC 9110 §5.6.2).
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// method judges the first word of a line.
func (r *reader) method(t source.Text, ws []word) bool {
	upper := strings.ToUpper(t.Text)
	switch {
	case strings.HasPrefix(t.Text, "/") || strings.Contains(t.Text, "://"):
		line := "GET"
		for _, w := range ws {
			line += " " + w.text
		}
		r.atText(t, `write "`+shorten(line)+`"`, "the request line begins with its target; the method is missing")
	case strings.Contains(t.Text, "${"):
		r.atText(t, lineExample, "the method must be a word, not ${…}")
	case !token.MatchString(t.Text):
		r.atText(t, lineExample, "%s is not a method", quote(t.Text))
	case upper == "CONNECT":
		r.atText(t, "", "CONNECT asks a proxy for a tunnel, which probe cannot test")
	case upper != t.Text && slices.Contains(registeredMethods, upper):
		r.atText(t, "write "+upper+"; methods are case-sensitive", "the method %s is not %s", quote(t.Text), upper)
	default:
		return true
	}
	return false
}
