package plan

import (
	"slices"
	"testing"

	"httpprobe/probe/expression"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// TestBasicSecrets keeps the pair out of the secrets where the password alone
// is enough to find it: the pair can be another one in each scenario.
func TestBasicSecrets(t *testing.T) {
	for password, want := range map[string][]string{
		"open":          {"open", "Ym9iOm9wZW4="},
		"correct horse": {"correct horse"},
	} {
		basic := &scenario.Basic{User: source.Text{Text: "bob"}, Password: source.Text{Text: password}}
		identity := newCompiler().identity(scenario.Identity{Basic: basic}, scope{})
		credentials, err := identity.Bind(expression.Vars{})
		if err != nil || !slices.Equal(credentials.Secrets, want) {
			t.Errorf("%s: %q, %v", password, credentials.Secrets, err)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"http://a.test/x", "http://A.test:80/y", true},
		{"https://a.test", "https://a.test:443", true},
		{"http://a.test", "https://a.test", false},
		{"http://a.test", "http://a.test:81", false},
		{"http://a.test", "http://b.test", false},
	} {
		if got := SameOrigin(parse(t, c.a), parse(t, c.b)); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
