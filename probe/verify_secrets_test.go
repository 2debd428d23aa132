package probe

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// holding gives the fields that a server was sent.
func holding(into *[]http.Header, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*into = append(*into, r.Header.Clone())
		reply(w, status, map[string]any{"id": 1})
	}
}

// withSecrets is a step that sends secrets in fields of its own, besides those
// of its identity, with rules that follow it.
func withSecrets(t *testing.T, base, elsewhere string, judge func(*rule.Trail)) finding.Step {
	t.Helper()
	p, err := Prepare(Input{
		Paths: []string{"."}, BaseURL: base, AllowHosts: []string{strings.TrimPrefix(elsewhere, "http://")},
		Secrets: map[string]string{"key": "hunter2-secret", "token": "abcdefghijklm"},
		FS: fstest.MapFS{"a.yaml": {Data: []byte(`
identities: { ada: { header: { X-User: ada-lovelace } } }
steps:
  - request: GET /users -> 200
    as: ada
    headers: { Authorization: "Bearer ${token}", X-Api-Key: "${key}", X-Version: "2" }
`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range p.Problems() {
		t.Fatal(problem)
	}
	s, _ := sessionOf(t, p, rule.SafeFollowUps, rule.Rule{ID: "watch", FollowUps: []rule.FollowUp{{Judge: judge}}})
	s.scenario()
	if out := s.out.Steps[0]; out.Outcome == finding.Errored {
		t.Fatal(out.Reason)
	}
	return s.out.Steps[0]
}

// TestSecretsStayAtTheirOrigin: as with redirects.
func TestSecretsStayAtTheirOrigin(t *testing.T) {
	var here, there []http.Header
	a := newAPI(t, map[string]http.HandlerFunc{"GET /users": holding(&here, 200)})
	b := newAPI(t, map[string]http.HandlerFunc{"GET /users": holding(&there, 200)})
	withSecrets(t, a.URL, b.URL, func(t *rule.Trail) {
		t.Get("")
		t.Get(b.URL + "/users")
	})
	if len(here) != 2 || len(there) != 1 {
		t.Fatalf("sent %v and %v", here, there)
	}
	for name, want := range map[string][2]string{
		"Authorization": {"Bearer abcdefghijklm", ""}, "X-Api-Key": {"hunter2-secret", ""}, "X-User": {"ada-lovelace", ""}, "X-Version": {"2", "2"},
	} {
		if got := [2]string{here[1].Get(name), there[0].Get(name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestBrokenCredentialsAreSecret: they are nearly the right ones.
func TestBrokenCredentialsAreSecret(t *testing.T) {
	var sent []http.Header
	a := newAPI(t, map[string]http.HandlerFunc{"GET /users": holding(&sent, 200)})
	step := withSecrets(t, a.URL, a.URL, func(t *rule.Trail) { t.Ask(rule.Ask{Who: rule.AsBroken}) })
	if len(sent) != 2 || sent[1].Get("Authorization") != "Bearer abcdefthijklm" || sent[1].Get("X-User") == "ada-lovelace" {
		t.Fatalf("sent %v", sent)
	}
	for _, f := range step.Exchanges[1].Request.Fields {
		if strings.Contains(f.Value, "abc") || strings.Contains(f.Value, "love") {
			t.Errorf("%s shows %s", f.Name, f.Value)
		}
	}
}
