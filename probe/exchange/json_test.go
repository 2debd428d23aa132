package exchange

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestParseJSON(t *testing.T) {
	for text, want := range map[string]any{
		`null`:                 nil,
		` true `:               true,
		`1.50`:                 json.Number("1.50"),
		`12345678901234567890`: json.Number("12345678901234567890"),
		`"a\u00e9\n"`:          "aé\n",
		`[]`:                   []any{},
		`{}`:                   map[string]any{},
		`{"a":[1,{"b":null}],"c":"d"}`: map[string]any{
			"a": []any{json.Number("1"), map[string]any{"b": nil}}, "c": "d",
		},
		`{"a":1,"a":2}`: map[string]any{"a": json.Number("2")},
		"\"\xff\"":      "�",
	} {
		got, err := ParseJSON([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v", text, got, err)
		}
	}
}

func TestParseJSONFaults(t *testing.T) {
	for text, want := range map[string]string{
		``:                           "it is empty",
		" \n":                        "it is empty",
		`{"id":1,}`:                  `unexpected ",}" at line 1, column 8`,
		"{\n  \"a\": NaN }":          `unexpected "NaN }" at line 2, column 8`,
		`{"a":`:                      "it ends in the middle of a value",
		`["a`:                        "it ends in the middle of a value",
		`{} x`:                       "text follows the value at line 1, column 4",
		`{'a':1}`:                    `unexpected "'a':1}" at line 1, column 2`,
		`<html>`:                     `unexpected "<html>" at line 1, column 1`,
		strings.Repeat("[", 100_000): "it is nested too deeply to be read",
	} {
		_, err := ParseJSON([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%.20s: got %v, want %s", text, err, want)
		}
	}
}

// FuzzParseJSON holds the reader against the standard library's.
func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.5e3,"x",null,true]}`, `"\ud800"`, `[[[]]]`, `{"a":1,"a":{}}`, "[1,]", "\"\xff\"", `1e400`, `-0`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParseJSON(b)
		if d := NewDocument(b); d.Strict() != jsontext.Value(b).IsValid() {
			t.Errorf("%q: strict is %v", b, d.Strict())
		} else if _, err := d.Value(); d.Strict() != jsontext.Value(b).IsValid() || d.Brief() && !d.Strict() {
			t.Errorf("%q: strict is %v when parsed (%v)", b, d.Strict(), err)
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		var want any
		if !json.Valid(b) {
			if err == nil && d.Decode(&want) != nil {
				t.Fatalf("%q was read as %#v", b, got)
			}
			return
		}
		if d.Decode(&want) != nil || err != nil {
			if err == nil || err == errTooDeep {
				return
			}
			t.Fatalf("%q was refused: %v", b, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v", b, got, want)
		}
	})
}

func BenchmarkParseJSON(b *testing.B) {
	text := []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"email":"bob@example.com","id":1,"name":"Bob","roles":["user"]},`, 20), ",") + `],"total":20}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStandardJSON(b *testing.B) {
	text := []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"email":"bob@example.com","id":1,"name":"Bob","roles":["user"]},`, 20), ",") + `],"total":20}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			b.Fatal(err)
		}
	}
}
