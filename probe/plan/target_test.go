package plan

import (
	"testing"

	"httpprobe/probe/expression"
	"httpprobe/probe/source"
)

func newCompiler() *compiler {
	return &compiler{language: &expression.Language{}, env: map[string]bool{}, identities: map[string]*Identity{}}
}

func TestTarget(t *testing.T) {
	vars := expression.Vars{"id": 42, "name": "a b/c", "query": "x=1&y=2"}
	s := scope{[]string{"id", "name", "query"}}
	for text, want := range map[string]string{
		"/users/{id}":             "/users/42",
		"/users/{name}":           "/users/a%20b%2Fc",
		"/users/{id}/{id}":        "/users/42/42",
		"/users?${query}":         "/users?x=1&y=2",
		"/users/${id + 1}":        "/users/43",
		"/users/${{\"a\": id}.a}": "/users/42",
		"/users/$${id}":           "/users/${id}",
		"/ü/{id}":                 "/ü/42",
	} {
		c := newCompiler()
		target := c.target(source.Text{Text: text, Pos: source.Pos{File: "f", Line: 1, Column: 1}}, s)
		if len(c.problems) > 0 {
			t.Errorf("%s: %v", text, c.problems)
			continue
		}
		got, err := target.Bind(vars)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestTargetUndefined(t *testing.T) {
	c := newCompiler()
	c.target(source.Text{Text: "/üsers/{idd}/${emial}", Pos: source.Pos{File: "f", Line: 1, Column: 5}}, scope{[]string{"id", "email"}})
	if len(c.problems) != 2 {
		t.Fatalf("got %v", c.problems)
	}
	for i, want := range []source.Pos{{File: "f", Line: 1, Column: 13}, {File: "f", Line: 1, Column: 20}} {
		if c.problems[i].Pos != want {
			t.Errorf("problem %d stands at %v, want %v: %s", i, c.problems[i].Pos, want, c.problems[i].Text)
		}
	}
}

func TestLocation(t *testing.T) {
	for _, c := range []struct {
		wanted, base, request, got string
		vars                       expression.Vars
		ok                         bool
		id                         string
	}{
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/42", nil, true, "42"},
		{"/users/{id}", "http://a.test", "http://a.test/users", "http://a.test/users/42", nil, true, "42"},
		{"/users/{id}", "http://a.test", "http://a.test:80/users", "http://A.test/users/42", nil, true, "42"},
		{"/users/{id}", "http://a.test", "http://a.test/users", "users/a%20b", nil, true, "a b"},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/42/orders", nil, false, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/", nil, false, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "http://b.test/users/42", nil, false, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/42", expression.Vars{"id": 42}, true, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/43", expression.Vars{"id": 42}, false, ""},
		{"/users/{id}", "http://a.test/v1", "http://a.test/v1/users", "/v1/users/42", nil, true, "42"},
		{"/v1/users/{id}", "http://a.test/v1", "http://a.test/v1/users", "/v1/users/42", nil, true, "42"},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/a@b.c", expression.Vars{"id": "a@b.c"}, true, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/a%40b.c", expression.Vars{"id": "a@b.c"}, true, ""},
		{"/users/{id}", "http://a.test", "http://a.test/users", "/users/a@b.d", expression.Vars{"id": "a@b.c"}, false, ""},
		{"/new?a={id}", "http://a.test", "http://a.test/old", "/new?a=7", nil, true, "7"},
		{"https://a.test/", "http://a.test", "http://a.test/", "https://a.test", nil, true, ""},
		{"/ü/a-b", "http://a.test", "http://a.test/", "/%c3%bc/a%2db", nil, true, ""},
		{"/a%2Fb", "http://a.test", "http://a.test/", "/a%2fb", nil, true, ""},
		{"/a%2Fb", "http://a.test", "http://a.test/", "/a/b", nil, false, ""},
		{"/a.b", "http://a.test", "http://a.test/", "/aXb", nil, false, ""},
	} {
		comp := newCompiler()
		l := comp.location(source.Text{Text: c.wanted, Pos: source.Pos{File: "f", Line: 1, Column: 1}}, scope{})
		if c.vars == nil {
			c.vars = expression.Vars{}
		}
		captured, _, ok, err := l.Match(c.got, parse(t, c.request), parse(t, c.base), c.vars)
		if err != nil || ok != c.ok || captured["id"] != c.id {
			t.Errorf("%s against %s: got %v %v %v, want %v %q", c.wanted, c.got, ok, captured, err, c.ok, c.id)
		}
	}
}
