package probe

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"httpprobe/probe/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestBadFiles prepares each file of testdata/bad and compares what its author
// is told.
func TestBadFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(names) < 20 {
		t.Fatalf("too few cases: %d, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			p, err := Prepare(Input{Paths: []string{filepath.Base(name)}, FS: os.DirFS("testdata/bad")})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, problem := range p.Problems() {
				if err := source.Write(&b, problem); err != nil {
					t.Fatal(err)
				}
			}
			got := b.String()
			if got == "" {
				t.Fatal("no problem was found")
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".out"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
