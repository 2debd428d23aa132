package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is what the binary knows of itself.
type release struct {
	version string // "v1.2.3", or "dev"
	commit  string // short; may be empty
}

// String gives the line that `probe version` prints.
func (r release) String() string {
	commit := ""
	if r.commit != "" {
		commit = "commit " + r.commit + ", "
	}
	return fmt.Sprintf("probe %s (%s%s, %s/%s)", r.version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version reads what the Go linker noted.
func version() release {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release{version: "dev"}
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) release {
	r := release{version: info.Main.Version}
	if r.version == "" || r.version == "(devel)" {
		r.version = "dev"
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			r.commit = s.Value[:min(len(s.Value), 12)] + r.commit
		case s.Key == "vcs.modified" && s.Value == "true":
			r.commit += " modified"
		}
	}
	return r
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long:  "Print the version of probe, the commit and the Go release it was built with.",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if _, err := fmt.Fprintln(s.out, version()); err != nil {
				return failuref("cannot write to standard output: %s", reason(err))
			}
			return nil
		},
	}
}
