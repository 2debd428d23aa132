package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/reports"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestReportFileReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "r.xml")
	link := filepath.Join(dir, "link.xml")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("r.xml", link); err != nil {
		t.Skip("no symbolic links here")
	}
	r, err := createReport(link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(r, "new"); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(target); string(data) != "old" {
		t.Errorf("the old report is gone before the new one is whole: %q", data)
	}
	if err := r.finish(); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(target); string(data) != "new" {
		t.Errorf("got %q", data)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().IsRegular() {
		t.Error("the link was replaced, not what it points to")
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("left behind: %v", got)
	}
}

func TestReportFileKeepsOldOnFailure(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "r.xml")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := createReport(target)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.discard(); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(target); string(data) != "old" {
		t.Errorf("got %q", data)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func TestReportFileDevice(t *testing.T) {
	if _, err := os.Stat("/dev/null"); err != nil {
		t.Skip("no /dev/null here")
	}
	r, err := createReport("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.finish(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Fatal("/dev/null was replaced")
	}
}

// broken is a report whose n-th call fails.
type broken struct{ calls, fail int }

var errBroken = errors.New("no space left on device")

func (b *broken) call() error {
	if b.calls++; b.calls == b.fail {
		return errBroken
	}
	return nil
}
func (b *broken) Begin(finding.Header) error      { return b.call() }
func (b *broken) Scenario(finding.Scenario) error { return b.call() }
func (b *broken) End(finding.Summary) error       { return b.call() }

func TestOneReportFails(t *testing.T) {
	for fail := range 4 {
		first, second := &broken{fail: fail}, &broken{}
		out := &outputs{screen: &screen{}}
		out.stream("the first report", io.Discard, func(io.Writer) reports.Report { return first })
		out.stream("the second report", io.Discard, func(io.Writer) reports.Report { return second })
		out.Begin(finding.Header{})
		out.Scenario(finding.Scenario{})
		out.End(finding.Summary{})
		lost := out.finish()
		if fail == 0 {
			if len(lost) > 0 {
				t.Errorf("nothing failed, but %v", lost)
			}
			continue
		}
		if want := "cannot write the first report: no space left on device"; len(lost) != 1 || lost[0] != want {
			t.Errorf("got %v, want %s", lost, want)
		}
		if first.calls != fail || second.calls != 3 {
			t.Errorf("failing at %d: the first was called %d times, the second %d", fail, first.calls, second.calls)
		}
	}
}
