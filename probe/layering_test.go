package probe

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says what each package may import of this module. Data flows one
// way: bytes, scenario, plan, exchange, findings, run, reports.
var layers = map[string][]string{
	"probe/source":     {},
	"probe/exchange":   {},
	"probe/secret":     {},
	"probe/scenario":   {"probe/source"},
	"probe/expression": {"probe/source", "probe/exchange"},
	"probe/match":      {"probe/source", "probe/exchange", "probe/expression"},
	"probe/wire":       {"probe/exchange"},
	"probe/client":     {"probe/exchange", "probe/wire"},
	"probe/finding":    {"probe/source", "probe/exchange"},
	"probe/rule":       {"probe/source", "probe/exchange", "probe/finding"},
	"probe/plan":       {"probe/source", "probe/exchange", "probe/finding", "probe/scenario", "probe/expression", "probe/match", "probe/rule"},
	"probe/demo":       {},
	"probe": {
		"probe/source", "probe/exchange", "probe/secret", "probe/scenario", "probe/expression", "probe/match",
		"probe/wire", "probe/client", "probe/finding", "probe/rule", "probe/plan",
	},
	"reports":   {"probe/source", "probe/exchange", "probe/finding"},
	"scenarios": {},
	"cmd/probe": {"probe", "probe/plan", "probe/source", "probe/finding", "probe/rule", "probe/scenario", "probe/demo", "reports", "scenarios"},
}

// only says which packages may import these of others.
var only = map[string][]string{
	"gopkg.in/yaml.v3":       {"probe/scenario"},
	"github.com/spf13/cobra": {"cmd/probe"},
	"github.com/spf13/pflag": {"cmd/probe"},
	"crypto/tls":             {"probe/client", "probe", "cmd/probe"},
	"net":                    {"probe/client", "probe", "probe/demo", "cmd/probe"},
	"github.com/expr-lang/":  {"probe/expression"},
	"os/exec":                {},
	"os/signal":              {"cmd/probe"},
}

// calls says which packages may use these names of the standard library.
var calls = map[string][]string{
	"os.Exit":      {"cmd/probe"},
	"os.Getenv":    {"cmd/probe"},
	"os.LookupEnv": {"cmd/probe"},
	"os.Environ":   {"cmd/probe"},
	"os.Stdout":    {"cmd/probe"},
	"os.Stderr":    {"cmd/probe"},
}

func TestLayering(t *testing.T) {
	root := os.DirFS("..")
	seen := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			seen[path.Dir(name)] = true
			checkFile(t, root, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("the table names %s, which has no Go files", pkg)
		}
	}
}

func checkFile(t *testing.T, root fs.FS, name string) {
	t.Helper()
	text, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	pkg := path.Dir(name)
	allowed, known := layers[pkg]
	if !known {
		t.Errorf("%s: the package %s is not in the table", name, pkg)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if own, ok := strings.CutPrefix(imported, "httpprobe/"); ok && !slices.Contains(allowed, own) {
			t.Errorf("%s imports %s, which does not stand before %s", name, own, pkg)
		}
		for restricted, users := range only {
			if (imported == restricted || strings.HasSuffix(restricted, "/") && strings.HasPrefix(imported, restricted)) && !slices.Contains(users, pkg) {
				t.Errorf("%s imports %s, which only %v may", name, imported, users)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		used, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if from, ok := used.X.(*ast.Ident); ok {
			call := from.Name + "." + used.Sel.Name
			if users, restricted := calls[call]; restricted && !slices.Contains(users, pkg) {
				t.Errorf("%s uses %s, which only %v may", name, call, users)
			}
		}
		return true
	})
}
