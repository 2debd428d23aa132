package secret

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// unit is an escape sequence: what it stands for and how many octets it has.
type unit struct {
	octets       [utf8.UTFMax]byte
	length, size int
}

func octet(c byte, size int) unit { return unit{[utf8.UTFMax]byte{c}, 1, size} }

func character(r rune, size int) unit {
	u := unit{size: size}
	u.length = utf8.EncodeRune(u.octets[:], r)
	return u
}

// maxUnits is how many ways there are at most to read one place: a letter
// after backslashes, or 8, 4 or 2 of them for one.
const maxUnits = 4

// units gives the escape sequences that can be read at octet i, longest first.
func units(text string, i int) (out [maxUnits]unit, n int) {
	switch text[i] {
	case '%':
		if strings.HasPrefix(text[i:], "%25") {
			if c, ok := hexOctet(text, i+3); ok {
				out[n], n = octet(c, 5), n+1
			}
		}
		if c, ok := hexOctet(text, i+1); ok {
			out[n], n = octet(c, 3), n+1
		}
	case '+':
		out[n], n = octet(' ', 1), n+1
	case '\\':
		return backslash(text, i)
	case '&':
		if u, ok := reference(text, i); ok {
			out[n], n = u, n+1
		}
	}
	return out, n
}

// maxSlashes is how many backslashes JSON within JSON within JSON puts before
// a character.
const maxSlashes = 8

func backslash(text string, i int) (out [maxUnits]unit, n int) {
	run := 1
	for run < maxSlashes && i+run < len(text) && text[i+run] == '\\' {
		run++
	}
	if u, ok := escapeLetter(text, i+run); ok {
		u.size += run
		out[n], n = u, n+1
	}
	for size := maxSlashes; size >= 2; size /= 2 {
		if run >= size {
			out[n], n = octet('\\', size), n+1
		}
	}
	return out, n
}

// escapeLetter reads what follows a backslash: the forms of JSON, and of
// quoted octets.
func escapeLetter(text string, i int) (unit, bool) {
	if i >= len(text) {
		return unit{}, false
	}
	switch c := text[i]; c {
	case '"', '/', '\'':
		return octet(c, 1), true
	case 'n':
		return octet('\n', 1), true
	case 'r':
		return octet('\r', 1), true
	case 't':
		return octet('\t', 1), true
	case 'b':
		return octet('\b', 1), true
	case 'f':
		return octet('\f', 1), true
	case 'x':
		o, ok := hexOctet(text, i+1)
		return octet(o, 3), ok
	case 'u':
		return escapedRune(text, i)
	}
	return unit{}, false
}

// escapedRune reads \uXXXX, or two of them that make a surrogate pair, from
// the u on.
func escapedRune(text string, i int) (unit, bool) {
	r, ok := hexRune(text, i+1)
	if !ok {
		return unit{}, false
	}
	if !utf16.IsSurrogate(r) {
		return character(r, 5), true
	}
	// The second half has as many backslashes before it as the first.
	next := i + 5
	for next < len(text) && next < i+5+maxSlashes && text[next] == '\\' {
		next++
	}
	if next >= len(text) || next == i+5 || text[next] != 'u' {
		return unit{}, false
	}
	low, ok := hexRune(text, next+1)
	pair := utf16.DecodeRune(r, low)
	return character(pair, next+5-i), ok && pair != unicode.ReplacementChar
}

// reference reads a character reference of HTML or XML.
func reference(text string, i int) (unit, bool) {
	const longest = 12
	end := strings.IndexByte(text[i:min(len(text), i+longest)], ';')
	if end < 0 {
		return unit{}, false
	}
	name := text[i+1 : i+end]
	switch name {
	case "amp":
		return octet('&', end+1), true
	case "lt":
		return octet('<', end+1), true
	case "gt":
		return octet('>', end+1), true
	case "quot":
		return octet('"', end+1), true
	case "apos":
		return octet('\'', end+1), true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return character(rune(n), end+1), numeric && err == nil && utf8.ValidRune(rune(n))
}

func hexOctet(text string, i int) (byte, bool) {
	n, ok := hexNumber(text, i, 2)
	return byte(n), ok
}

func hexRune(text string, i int) (rune, bool) { return hexNumber(text, i, 4) }

func hexNumber(text string, i, digits int) (n rune, ok bool) {
	if i+digits > len(text) {
		return 0, false
	}
	for _, c := range []byte(text[i : i+digits]) {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// wordBefore reports whether a word goes on up to i. The letters and digits
// of an escape sequence belong to no word: the value in "key%3Dvalue" is one.
func wordBefore(text string, i int) bool {
	for size := 2; size <= 12 && size <= i; size++ {
		if c := text[i-size]; c != '%' && c != '\\' && c != '&' {
			continue
		}
		escaped, n := units(text, i-size)
		for _, u := range escaped[:n] {
			if u.size == size {
				r, _ := utf8.DecodeRune(u.octets[:u.length])
				return isWord(r)
			}
		}
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return i > 0 && isWord(r)
}

func wordAfter(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return i < len(text) && isWord(r)
}

func isWord(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
