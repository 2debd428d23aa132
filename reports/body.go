package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// limits is how much of a body, or of a value, is shown.
type limits struct {
	lines, width int
}

var (
	terminalLimits = limits{lines: 20, width: 400}
	fileLimits     = limits{lines: 40, width: 1000}
	noLimits       = limits{lines: math.MaxInt, width: math.MaxInt}
)

// bodyLines gives the lines of a body that are shown, and at the end how much
// is not. Size is that of the body before it was trimmed.
func bodyLines(body []byte, size int, contentType string, limit limits) []string {
	size = max(size, len(body))
	if size > len(body) {
		body = wholeRunes(body)
	}
	switch {
	case size == 0:
		return nil
	case len(body) == 0:
		return []string{"… " + count(size, "octet")}
	case !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0:
		return []string{binary(body, size)}
	}
	var lines []string
	var taken int
	if isJSON(body, size > len(body), contentType) {
		lines, taken = indentJSON(body, limit.lines)
	} else {
		lines, taken = splitLines(body, limit.lines)
	}
	for i, l := range lines {
		lines[i] = clip(visibleLine(l), limit.width)
	}
	if taken < size {
		lines = append(lines, "… "+commas(size-taken)+" more "+plural(size-taken, "octet"))
	}
	return lines
}

// wholeRunes cuts off the first octets of a character at the end of a body
// that was trimmed.
func wholeRunes(body []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(body); n++ {
		if tail := body[len(body)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return body[:len(body)-n]
			}
			break
		}
	}
	return body
}

// binary describes a body that is not text by its size and its head.
func binary(body []byte, size int) string {
	const shown = 16
	head, more := body, ""
	if len(head) > shown {
		head, more = head[:shown], " …"
	}
	return fmt.Sprintf("binary, %s: % x%s", count(size, "octet"), head, more)
}

// isJSON reports whether a body can be laid out as JSON: it is, or it was
// trimmed and is called so. What is called JSON and is not is shown as it came.
func isJSON(body []byte, trimmed bool, contentType string) bool {
	start := bytes.TrimLeft(body, " \t\r\n")
	if len(start) == 0 || start[0] != '{' && start[0] != '[' {
		return false
	}
	return trimmed && strings.Contains(strings.ToLower(contentType), "json") || json.Valid(body)
}

// splitLines gives the first lines of a text and how many octets they take.
func splitLines(body []byte, limit int) (lines []string, taken int) {
	for taken < len(body) && len(lines) < limit {
		line := body[taken:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		taken += len(line)
		lines = append(lines, strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"))
	}
	return lines, taken
}

// indentJSON gives the first lines of JSON text, a member a line, and how many
// octets of the text they take. Names, strings and numbers stay as they were
// written, and text that breaks off or is not JSON after all is shown too.
func indentJSON(body []byte, limit int) (lines []string, taken int) {
	const deepest = 40
	var line []byte
	depth, quoted := 0, false
	feed := func() {
		lines = append(lines, string(line))
		line = append(line[:0], strings.Repeat("  ", min(depth, deepest))...)
	}
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted:
			line = append(line, c)
			if c == '\\' && i+1 < len(body) {
				i++
				line = append(line, body[i])
			}
			quoted = c != '"'
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == '"':
			line, quoted = append(line, c), true
		case c == ':':
			line = append(line, ": "...)
		case c == ',':
			line = append(line, c)
			feed()
		case c == '{' || c == '[':
			line = append(line, c)
			if skip := emptied(body[i:]); skip > 0 {
				line = append(line, c+2)
				i += skip
				break
			}
			depth++
			feed()
		case c == '}' || c == ']':
			depth = max(0, depth-1)
			if feed(); len(lines) >= limit {
				return lines, i
			}
			line = append(line, c)
		default:
			line = append(line, c)
		}
		if len(lines) >= limit {
			return lines, i + 1
		}
	}
	if len(bytes.TrimSpace(line)) > 0 {
		lines = append(lines, string(line))
	}
	return lines, len(body)
}

// emptied gives how far behind its opening bracket an empty object or list
// closes, or 0.
func emptied(body []byte) int {
	rest := bytes.TrimLeft(body[1:], " \t\r\n")
	if len(rest) > 0 && rest[0] == body[0]+2 {
		return len(body) - len(rest)
	}
	return 0
}
