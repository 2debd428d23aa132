package main

import (
	"bytes"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	tests := []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"", nil, "probe dev ("},
		{"(devel)", nil, "probe dev (go"},
		{"v1.2.3", nil, "probe v1.2.3 (go"},
		{"v1.2.3", []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}},
			"probe v1.2.3 (commit 0123456789ab modified, go"},
		{"(devel)", []debug.BuildSetting{{Key: "vcs.revision", Value: "0123"}, {Key: "vcs.modified", Value: "false"}},
			"probe dev (commit 0123, go"},
	}
	for _, tt := range tests {
		info := &debug.BuildInfo{Settings: tt.settings}
		info.Main.Version = tt.version
		if got := versionOf(info).String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestVersionThatCannotBeWritten(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	for _, argument := range []string{"version", "--version"} {
		var said bytes.Buffer
		status := execute([]string{argument}, nil, full, &said, nil)
		if want := "probe: cannot write to standard output: no space left on device\n"; status != exitFailure || said.String() != want {
			t.Errorf("%s: status %d, %q", argument, status, said.String())
		}
	}
}
