// Package secret hides secrets in everything that leaves a run.
package secret

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Mask is what stands in the place of a secret.
const Mask = "•••"

// Set is a set of secrets that are to appear in no output. A secret is found
// as it is and in the forms in which it leaks:
//
//   - percent-encoded once or twice, with either case of hex digits, each
//     octet encoded or not, + for a space;
//   - escaped as in JSON, HTML or XML, each character escaped or not;
//   - within base64 of either alphabet, at any alignment, as in the
//     credentials of Basic, with or without padding;
//   - in hex of either case;
//   - without the white space around it, as header fields trim it.
//
// Secrets of fewer than four characters would ruin a report: they, their hex
// and their base64 are hidden only as whole words, so that a password "a" is
// hidden in "password: a" and not in "database". Within longer base64 they
// are not found; add the whole encoded text as a secret of its own.
//
// Compressed, hashed or encrypted forms are not found. All methods may be
// called at the same time; a nil Set hides nothing.
type Set struct {
	parent   *Set // hidden too
	mu       sync.Mutex
	values   []string
	compiled atomic.Pointer[matcher] // nil when values have changed
}

// NewSet gives a set of the values, of which empty ones are ignored.
func NewSet(values ...string) *Set {
	s := new(Set)
	s.Add(values...)
	return s
}

// Own gives a set that hides what s hides, now and later, and values of its
// own besides.
func (s *Set) Own() *Set { return &Set{parent: s} }

// Size is the number of values, those of other sets not counted.
func (s *Set) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.values)
}

// Add hides more values from now on. Empty ones are ignored.
func (s *Set) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		for _, form := range []string{v, strings.TrimSpace(v)} {
			if form != "" && !slices.Contains(s.values, form) {
				s.values = append(s.values, form)
				s.compiled.Store(nil)
			}
		}
	}
}

// Empty reports whether there is nothing to hide.
func (s *Set) Empty() bool {
	return s == nil || s.matcher() == nil && s.parent.Empty()
}

// Mask gives the text with every secret in it replaced by •••. Secrets that
// overlap are replaced as one. A text without secrets is returned as it is.
func (s *Set) Mask(text string) string {
	if s == nil {
		return text
	}
	spans := s.find(text)
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, sp := range spans {
		b.WriteString(text[at:sp.start])
		b.WriteString(Mask)
		at = sp.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// MaskBytes is Mask for octets. It returns b itself when it holds no secret,
// and never changes it.
func (s *Set) MaskBytes(b []byte) []byte {
	if len(b) == 0 || s.Empty() {
		return b
	}
	text := string(b)
	masked := s.Mask(text)
	if len(masked) == len(text) && masked == text {
		return b
	}
	return []byte(masked)
}

// find gives the places to hide, in order, without overlap.
func (s *Set) find(text string) []span {
	if s == nil {
		return nil
	}
	inherited := s.parent.find(text)
	m := s.matcher()
	if m == nil {
		return inherited
	}
	return merged(inherited, m.find(text))
}

// matcher gives the compiled set, or nil when it is empty.
func (s *Set) matcher() *matcher {
	if m := s.compiled.Load(); m != nil {
		return m
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) == 0 {
		return nil
	}
	m := compile(s.values)
	s.compiled.Store(m)
	return m
}
