package scenario

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"httpprobe/probe/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs\n--- got\n%s--- want\n%s", name, got, want)
	}
}

func read(t *testing.T, path string) source.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return source.File{Name: filepath.Base(path), Data: data}
}

func write(t *testing.T, problems []source.Problem) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range problems {
		if err := source.Write(&b, p); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestBad reads each file of testdata/bad and compares all that is said about
// it with the .out file beside it.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file := read(t, path)
			_, problems := Parse(file, os.DirFS("testdata/rows"))
			if len(problems) == 0 {
				t.Fatal("nothing was found wrong")
			}
			checkProblems(t, file, problems)
			golden(t, strings.TrimSuffix(path, ".yaml")+".out", write(t, problems))
		})
	}
}

// checkProblems holds problems against what is true of all of them.
func checkProblems(t *testing.T, file source.File, problems []source.Problem) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(string(file.Data), "\ufeff"), "\n")
	for _, p := range problems {
		if p.Pos.File == "" {
			t.Errorf("no file: %+v", p)
		}
		if p.Text == "" || strings.HasSuffix(p.Text, ".") || strings.Contains(p.Text, "yaml:") || strings.Contains(p.Text, "\n") {
			t.Errorf("bad text %q", p.Text)
		}
		if p.Pos.File != file.Name || p.Pos.Line == 0 {
			continue
		}
		if p.Pos.Line < 0 || p.Pos.Line > len(lines) {
			t.Fatalf("line %d of %d: %s", p.Pos.Line, len(lines), p.Text)
		}
		if n := len([]rune(lines[p.Pos.Line-1])); p.Pos.Column < 0 || p.Pos.Column > n+1 {
			t.Errorf("%v: column beyond the line, which has %d: %s", p.Pos, n, p.Text)
		}
		if p.Excerpt == nil {
			t.Errorf("%v: no excerpt: %s", p.Pos, p.Text)
		}
	}
}
