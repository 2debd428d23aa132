package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/source"
)

// TestGood reads each file of testdata/good, which must be without problems,
// and compares all that was read with the .out file beside it.
func TestGood(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			suite, problems := Parse(read(t, path), os.DirFS("testdata/rows"))
			if len(problems) > 0 {
				t.Fatalf("%s", write(t, problems))
			}
			var b strings.Builder
			dump(&b, "", reflect.ValueOf(*suite))
			golden(t, strings.TrimSuffix(path, ".yaml")+".out", []byte(b.String()))
		})
	}
}

// dump writes what is not zero, one leaf a line, places as @line:column.
func dump(b *strings.Builder, path string, v reflect.Value) {
	if v.IsZero() && v.Kind() != reflect.Struct {
		return
	}
	switch x := v.Interface().(type) {
	case source.Text:
		if x.Text != "" || x.Given() {
			fmt.Fprintf(b, "%s %q %s\n", path, x.Text, at(x.Pos, x.Block))
		}
		return
	case source.Value:
		if x.Pos != (source.Pos{}) {
			fmt.Fprintf(b, "%s %s %s %s\n", path, x.Kind, x, at(x.Pos, x.Block))
		}
		return
	case source.Pos:
		if x.Line != 0 {
			fmt.Fprintf(b, "%s %s\n", path, at(x, false))
		}
		return
	case time.Duration:
		fmt.Fprintf(b, "%s %s\n", path, x)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Elem().Kind() == reflect.Bool {
			fmt.Fprintf(b, "%s %v\n", path, v.Elem())
			return
		}
		dump(b, path, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			dump(b, strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Int {
			fmt.Fprintf(b, "%s %v\n", path, v)
			return
		}
		for i := range v.Len() {
			dump(b, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	default:
		fmt.Fprintf(b, "%s %v\n", path, v)
	}
}

func at(p source.Pos, block bool) string {
	s := fmt.Sprintf("@%d:%d", p.Line, p.Column)
	if filepath.Ext(p.File) != ".yaml" || strings.Contains(p.File, "users") {
		s += " " + p.File
	}
	if block {
		s += " block"
	}
	return s
}
