package match

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

func matcher(t testing.TB, want string, vars expression.Vars) *Matcher {
	t.Helper()
	m, problems := compiler(false, vars).Compile(value(t, []byte(want)))
	if len(problems) > 0 {
		t.Fatalf("%s: %v", want, problems)
	}
	return m
}

func TestDifferenceHoldsWholeTexts(t *testing.T) {
	long := strings.Repeat("line\n", 30)
	want, _ := json.Marshal(long + "end")
	found := matcher(t, string(want), nil).Match("text", long+"fin", Input{})
	if len(found) != 1 || found[0].Expected != long+"end" || found[0].Actual != long+"fin" || found[0].Path != "text" {
		t.Fatalf("got %+v", found)
	}
	if !strings.Contains(found[0].Message, "from character 151 on") || strings.Contains(found[0].Message, "\n") {
		t.Errorf("message %q", found[0].Message)
	}
}

func TestRenderingIsLimited(t *testing.T) {
	big := strings.Repeat("ä", 100_000)
	for _, got := range []any{big, []any{big, big}, map[string]any{"a": big, big: 1}} {
		found := matcher(t, `5`, nil).Match("body", got, Input{})
		if len(found) != 1 || len(found[0].Message) > 600 || len(found[0].Actual) > renderLimit+40 {
			t.Errorf("message of %d, actual of %d octets", len(found[0].Message), len(found[0].Actual))
		}
	}
}

func TestSecretsAreMaskedBeforeTrimming(t *testing.T) {
	secret := "s3cr3t-" + strings.Repeat("x", 50)
	in := Input{Mask: func(s string) string { return strings.ReplaceAll(s, secret, "•••") }}
	long := strings.Repeat("a", messageLimit-10) + secret
	quoted, _ := json.Marshal(secret)
	for _, c := range []struct {
		want string
		got  any
	}{
		{`"short"`, long}, {`5`, long}, {string(quoted), "x"}, {`{"$contains":"q"}`, long}, {`{"$regex":"^q"}`, []any{long}},
		{`{"a":1}`, secret}, {`{"$exactly":{}}`, map[string]any{secret: secret}},
	} {
		for _, d := range matcher(t, c.want, nil).Match("body", c.got, in) {
			if strings.Contains(d.Message+d.Expected+d.Actual+d.Path, "s3cr3t") {
				t.Errorf("%s: %+v", c.want, d)
			}
		}
	}
}

func TestEnvNamesOfTemplates(t *testing.T) {
	c := compiler(false, nil)
	c.Language.Env = map[string]string{"A": "1", "B": "2", "C": "3"}
	m, problems := c.Compile(value(t, []byte(`{"a":"${env.B}","b":{"$in":["${env.A}","x"]},"${env.C}":{"$regex":"${env.B}"}}`)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := m.Env(); !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("got %v", got)
	}
}

func TestProblemsOfTemplatesAreTold(t *testing.T) {
	for _, want := range []string{`{"a":"${nope"}`, `{"${1 +}":1}`, `{"$gt":"${unknown}"}`, `{"$in":"${unknown}"}`, `{"$regex":"a(${unknown}"}`, `{"$schema":"${unknown}"}`} {
		m, problems := compiler(false, nil).Compile(value(t, []byte(want)))
		if m != nil || len(problems) != 1 {
			t.Errorf("%s: %v", want, problems)
		}
	}
}

func TestResponseIsInScope(t *testing.T) {
	c := compiler(false, nil)
	c.Scope.Response = true
	m, problems := c.Compile(value(t, []byte(`{"href":"${url}","count":"${len(body.items)}","tags":{"$unordered":"${split(\"b,a\", \",\")}"}}`)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	body := map[string]any{"href": "http://x/a", "count": json.Number("2"), "items": []any{"a", "b"}, "tags": []any{"a", "b"}}
	found := m.Match("body", body, Input{Response: &expression.Response{Body: body, URL: "http://x/a"}})
	if len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

func TestTimesOfExpressions(t *testing.T) {
	vars := expression.Vars{"limit": 2 * time.Second, "when": time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		want  string
		got   any
		holds bool
	}{
		{`{"$lt":"${limit}"}`, time.Second, true},
		{`{"$lt":"${limit}"}`, 3 * time.Second, false},
		{`{"$gt":"${when}"}`, "2024-01-01T00:00:01Z", true},
		{`{"$gt":"${when}"}`, "2023-12-31T23:59:59Z", false},
		{`"${limit}"`, 2 * time.Second, true},
		{`"${limit}"`, "2s", false},
	} {
		if found := matcher(t, c.want, vars).Match("x", c.got, Input{Vars: vars}); (len(found) == 0) != c.holds {
			t.Errorf("%s against %v: %v", c.want, c.got, found)
		}
	}
}

func TestMatcherIsSafeForConcurrentUse(t *testing.T) {
	vars := expression.Vars{"id": 7}
	m := matcher(t, `{"a":{"$unordered":[1,{"$some":["$null","${id}"]}]},"b":{"$schema":"user.schema.json"},"c":{"$regex":"^${id}"}}`, vars)
	got := map[string]any{"a": []any{7, 1}, "b": map[string]any{}, "c": "7"}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if found := m.Match("body", got, Input{Vars: vars}); len(found) != 2 {
				t.Errorf("got %v", found)
			}
		})
	}
	wg.Wait()
}

func TestDecimalsComparedAsRationals(t *testing.T) {
	literals := []string{"0", "-0", "0.0", "0e9", "1", "1.0", "1e0", "10e-1", "-1", "0.1", "0.10", "1E-1", "100", "1e2", "1.5", "15e-1", "-1.5", "1e+20",
		"99999999999999999999", "100000000000000000000", "0.000001", "1e-6", "123456789.987654321", "-123456789.987654322"}
	for _, a := range literals {
		for _, b := range literals {
			x, ok1 := parseDecimal(a)
			y, ok2 := parseDecimal(b)
			p, _ := new(big.Rat).SetString(a)
			q, _ := new(big.Rat).SetString(b)
			if !ok1 || !ok2 || x.compare(y) != p.Cmp(q) {
				t.Errorf("%s and %s: %d, want %d", a, b, x.compare(y), p.Cmp(q))
			}
			if x.isInteger() != p.IsInt() {
				t.Errorf("%s whole: %t", a, x.isInteger())
			}
		}
	}
	for _, s := range []string{"", "-", "+1", "01", "1.", ".1", "1e", "1e+", "1e-+1", "0x1", "1_0", " 1", "NaN", "1e999999999999999999"} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("%q is read as %v", s, d)
		}
	}
}

func TestFloatsEqualTheirNearestDecimal(t *testing.T) {
	vars := expression.Vars{"big": 12345678901234567890.0, "third": 1.0 / 3}
	got := map[string]any{"a": json.Number("12345678901234567890"), "b": json.Number("0.33333333333333333333")}
	if found := matcher(t, `{"a":"${big}","b":"${third}"}`, vars).Match("body", got, Input{Vars: vars}); len(found) > 0 {
		t.Error(found)
	}
	got["b"] = json.Number("0.33333333333")
	if found := matcher(t, `{"b":"${third}"}`, vars).Match("body", got, Input{Vars: vars}); len(found) != 1 {
		t.Error(found)
	}
}

// TestAssignFindsAsManyPairsAsThereAre compares with all permutations.
func TestAssignFindsAsManyPairsAsThereAre(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n, m := r.IntN(6), r.IntN(6)
		table := make([][]bool, n)
		for i := range table {
			table[i] = make([]bool, m)
			for j := range table[i] {
				table[i][j] = r.IntN(3) == 0
			}
		}
		wanted, came := assign(n, m, func(i, j int) bool { return table[i][j] })
		pairs := 0
		for i, j := range wanted {
			if j < 0 {
				continue
			}
			pairs++
			if !table[i][j] || came[j] != i {
				t.Fatalf("%v: pair %d, %d", table, i, j)
			}
		}
		if best := mostPairs(table, 0, make([]bool, m)); pairs != best {
			t.Fatalf("%v: %d pairs, want %d", table, pairs, best)
		}
	}
}

func mostPairs(table [][]bool, i int, used []bool) int {
	if i == len(table) {
		return 0
	}
	best := mostPairs(table, i+1, used)
	for j, fits := range table[i] {
		if fits && !used[j] {
			used[j] = true
			best = max(best, 1+mostPairs(table, i+1, used))
			used[j] = false
		}
	}
	return best
}

func TestUnorderedOfManyElementsIsQuick(t *testing.T) {
	list := make([]any, 1500)
	for i := range list {
		list[i] = i
	}
	vars := expression.Vars{"list": list}
	reversed := slices.Clone(list)
	slices.Reverse(reversed)
	if found := matcher(t, `{"$unordered":"${list}"}`, vars).Match("body", reversed, Input{Vars: vars}); len(found) > 0 {
		t.Error(found)
	}
}

func TestDeepNestingIsQuick(t *testing.T) {
	for _, word := range []string{"$not", "$contains", "$len", "$exactly", "$each"} {
		want := strings.Repeat(`{"`+word+`":`, 200) + `{"$gt":5}` + strings.Repeat("}", 200)
		got := any("text")
		for range 200 {
			got = []any{got}
		}
		m, _ := compiler(false, nil).Compile(value(t, []byte(want)))
		if m == nil {
			continue
		}
		m.Match("body", "text", Input{})
		m.Match("body", got, Input{})
	}
	want := strings.Repeat(`{"$some":[{"$in":[`, 200) + `{"$gt":5}` + strings.Repeat("]}]}", 200)
	if found := matcher(t, want, nil).Match("body", "text", Input{}); len(found) != 1 {
		t.Errorf("got %v", found)
	}
}

func TestSchemaOfErrors(t *testing.T) {
	s, err := CompileSchema("user.schema.json", os.DirFS("testdata/schemas"))
	if err != nil {
		t.Fatal(err)
	}
	pos := source.Pos{File: "a.yaml", Line: 3, Column: 9}
	found := s.Check("body", pos, map[string]any{"id": 1, "email": "n/a"}, Input{})
	want := []Difference{{
		Path: "body.email", Pos: pos, Message: `body.email: does not fit user.schema.json: expected format email, got "n/a"`,
		Expected: "format email", Actual: `"n/a"`,
	}}
	if !reflect.DeepEqual(found, want) {
		t.Errorf("got %+v", found)
	}
}

func TestSchemaKeywordsAreWorded(t *testing.T) {
	for _, c := range []struct{ schema, got, want string }{
		{`{"const":{"a":1}}`, `2`, `expected {a: 1}, got 2`},
		{`{"maxLength":1}`, `"ab"`, `expected at most 1 character, got "ab"`},
		{`{"minItems":2}`, `[1]`, `expected at least 2 elements, got [1]`},
		{`{"maxItems":0}`, `[1]`, `expected at most 0 elements, got [1]`},
		{`{"minProperties":1}`, `{}`, `expected at least 1 key, got {}`},
		{`{"maxProperties":0}`, `{"a":1}`, `expected at most 0 keys, got {a: 1}`},
		{`{"maximum":0.1}`, `1`, `expected at most 0.1, got 1`},
		{`{"exclusiveMinimum":1}`, `1`, `expected more than 1, got 1`},
		{`{"exclusiveMaximum":1}`, `1`, `expected less than 1, got 1`},
		{`{"multipleOf":0.01}`, `0.001`, `expected a multiple of 0.01, got 0.001`},
		{`false`, `1`, `expected no value, got 1`},
		{`{"not":{"type":"null"}}`, `null`, `expected anything but what the schema excludes (not), got null`},
		{`{"contains":{"const":1}}`, `[2]`, `expected an element that the schema asks for (contains), got [2]`},
		{`{"contains":{"const":1},"minContains":2}`, `[1]`, `expected at least 2 such elements (minContains), 1 fit, got [1]`},
		{`{"contains":{"const":1},"maxContains":1}`, `[1,1]`, `expected at most 1 such elements (maxContains), 2 fit, got [1, 1]`},
		{`{"oneOf":[{"type":"number"},{"type":"integer"}]}`, `1`, `expected just one of the alternatives (oneOf), and 1 and 2 of them fit, got 1`},
		{`{"oneOf":[{"type":"null"},{"type":"array"}]}`, `1`, `expected one of the alternatives (oneOf) 1) type null; 2) type array, got 1`},
		{`{"propertyNames":{"pattern":"^a"}}`, `{"b":1}`, `expected only keys that the schema allows, "b" is not one, got {b: 1}`},
		{`{"dependentRequired":{"a":["b"]}}`, `{"a":1}`, `expected b beside a, got {a: 1}`},
		{`{"unevaluatedProperties":false}`, `{"a":1}`, `expected no value, got 1`},
		{`{"$defs":{"n":{"type":"null"}},"allOf":[{"$ref":"#/$defs/n"}]}`, `1`, `expected type null, got 1`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"null"}],"additionalItems":false}`, `[null,1]`, `expected no further elements, the last 1 are too many, got [null, 1]`},
		{`{"format":"date-time"}`, `"now"`, `expected format date-time, got "now"`},
	} {
		s, err := CompileSchema("s.json", fstest.MapFS{"s.json": {Data: []byte(c.schema)}})
		if err != nil {
			t.Errorf("%s: %v", c.schema, err)
			continue
		}
		found := s.Check("", source.Pos{}, plain(t, []byte(c.got)), Input{})
		if len(found) != 1 || !strings.HasSuffix(found[0].Message, "does not fit s.json: "+c.want) {
			t.Errorf("%s: got %+v", c.schema, found)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, file := range caseFiles(f) {
		for _, c := range readCases(f, file) {
			f.Add(string(c.Want), string(c.Got))
		}
	}
	f.Fuzz(func(t *testing.T, want, got string) {
		if !json.Valid([]byte(want)) || !json.Valid([]byte(got)) {
			t.Skip()
		}
		v := value(t, []byte(want))
		in := Input{Vars: expression.Vars{}}
		if m, problems := compiler(false, nil).Compile(v); len(problems) == 0 {
			m.Match("body", plain(t, []byte(got)), in)
			m.Match("body", Missing, in)
		}
		if strings.Contains(want, "$") || strings.Contains(want, `\u0024`) {
			return
		}
		m, problems := compiler(false, nil).Compile(v)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", want, problems)
		}
		if found := m.Match("body", v.Plain(), in); len(found) > 0 {
			t.Errorf("%s is not itself: %v", want, found)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	items := make([]any, 50)
	for i := range items {
		n := strconv.Itoa(i)
		items[i] = map[string]any{"id": json.Number(n), "name": "user " + n, "email": "user" + n + "@example.com", "active": true,
			"roles": []any{"admin", "user"}, "created_at": "2024-02-29T12:00:00Z"}
	}
	got := map[string]any{"items": items, "total": json.Number("50")}
	vars := expression.Vars{"total": 50}
	m := matcher(b, `{"total":"${total}","items":{"$len":50,"$each":{"id":"$integer","name":{"$starts":"user"},"email":"$email","active":true,
		"roles":{"$unordered":["user","admin"]},"created_at":"$date-time","password":"$absent"}}}`, vars)
	b.ReportAllocs()
	for b.Loop() {
		if found := m.Match("body", got, Input{Vars: vars}); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
