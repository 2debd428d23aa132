package match

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// constant wants one scalar value.
type constant struct {
	pos     source.Pos
	value   any
	numeric bool
	number  decimal
}

func newConstant(pos source.Pos, value any) constant {
	n := constant{pos: pos, value: value}
	n.number, n.numeric = decimalOf(value)
	return n
}

func (n constant) place() source.Pos { return n.pos }

func (n constant) describe(c *check, limit int) string { return c.show(n.value, limit) }

func (n constant) match(c *check, got any) {
	switch want := n.value.(type) {
	case nil, bool, time.Duration:
		if got == want {
			return
		}
	case string:
		text, ok := got.(string)
		if ok && text == want {
			return
		}
		if ok && (shownApart(want) || shownApart(text)) {
			n.differingText(c, want, text)
			return
		}
	case time.Time:
		if instant, ok := got.(time.Time); ok && instant.Equal(want) {
			return
		}
	default:
		if got == want {
			return
		}
		if number, ok := decimalOf(got); ok && n.numeric {
			if number.compare(n.number) == 0 {
				return
			}
		} else if isNumber(got) && isNumber(want) {
			c.fault(open, n, got, tooLarge)
			return
		}
	}
	c.differ(n, got, n.note(c, got))
}

// note says which is a text when values differ in nothing but that.
func (n constant) note(c *check, got any) string {
	want, wantText := n.value.(string)
	text, gotText := got.(string)
	switch {
	case gotText && !wantText && c.show(n.value, renderLimit) == text:
		return " (a text, not " + kindOf(n.value) + ")"
	case wantText && !gotText && c.show(got, renderLimit) == want:
		return " (" + kindOf(got) + ", not a text)"
	}
	return ""
}

const (
	longText = 60 // runes of a text beyond which the first difference is shown
	before   = 15 // runes shown before it
	after    = 45 // runes shown from it on
)

// shownApart reports whether a text is better shown as it is, beside the other.
func shownApart(s string) bool {
	return strings.Contains(s, "\n") || utf8.RuneCountInString(s) > longText
}

// differingText tells where two texts, one of them long or of several lines, part.
func (n constant) differingText(c *check, want, got string) {
	if !c.counts(fails) {
		return
	}
	if c.in.Mask != nil {
		want, got = c.in.Mask(want), c.in.Mask(got)
	}
	w, g := []rune(want), []rune(got)
	if want == got {
		c.tell(n.pos, "expected another text than what came, in parts that are masked: "+c.show(got, messageLimit), trim(want, renderLimit), trim(got, renderLimit))
		return
	}
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	message := "expected " + strconv.Quote(window(w, at)) + ", got " + strconv.Quote(window(g, at)) +
		" (the texts differ from character " + strconv.Itoa(at+1) + " on)"
	c.tell(n.pos, message, trim(want, renderLimit), trim(got, renderLimit))
}

// window gives the runes around the one at the given offset.
func window(text []rune, at int) string {
	from, to := max(0, min(at, len(text))-before), min(len(text), at+after)
	s := string(text[from:to])
	if from > 0 {
		s = "…" + s
	}
	if to < len(text) {
		s += "…"
	}
	return s
}

// kindOf names the kind of a value with its article.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case time.Duration:
		return "a duration"
	case time.Time:
		return "a point in time"
	case missing:
		return "nothing"
	}
	return "a number"
}

func isNumber(v any) bool {
	switch v.(type) {
	case json.Number, int, int64, float64:
		return true
	}
	return false
}
