package expression

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Plain gives JSON values with json.Number inside as plain Go values. A number
// is an int when it is whole and fits, else a float64. Lists and objects are
// copied; all other values stay as they are.
func Plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(string(v))
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Plain(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = Plain(item)
		}
		return out
	}
	return v
}

// exact is the limit up to which every whole number is a float64.
const exact = 1 << 53

func number(literal string) any {
	if n, err := strconv.Atoi(literal); err == nil {
		return n
	}
	// An out-of-range literal gives the infinity that its sign says.
	f, _ := strconv.ParseFloat(literal, 64)
	if f == math.Trunc(f) && math.Abs(f) <= exact {
		return int(f)
	}
	return f
}

// Render gives a value as it looks inside a longer string and in messages: 42,
// 1.5, true, null, text as it is, times as RFC 3339, durations as 1.5s, lists
// and objects as compact JSON with sorted keys.
func Render(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		return v.String()
	}
	return string(appendJSON(nil, v))
}

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendFloat(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(append(appendString(b, key), ':'), v[key])
		}
		return append(b, '}')
	case time.Time, time.Duration:
		return appendString(b, Render(v))
	}
	if p := usual(v); !odd(p) {
		return appendJSON(b, p)
	}
	return appendString(b, fmt.Sprint(v))
}

func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, f, format, -1, 64)
}

func appendString(b []byte, s string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.AppendQuote(b, s)
	}
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// odd reports whether a value is, or holds, one of the types that expr makes
// beside those of Vars.
func odd(v any) bool {
	switch v := v.(type) {
	case nil, bool, int, float64, string, time.Time, time.Duration, *time.Location:
		return false
	case []any:
		return slices.ContainsFunc(v, odd)
	case map[string]any:
		for _, item := range v {
			if odd(item) {
				return true
			}
		}
		return false
	}
	return true
}

// usual turns the types that expr makes into those of Vars.
func usual(v any) any {
	if !odd(v) {
		return v
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		if r.Type().Elem().Kind() == reflect.Uint8 && r.Kind() == reflect.Slice {
			return string(r.Bytes())
		}
		out := make([]any, r.Len())
		for i := range out {
			out[i] = usual(r.Index(i).Interface())
		}
		return out
	case reflect.Map:
		out := make(map[string]any, r.Len())
		for it := r.MapRange(); it.Next(); {
			out[Render(it.Key().Interface())] = usual(it.Value().Interface())
		}
		return out
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return int(r.Uint())
	case reflect.Float32:
		return r.Float()
	}
	return v
}

// equal compares by value: 1 is 1.0, also within lists and objects.
func equal(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool, string:
		return a == b
	case int:
		switch b := b.(type) {
		case int:
			return a == b
		case float64:
			return equalNumbers(a, b)
		}
		return false
	case float64:
		switch b := b.(type) {
		case int:
			return equalNumbers(b, a)
		case float64:
			return a == b
		}
		return false
	case time.Time:
		t, ok := b.(time.Time)
		return ok && a.Equal(t)
	case time.Duration:
		d, ok := b.(time.Duration)
		return ok && a == d
	case []any:
		if list, ok := b.([]any); ok {
			return slices.EqualFunc(a, list, equal)
		}
	case map[string]any:
		if object, ok := b.(map[string]any); ok {
			return maps.EqualFunc(a, object, equal)
		}
	case *time.Location:
		return a == b
	}
	if odd(a) || odd(b) {
		if p, q := usual(a), usual(b); !odd(p) && !odd(q) {
			return equal(p, q)
		}
	}
	return false
}

// equalNumbers is exact also where an int has no float64 of its own.
func equalNumbers(n int, f float64) bool {
	return f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64 && int(f) == n
}

// describe names what kind of value something is.
func describe(v any) string {
	switch usual(v).(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int, float64:
		return "a number"
	case string:
		return "text"
	case time.Time:
		return "a time"
	case time.Duration:
		return "a duration"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case *time.Location:
		return "a time zone"
	}
	return "a function"
}
