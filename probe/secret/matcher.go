package secret

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// wordsBelow is the number of characters under which a secret is hidden only
// as a whole word.
const wordsBelow = 4

// pattern is one text to look for, each character of it escaped or not.
type pattern struct {
	text  string
	words bool // only where it is a whole word
	// The octets of base64 text that hold bits of the secret and of its
	// neighbours at once; they are hidden with the rest.
	before, after bool
	base64        bool
}

// matcher finds the patterns. It is not changed once it is compiled.
type matcher struct {
	patterns []pattern
	first    [256][]int32 // patterns by the octet they begin with
	pairs    pairs        // of octets with which a match can begin
}

// pairs is a set of pairs of octets.
type pairs [1 << 16 / 64]uint64

func (p *pairs) add(a, b byte) { n := int(a)<<8 | int(b); p[n>>6] |= 1 << (n & 63) }

func (p *pairs) has(a, b byte) bool { n := int(a)<<8 | int(b); return p[n>>6]>>(n&63)&1 != 0 }

// introducers are the octets that begin an escape sequence, or are one.
const introducers = `%\&+`

type span struct{ start, end int }

func compile(values []string) *matcher {
	m := new(matcher)
	known := make(map[pattern]bool)
	for _, v := range values {
		for _, p := range forms(v) {
			if !known[p] {
				known[p] = true
				m.add(p)
			}
		}
	}
	for _, c := range []byte(introducers) {
		for second := range 256 {
			m.pairs.add(c, byte(second))
		}
	}
	return m
}

// forms gives what a secret is looked for as, besides escape sequences.
func forms(v string) []pattern {
	words := utf8.RuneCountInString(v) < wordsBelow
	digits := hex.EncodeToString([]byte(v))
	out := []pattern{{text: v, words: words}, {text: digits, words: words}, {text: strings.ToUpper(digits), words: words}}
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if words {
			out = append(out, pattern{text: alphabet.EncodeToString([]byte(v)), words: true, base64: true})
			continue
		}
		for ahead := range 3 {
			out = append(out, aligned(alphabet, v, ahead))
		}
	}
	return out
}

func (m *matcher) add(p pattern) {
	c := p.text[0]
	m.first[c] = append(m.first[c], int32(len(m.patterns)))
	m.patterns = append(m.patterns, p)
	if len(p.text) > 1 {
		m.pairs.add(c, p.text[1])
		for _, second := range []byte(introducers) {
			m.pairs.add(c, second)
		}
		return
	}
	for second := range 256 {
		m.pairs.add(c, byte(second))
	}
}

// aligned gives the base64 digits of a secret that stands a number of octets
// after a group of three begins: those digits that hold only its bits.
func aligned(alphabet *base64.Encoding, v string, ahead int) pattern {
	digits := alphabet.EncodeToString(append(make([]byte, ahead), v...))
	bits := (ahead + len(v)) * 8
	return pattern{
		text:   digits[(ahead*8+5)/6 : bits/6],
		base64: true,
		before: ahead > 0,
		after:  bits%6 != 0,
	}
}

// find gives the places to hide, in order, without overlap.
func (m *matcher) find(text string) []span {
	var spans []span
	for i := range len(text) {
		if i+1 < len(text) && !m.pairs.has(text[i], text[i+1]) {
			continue
		}
		s, ok := m.longest(text, i)
		if !ok {
			continue
		}
		for len(spans) > 0 && s.start < spans[len(spans)-1].end {
			last := spans[len(spans)-1]
			spans = spans[:len(spans)-1]
			s = span{min(s.start, last.start), max(s.end, last.end)}
		}
		spans = append(spans, s)
	}
	return spans
}

// merged joins two lists of places; those that overlap become one.
func merged(a, b []span) []span {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	all := append(a, b...)
	slices.SortFunc(all, func(a, b span) int { return a.start - b.start })
	out := all[:1]
	for _, s := range all[1:] {
		last := &out[len(out)-1]
		if s.start < last.end {
			last.end = max(last.end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// longest gives the longest match that begins at i.
func (m *matcher) longest(text string, i int) (span, bool) {
	best := span{start: i, end: -1}
	try := func(patterns []int32) {
		for _, n := range patterns {
			if s, ok := m.patterns[n].match(text, i); ok && (s.end > best.end || s.end == best.end && s.start < best.start) {
				best = s
			}
		}
	}
	try(m.first[text[i]])
	escaped, n := units(text, i)
	for _, u := range escaped[:n] {
		if u.octets[0] != text[i] {
			try(m.first[u.octets[0]])
		}
	}
	return best, best.end >= 0
}

func (p pattern) match(text string, i int) (span, bool) {
	w := walk{pattern: p.text, text: text}
	end := w.end(i, 0)
	if end < 0 {
		return span{}, false
	}
	if p.words && (wordBefore(text, i) || wordAfter(text, end)) {
		return span{}, false
	}
	s := span{i, end}
	if p.before && i > 0 && isBase64(text[i-1]) {
		s.start--
	}
	if p.after && end < len(text) && isBase64(text[end]) {
		s.end++
	}
	if p.base64 {
		for n := 0; n < 2 && s.end < len(text) && text[s.end] == '='; n++ {
			s.end++
		}
	}
	return s, true
}

// walk compares a pattern with one place of a text.
type walk struct {
	pattern, text string
	// Places from which the rest is known not to match, where there was more
	// than one way to go on: runs of backslashes would take a time that
	// doubles with each.
	dead map[[2]int]bool
}

// end gives where the pattern from octet j on ends when it begins at octet i
// of the text, or -1.
func (w *walk) end(i, j int) int {
	for j < len(w.pattern) {
		if i >= len(w.text) {
			return -1
		}
		escaped, n := units(w.text, i)
		if n > 1 && w.dead[[2]int{i, j}] {
			return -1
		}
		for _, u := range escaped[:n] {
			if strings.HasPrefix(w.pattern[j:], string(u.octets[:u.length])) {
				if end := w.end(i+u.size, j+u.length); end >= 0 {
					return end
				}
			}
		}
		if w.text[i] != w.pattern[j] {
			if n > 1 && j > 0 {
				w.bury(i, j)
			}
			return -1
		}
		if n > 1 {
			end := w.end(i+1, j+1)
			if end < 0 {
				w.bury(i, j)
			}
			return end
		}
		i++
		j++
	}
	return i
}

func (w *walk) bury(i, j int) {
	if w.dead == nil {
		w.dead = make(map[[2]int]bool)
	}
	w.dead[[2]int{i, j}] = true
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_", c) >= 0
}
