package scenario

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"httpprobe/probe/source"
)

// FuzzParse holds every file to this: reading ends, nothing panics, and each
// problem has a place inside the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "testdata/good/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	rows := os.DirFS("testdata/rows")
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.File{Name: "suite.yaml", Data: data}
		suite, problems := Parse(file, rows)
		if suite == nil && len(problems) == 0 {
			t.Fatal("neither a suite nor a problem")
		}
		checkProblems(t, file, problems)
		if _, problems := ParseSettings(file); len(problems) > 0 {
			checkProblems(t, file, problems)
		}
	})
}

// FuzzRows holds files of rows to the same.
func FuzzRows(f *testing.F) {
	files, err := filepath.Glob("testdata/rows/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if data, err := os.ReadFile(path); err == nil {
			f.Add(data, filepath.Ext(path))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, ext string) {
		read, ok := formats[ext]
		if !ok {
			return
		}
		file := source.File{Name: "rows" + ext, Data: data}
		r := &reader{}
		values, ok := read(r, file, source.Text{Text: file.Name})
		if !ok && len(r.problems) == 0 {
			t.Fatal("no rows and no problem")
		}
		for _, v := range values {
			if v.Pos.Line == 0 {
				t.Errorf("a row without a place: %v", v)
			}
		}
		file.Annotate(r.problems)
		checkProblems(t, file, r.problems)
	})
}

// manySteps is a file of n steps as people write them.
func manySteps(n int) []byte {
	var b bytes.Buffer
	b.WriteString("base_url: http://127.0.0.1:8080\nsteps:\n")
	for i := range n / 2 {
		fmt.Fprintf(&b, "  - GET /api/users/%d?q=é -> 200\n", i)
		fmt.Fprintf(&b, "  - name: create %d\n    request: POST /api/users -> 201 /api/users/{id}\n    as: admin\n", i)
		b.WriteString("    headers: { Accept: application/json }\n    json: { name: Bob, email: \"bob-${uuid()}@example.com\", roles: [a, b] }\n")
		b.WriteString("    expect:\n      body: { id: $integer, name: Bob, roles: { $each: { $in: [a, b] } } }\n    capture: { etag: header(\"ETag\") }\n")
	}
	return b.Bytes()
}

func BenchmarkParse2000Steps(b *testing.B) {
	file := source.File{Name: "suite.yaml", Data: manySteps(2000)}
	b.SetBytes(int64(len(file.Data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Parse(file, nil); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}
