package probe

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// TestVariables shows which value a name has where several give it one.
func TestVariables(t *testing.T) {
	for _, c := range []struct {
		name, text string
		vars       map[string]string
		want       []string
	}{
		{"--var without a definition", "steps: ['GET /{id} -> 404']\n", map[string]string{"id": "42"}, []string{"GET /42"}},
		{"--var over the file", "vars: { id: 1 }\nsteps: ['GET /{id} -> 404']\n", map[string]string{"id": "42"}, []string{"GET /42"}},
		{
			"a row over the suite", "vars: { name: Bob }\nscenarios:\n- name: s\n  each: [{ name: Ann }]\n  vars: { both: '${name}!' }\n  steps: ['GET /${both} -> 404']\n",
			nil, []string{"GET /Ann!"},
		},
		{"a row of the suite's", "vars: { k: x }\nscenarios:\n- name: s\n  each: ['${k}']\n  steps: ['GET /{item} -> 404']\n", nil, []string{"GET /x"}},
		{
			"rows of a step", "vars: { b: out }\nsteps:\n- request: GET /{a}/{b} -> 404\n  each: [{ a: 1, b: in }, { a: 2 }]\n- GET /{b} -> 404\n",
			nil, []string{"GET /1/in", "GET /2/out", "GET /out"},
		},
		{
			"a capture of setup over the suite", "vars: { token: none }\nsetup:\n- request: GET /t -> 200\n  capture: { token: body }\nsteps: ['GET /{token} -> 404']\n",
			nil, []string{"GET /t", "GET /real"},
		},
		{"a query is ASCII", "vars: { q: ü }\nsteps: ['GET /ü?q=${q} -> 404']\n", nil, []string{"GET /%C3%BC?q=%C3%BC"}},
	} {
		a := newAPI(t, map[string]http.HandlerFunc{"GET /t": ok("real")})
		fsys := fstest.MapFS{"s.yaml": {Data: []byte(c.text)}}
		p, err := Prepare(Input{Paths: []string{"./s.yaml"}, FS: fsys, BaseURL: a.URL, Vars: c.vars})
		if err != nil {
			t.Fatal(err)
		}
		got := run(t, t.Context(), p, Options{NoRules: true})
		if !slices.Equal(a.asked, c.want) {
			t.Errorf("%s: asked %v, want %v\n%s", c.name, a.asked, c.want, strings.Join(got.lines(), "\n"))
		}
	}
}

func TestVarWithReservedName(t *testing.T) {
	fsys := fstest.MapFS{"s.yaml": {Data: []byte("base_url: http://127.0.0.1:1\nsteps: [{ request: GET /, expect: { status: 200 } }]\n")}}
	p, err := Prepare(Input{Paths: []string{"s.yaml"}, FS: fsys, Vars: map[string]string{"status": "1"}})
	if err != nil || len(p.Problems()) == 0 || !strings.Contains(p.Problems()[0].Text, `"status" means something else`) {
		t.Errorf("%v, %v", err, p.Problems())
	}
}

// TestTargetWithoutBase is found only when the target has its value.
func TestTargetWithoutBase(t *testing.T) {
	p := prepare(t, "", map[string]string{"s.yaml": "vars: { p: /users }\nsteps: ['GET ${p} -> 200']\n"})
	got := run(t, t.Context(), p, Options{})
	if reason := got.scenarios[0].Steps[0].Reason; !strings.Contains(reason, `no base URL is known for the target "/users"`) {
		t.Errorf("%v", got.lines())
	}
}

func TestNamesAreUnique(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(1)})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
setup: [GET /a -> 200]
scenarios:
- { name: s, each: [1, 1], steps: [GET /a -> 200] }
- { name: setup, steps: [GET /a -> 200] }
`})
	var names []string
	for _, s := range run(t, t.Context(), p, Options{}).scenarios {
		names = append(names, s.Name)
	}
	if want := []string{"setup", "s [1]", "s [1 (2)]", "setup (2)"}; !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
}

// TestUnableToBegin shows that the steps of a scenario that cannot begin are
// not lost, and that the place is that of the variable.
func TestUnableToBegin(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1", map[string]string{"s.yaml": `
scenarios:
- name: s
  vars: { x: '${fromJSON("{")}' }
  steps: [GET /a -> 200]
  teardown: [GET /b -> 200]
`})
	got := run(t, t.Context(), p, Options{})
	steps := got.scenarios[0].Steps
	if len(steps) != 3 || steps[0].Pos.Line != 4 || got.scenarios[0].Pos.Line != 3 {
		t.Fatalf("%+v", got.scenarios)
	}
	for _, line := range got.lines()[1:] {
		if !strings.HasSuffix(line, ": skipped the scenario could not be begun") {
			t.Error(line)
		}
	}
	if len(got.steps) != 3 {
		t.Errorf("the observer was told of %d steps", len(got.steps))
	}
}

// TestRunTwiceAtOnce runs one plan twice at the same time.
func TestRunTwiceAtOnce(t *testing.T) {
	a := newAPI(t, map[string]http.HandlerFunc{"GET /a": ok(map[string]any{"id": 1})})
	p := prepare(t, a.URL, map[string]string{"s.yaml": `
vars: { u: "${uuid()}" }
identities: { me: { bearer: "${u}" } }
setup: [{ request: GET /a -> 200, capture: { id: body.id } }]
teardown: [GET /a -> 200]
scenarios:
- name: s
  each: [1, 2, 3, 4, 5, 6, 7, 8]
  steps: [{ request: GET /a -> 200, as: me, expect: { body: { id: "${id}" } } }]
`})
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if summary := p.Run(t.Context(), Options{Observer: &seen{}}); summary.Passed != 10 {
				t.Errorf("%+v", summary)
			}
		})
	}
	both.Wait()
}
