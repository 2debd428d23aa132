package scenario

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/source"
)

// TestLargeFiles reads files near the limits, plain ones and ones that were
// made to be slow, each in a time that no one notices.
func TestLargeFiles(t *testing.T) {
	const most = time.Minute // a second is usual, also on a busy machine
	step := "  - GET / -> 200\n"
	var pairs strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&pairs, "ü%d: ä, ", i)
	}
	longLine := "vars: { " + pairs.String() + "}\nsteps: [GET / -> 200]\n"
	big := strings.Repeat("x", 1<<20)
	tests := []struct {
		name, data, want string // want is in the first problem; "" for none
	}{
		{"a plain file of 30,000 steps", "steps:\n" + strings.Repeat(step, 30_000), ""},
		{"beyond 4 MiB", "# " + strings.Repeat(big, 5), "the file has 5 MiB; at most 4 MiB are read"},
		{"one long line of runes", longLine, ""},
		{"a long text many times", "vars:\n  a: &a " + big + "\n  b: [" + strings.Repeat("*a,", 1000) + "]\nsteps: [GET / -> 200]\n", "the file holds more than 500000 values"},
		{"many mistakes", "steps:\n" + strings.Repeat("  - { request: GET / -> 200, a: 1, b: 2 }\n", 3_000), `unknown key "a" in a step`},
		{"a mistake at the end of a large file", "steps:\n" + strings.Repeat(step, 10_000) + "   x: 1\n", `needs the key "request"`},
		{"deep flow", "vars:\n  a: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n", "nested more than 1000 deep"},
		{"deeper flow", "vars:\n  a: " + strings.Repeat("[", 100_000) + "\n", "nested too deep"},
		{"deep blocks", strings.Repeat("- ", 5_000) + "a\n", "nested more than 1000 deep"},
		{"a key of 1 MiB", big + ": 1\n", `a ": " stands where no key can be`},
		{"merges of merges", "vars:\n  a: &a { k: v }\n" + strings.Repeat("  b: { <<: [*a, *a] }\n", 1000) + "steps: [GET / -> 200]\n", `the key "b" is given twice`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := source.File{Name: "suite.yaml", Data: []byte(test.data)}
			begin := time.Now()
			suite, problems := Parse(file, nil)
			if d := time.Since(begin); d > most {
				t.Errorf("it took %v", d)
			}
			checkProblems(t, file, problems)
			switch {
			case test.want == "" && len(problems) > 0:
				t.Errorf("found %v", problems[0])
			case test.want == "" && suite == nil:
				t.Error("no suite")
			case test.want != "" && (len(problems) == 0 || !strings.Contains(problems[0].Text, test.want)):
				t.Errorf("want %q first, got %v", test.want, problems[:min(1, len(problems))])
			}
			if len(problems) > maxProblems+1 {
				t.Errorf("%d problems are told", len(problems))
			}
		})
	}
}

func TestManyMistakesAreCounted(t *testing.T) {
	data := "steps:\n" + strings.Repeat("  - { request: GET / -> 200, a: 1 }\n", 700)
	_, problems := Parse(source.File{Name: "s.yaml", Data: []byte(data)}, nil)
	last := problems[len(problems)-1]
	if len(problems) != maxProblems+1 || last.Text != "200 more mistakes are not shown" {
		t.Errorf("%d problems, the last %q", len(problems), last.Text)
	}
}

// TestSuiteWithProblems checks that what is right in a file is read although
// something else is wrong, and that a broken file gives none.
func TestSuiteWithProblems(t *testing.T) {
	suite, problems := Parse(source.File{Name: "s.yaml", Data: []byte("nam: x\nvars: { a: 1 }\nsteps:\n  - GET /a -> 700\n  - GET /b -> 200\n")}, nil)
	if len(problems) != 2 || suite == nil || len(suite.Vars) != 1 || len(suite.Scenarios) != 1 || len(suite.Scenarios[0].Steps) != 2 {
		t.Fatalf("suite %+v, problems %v", suite, problems)
	}
	if step := suite.Scenarios[0].Steps[0]; step.Line.Target.Text != "/a" || step.Line.Status != nil {
		t.Errorf("the step with a mistake: %+v", step.Line)
	}
	for _, data := range []string{"", "a: [", "\xff"} {
		if suite, problems := Parse(source.File{Name: "s.yaml", Data: []byte(data)}, nil); suite != nil || len(problems) != 1 {
			t.Errorf("%q: suite %+v, problems %v", data, suite, problems)
		}
	}
}

// TestRowsPlaces checks where rows of a file are said to stand.
func TestRowsPlaces(t *testing.T) {
	dir := fstest.MapFS{
		"data/u.csv": {Data: []byte("name,age\nBob\n")},
		"big.csv":    {Data: bytes.Repeat([]byte("x"), maxRowsFile+1)},
	}
	for _, test := range []struct{ file, path, want string }{
		{"api/users.yaml", "data/u.csv", `api/data/u.csv:2:1: this row has 1 value, the header 2 values`},
		{`api\users.yaml`, "./data/u.csv", `api\data/u.csv:2:1: this row has 1 value, the header 2 values`},
		{"users.yaml", "data/v.csv", `users.yaml:4:19: there is no file "data/v.csv"`},
		{"users.yaml", "big.csv", `users.yaml:4:19: the file "big.csv" has more than 16 MiB`},
	} {
		data := "steps:\n  - request: GET / -> 200\n\n    each: { file: " + test.path + " }\n"
		_, problems := Parse(source.File{Name: test.file, Data: []byte(data)}, dir)
		if len(problems) != 1 || problems[0].Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.path, problems, test.want)
		} else if problems[0].Excerpt == nil {
			t.Errorf("%s: no excerpt", test.path)
		}
	}
}

// TestLargeRows reads files of rows as programs write them, in one long line,
// and files that would fill the memory.
func TestLargeRows(t *testing.T) {
	const most = 20 * time.Second // half a second is usual, also on a busy machine
	object := `{"ä":"ü"},`
	columns := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "ü%d,", i)
		}
		return b.String()
	}(200_000)
	for _, test := range []struct{ name, path, data, want string }{
		{"objects in a line", "a.json", "[" + strings.Repeat(object, 100_000) + "x]", "a.json:1:1000002: the file is not JSON"},
		{"lines", "a.json", "[" + strings.Repeat(object+"\n", 1000) + "\n x]", "a.json:1002:2: the file is not JSON"},
		{"many columns", "a.csv", columns + "ä,ä\n", "a.csv:1:1488893: two columns have the name \"ä\""},
		{"rows of a line", "a.csv", "a,b\n" + strings.Repeat("é,\"\nü\"\n", 100_000) + "1\n", "a.csv:200002:1: this row has 1 value"},
		{"too many values in CSV", "a.csv", "a\n" + strings.Repeat("1\n", 250_001), "a.csv:250002:1: the file holds more than 500000 values"},
		{"too many values in JSON", "a.json", "[" + strings.Repeat("1,\n", 500_001) + "1]", "a.json:500000:1: the file holds more than 500000 values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			suite := "steps:\n  - request: GET / -> 200\n    each: { file: " + test.path + " }\n"
			begin := time.Now()
			_, problems := Parse(source.File{Name: "s.yaml", Data: []byte(suite)}, fstest.MapFS{test.path: {Data: []byte(test.data)}})
			if d := time.Since(begin); d > most {
				t.Errorf("it took %v", d)
			}
			if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), test.want) {
				t.Errorf("got %v, want %s", problems[:min(1, len(problems))], test.want)
			}
		})
	}
}

func TestStatusSetHas(t *testing.T) {
	set := &StatusSet{Exact: []int{201, 404}, Class: []int{3}}
	for status, want := range map[int]bool{201: true, 404: true, 301: true, 399: true, 200: false, 400: false, 500: false} {
		if got := set.Has(status); got != want {
			t.Errorf("Has(%d) = %v", status, got)
		}
	}
}
