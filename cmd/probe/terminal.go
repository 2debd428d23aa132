package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"httpprobe/probe"
)

const (
	defaultWidth = 100
	redrawEvery  = 80 * time.Millisecond
	eraseLine    = "\r\x1b[2K"
)

// coloured decides whether to colour what goes to a stream. NO_COLOR is
// https://no-color.org, CLICOLOR and CLICOLOR_FORCE are
// https://bixense.com/clicolors, FORCE_COLOR is of the Node.js world.
func coloured(env map[string]string, isTerminal bool) bool {
	if env["NO_COLOR"] != "" {
		return false
	}
	for _, name := range []string{"CLICOLOR_FORCE", "FORCE_COLOR"} {
		if v := env[name]; v != "" {
			return v != "0" && v != "false"
		}
	}
	return isTerminal && env["CLICOLOR"] != "0" && env["TERM"] != "dumb"
}

// terminalOf gives the terminal behind a stream, or nil.
func terminalOf(w io.Writer) *os.File {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// widthOf gives the columns of a terminal.
func widthOf(f *os.File) int {
	if f != nil {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return defaultWidth
}

// A screen shows one status line below everything else that is printed. The
// zero value shows none. It is safe for concurrent use.
type screen struct {
	mu    sync.Mutex
	out   io.Writer  // where the line is shown; nil: nowhere
	width func() int // columns of it
	now   func() time.Time
	shown bool
	drawn time.Time
}

// newScreen shows its line on standard error, if that is a terminal of a
// person.
func newScreen(s streams, quiet bool) *screen {
	env := s.env()
	tty := terminalOf(s.err)
	if tty == nil || quiet || env["CI"] != "" || env["TERM"] == "dumb" {
		return &screen{}
	}
	return &screen{out: s.err, width: func() int { return widthOf(tty) }, now: time.Now}
}

// above gives a writer for text that stands above the status line.
func (s *screen) above(w io.Writer) io.Writer {
	if s.out == nil {
		return w
	}
	return aboveWriter{s, w}
}

type aboveWriter struct {
	screen *screen
	w      io.Writer
}

func (a aboveWriter) Write(p []byte) (int, error) {
	a.screen.mu.Lock()
	defer a.screen.mu.Unlock()
	a.screen.eraseLocked()
	return a.w.Write(p)
}

// progress shows how far the run has come, not more often than an eye can
// follow.
func (s *screen) progress(p probe.Progress) {
	if s.out == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.shown && now.Sub(s.drawn) < redrawEvery {
		return
	}
	s.drawn = now
	// A status line that cannot be drawn is no loss.
	_, _ = io.WriteString(s.out, eraseLine+fit(progressText(p), s.width()-1))
	s.shown = true
}

// erase takes the status line away.
func (s *screen) erase() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.eraseLocked()
}

func (s *screen) eraseLocked() {
	if s.shown {
		_, _ = io.WriteString(s.out, eraseLine)
		s.shown = false
	}
}

func progressText(p probe.Progress) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d scenarios, %d passed", p.Done, p.Scenarios, p.Counts.Passed)
	for _, c := range []struct {
		n    int
		word string
	}{{p.Counts.Failed, "failed"}, {p.Counts.Errors, "could not be carried out"}, {p.Counts.Skipped, "skipped"}} {
		if c.n > 0 {
			fmt.Fprintf(&b, ", %d %s", c.n, c.word)
		}
	}
	b.WriteString(" · " + p.Scenario)
	return printable(b.String())
}

// fit cuts a text to columns. Runes from Hangul on are counted as two, which
// is true of the wide ones and safe for the others.
func fit(s string, columns int) string {
	used := 0
	for i, r := range s {
		wide := 1
		if r >= 0x1100 {
			wide = 2
		}
		if used += wide; used > columns-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// printable replaces what would move the cursor or change the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "·"))
}
