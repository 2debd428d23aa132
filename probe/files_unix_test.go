//go:build unix

package probe

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipesAreNotRead names a pipe wherever a file can be named; reading it
// would wait for ever.
func TestPipesAreNotRead(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	suite := filepath.Join(dir, "suite.yaml")
	text := `
base_url: http://127.0.0.1:1
steps:
- { request: POST /a -> 200, file: pipe }
- { request: GET /a -> 200, expect: { body: { $schema: pipe } } }
- { request: 'GET /${file("pipe")} -> 200' }
- { request: GET /a -> 200, each: { file: pipe } }
`
	if err := os.WriteFile(suite, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Prepare(Input{Paths: []string{suite}})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, problem := range p.Problems() {
		all = append(all, problem.Text)
	}
	if len(all) != 4 || strings.Count(strings.Join(all, "\n"), "pipe") != 4 {
		t.Errorf("problems: %q", all)
	}
}
