package source

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest gives the known word that was most likely meant, or "" when none is
// near: at most a third of its letters differ.
func Nearest(word string, known []string) string {
	best, distance := "", 0
	lower := strings.ToLower(word)
	for _, k := range known {
		d := levenshtein.ComputeDistance(lower, strings.ToLower(k))
		if best == "" || d < distance {
			best, distance = k, d
		}
	}
	if best == "" || distance > max(1, max(len(word), len(best))/3) {
		return ""
	}
	return best
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
