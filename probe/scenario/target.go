package scenario

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"httpprobe/probe/source"
)

var absolute = regexp.MustCompile(`^(?i:https?)://([^/?#]*)`)

// target judges the target of a request line.
func (r *reader) target(t source.Text, method string) bool {
	text := t.Text
	switch m := absolute.FindStringSubmatch(text); {
	case text == "*":
		if method != "OPTIONS" {
			r.atText(t, "the target * belongs to OPTIONS alone", "%s cannot be sent to *", method)
			return false
		}
		return true
	case m != nil && m[1] == "":
		r.atText(t, "write it like http://127.0.0.1:8080/users", "the URL %s has no host", quote(text))
		return false
	case m != nil, strings.HasPrefix(text, "/"), strings.HasPrefix(text, "${"):
	case strings.HasPrefix(text, "{"):
		r.atText(t, "a target that begins with a variable is written ${name}/…: {name} is one segment, percent-encoded",
			"the target %s begins with neither / nor http://", quote(text))
		return false
	case strings.Contains(text, "://"):
		r.atText(t, "", "the target %s is neither http nor https", quote(text))
		return false
	default:
		r.atText(t, "write /"+shorten(text), "the target %s begins with neither / nor http://", quote(text))
		return false
	}
	if at := outside(text, '#'); at >= 0 {
		r.problem(t.At(at), 1, "leave it out, or write # as %23", "a target has no fragment: what follows # is never sent")
		return false
	}
	if i := strings.Index(text, "->"); i >= 0 && outside(text, '>') >= 0 {
		r.problem(t.At(utf8.RuneCountInString(text[:i])), 2, `put spaces around it: "/path -> 200"`, "the arrow is run together with the target")
		return false
	}
	return r.braces(t)
}

// outside gives the offset of a rune outside of ${…}, or -1.
func outside(text string, wanted rune) int {
	runes := []rune(text)
	for i := 0; i < len(runes); i += unit(runes[i:]) {
		if runes[i] == wanted {
			return i
		}
	}
	return -1
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// doubled is how other tools write variables.
var doubled = regexp.MustCompile(`^\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

// braces judges the {name} and ${…} of a target or location.
func (r *reader) braces(t source.Text) bool {
	runes := []rune(t.Text)
	mark := func(at, width int, hint, format string, args ...any) bool {
		if t.Block {
			width = 1
		}
		r.problem(t.At(at), width, hint, format, args...)
		return false
	}
	for i := 0; i < len(runes); {
		n := unit(runes[i:])
		piece := runes[i : i+n]
		switch {
		case piece[0] == '$' && n == 3 && piece[1] == '$':
			return mark(i, 3, "percent-encode a brace as %7B or %7D", "a literal ${ cannot stand in a URL")
		case piece[0] == '$' && n > 1 && !closed(piece):
			return mark(i, n, "close it with }", "the ${ is not closed")
		case doubled.MatchString(string(runes[i:])):
			name := doubled.FindStringSubmatch(string(runes[i:]))
			return mark(i, utf8.RuneCountInString(name[0]), "write {"+name[1]+"}", "a variable has one pair of braces here")
		case piece[0] == '{' && n == 1:
			return mark(i, 1, "write {name}, or percent-encode a brace as %7B", "the { is not closed")
		case piece[0] == '}':
			return mark(i, 1, "write {name}, or percent-encode a brace as %7D", "this } closes nothing")
		case piece[0] == '{' && n == 2:
			return mark(i, n, "write {name}", "these { } name nothing")
		case piece[0] == '{':
			if name := string(piece[1 : n-1]); !identifier.MatchString(name) {
				return mark(i, n, nameHint(name), "%s is not a variable name in { }", quote(name))
			}
		case unicode.IsControl(piece[0]):
			return mark(i, 1, "percent-encode it", "a control character cannot stand in a URL")
		}
		i += n
	}
	return true
}

// closed reports whether a ${…} ends with the brace that closes it.
func closed(piece []rune) bool {
	return piece[len(piece)-1] == '}' && span(slices.Concat(piece, []rune{'}'})) == len(piece)
}

func nameHint(name string) string {
	inner := strings.TrimSpace(name)
	switch {
	case identifier.MatchString(inner):
		return "write {" + inner + "}"
	case strings.ContainsAny(name, ".([+ "):
		return "{ } holds a name; an expression is written ${…}"
	}
	return "names have letters, digits and _, and begin with no digit"
}
