package probe

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"httpprobe/probe/source"
)

// TestSecretsReachNoObserver looks for secrets in everything that an observer
// is told.
func TestSecretsReachNoObserver(t *testing.T) {
	const value, issued = "hunter2-secret", "issued-by-the-server"
	a := newAPI(t, map[string]http.HandlerFunc{
		"POST /login": ok(map[string]any{"token": issued}),
		"GET /a": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+issued {
				t.Errorf("sent %q", r.Header.Get("Authorization"))
			}
			reply(w, http.StatusOK, map[string]any{"echo": value, "issued": issued})
		},
	})
	fsys := fstest.MapFS{
		"a.yaml": {Data: []byte(`
name: suite hunter2-secret
tags: [hunter2-secret]
identities: { me: { bearer: "${token}" } }
setup: [{ request: POST /login -> 200, capture: { token: body.token } }]
scenarios:
- name: skipped hunter2-secret
  if: given == 'not hunter2-secret'
  steps: [GET /a -> 200]
- name: rows
  each: [hunter2-secret]
  steps:
  - request: GET /a?q={item} -> 200
    as: me
    expect: { body: { echo: "${given}x" }, assert: [body.echo == ""] }
- name: unable
  vars: { x: "${fromJSON(given)}" }
  steps: [GET /a -> 200]
`)},
		"b.yaml": {Data: []byte("base_url: 'ftp://${given}'\nsteps: [GET /b -> 404]\n")},
	}
	p, err := Prepare(Input{Paths: []string{"."}, FS: fsys, BaseURL: a.URL, Secrets: map[string]string{"given": value}})
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), p, Options{})
	for i := range got.scenarios {
		for j := range got.scenarios[i].Steps {
			for k := range got.scenarios[i].Steps[j].Exchanges {
				x := &got.scenarios[i].Steps[j].Exchanges[k]
				got.header.Suites = append(got.header.Suites, string(x.Request.Body), fmt.Sprint(x.Request), string(x.Response.Content), fmt.Sprint(*x.Response))
			}
		}
	}
	if told := fmt.Sprintf("%+v", *got); strings.Contains(told, value) || strings.Contains(told, issued) {
		t.Error(told)
	}
	p, err = Prepare(Input{Paths: []string{"b.yaml"}, FS: fsys, Secrets: map[string]string{"given": value}})
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range p.Problems() {
		if strings.Contains(problem.Text, value) || !strings.Contains(problem.Text, "•••") {
			t.Error(problem.Text)
		}
	}
}

// TestCrossOriginRedirect leaves behind what belongs to the first origin.
func TestCrossOriginRedirect(t *testing.T) {
	got := make(chan *http.Request, 1)
	b := newAPI(t, map[string]http.HandlerFunc{"GET /b": func(w http.ResponseWriter, r *http.Request) {
		got <- r
		reply(w, http.StatusOK, 1)
	}})
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, b.URL+"/b", http.StatusFound)
	}})
	host := strings.TrimPrefix(b.URL, "http://")
	p, err := Prepare(Input{
		Paths: []string{"s.yaml"}, BaseURL: a.URL, AllowHosts: []string{host}, Env: map[string]string{"KEY": "a-secret-key"},
		FS: fstest.MapFS{"s.yaml": {Data: []byte(`
steps:
- request: GET /a -> 200
  follow: true
  headers: { X-Api-Key: "${env.KEY}", X-Other: kept, Host: virtual.test, Authorization: typed in, Cookie: a=b }
`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, run(t, t.Context(), p, Options{}), "s/GET /a -> 200: passed")
	r := <-got
	for _, name := range []string{"X-Api-Key", "Authorization", "Cookie"} {
		if r.Header.Get(name) != "" {
			t.Errorf("%s was sent along", name)
		}
	}
	if r.Header.Get("X-Other") != "kept" || r.Host != host {
		t.Errorf("got Host %q, %v", r.Host, r.Header)
	}
}

// TestLinksAreNotFollowed shows that a folder cannot make probe print what
// stands outside of it.
func TestLinksAreNotFollowed(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(outside, "credentials"): "key: AKIA0123\n",
		filepath.Join(dir, "good.yaml"):       "steps: [GET /a -> 200]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(dir, "link.yaml")
	if err := os.Symlink(filepath.Join(outside, "credentials"), link); err != nil {
		t.Skip(err)
	}
	p, err := Prepare(Input{Paths: []string{dir}, BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, problem := range p.Problems() {
		if err := source.Write(&b, problem); err != nil {
			t.Fatal(err)
		}
	}
	if told := b.String(); strings.Contains(told, "AKIA") || !strings.Contains(told, "link.yaml: the file cannot be read") {
		t.Error(told)
	}
	if len(p.Suites()) != 1 {
		t.Errorf("the other file was lost: %v", p.Suites())
	}
	if p, err = Prepare(Input{Paths: []string{link}, BaseURL: "http://127.0.0.1:1"}); err != nil || !strings.Contains(fmt.Sprint(p.Problems()), `"key"`) {
		t.Errorf("a link that is named is read: %v, %v", err, p.Problems())
	}
}

func TestPathsAreReadOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("steps: [GET /a -> 200]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	p, err := Prepare(Input{Paths: []string{"a.yaml", "./a.yaml", ".", "./"}, BaseURL: "http://127.0.0.1:1"})
	if err != nil || len(p.Suites()) != 1 || p.Suites()[0] != "a.yaml" {
		t.Errorf("%v, %v", p.Suites(), err)
	}
}
