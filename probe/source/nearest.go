package source

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// longestWord is the length in octets beyond which a word is no misspelling.
const longestWord = 64

// Nearest gives the known word that was most likely meant, or "" when none is
// near: at most a third of its letters differ, and not all of them, two of them
// are swapped, or it is the beginning of one known word.
func Nearest(word string, known []string) string {
	if len(word) > longestWord {
		return ""
	}
	best, distance := "", 0
	lower := strings.ToLower(word)
	for _, k := range known {
		d := levenshtein.ComputeDistance(lower, strings.ToLower(k))
		if d >= max(len(word), len(k)) && !swapped(lower, strings.ToLower(k), d) {
			continue
		}
		if best == "" || d < distance {
			best, distance = k, d
		}
	}
	if best == "" || distance > max(1, max(len(word), len(best))/3) && !swapped(lower, strings.ToLower(best), distance) {
		return completion(lower, known)
	}
	return best
}

// swapped reports whether two letters have changed places, which counts as two
// differences but is one slip.
func swapped(a, b string, distance int) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return distance == 2 && slices.Equal(x, y)
}

// completion gives the only known word that begins with at least three
// letters of a word.
func completion(lower string, known []string) string {
	found := ""
	for _, k := range known {
		if len(lower) < 3 || !strings.HasPrefix(strings.ToLower(k), lower) {
			continue
		}
		if found != "" {
			return ""
		}
		found = k
	}
	return found
}

// DidYouMean words Nearest as a hint: `did you mean "expect"?`, or lists the
// known words when none is near and they are few.
func DidYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return `did you mean "` + n + `"?`
	}
	if len(known) > 0 && len(known) <= 12 {
		return "known here: " + strings.Join(known, ", ")
	}
	return ""
}
