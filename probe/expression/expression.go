// Package expression compiles and evaluates the expressions of scenario files:
// ${…} in strings, captures, conditions and assertions.
//
// The language is expr-lang, with these differences: null is nil; numbers are
// compared by value also within lists and objects; a division by zero is an
// error, and so are contains, startsWith, endsWith, matches and in on null, which
// else could never fail when negated; keys, values and toPairs are in the order of the keys; string, join
// and toJSON write values as Render does; fromJSON keeps whole numbers exact.
// Besides expr's own functions there are:
//
//	uuid()                   a random UUID (version 4)
//	now()                    the time, in UTC; now(timezone("Europe/Berlin"))
//	rand()                   a number from 0 up to, not including, 1
//	rand(n), rand(a, b)      a whole number from 0 to n, from a to b, both included
//	base64(text)             standard encoding, with padding (RFC 4648 §4)
//	sha256(text)             hexadecimal
//	hmac(key, text)          HMAC-SHA-256, hexadecimal; a third argument names
//	                         "sha1", "sha256" or "sha512"
//	urlencode(text)          all but unreserved characters percent-encoded (RFC 3986 §2.3)
//	regex(text, "pattern")   what the first group matched, or the whole match
//	                         where the pattern has no group; null without a match
//	file("name")             the contents of a file below the suite's folder
//
// and over a response: status, body (parsed JSON), text, headers (the first
// value by name; lookups take no notice of case), header("Name") and
// cookie("name") (null when absent), time (a duration), url.
//
// An evaluation is limited: an expression has at most 16384 characters and
// 2000 parts, lists made by it have a million elements in all, a text or value
// made by it has at most 64 MB, and loops stop with an error after a second.
// Only a single step, such as one match of a pattern against a large text, is
// not interrupted.
package expression

import (
	"io/fs"
	"sync"
	"time"

	"httpprobe/probe/exchange"
)

// Scope is what an expression can name at its place.
type Scope struct {
	Vars     []string // variables and captures
	Response bool     // status, body, text, headers, header(), cookie(), time, url
}

// Vars are the values of variables: nil, bool, int, float64, string,
// time.Time, time.Duration, []any or map[string]any. They are not changed. A
// name of the scope that is missing here is an error where an expression uses
// it, unless the expression itself compares it with null or gives it a default
// with ??; there it is null.
type Vars map[string]any

// Response is the answer that an expression looks at. It may be used by one
// evaluation at a time.
type Response struct {
	Status  int
	Body    any // parsed JSON, numbers as json.Number; nil for none
	Text    string
	Content *exchange.Document // what body and text are made of on first use, in place of Body and Text; or nil
	Fields  exchange.Fields
	Cookies map[string]string
	Time    time.Duration
	URL     string

	// Made at first use: most expressions look at neither.
	plain   any
	isPlain bool
	headers map[string]any
}

// Language holds what expressions reach beside variables. Its fields must not
// change once it is in use; then it is safe for concurrent use. It must not be
// copied.
type Language struct {
	Env   map[string]string // env.NAME
	Files fs.FS             // file("x"), confined to the suite's folder; nil: none
	Now   func() time.Time  // now(); nil is time.Now

	once   sync.Once
	tables tables
	frames sync.Pool
}

// Term is a part of an expression and its value.
type Term struct {
	Text  string
	Value any
}

// The names that mean something over a response. The functions header and
// cookie belong to them too.
var responseNames = []string{"status", "body", "text", "headers", "time", "url"}

// Reserved gives the names that no variable can have: those that mean
// something of their own in expressions. A variable may be named like a
// function, which is told apart by its parentheses.
func Reserved() []string {
	return append([]string{
		"env", "null", "nil", "true", "false", "not", "in", "and", "or", "let", "if", "else",
		"matches", "contains", "startsWith", "endsWith",
	}, responseNames...)
}
