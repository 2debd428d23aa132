package scenario

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// bareText finds a text without quotes within { } or [ ] that holds what YAML
// takes for its own there: the braces of a ${…} or {…}, a [ or a ?.
func (d *document) bareText(p *source.Problem, line int) {
	// A collection over several lines begins on the line that the parser names.
	const farthest = 50
	s := flowScan{}
	for n := line; n <= min(len(d.lines), line+farthest); n++ {
		text := d.lines[n-1]
		if n > line && leaves(text, d.lines[line-1]) {
			return
		}
		at, end, ok := s.line(text)
		if !ok {
			continue
		}
		p.Pos = source.Pos{Line: n, Column: utf8.RuneCountInString(text[:at]) + 1}
		p.Width = utf8.RuneCountInString(text[at:end])
		what := "{…}"
		switch text[at] {
		case '$':
			what = "${…}"
		case '?', '[':
			what = `a text with "` + text[at:at+1] + `" in it`
		case ':':
			p.Text = "a colon needs a space after it inside " + s.brackets()
			p.Hint = `write "` + text[s.begin:at] + ": " + text[end:end+1] + `"`
			return
		}
		p.Text = what + " needs quotes inside " + s.brackets()
		p.Hint = "write " + s.key + quoted(text[min(s.begin, at):s.valueEnd(text, end)])
		return
	}
}

// leaves reports whether a line is indented as if the collection that began
// on an earlier line were over.
func leaves(text, first string) bool {
	rest := strings.TrimLeft(text, " ")
	if rest == "" || strings.ContainsRune("]}", rune(rest[0])) {
		return false
	}
	return len(text)-len(rest) <= len(first)-len(strings.TrimLeft(first, " "))
}

// quoted shows how a text is written with quotes.
func quoted(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, `"\`) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + text + `"`
}

// nextKey is what follows a comma that ends a value within { }.
var nextKey = regexp.MustCompile(`^,\s*([\w.$-]+|"[^"]*"|'[^']*'):(\s|$)|^,\s*(#.*)?$|^,\s*}`)

// valueEnd gives where the text ends that goes on at i. Within { } a comma
// that no key follows is part of it.
func (s *flowScan) valueEnd(text string, i int) int {
	depth := strings.Count(text[min(s.begin, i):i], "[")
	for i < len(text) {
		switch c := text[i]; {
		case c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case c == ']' || c == '}':
			return i
		case c == ',' && (s.brackets() == "[ ]" || nextKey.MatchString(text[i:])):
			return i
		case c == '{':
			i += max(0, strings.IndexByte(text[i:], '}'))
		}
		i++
	}
	return i
}

// flowScan reads lines for the brackets that are open.
type flowScan struct {
	open  []byte
	quote byte
	begin int    // where the value began that is being read
	key   string // "name: " before it
}

func (s *flowScan) brackets() string {
	if len(s.open) > 0 && s.open[len(s.open)-1] == '[' {
		return "[ ]"
	}
	return "{ }"
}

// line reads one line and stops at the first brace, [ or ? that stands
// within text, or at a colon that a bracket follows.
func (s *flowScan) line(text string) (at, end int, ok bool) {
	s.begin, s.key = 0, ""
	inText := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if s.quote != 0 {
			if c == '\\' && s.quote == '"' {
				i++
			} else if c == s.quote {
				s.quote = 0
			}
			continue
		}
		switch {
		case (c == '"' || c == '\'') && !inText:
			s.quote = c
			inText = true
		case c == '#' && (i == 0 || text[i-1] == ' '):
			return 0, 0, false
		case (c == '{' || c == '[') && inText && len(s.open) > 0 && text[i-1] == ':' && s.key == "":
			return i - 1, i, true
		case c == '{' && inText && len(s.open) > 0:
			at = i
			if text[i-1] == '$' {
				at--
			}
			if n := strings.IndexByte(text[i:], '}'); n > 0 {
				return at, i + n + 1, true
			}
			return at, i + 1, true
		case (c == '?' || c == '[') && inText && len(s.open) > 0:
			return i, i + 1, true
		case c == '{' && !inText, c == '[' && !inText:
			s.open = append(s.open, c)
			s.key, s.begin = "", i+1
		case (c == '}' || c == ']') && len(s.open) > 0:
			s.open = s.open[:len(s.open)-1]
			inText, s.key = true, ""
		case c == ',' && len(s.open) > 0:
			inText, s.key, s.begin = false, "", i+1
		case c == ':' && (i+1 == len(text) || text[i+1] == ' '):
			s.key = strings.TrimSpace(text[s.begin:i]) + ": "
			inText, s.begin = false, i+1
		case c == '-' && !inText && (i+1 == len(text) || text[i+1] == ' '):
			s.begin = i + 1
		case c != ' ' && !inText:
			inText, s.begin = true, i
		}
	}
	return 0, 0, false
}
