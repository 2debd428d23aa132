package rule

import (
	"net/http"
	"slices"
	"strings"
)

// isPhrase reports whether a text says no more than the name of the status.
func isPhrase(s string, status int) bool {
	s = strings.Trim(s, " .!\t\r\n")
	for _, name := range statusNames(status) {
		begin := len(s) - len(name)
		if begin >= 0 && strings.EqualFold(s[begin:], name) && (begin == 0 || isDigits(strings.Trim(s[:begin], " -:"))) {
			return true
		}
	}
	return false
}

// statusNames are the names a status goes, or went, by.
func statusNames(status int) []string {
	names := []string{http.StatusText(status)}
	switch status {
	case http.StatusRequestEntityTooLarge:
		names = append(names, "Content Too Large", "Payload Too Large")
	case http.StatusRequestURITooLong:
		names = append(names, "URI Too Long")
	case http.StatusRequestedRangeNotSatisfiable:
		names = append(names, "Range Not Satisfiable")
	case http.StatusUnprocessableEntity:
		names = append(names, "Unprocessable Content")
	}
	return slices.DeleteFunc(names, func(s string) bool { return s == "" })
}
