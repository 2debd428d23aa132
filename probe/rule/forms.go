package rule

import (
	"encoding/json"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	normal "golang.org/x/text/unicode/norm"
)

// sameInAnotherForm reports whether a server may have made one value of
// another without losing what it means.
func sameInAnotherForm(sent, got any) bool {
	switch {
	case nothing(sent) && nothing(got):
		return true
	case got == nil:
		return false
	}
	switch v := sent.(type) {
	case string:
		s, ok := got.(string)
		return !ok || sameText(v, s)
	case json.Number:
		n, ok := got.(json.Number)
		return !ok || rounded(v, n)
	case bool:
		_, ok := got.(bool)
		return !ok
	case []any:
		list, ok := got.([]any)
		return !ok || sameItems(v, list)
	}
	return true
}

// nothing reports whether a value is one that stands for none.
func nothing(v any) bool {
	list, isList := v.([]any)
	o, isObject := v.(map[string]any)
	return v == nil || v == "" || v == false || isList && len(list) == 0 || isObject && len(o) == 0 || isNumber(v) && scalar(v) == "0"
}

// sameItems compares lists whatever their order. Items may be shown as
// something else than what they were sent as.
func sameItems(sent, got []any) bool {
	const most = 1 << 20
	switch {
	case len(sent) > 0 && len(got) == 0:
		return false
	case len(sent)*len(got) > most:
		return true // too long to be compared
	}
	for _, v := range sent {
		if !slices.ContainsFunc(got, func(is any) bool { return sameItemInAnotherForm(v, is) }) {
			return false
		}
	}
	for _, is := range got {
		if !slices.ContainsFunc(sent, func(v any) bool { return sameItemInAnotherForm(v, is) }) {
			return false
		}
	}
	return true
}

func sameItemInAnotherForm(sent, got any) bool {
	a, ok1 := sent.(map[string]any)
	b, ok2 := got.(map[string]any)
	if !ok1 || !ok2 {
		return equalValue(sent, got) || sameInAnotherForm(sent, got)
	}
	h := heldBack{other: map[string]any{}, sent: map[string]any{}}
	h.members("", a, b, nil)
	return len(h.other) == 0
}

// sameText compares letters and digits, whatever their case and what stands
// between them, times by the moment, and lets stars, and what was made of markup, stand for anything.
func sameText(sent, got string) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, strings.ToLower(normal.NFKC.String(html.UnescapeString(s))))
	}
	a, b := plain(sent), plain(got)
	if a == b && a != "" || strings.TrimSpace(sent) == strings.TrimSpace(got) || strings.Contains(got, "***") || strings.Contains(got, "•••") ||
		strings.Contains(sent, "<") && strings.Contains(sent, ">") { // markup is often cleaned
		return true
	}
	if isTime(sent) && isTime(got) {
		return sameMoment(sent, got)
	}
	m, err1 := strconv.ParseFloat(strings.TrimSpace(sent), 64)
	n, err2 := strconv.ParseFloat(strings.TrimSpace(got), 64)
	return err1 == nil && err2 == nil && m == n
}

// sameMoment reports whether two times may be one, written in other zones or
// less exactly.
func sameMoment(sent, got string) bool {
	a, exactA, ok1 := moment(sent)
	b, exactB, ok2 := moment(got)
	if !ok1 || !ok2 {
		return true // forms that are not compared
	}
	return a.Sub(b).Abs() < max(exactA, exactB)
}

// moment reads a time, and how exactly it is given: one without a zone may be
// in any.
func moment(s string) (at time.Time, within time.Duration, ok bool) {
	for _, form := range []struct {
		layout string
		within time.Duration
	}{
		{time.RFC3339Nano, time.Minute}, {"2006-01-02T15:04:05", 15 * time.Hour}, {"2006-01-02 15:04:05", 15 * time.Hour}, {time.DateOnly, 24 * time.Hour},
	} {
		if at, err := time.Parse(form.layout, s); err == nil {
			return at, form.within, true
		}
	}
	return time.Time{}, 0, false
}

// rounded reports whether a number is another one with fewer digits behind the
// point.
func rounded(sent, got json.Number) bool {
	a, err1 := sent.Float64()
	b, err2 := got.Float64()
	if err1 != nil || err2 != nil {
		return true
	}
	_, decimals, _ := strings.Cut(got.String(), ".")
	unit := math.Pow(10, -float64(len(decimals)))
	return a != math.Trunc(a) && (math.Abs(a-b) < unit || math.Abs(a-b) <= math.Abs(a)*1e-6)
}
