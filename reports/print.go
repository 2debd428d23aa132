package reports

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"
)

// paint colours a text, or gives it as it is.
type paint func(string) string

// styles are the colours of one writer.
type styles struct {
	bold, faint, good, bad, warn, key paint
}

func newStyles(on bool) styles {
	style := func(attributes ...color.Attribute) paint {
		if !on {
			return func(s string) string { return s }
		}
		c := color.New(attributes...)
		c.EnableColor()
		return func(s string) string { return c.Sprint(s) }
	}
	return styles{
		bold:  style(color.Bold),
		faint: style(color.Faint),
		good:  style(color.FgGreen),
		bad:   style(color.FgRed, color.Bold),
		warn:  style(color.FgYellow),
		key:   style(color.FgCyan),
	}
}

// printer collects lines of text.
type printer struct {
	bytes.Buffer
	styles
	indent string
	told   string // a hint that need not be repeated
}

// line writes one line from its parts.
func (p *printer) line(parts ...string) {
	text := strings.Join(parts, "")
	if text != "" {
		p.WriteString(p.indent)
		p.WriteString(strings.TrimRight(text, " "))
	}
	p.WriteByte('\n')
}

// in writes what f writes two columns further in.
func (p *printer) in(f func()) {
	outer := p.indent
	p.indent += "  "
	f()
	p.indent = outer
}

// labelled writes "label: text" when there is a text.
func (p *printer) labelled(label, text string) {
	if text != "" {
		p.line(p.faint(label+":"), " ", visible(text))
	}
}

// duration gives a duration as people read it: 850 µs, 12 ms, 1.24 s, 2 min 5 s.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d.Round(time.Millisecond) < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d.Round(10*time.Millisecond) < time.Minute:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// count gives "1 step", "2 steps", "3,210 steps".
func count(n int, noun string) string { return commas(n) + " " + plural(n, noun) }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

func commas(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
