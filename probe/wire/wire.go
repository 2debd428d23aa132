// Package wire writes requests and reads responses as octets of HTTP/1.1
// (RFC 9112). It reads what servers really send: a breach of the grammar is
// noted as a fault and got over wherever a reader can tell what was meant.
// It knows no network: its input is any reader.
package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// Limits bounds what is read of one answer. A zero field is its default.
type Limits struct {
	// Head is how many octets a status line and its fields may have, and again
	// a trailer section, and all 1xx responses together; 0 is 256 KiB.
	Head int
	// Body is how many octets of content are read, and how many may come of
	// it once content codings are undone; 0 is 10 MiB.
	Body int64
	// Interims is how many 1xx responses may come before the final one; 0 is
	// 100.
	Interims int
}

func (l Limits) filled() Limits {
	if l.Head <= 0 {
		l.Head = 256 << 10
	}
	if l.Body <= 0 {
		l.Body = 10 << 20
	}
	l.Body = min(l.Body, math.MaxInt64-1) // reading one more octet tells that there are too many
	if l.Interims <= 0 {
		l.Interims = 100
	}
	return l
}

// An End is why an answer was not read to its end. Its Failure is worded for
// a connection that was closed; Place lets a caller who knows that it broke
// in another way word it anew.
type End struct {
	exchange.Failure
	// Cause is what the source gave instead of octets, io.EOF included; nil
	// when what came is itself at fault.
	Cause error
	// Place is where in the answer that was, as "after 12 of 50 octets of the
	// body".
	Place string
}

func cut(kind exchange.FailureKind, cause error, place string) *End {
	return &End{
		Failure: exchange.Failure{Kind: kind, Text: "the connection closed " + place},
		Cause:   cause,
		Place:   place,
	}
}

func unreadable(text, hint string) *End {
	return &End{Failure: exchange.Failure{Kind: exchange.FailedMessage, Text: text, Hint: hint}}
}

func tooLarge(what string, limit int64, hint string) *End {
	return &End{Failure: exchange.Failure{
		Kind: exchange.FailedTooLarge,
		Text: what + " over the limit of " + Size(limit),
		Hint: hint,
	}}
}

// Count words a number of octets: "1 octet", "1,234 octets".
func Count(n int64) string {
	if n == 1 {
		return "1 octet"
	}
	return grouped(n) + " octets"
}

func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Size words a limit: "10 MiB", "256 KiB", "1,000 octets".
func Size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return grouped(n>>20) + " MiB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return grouped(n>>10) + " KiB"
	}
	return Count(n)
}

// Quote shows octets as one short, printable piece of text.
func Quote(octets string) string {
	const most = 60
	if len(octets) <= most {
		return quoted(octets)
	}
	return quoted(octets[:most]) + "…"
}

// quoted spells every octet that is not printable ASCII, so that nothing a
// server sends can act on a terminal.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// mostFaults is how many faults of one message are kept, so that a hostile
// answer cannot fill the memory with them.
const mostFaults = 50

type faults []exchange.Fault

func (f *faults) add(kind exchange.FaultKind, text, octets string) {
	f.note(exchange.Fault{Kind: kind, Text: text, Octets: Quote(octets)})
}

func (f *faults) mild(kind exchange.FaultKind, text, octets string) {
	f.note(exchange.Fault{Kind: kind, Text: text, Octets: Quote(octets), Mild: true})
}

func (f *faults) note(fault exchange.Fault) {
	if len(*f) < mostFaults {
		*f = append(*f, fault)
	}
}
