package exchange

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// texts are of every kind that readers tell apart.
var texts = []string{
	`{"a":[1,2.5,"x",null,true],"b":{}}`, ` [] `, `1`, `""`, `{"a":1,"a":2}`, `{"a":{"b":1,"\u0062":2}}`, `[{"a":1},{"a":2}]`,
	"\"\xff\"", `"\ud800"`, `"\ud83d\ude00"`, `{"\ud800":1}`, "", " ", "{", `{} x`, `[1,]`, "\uFEFF{}", "null\n",
	strings.Repeat("[", 6000) + strings.Repeat("]", 6000), strings.Repeat("[", 20_000),
}

func TestDocumentIsStrictAsReadOrNot(t *testing.T) {
	for _, text := range texts {
		want := jsontext.Value(text).IsValid()
		fresh, read := NewDocument([]byte(text)), NewDocument([]byte(text))
		_, _ = read.Value()
		if fresh.Strict() != want || read.Strict() != want {
			t.Errorf("%.30q: strict is %v, %v when parsed, want %v", text, fresh.Strict(), read.Strict(), want)
		}
		if read.Brief() && !want || fresh.Brief() {
			t.Errorf("%.30q: brief is %v, %v before it was parsed", text, read.Brief(), fresh.Brief())
		}
	}
}

func TestDocumentIsBrief(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":123456789012345,"b":-1.5}`: true,
		`1234567890123456`:               false,
		`1e5`:                            false,
		`1E5`:                            false,
		`"1e5 and 1234567890123456"`:     true,
		`{"a":1,"a":1}`:                  false,
	} {
		d := NewDocument([]byte(text))
		if _, err := d.Value(); err != nil || d.Brief() != want {
			t.Errorf("%s: %v, %v, want %v", text, d.Brief(), err, want)
		}
	}
}

func TestDocumentForgets(t *testing.T) {
	d := NewDocument([]byte(`{"a":1}`))
	first, err := d.Value()
	if err != nil || !d.Parsed() {
		t.Fatalf("%v, parsed is %v", err, d.Parsed())
	}
	d.Forget()
	if d.Parsed() || !d.Strict() || !d.Brief() {
		t.Error("it forgot more than the value, or nothing")
	}
	if again, err := d.Value(); err != nil || len(again.(map[string]any)) != len(first.(map[string]any)) {
		t.Errorf("asked again: %v, %v", again, err)
	}
}
