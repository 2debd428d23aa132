package scenario

import (
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// bareBraces finds a ${…} or {…} without quotes within { } or [ ], where YAML
// takes its braces for its own.
func (d *document) bareBraces(p *source.Problem, line int) {
	// A collection over several lines begins on the line that the parser names.
	const farthest = 50
	s := flowScan{}
	for n := line; n <= min(len(d.lines), line+farthest); n++ {
		at, end, ok := s.line(d.lines[n-1])
		if !ok {
			continue
		}
		text := d.lines[n-1]
		p.Pos = source.Pos{Line: n, Column: utf8.RuneCountInString(text[:at]) + 1}
		p.Width = utf8.RuneCountInString(text[at:end])
		what := "{…}"
		if strings.HasPrefix(text[at:], "$") {
			what = "${…}"
		}
		p.Text = what + " needs quotes inside " + s.brackets()
		p.Hint = `write ` + s.key + `"` + strings.TrimSpace(text[min(s.begin, at):valueEnd(text, end)]) + `"`
		return
	}
}

// valueEnd gives where the text ends that goes on at i.
func valueEnd(text string, i int) int {
	for i < len(text) && !strings.ContainsRune(",]}", rune(text[i])) {
		if n := strings.IndexByte(text[i:], '}'); text[i] == '{' && n > 0 {
			i += n
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

// line reads one line and stops at the first brace that stands within text.
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
		case c == '{' && inText && len(s.open) > 0:
			at = i
			if text[i-1] == '$' {
				at--
			}
			if n := strings.IndexByte(text[i:], '}'); n > 0 {
				return at, i + n + 1, true
			}
			return at, i + 1, true
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
