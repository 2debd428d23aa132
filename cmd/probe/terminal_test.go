package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"httpprobe/probe"
	"httpprobe/probe/finding"
)

func TestColoured(t *testing.T) {
	tests := []struct {
		env      string
		terminal bool
		want     bool
	}{
		{"", true, true},
		{"", false, false},
		{"NO_COLOR=1", true, false},
		{"NO_COLOR=", true, true},
		{"NO_COLOR=1 CLICOLOR_FORCE=1", true, false},
		{"CLICOLOR_FORCE=1", false, true},
		{"CLICOLOR_FORCE=0", true, false},
		{"FORCE_COLOR=1", false, true},
		{"FORCE_COLOR=3 TERM=dumb", false, true},
		{"FORCE_COLOR=0", true, false},
		{"FORCE_COLOR=false", true, false},
		{"CLICOLOR=0", true, false},
		{"CLICOLOR=1", false, false},
		{"CLICOLOR=0 CLICOLOR_FORCE=1", false, true},
		{"TERM=dumb", true, false},
		{"TERM=xterm", true, true},
	}
	for _, tt := range tests {
		env := streams{environ: strings.Fields(tt.env)}.env()
		if got := coloured(env, tt.terminal); got != tt.want {
			t.Errorf("%q on a terminal %v: got %v", tt.env, tt.terminal, got)
		}
	}
}

func TestScreen(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	s := &screen{out: &b, width: func() int { return 40 }, now: func() time.Time { return now }}
	step := func(done int) {
		s.progress(probe.Progress{Scenario: "users › create", Done: done, Scenarios: 9, Counts: finding.Counts{Passed: 3, Failed: 1}})
	}
	step(1)
	first := b.String()
	if want := eraseLine + "1/9 scenarios, 3 passed, 1 failed · us"; !strings.HasPrefix(first, want[:len(want)-2]) {
		t.Fatalf("got %q", first)
	}
	step(2)
	if b.String() != first {
		t.Error("drawn again at once")
	}
	now = now.Add(redrawEvery)
	step(3)
	if !strings.Contains(b.String()[len(first):], "3/9") {
		t.Error("not drawn again")
	}
	b.Reset()
	if _, err := s.above(&b).Write([]byte("text\n")); err != nil {
		t.Fatal(err)
	}
	if b.String() != eraseLine+"text\n" {
		t.Errorf("text stands on the status line: %q", b.String())
	}
	b.Reset()
	s.erase()
	if b.Len() > 0 {
		t.Error("erased twice")
	}
}

func TestNoScreen(t *testing.T) {
	var b bytes.Buffer
	s := newScreen(streams{err: &b}, false)
	s.progress(probe.Progress{Done: 1})
	s.erase()
	if b.Len() > 0 {
		t.Errorf("a status line where there is no terminal: %q", b.String())
	}
}

func TestFit(t *testing.T) {
	tests := []struct {
		in      string
		columns int
		want    string
	}{
		{"short", 10, "short"},
		{"abcdefghij", 6, "abcde…"},
		{"世界世界世界", 6, "世界…"},
	}
	for _, tt := range tests {
		if got := fit(tt.in, tt.columns); got != tt.want {
			t.Errorf("%q in %d: got %q, want %q", tt.in, tt.columns, got, tt.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2J\r\n\u202eb\xffé"); got != "a·[2J···b·é" {
		t.Errorf("got %q", got)
	}
}
