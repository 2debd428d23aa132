package match

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"httpprobe/probe/expression"
)

const (
	messageLimit = 200  // runes of a value within a message
	renderLimit  = 2048 // octets of Expected and Actual
)

// show renders a value in flow style, as source.Value does, cut after limit.
func (c *check) show(v any, limit int) string {
	r := renderer{limit: limit, mask: c.in.Mask}
	r.value(v)
	return r.String()
}

// renderer stops writing once it has reached its limit, so that a large value
// costs no more than what is shown of it.
type renderer struct {
	strings.Builder
	limit int
	mask  func(string) string
	full  bool
}

func (r *renderer) put(s string) {
	if r.full {
		return
	}
	if r.Len()+len(s) <= r.limit {
		r.WriteString(s)
		return
	}
	r.full = true
	r.WriteString(cut(s, r.limit-r.Len()) + "…")
}

func (r *renderer) value(v any) {
	switch v := v.(type) {
	case nil:
		r.put("null")
	case missing:
		r.put("nothing")
	case json.Number:
		r.put(v.String())
	case string:
		r.text(v)
	case []any:
		r.list(v)
	case map[string]any:
		r.object(v)
	case float64:
		r.put(strconv.FormatFloat(v, 'g', -1, 64))
	case time.Time:
		r.put(v.Format(time.RFC3339Nano))
	case bool, int, int64, time.Duration:
		r.put(fmt.Sprint(v))
	default:
		r.text(expression.Render(v))
	}
}

func (r *renderer) text(s string) {
	if r.mask != nil {
		s = r.mask(s)
	}
	room := max(0, r.limit-r.Len())
	if len(s) <= room {
		r.put(strconv.Quote(s))
		return
	}
	quoted := strconv.Quote(cut(s, room) + "…")
	r.WriteString(quoted)
	r.full = true
}

func (r *renderer) list(list []any) {
	r.put("[")
	for i, item := range list {
		if r.full {
			return
		}
		if i > 0 {
			r.put(", ")
		}
		r.value(item)
	}
	r.put("]")
}

func (r *renderer) object(object map[string]any) {
	r.put("{")
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if r.full {
			return
		}
		if i > 0 {
			r.put(", ")
		}
		if isName(key) {
			if r.mask != nil {
				key = r.mask(key)
			}
			r.put(key)
		} else {
			r.text(key)
		}
		r.put(": ")
		r.value(object[key])
	}
	r.put("}")
}

// cut gives at most n octets of s, whole runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n = max(0, n)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// trim shortens what is not a rendered value to about limit octets.
func trim(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return cut(s, limit) + "…"
}

// oneLine keeps a message on its line, whatever a pattern or an error holds.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// raw gives a text as it is, masked, for a view side by side.
func (c *check) raw(s string) string {
	if c.in.Mask != nil {
		s = c.in.Mask(s)
	}
	return trim(s, renderLimit)
}
