package match

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// parseDate reads a full-date of RFC 3339 §5.6.
func parseDate(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil && len(s) == len(time.DateOnly)
}

// dateTimePattern is date-time of RFC 3339 §5.6: date, time, seconds,
// fraction, offset.
var dateTimePattern = regexp.MustCompile(`\A([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\z`)

// parseDateTime reads a date-time of RFC 3339 §5.6. A leap second is taken
// where one can be: at the end of a month in UTC (§5.7).
func parseDateTime(s string) (time.Time, bool) {
	m := dateTimePattern.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	second := m[4]
	if second == "60" {
		second = "59"
	}
	t, err := time.Parse(time.RFC3339Nano, m[1]+"T"+m[2]+":"+m[3]+":"+second+m[5]+strings.ToUpper(m[6]))
	if err != nil {
		return time.Time{}, false
	}
	if m[4] == "60" {
		t = t.Add(time.Second)
		return t, isMonthStart(t)
	}
	return t, true
}

// isMonthStart reports whether a time lies in the first second of a month.
func isMonthStart(t time.Time) bool {
	u := t.UTC().Truncate(time.Second)
	return u.Day() == 1 && u.Hour() == 0 && u.Minute() == 0 && u.Second() == 0
}

// parseHTTPDate reads an IMF-fixdate (RFC 9110 §5.6.7), the only form that may
// be sent. Writing it again shows whether the day of the week is right.
func parseHTTPDate(s string) (time.Time, bool) {
	leap := strings.HasSuffix(s, ":60 GMT")
	if leap {
		s = strings.TrimSuffix(s, ":60 GMT") + ":59 GMT"
	}
	t, err := time.Parse(http.TimeFormat, s)
	if err != nil || t.Format(http.TimeFormat) != s {
		return time.Time{}, false
	}
	if leap {
		t = t.Add(time.Second)
		return t, isMonthStart(t)
	}
	return t, true
}
