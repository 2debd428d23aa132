package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// variable is one line of an env file.
type variable struct{ name, value string }

// readEnvFile reads a file of KEY=VALUE lines. The problems carry no excerpt
// and no value: such files hold secrets.
func readEnvFile(name string) ([]variable, []source.Problem, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the env file %s: %s", name, reason(err))
	}
	vars, problems := parseEnv(source.File{Name: name, Data: data})
	return vars, problems, nil
}

// parseEnv reads lines KEY=VALUE: blank lines and lines that begin with # are
// skipped, `export ` before a key is allowed. A value is taken literally up to
// the end of the line or a # after a space; in single quotes everything is
// literal, in double quotes \n \r \t \" \\ \$ are known. Nothing is expanded.
func parseEnv(file source.File) ([]variable, []source.Problem) {
	var vars []variable
	var problems []source.Problem
	first := map[string]int{}
	data := bytes.TrimPrefix(file.Data, []byte("\ufeff"))
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		v, bad := parseEnvLine(line)
		pos := source.Pos{File: file.Name, Line: i + 1}
		if bad == nil && first[v.name] > 0 {
			bad = &lineFault{offset: wholeLine, text: fmt.Sprintf("%s is already set on line %d", v.name, first[v.name])}
		}
		if bad != nil {
			if bad.offset != wholeLine {
				pos.Column = utf8.RuneCountInString(line[:bad.offset]) + 1
			}
			problems = append(problems, source.Problem{Pos: pos, Text: bad.text, Hint: bad.hint})
			continue
		}
		first[v.name] = i + 1
		vars = append(vars, v)
	}
	return vars, problems
}

// lineFault is what is wrong with a line, at an octet of it or with all of it.
type lineFault struct {
	offset     int
	text, hint string
}

const wholeLine = -1

func parseEnvLine(line string) (variable, *lineFault) {
	if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
		return variable{}, &lineFault{offset: wholeLine, text: "the line is not UTF-8 text"}
	}
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	if rest, ok := strings.CutPrefix(line[start:], "export "); ok {
		start = len(line) - len(strings.TrimLeft(rest, " \t"))
	}
	key, _, found := strings.Cut(line[start:], "=")
	if !found {
		return variable{}, &lineFault{offset: start, text: "a line without =", hint: "write KEY=VALUE"}
	}
	name := strings.TrimRight(key, " \t")
	if name != key {
		return variable{}, &lineFault{offset: start + len(name), text: "a space before =", hint: "write KEY=VALUE"}
	}
	if !isName(name) {
		return variable{}, &lineFault{offset: start, text: "not a name of a variable before =",
			hint: "letters, digits and _, not beginning with a digit"}
	}
	at := start + len(key) + 1
	at += len(line[at:]) - len(strings.TrimLeft(line[at:], " \t"))
	value, bad := parseEnvValue(line[at:])
	if bad != nil {
		bad.offset += at
	}
	return variable{name, value}, bad
}

func parseEnvValue(text string) (string, *lineFault) {
	if text == "" {
		return "", nil
	}
	var value string
	var end int
	var bad *lineFault
	switch text[0] {
	case '\'':
		n := strings.IndexByte(text[1:], '\'')
		if n < 0 {
			return "", &lineFault{text: "the ' is not closed on this line", hint: `for a line break write "…\n…"`}
		}
		value, end = text[1:1+n], n+2
	case '"':
		if value, end, bad = doubleQuoted(text); bad != nil {
			return "", bad
		}
	default:
		if text[0] == '#' {
			return "", nil
		}
		for i := 1; i < len(text); i++ {
			if text[i] == '#' && (text[i-1] == ' ' || text[i-1] == '\t') {
				text = text[:i]
			}
		}
		return strings.TrimRight(text, " \t"), nil
	}
	if rest := strings.TrimLeft(text[end:], " \t"); rest != "" && rest[0] != '#' {
		return "", &lineFault{offset: end, text: "text after the closing quote"}
	}
	return value, nil
}

// doubleQuoted reads a text that begins with a double quote, and gives where
// it ends.
func doubleQuoted(text string) (string, int, *lineFault) {
	escapes := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '$': '$'}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), i + 1, nil
		case text[i] == '\\' && i+1 < len(text):
			c, ok := escapes[text[i+1]]
			if !ok {
				return "", 0, &lineFault{offset: i, text: "unknown escape in double quotes", hint: `known: \n \r \t \" \\ \$; in single quotes everything is literal`}
			}
			b.WriteByte(c)
			i++
		default:
			b.WriteByte(text[i])
		}
	}
	return "", 0, &lineFault{text: `the " is not closed on this line`, hint: `for a line break write \n`}
}

// isName reports whether the text can be a variable in expressions.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
