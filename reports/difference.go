package reports

import (
	"strings"
	"unicode/utf8"
)

// shortValue is how many characters of a value fit behind its label.
const shortValue = 100

// comparedLines is how many lines two texts may have that differ, for the
// differing lines to be searched: the cost grows with their product.
const comparedLines = 400

// difference writes what was expected and what came: two labelled lines when
// both are short, the lines that differ when there are several, and both in
// full otherwise.
func (p *printer) difference(expected, actual string, limit limits) {
	short := func(s string) bool {
		return !strings.Contains(s, "\n") && utf8.RuneCountInString(s) <= shortValue
	}
	switch {
	case short(expected) && short(actual):
		p.labelled("expected", expected)
		if actual != "" {
			p.line(p.faint("actual:"), "   ", visible(actual))
		}
	case expected != "" && actual != "" && strings.Contains(expected+actual, "\n"):
		p.diff(strings.Split(expected, "\n"), strings.Split(actual, "\n"), limit)
	default:
		p.block("expected", expected, limit)
		p.block("actual", actual, limit)
		if n := firstDifference(expected, actual); n > 0 && expected != "" && actual != "" {
			p.line(p.faint("they differ from character " + commas(n+1) + " on"))
		}
	}
}

// block writes a long value below its label.
func (p *printer) block(label, text string, limit limits) {
	if text == "" {
		return
	}
	p.line(p.faint(label + ":"))
	lines := strings.Split(text, "\n")
	shown := lines[:min(len(lines), limit.lines)]
	for _, l := range shown {
		p.line("  | ", clip(visible(l), limit.width))
	}
	p.omitted(len(lines) - len(shown))
}

func (p *printer) omitted(lines int) {
	if lines > 0 {
		p.line("  ", p.faint("… "+commas(lines)+" more "+plural(lines, "line")))
	}
}

// firstDifference gives how many characters two texts have in common at their
// beginning.
func firstDifference(a, b string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		_, size := utf8.DecodeRuneInString(a)
		if !strings.HasPrefix(b, a[:size]) {
			break
		}
		a, b = a[size:], b[size:]
		n++
	}
	return n
}

// diff writes two texts as one: lines only expected with -, lines that only
// came with +, and up to two common lines around them.
func (p *printer) diff(expected, actual []string, limit limits) {
	edits := compare(expected, actual)
	if edits == nil {
		p.block("expected", strings.Join(expected, "\n"), limit)
		p.block("actual", strings.Join(actual, "\n"), limit)
		return
	}
	p.line(p.faint("difference:"), " ", p.good("- expected"), " ", p.bad("+ actual"))
	near := nearChange(edits, 2)
	written, skipped := 0, 0
	for i, e := range edits {
		if !near[i] || written >= limit.lines {
			skipped++
			continue
		}
		if skipped > 0 {
			p.omitted(skipped)
			skipped = 0
		}
		written++
		text := string(e.mark) + " " + clip(visible(e.line), limit.width)
		switch e.mark {
		case '-':
			text = p.good(text)
		case '+':
			text = p.bad(text)
		}
		p.line("  ", text)
	}
	p.omitted(skipped)
}

// edit is a line of a comparison: common (a space), expected (-) or actual (+).
type edit struct {
	mark byte
	line string
}

func nearChange(edits []edit, distance int) []bool {
	near := make([]bool, len(edits))
	for i, e := range edits {
		if e.mark != ' ' {
			for j := max(0, i-distance); j <= min(len(edits)-1, i+distance); j++ {
				near[j] = true
			}
		}
	}
	return near
}

// compare finds the longest common lines of two texts. It gives nil when they
// differ in too many lines to do so.
func compare(a, b []string) []edit {
	var head, tail []edit
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head = append(head, edit{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	ends := 0
	for ends < min(len(a), len(b)) && a[len(a)-1-ends] == b[len(b)-1-ends] {
		ends++
	}
	for _, l := range a[len(a)-ends:] {
		tail = append(tail, edit{' ', l})
	}
	a, b = a[:len(a)-ends], b[:len(b)-ends]
	if len(a) > comparedLines || len(b) > comparedLines {
		return nil
	}
	return append(append(head, middle(a, b)...), tail...)
}

func middle(a, b []string) []edit {
	// common[i][j] is how many lines a[i:] and b[j:] have in common.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []edit
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, edit{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			out = append(out, edit{'-', a[i]})
			i++
		default:
			out = append(out, edit{'+', b[j]})
			j++
		}
	}
	return out
}
