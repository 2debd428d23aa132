package match

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

var update = flag.Bool("update", false, "rewrite the golden messages in testdata")

// testCase is one comparison. Holds is written by hand, so that -update can
// change words but no verdict.
type testCase struct {
	Name        string          `json:"name"`
	Texts       bool            `json:"texts,omitempty"`
	Vars        json.RawMessage `json:"vars,omitempty"`
	Want        json.RawMessage `json:"want"`
	Got         json.RawMessage `json:"got,omitempty"`
	Holds       *bool           `json:"holds,omitempty"`
	Differences []string        `json:"differences,omitempty"`
	Problems    []string        `json:"problems,omitempty"`
}

// unnamed is the reason that package expression gives, in words of its own.
var unnamed = regexp.MustCompile(`(cannot be evaluated: )"nope" [^)]*`)

func readCases(t testing.TB, file string) []testCase {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

func writeCases(t *testing.T, file string, cases []testCase) {
	t.Helper()
	var b bytes.Buffer
	for i, c := range cases {
		b.WriteString([]string{",\n", "[\n"}[min(1, max(0, 1-i))])
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(c); err != nil {
			t.Fatal(err)
		}
		b.Truncate(b.Len() - 1)
	}
	text := b.String()
	for _, key := range []string{"differences", "problems"} {
		text = strings.ReplaceAll(text, `,"`+key+`":[`, ",\n  \""+key+`":[`)
	}
	if err := os.WriteFile(file, []byte(text+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func caseFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	return files
}

func TestCases(t *testing.T) {
	for _, file := range caseFiles(t) {
		cases := readCases(t, file)
		for i := range cases {
			c := &cases[i]
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json")+"/"+c.Name, func(t *testing.T) { c.run(t) })
		}
		if *update {
			writeCases(t, file, cases)
		}
	}
}

func (c *testCase) run(t *testing.T) {
	vars := expression.Vars{}
	if c.Vars != nil {
		vars = expression.Plain(plain(t, c.Vars)).(map[string]any)
	}
	m, problems := compiler(c.Texts, vars).Compile(value(t, c.Want))
	told := make([]string, 0, len(problems))
	for _, p := range problems {
		line := fmt.Sprintf("%d+%d %s", p.Pos.Column, p.Width, p.Text)
		if p.Hint != "" {
			line += " | " + p.Hint
		}
		told = append(told, line)
	}
	golden(t, &c.Problems, told)
	if c.Got == nil {
		if len(problems) == 0 {
			t.Fatalf("%s compiles, want a problem", c.Want)
		}
		return
	}
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	found := m.Match("body", special(plain(t, c.Got)), Input{Vars: vars})
	if c.Holds == nil || (len(found) == 0) != *c.Holds {
		t.Errorf("%s against %s: got %v", c.Want, c.Got, found)
	}
	told = told[:0]
	for _, d := range found {
		told = append(told, fmt.Sprintf("%d %s", d.Pos.Column, unnamed.ReplaceAllString(d.Message, "${1}…")))
		if !strings.HasPrefix(d.Message, d.Path+": ") || strings.ContainsAny(d.Message, "\n\r") {
			t.Errorf("message %q does not stand alone at %q", d.Message, d.Path)
		}
	}
	golden(t, &c.Differences, told)
}

func golden(t *testing.T, want *[]string, got []string) {
	t.Helper()
	if *update {
		*want = slices.Clone(got)
		return
	}
	if !slices.Equal(*want, got) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(*want, "\n\t"))
	}
}

// TestEveryWordHasCases fails for a matcher that is not shown both holding
// and failing.
func TestEveryWordHasCases(t *testing.T) {
	holding, failing := map[string]bool{}, map[string]bool{}
	for _, file := range caseFiles(t) {
		for _, c := range readCases(t, file) {
			if c.Holds == nil {
				continue
			}
			for _, w := range Words() {
				if bytes.Contains(c.Want, []byte(`"`+w.Name+`"`)) {
					if *c.Holds {
						holding[w.Name] = true
					} else {
						failing[w.Name] = true
					}
				}
			}
		}
	}
	for _, w := range Words() {
		if !holding[w.Name] || !failing[w.Name] {
			t.Errorf("%s: a case that holds: %t, one that fails: %t", w.Name, holding[w.Name], failing[w.Name])
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	known := strings.Fields(`$any $absent $null $empty $string $integer $number $boolean $array $object
		$uuid $email $uri $date $date-time $http-date $ipv4 $ipv6 $hostname $semver $jwt $base64
		$gt $gte $lt $lte $between $regex $contains $starts $ends $in $not $all $some
		$len $each $unordered $exactly $schema`)
	var names []string
	for _, w := range words {
		names = append(names, w.name)
		if w.family == "" || w.meaning == "" || !strings.Contains(w.example, w.name) {
			t.Errorf("%s lacks something help needs", w.name)
		}
		if (w.alone == nil) == (w.build == nil) || (w.build == nil) != (w.argument.form == "") {
			t.Errorf("%s: alone or with an argument, one of them", w.name)
		}
	}
	if !slices.Equal(names, known) {
		t.Errorf("words %v, want %v", names, known)
	}
}

func compiler(texts bool, vars expression.Vars) *Compiler {
	c := &Compiler{Language: &expression.Language{}, Files: os.DirFS("testdata/schemas"), Texts: texts}
	c.Scope.Vars = []string{"nope"} // in scope, but never set
	for name := range vars {
		c.Scope.Vars = append(c.Scope.Vars, name)
	}
	return c
}

func plain(t testing.TB, b []byte) any {
	t.Helper()
	v, err := exchange.ParseJSON(b)
	if err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return v
}

// special makes values that JSON has no form for: {"#": "missing"} and
// {"#": "duration", "is": "5s"}.
func special(v any) any {
	object, _ := v.(map[string]any)
	switch object["#"] {
	case "missing":
		return Missing
	case "duration":
		d, err := time.ParseDuration(object["is"].(string))
		if err != nil {
			panic(err)
		}
		return d
	}
	return v
}

// value reads JSON as a file's value; columns are offsets in the JSON text.
func value(t testing.TB, b []byte) source.Value {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return v
}

func readValue(d *json.Decoder) (source.Value, error) {
	token, err := d.Token()
	if err != nil {
		return source.Value{}, err
	}
	pos := source.Pos{File: "want", Line: 1, Column: int(d.InputOffset())}
	switch token := token.(type) {
	case json.Delim:
		return readStructure(d, token, pos)
	case bool:
		return source.Value{Pos: pos, Kind: source.Bool, Text: fmt.Sprint(token)}, nil
	case json.Number:
		return source.Value{Pos: pos, Kind: source.Number, Text: token.String()}, nil
	case string:
		pos.Column -= len([]rune(token))
		return source.Value{Pos: pos, Kind: source.String, Text: token}, nil
	}
	return source.Value{Pos: pos}, nil
}

func readStructure(d *json.Decoder, open json.Delim, pos source.Pos) (source.Value, error) {
	v := source.Value{Pos: pos, Kind: source.List}
	if open == '{' {
		v.Kind = source.Object
	}
	seen := map[string]bool{}
	for d.More() {
		var key source.Value
		var err error
		if v.Kind == source.Object {
			if key, err = readValue(d); err != nil {
				return v, err
			}
		}
		item, err := readValue(d)
		if err != nil {
			return v, err
		}
		switch {
		case v.Kind == source.List:
			v.Items = append(v.Items, item)
		case !seen[key.Text]:
			seen[key.Text] = true
			v.Members = append(v.Members, source.Member{Key: key.AsText(), Value: item})
		}
	}
	_, err := d.Token()
	return v, err
}
