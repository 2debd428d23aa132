package rule

import (
	"strings"
	"time"
)

// isToken follows RFC 9110 §5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenOctet(s[i]) {
			return false
		}
	}
	return s != ""
}

func tokenOctet(c byte) bool { return tokenOctets[c] }

var tokenOctets = func() (octets [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		octets[c] = true
	}
	return octets
}()

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > 0x7f {
			return false
		}
	}
	return true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isEntityTag follows RFC 9110 §8.8.3.
func isEntityTag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		if c := s[i]; c == '"' || c < 0x21 || c == 0x7f {
			return false
		}
	}
	return true
}

// entityTags splits a list of entity tags, whose quotes know no escapes. It
// fails when an element is none.
func entityTags(list string) ([]string, bool) {
	var out []string
	for list = strings.TrimLeft(list, ", \t"); list != ""; list = strings.TrimLeft(list, ", \t") {
		open := strings.IndexByte(list, '"')
		if open < 0 {
			return nil, false
		}
		length := strings.IndexByte(list[open+1:], '"')
		if length < 0 {
			return nil, false
		}
		tag := list[:open+length+2]
		if !isEntityTag(tag) {
			return nil, false
		}
		out = append(out, tag)
		list = list[len(tag):]
	}
	return out, true
}

// weakly gives what weak comparison looks at (RFC 9110 §8.8.3.2).
func weakly(tag string) string { return strings.TrimPrefix(tag, "W/") }

const (
	weekdays = "SunMonTueWedThuFriSat"
	months   = "JanFebMarAprMayJunJulAugSepOctNovDec"
)

// fixDateOf reads an IMF-fixdate (RFC 9110 §5.6.7), be its weekday wrong.
func fixDateOf(s string) (time.Time, bool) {
	const form = "Sun, 00 Jan 0000 00:00:00 GMT"
	if len(s) != len(form) || strings.Index(weekdays, s[:3])%3 != 0 || strings.Index(months, s[8:11])%3 != 0 {
		return time.Time{}, false
	}
	for i := 3; i < len(form); i++ {
		switch {
		case i >= 8 && i < 11:
		case form[i] == '0':
			if s[i] < '0' || s[i] > '9' {
				return time.Time{}, false
			}
		case form[i] != s[i]:
			return time.Time{}, false
		}
	}
	number := func(from, to int) int {
		n := 0
		for _, c := range []byte(s[from:to]) {
			n = 10*n + int(c-'0')
		}
		return n
	}
	day, month, year := number(5, 7), time.Month(strings.Index(months, s[8:11])/3+1), number(12, 16)
	hour, minute, second := number(17, 19), number(20, 22), number(23, 25)
	if second == 60 { // a leap second, which Go knows nothing of
		second--
	}
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return t, t.Day() == day && hour < 24 && minute < 60 && second < 60
}

// httpDateOf also reads the two forms that recipients must understand although
// nobody may send them (RFC 9110 §5.6.7).
func httpDateOf(s string) (time.Time, bool) {
	if t, ok := fixDateOf(s); ok {
		return t, true
	}
	for _, layout := range []string{"Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
