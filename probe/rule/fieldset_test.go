package rule

import (
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

// TestFieldNamesFit keeps the names that rules ask for within a set.
func TestFieldNamesFit(t *testing.T) {
	names := NewIndex(Book()).names
	if limit := always; len(names) > limit {
		t.Errorf("%d names do not fit into a set of %d", len(names), limit)
	}
	for name := range names {
		if name == "" {
			t.Error("a rule asks for a field without a name, or with one that is too long")
		}
	}
}

func TestFieldSet(t *testing.T) {
	names := fieldNames{}
	names.add([]string{"Allow", "ETag", "allow"})
	for i := range 200 {
		names.add([]string{strings.Repeat("x", i%60+1)})
	}
	has, repeated := names.of(exchange.Fields{{Name: "aLLOW"}, {Name: "Unknown"}, {Name: strings.Repeat("y", 100)}})
	if !names.set([]string{"Allow", "ETag"}).meets(has) || names.set([]string{"ETag"}).meets(has) || names.set(nil).meets(has) {
		t.Error("the set does not tell what is there")
	}
	if _, twice := names.of(exchange.Fields{{Name: "Allow"}, {Name: "allow"}}); repeated || !twice {
		t.Error("it does not tell what is there twice")
	}
}
