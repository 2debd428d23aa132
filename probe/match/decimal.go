package match

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// decimal is an exact number: ±0.digits × 10^exponent. Digits begin and end
// with another digit than 0; zero has none, and neither sign nor exponent.
// Comparing needs no arithmetic, so that 1e999999999 costs nothing.
type decimal struct {
	negative bool
	digits   string
	exponent int64
	// rounded says that the number was a float64. Another is equal to it when
	// that float64 is the nearest: expressions compute with no more digits.
	rounded bool
}

// exponentDigits is how long a written exponent may be.
const exponentDigits = 17

// decimalOf reads a Go number or a json.Number.
func decimalOf(v any) (decimal, bool) {
	switch v := v.(type) {
	case json.Number:
		return parseDecimal(v.String())
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return parseDecimal(fmt.Sprint(v))
	case float32:
		return decimalOf(float64(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return decimal{}, false
		}
		d, ok := parseDecimal(strconv.FormatFloat(v, 'e', -1, 64))
		d.rounded = true
		return d, ok
	}
	return decimal{}, false
}

// parseDecimal reads a number as JSON writes it (RFC 8259 §6). An exponent of
// more than 17 digits is not read.
func parseDecimal(s string) (decimal, bool) {
	s, negative := strings.CutPrefix(s, "-")
	mantissa, power, scaled := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, power, scaled = s[:i], s[i+1:], true
	}
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !isDigits(whole) || len(whole) > 1 && whole[0] == '0' || pointed && !isDigits(fraction) {
		return decimal{}, false
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent := int64(len(whole) - (len(whole) + len(fraction) - len(digits)))
	digits = strings.TrimRight(digits, "0")
	if scaled {
		sign, n := int64(1), strings.TrimPrefix(power, "+")
		if n == power {
			if rest, minus := strings.CutPrefix(power, "-"); minus {
				sign, n = -1, rest
			}
		}
		if !isDigits(n) {
			return decimal{}, false
		}
		n = strings.TrimLeft(n, "0")
		if len(n) > exponentDigits && digits != "" {
			return decimal{}, false
		}
		if n != "" && digits != "" {
			p, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				return decimal{}, false
			}
			exponent += sign * p
		}
	}
	if digits == "" {
		return decimal{}, true
	}
	return decimal{negative: negative, digits: digits, exponent: exponent}, true
}

// tooLarge is the note on a number that is not read.
const tooLarge = " (its exponent is too large to be compared)"

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// round gives the nearest float64, or the number itself beyond their range.
func (d decimal) round() decimal {
	if d.rounded || d.digits == "" {
		return d
	}
	f, err := strconv.ParseFloat("0."+d.digits+"e"+strconv.FormatInt(d.exponent, 10), 64)
	if err != nil {
		return d
	}
	nearest, _ := decimalOf(math.Copysign(f, float64(d.sign())))
	return nearest
}

func (d decimal) compare(e decimal) int {
	if d.rounded || e.rounded {
		d, e = d.round(), e.round()
	}
	if s := d.sign(); s != e.sign() || s == 0 {
		return cmp.Compare(s, e.sign())
	}
	return d.sign() * cmp.Or(cmp.Compare(d.exponent, e.exponent), cmp.Compare(d.digits, e.digits))
}

// isInteger reports whether the number has no fraction: 1.0 and 1e2 are whole.
func (d decimal) isInteger() bool { return d.exponent >= int64(len(d.digits)) }
