package scenario

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"httpprobe/probe/source"
)

func isScalar(v source.Value) bool {
	return v.Kind == source.String || v.Kind == source.Number || v.Kind == source.Bool
}

// text reads a text that is not empty. Numbers and booleans are the text that
// was written.
func (r *reader) text(m source.Member) source.Text {
	if !isScalar(m.Value) {
		r.wrong(m, "text", "")
		return source.Text{}
	}
	t := m.Value.AsText()
	if strings.TrimSpace(t.Text) == "" {
		r.atText(m.Key, "", "%s is empty", quote(m.Key.Text))
		return source.Text{}
	}
	return t
}

// expression reads an expression, whose form is judged where it is compiled.
func (r *reader) expression(m source.Member) source.Text {
	if !isScalar(m.Value) {
		r.wrong(m, "an expression", `write it as text: status == 200`)
		return source.Text{}
	}
	return r.uncut(r.text(m))
}

// uncut refuses an expression that YAML has cut off at a " #", which begins a
// comment there and stands for the element of a list here.
func (r *reader) uncut(t source.Text) source.Text {
	if !t.Given() || t.Block || !open(t.Text) {
		return t
	}
	line := []rune(string(r.line(t.Pos.Line)))
	end := t.Pos.Column - 1 + utf8.RuneCountInString(t.Text)
	if t.Pos.Column < 1 || end > len(line) {
		return t
	}
	rest := strings.TrimLeft(string(line[end:]), " \t")
	if !strings.HasPrefix(rest, "#") {
		return t
	}
	column := len(line) - utf8.RuneCountInString(rest) + 1
	hint := "quote the expression: '" + shorten(strings.ReplaceAll(t.Text+" "+strings.TrimSpace(rest), "'", "''")) + "'"
	r.problem(source.Pos{File: t.Pos.File, Line: t.Pos.Line, Column: column}, 1, hint, "a # after a space begins a comment in YAML and cuts off the expression")
	return source.Text{}
}

// open reports whether an expression ends within parentheses or a text.
func open(expression string) bool {
	depth := 0
	var quote rune
	for _, c := range expression {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("\"'`", c):
			quote = c
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		}
	}
	return quote != 0 || depth > 0
}

// line gives a line of the file.
func (r *reader) line(n int) []byte {
	if r.lines == nil {
		r.lines = bytes.Split(bytes.TrimPrefix(r.file.Data, []byte("\ufeff")), []byte("\n"))
	}
	if n < 1 || n > len(r.lines) {
		return nil
	}
	return bytes.TrimSuffix(r.lines[n-1], []byte("\r"))
}

// texts reads one text or a list of them.
func (r *reader) texts(m source.Member) []source.Text {
	if m.Value.Kind != source.List {
		if t := r.text(m); t.Given() {
			return []source.Text{t}
		}
		return nil
	}
	var out []source.Text
	for _, item := range m.Value.Items {
		if t := r.entry(m, item); t.Given() {
			out = append(out, t)
		}
	}
	return out
}

// entry reads a text of a list.
func (r *reader) entry(m source.Member, item source.Value) source.Text {
	if !isScalar(item) || strings.TrimSpace(item.Text) == "" {
		what := a(item)
		if isScalar(item) {
			what = "an empty text"
		}
		r.at(item, "", "an entry of %s must be text, not %s", quote(m.Key.Text), what)
		return source.Text{}
	}
	return item.AsText()
}

func (r *reader) boolean(m source.Member) (value, ok bool) {
	if m.Value.Kind == source.Bool {
		return m.Value.Text == "true", true
	}
	if m.Value.Kind == source.String {
		r.at(m.Value, booleanHint(m.Value.Text), "%s must be true or false; %s is text to YAML", quote(m.Key.Text), quote(m.Value.Text))
		return false, false
	}
	r.wrong(m, "true or false", "write true or false")
	return false, false
}

// booleanHint knows the words that were booleans in YAML 1.1.
func booleanHint(word string) string {
	switch strings.ToLower(word) {
	case "yes", "on", "y", "true":
		return "write true"
	case "no", "off", "n", "false":
		return "write false"
	}
	return "write true or false"
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,9}$`)

// integer reads a whole number within bounds.
func (r *reader) integer(m source.Member, low, high int) (n int, ok bool) {
	if m.Value.Kind == source.Number && wholeNumber.MatchString(m.Value.Text) {
		n, _ = strconv.Atoi(m.Value.Text)
		if low <= n && n <= high {
			return n, true
		}
	}
	want := "a whole number from " + strconv.Itoa(low) + " to " + strconv.Itoa(high)
	hint := ""
	if m.Value.Kind == source.String && wholeNumber.MatchString(m.Value.Text) {
		hint = "write it without quotes"
	}
	r.wrong(m, want, hint)
	return 0, false
}

// longest is the longest time that a file can ask to wait.
const longest = 24 * time.Hour

var quantity = regexp.MustCompile(`^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Zµ]*)\s*$`)

// duration reads a length of time in Go's notation.
func (r *reader) duration(m source.Member) Duration {
	v := m.Value
	const example = "write it like 500ms, 2s or 1m30s"
	if !isScalar(v) || v.Kind == source.Bool {
		r.wrong(m, "a duration", example)
		return Duration{}
	}
	d, err := time.ParseDuration(v.Text)
	switch {
	case v.Kind == source.Number || err != nil:
		r.at(v, durationHint(v.Text), "%s is not a duration", quoteNumber(v))
	case d <= 0:
		r.at(v, example, "the duration %s is not longer than zero", v.Text)
	case d > longest:
		r.at(v, "at most 24h", "the duration %s is too long", v.Text)
	default:
		return Duration{Pos: v.Pos, Value: d}
	}
	return Duration{}
}

func quoteNumber(v source.Value) string {
	if v.Kind == source.Number {
		return "the number " + shorten(v.Text)
	}
	return quote(v.Text)
}

// units are what people write for the units of durations.
var units = map[string]string{
	"ms": "ms", "msec": "ms", "millis": "ms", "milliseconds": "ms", "millisecond": "ms",
	"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "hr": "h", "hour": "h", "hours": "h",
}

func durationHint(text string) string {
	m := quantity.FindStringSubmatch(text)
	switch {
	case m == nil:
		return "write it like 500ms, 2s or 1m30s"
	case m[2] == "" && len(m[1]) > 2:
		return "write " + m[1] + "ms or " + m[1] + "s"
	case m[2] == "":
		return "write " + m[1] + "s"
	}
	if unit := units[strings.ToLower(m[2])]; unit != "" {
		return "write " + m[1] + unit
	}
	return "the units are ms, s, m and h"
}
