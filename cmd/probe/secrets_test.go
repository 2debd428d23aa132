package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"httpprobe/reports"
)

// TestSecretsStaySecret runs a suite against a server that echoes every
// secret in every place and form, and looks for them in all that probe writes.
func TestSecretsStaySecret(t *testing.T) {
	secrets := map[string]string{
		"bearer":   "tok-8f3a+/=&é<7>",
		"password": `p"a\ss wörd&<>'`,
		"key":      "K3y/with+base64==chars",
		"env":      "env-5ecret-value%",
		"flag":     "flag s3cret ü",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var lines []string
		for name, value := range secrets {
			for _, form := range forms(value) {
				lines = append(lines, name+": "+form)
			}
		}
		text := strings.Join(lines, "\n")
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.Header().Set("X-Key", url.QueryEscape(secrets["key"]))
		w.Header().Set("Location", "/users/"+url.PathEscape(secrets["env"]))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(418)
		json.NewEncoder(w).Encode(map[string]any{
			"error": map[string]any{"code": "ECHO", "message": text}, "authorization": r.Header.Get("Authorization"), "body": string(body), "url": r.URL.String(),
		})
	}))
	defer server.Close()
	dir := t.TempDir()
	suite := `
keep_going: true
identities:
  a: { bearer: '` + secrets["bearer"] + `' }
  b: { basic: { user: bob, password: "${pass}" } }
  c: { header: { X-Api-Key: '` + secrets["key"] + `' } }
  d: { query: { key: '` + secrets["key"] + `' } }
scenarios:
- name: echo
  steps:
  - { name: bearer, request: GET /a -> 200, as: a, expect: { body: { x: 1 }, error: { message: nothing }, headers: { X-Echo: other } } }
  - { name: basic, request: GET /b -> 200, as: b, capture: { nothing: body.nothing } }
  - { name: "header ${env.PLANTED}", request: GET /c -> 200, as: c }
  - { name: query, request: "GET /d?x={planted} -> 201 /users/{id}", as: d }
  - { name: body, request: POST /e -> 200, json: { secret: "${flag}", env: "${env.PLANTED}" }, expect: { assert: ['text == env.PLANTED', 'header("X-Echo") == flag'] } }
  - { name: unreachable, request: "GET http://${flag == \"\" ? \"a\" : \"b\"}.invalid/${planted} -> 200" }
`
	suite = strings.Replace(suite, "scenarios:\n", "vars: { planted: '${env.PLANTED}' }\nscenarios:\n", 1)
	file := filepath.Join(dir, "suite.yaml")
	if err := os.WriteFile(file, []byte(suite), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", file, "--base-url", server.URL, "-v", "--secret", "pass=" + secrets["password"], "--secret", "flag=" + secrets["flag"]}
	for _, f := range reports.Formats() {
		args = append(args, "--report", f.Name+"="+filepath.Join(dir, "report."+f.Name))
	}
	var out bytes.Buffer
	code := execute(args, strings.NewReader(""), &out, &out, []string{"PLANTED=" + secrets["env"], "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary.md")})
	if code != 1 {
		t.Fatalf("exit %d:\n%s", code, out.String())
	}
	written := map[string]string{"terminal": out.String()}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "suite.yaml" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		written[e.Name()] = string(data)
	}
	if len(written) < len(reports.Formats())+1 {
		t.Fatalf("only %d outputs", len(written))
	}
	for where, text := range written {
		if !strings.Contains(text, "•••") {
			t.Errorf("%s: nothing is masked in it, so it shows nothing", where)
		}
		for name, value := range secrets {
			for _, form := range forms(value) {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s: the secret %q shows as %q: …%s…", where, name, form, text[max(0, i-60):min(len(text), i+len(form)+20)])
				}
			}
		}
	}
}

var lowerHex = regexp.MustCompile("%[0-9A-F]{2}")

// forms are the ways in which a secret may show.
func forms(secret string) []string {
	quoted, _ := json.Marshal(secret)
	out := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), lowerHex.ReplaceAllStringFunc(url.QueryEscape(secret), strings.ToLower),
		strings.Trim(string(quoted), `"`), hex.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		base64.RawStdEncoding.EncodeToString([]byte("bob:" + secret)),
	}
	for pad := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", pad) + secret + "yyy"))
		// Only what depends on nothing but the secret.
		out = append(out, encoded[(pad*4+2)/3:(pad+len(secret))*4/3])
	}
	var escaped strings.Builder
	for i := range len(secret) {
		fmt.Fprintf(&escaped, "%%%02X", secret[i])
	}
	return append(out, escaped.String())
}
