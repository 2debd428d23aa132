package scenario

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// status reads 201, 2xx or alternatives such as 200|204. It gives nil where
// the text is no such thing.
func (r *reader) status(t source.Text) *StatusSet {
	out := &StatusSet{Pos: t.Pos, Text: t.Text}
	ok := true
	at := 0
	for part := range strings.SplitSeq(t.Text, "|") {
		word := strings.TrimSpace(part)
		offset := at + utf8.RuneCountInString(part) - utf8.RuneCountInString(strings.TrimLeft(part, " "))
		piece := source.Text{Text: word, Pos: t.At(offset), Block: t.Block}
		at += utf8.RuneCountInString(part) + 1
		ok = r.alternative(out, piece, t) && ok
	}
	if !ok {
		return nil
	}
	return out
}

func (r *reader) alternative(set *StatusSet, piece, whole source.Text) bool {
	word := piece.Text
	if len(word) == 3 && strings.EqualFold(word[1:], "xx") && word[0] >= '1' && word[0] <= '5' {
		set.Class = append(set.Class, int(word[0]-'0'))
		return true
	}
	n, err := strconv.Atoi(word)
	numeric := err == nil && word[0] != '+' && word[0] != '-'
	switch {
	case numeric && len(word) == 3 && (n == 101 || n >= 200 && n <= 599):
		set.Exact = append(set.Exact, n)
		return true
	case numeric && len(word) == 3 && n >= 100 && n <= 199:
		r.atText(piece, `write "expect: { informational: `+word+` }" and the status that follows it`,
			"%d is never the last answer to a request", n)
	case numeric:
		r.atText(piece, "statuses are 100 to 599", "the status %s does not exist", shorten(word))
	case word == "":
		r.atText(whole, "write it like 200|204", "a status is missing beside |")
	default:
		r.atText(piece, "write it like 201, 2xx or 200|204", "%s is not a status", quote(word))
	}
	return false
}

// statusValue reads a status that stands in `expect`.
func (r *reader) statusValue(m source.Member) *StatusSet {
	switch m.Value.Kind {
	case source.Number, source.String:
		return r.status(m.Value.AsText())
	case source.List:
		var words []string
		for _, item := range m.Value.Items {
			words = append(words, item.Text)
		}
		hint := ""
		if !slices.Contains(words, "") {
			hint = "write " + shorten(strings.Join(words, "|"))
		}
		r.at(m.Value, hint, "%s must be one text, not a list", quote(m.Key.Text))
		return nil
	}
	r.wrong(m, "a status", "write it like 201, 2xx or 200|204")
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
