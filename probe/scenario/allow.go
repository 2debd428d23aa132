package scenario

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"httpprobe/probe/source"
)

// allow reads rules whose findings are accepted, each with the reason that its
// author gives in a comment. Which rules there are is judged where they are
// known.
func (r *reader) allow(m source.Member) []Allowance {
	if m.Value.Kind == source.Object || m.Value.Kind == source.Null {
		r.wrong(m, "the id of a rule, or a list of ids", "write [nosniff], and why in a comment")
		return nil
	}
	if m.Value.Kind == source.List && len(m.Value.Items) == 0 {
		r.at(m.Value, "leave it out", "%s names no rule", quote(m.Key.Text))
	}
	var out []Allowance
	for _, t := range r.texts(m) {
		if slices.ContainsFunc(out, func(a Allowance) bool { return a.Rule.Text == t.Text }) {
			r.atText(t, "write it once", "%s is allowed twice", quote(t.Text))
			continue
		}
		reason := r.reason(m.Key, t)
		if reason == "" {
			r.atText(t, "# as in this comment, or in one on the line above", "say in a comment why %s is allowed here", shorten(t.Text))
		}
		out = append(out, Allowance{t, reason})
	}
	return out
}

// reason gives the comment about an entry of a list: on its own line, on those
// just above it, or else beside or above the key. What an alias names stands
// elsewhere and has reasons of its own.
func (r *reader) reason(key, entry source.Text) string {
	places := []source.Text{key}
	if entry.Pos.Line >= key.Pos.Line {
		places = []source.Text{entry, key}
	}
	for _, at := range places {
		if reason := r.commentAt(at); reason != "" {
			return reason
		}
		if at.Pos.Line == key.Pos.Line {
			return r.commentAbove(key.Pos)
		}
		if reason := r.commentAbove(at.Pos); reason != "" {
			return reason
		}
	}
	return ""
}

// commentAbove gives the text of the lines just above a place that hold nothing
// but a comment. What begins further to the right is a text written as a block.
func (r *reader) commentAbove(at source.Pos) string {
	var words []string
	for n := at.Line - 1; n > 0; n-- {
		whole := r.line(n)
		line := bytes.TrimLeft(whole, " ")
		if !bytes.HasPrefix(line, []byte("#")) || len(whole)-len(line) >= at.Column {
			break
		}
		words = append(words, comment(string(line)))
	}
	slices.Reverse(words)
	return strings.TrimSpace(strings.Join(words, " "))
}

// commentAt gives the comment on the line of a text, behind it.
func (r *reader) commentAt(t source.Text) string {
	line := []rune(string(r.line(t.Pos.Line)))
	i := min(len(line), max(0, t.Pos.Column-1))
	if !t.Block {
		i = min(len(line), i+len([]rune(t.Text)))
		if i < len(line) && (line[i] == '"' || line[i] == '\'') {
			i++ // it closes the text
		}
	}
	var quote rune
	for ; i < len(line); i++ {
		before := ' '
		if i > 0 {
			before = line[i-1]
		}
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '#' && unicode.IsSpace(before):
			return comment(string(line[i:]))
		case (c == '"' || c == '\'') && strings.ContainsRune(" \t[{,:", before):
			quote = c
		}
	}
	return ""
}

// comment gives the words of a comment; one that says nothing is "".
func comment(text string) string {
	text = strings.TrimSpace(strings.TrimLeft(text, "#"))
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return ""
	}
	return text
}
