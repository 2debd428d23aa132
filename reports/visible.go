package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible makes text that others wrote fit to be shown on one line of a
// terminal, a log or a page: what is not seen, moves the cursor, turns the
// direction of writing or is not UTF-8 is shown as an escape, and what a CI
// system would obey is broken up.
func visible(s string) string { return escape(s, false) }

// visibleLine is visible for a line of a body, in which tabs are usual.
func visibleLine(s string) string { return escape(s, true) }

func escape(s string, tabs bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\t' && tabs || shown(r):
			b.WriteString(s[i : i+size])
		default:
			b.WriteString(escaped(r))
		}
		i += size
	}
	return defuse(b.String())
}

// plain reports whether a text is shown as it is, as most are.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '#' || c == ':' && i+1 < len(s) && s[i+1] == ':' {
			return false
		}
	}
	return true
}

// shown reports whether a character has a look of its own. The joiners have
// none, but letters of some scripts and emoji are made with them. A no-break
// space looks like a space, which is no help where the two are compared.
func shown(r rune) bool {
	const nonJoiner, joiner, wideSpace = 0x200c, 0x200d, 0x3000
	return unicode.IsPrint(r) || r == nonJoiner || r == joiner || r == wideSpace
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// commands are what follows ## in commands to GitHub, Azure and TeamCity.
var commands = []string{"[", "vso[", "teamcity["}

// defuse breaks up what CI systems obey: ##[…], ##vso[…] and ##teamcity[…]
// anywhere in a line, and ::…:: where a line begins.
func defuse(line string) string {
	if start := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(start, "::") && strings.Contains(start[2:], "::") {
		line = line[:len(line)-len(start)] + ": :" + start[2:]
	}
	for at := 0; ; at++ {
		i := strings.Index(line[at:], "##")
		if i < 0 {
			return line
		}
		at += i
		for _, c := range commands {
			if rest := line[at+2:]; len(rest) >= len(c) && strings.EqualFold(rest[:len(c)], c) {
				line = line[:at+1] + " " + line[at+1:]
				break
			}
		}
	}
}

// clip shortens a line to a number of characters and says how much is left
// out.
func clip(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	return fmt.Sprintf("%s… %s more octets in this line", s[:cut], commas(len(s)-cut))
}
