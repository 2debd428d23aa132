package plan

import (
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	for _, c := range []struct {
		text  string
		tags  string
		holds bool
	}{
		{"", "", true},
		{"smoke", "smoke api", true},
		{"smoke", "api", false},
		{"!slow", "", true},
		{"!slow", "slow", false},
		{"smoke && !slow", "smoke", true},
		{"smoke && !slow", "smoke slow", false},
		{"smoke || api", "api", true},
		{"smoke, api", "api", true},
		{"a || b && c", "a", true},
		{"a || b && c", "b", false},
		{"(a || b) && c", "a", false},
		{"(a || b) && c", "b c", true},
		{"!(a || b)", "b", false},
		{"!!a", "a", true},
		{"net-io && über", "über net-io", true},
	} {
		tags, err := ParseTags(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := tags.Hold(strings.Fields(c.tags)); got != c.holds {
			t.Errorf("%q on %q: got %v", c.text, c.tags, got)
		}
	}
}

func TestTagsMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"smoke &&":   "a tag is missing at its end",
		"&& smoke":   `a tag is missing before "&&"`,
		"(a || b":    "a ) is missing",
		"a b":        `"b" comes too many`,
		"a & b":      `"& b" is not understood`,
		"a)":         `")" comes too many`,
		"!":          "a tag is missing at its end",
		"a || ) b":   `a tag is missing before ")"`,
		"a && (|| b": `a tag is missing before "||"`,
	} {
		_, err := ParseTags(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
