package scenario

import (
	"path"
	"slices"
	"strings"

	"httpprobe/probe/source"
)

// root is a suite while its file is read.
type root struct {
	*Suite
	steps    []Step
	stepsKey source.Text
}

var suiteFields = []field[root]{
	{"name", func(r *reader, s *root, m source.Member) { s.Name = r.text(m) }},
	{"tags", func(r *reader, s *root, m source.Member) { s.Tags = r.tags(m) }},
	{"base_url", func(r *reader, s *root, m source.Member) { s.BaseURL = r.text(m) }},
	{"vars", func(r *reader, s *root, m source.Member) { s.Vars = r.vars(m) }},
	{"defaults", func(r *reader, s *root, m source.Member) {
		fill(r, inDefaults, m.Value, &s.Defaults, defaultsFields)
	}},
	{"identities", func(r *reader, s *root, m source.Member) { s.Identities = r.identities(m) }},
	{"errors", func(r *reader, s *root, m source.Member) { s.Errors = r.errors(m) }},
	{"rules", func(r *reader, s *root, m source.Member) { s.Levels = r.suiteRules(m, &s.Rules) }},
	{"setup", func(r *reader, s *root, m source.Member) { s.Setup = r.steps(m) }},
	{"steps", func(r *reader, s *root, m source.Member) { s.stepsKey, s.steps = m.Key, r.steps(m) }},
	{"scenarios", func(r *reader, s *root, m source.Member) { s.Scenarios = r.scenarios(m) }},
	{"teardown", func(r *reader, s *root, m source.Member) { s.Teardown = r.steps(m) }},
	{"keep_going", func(r *reader, s *root, m source.Member) { s.KeepGoing, _ = r.boolean(m) }},
	{"verify", func(r *reader, s *root, m source.Member) { s.Verify = r.verify(m) }},
	{"resources", nil},
	{"openapi", nil},
	{"cleanup", nil},
}

var defaultsFields = []field[Defaults]{
	{"headers", func(r *reader, d *Defaults, m source.Member) { d.Headers = r.headers(m) }},
	{"timeout", func(r *reader, d *Defaults, m source.Member) { d.Timeout = r.duration(m) }},
	{"as", func(r *reader, d *Defaults, m source.Member) {
		if m.Value.Kind != source.Null {
			d.As = r.text(m)
		}
	}},
	{"follow", func(r *reader, d *Defaults, m source.Member) { d.Follow = r.follow(m) }},
	{"retry", func(r *reader, d *Defaults, m source.Member) { d.Retry = r.retry(m) }},
	{"http", func(r *reader, d *Defaults, m source.Member) { d.HTTP = r.protocol(m) }},
}

var scenarioFields = []field[Scenario]{
	{"name", func(r *reader, s *Scenario, m source.Member) { s.Name = r.text(m) }},
	{"tags", func(r *reader, s *Scenario, m source.Member) { s.Tags = r.tags(m) }},
	{"vars", func(r *reader, s *Scenario, m source.Member) { s.Vars = r.vars(m) }},
	{"setup", func(r *reader, s *Scenario, m source.Member) { s.Setup = r.steps(m) }},
	{"steps", func(r *reader, s *Scenario, m source.Member) { s.Steps = r.steps(m) }},
	{"teardown", func(r *reader, s *Scenario, m source.Member) { s.Teardown = r.steps(m) }},
	{"keep_going", func(r *reader, s *Scenario, m source.Member) {
		if on, ok := r.boolean(m); ok {
			s.KeepGoing = &on
		}
	}},
	{"each", func(r *reader, s *Scenario, m source.Member) { s.Each = r.each(m) }},
	{"if", func(r *reader, s *Scenario, m source.Member) { s.If = r.expression(m) }},
	{"cleanup", nil},
}

func (r *reader) suite(v source.Value) *Suite {
	out := root{Suite: &Suite{File: r.file.Name}}
	if v.Kind != source.Object {
		hint := ""
		if v.Kind == source.List {
			hint = `put the key "steps" or "scenarios" above the list`
		}
		r.at(v, hint, "a suite must be a mapping, not %s", a(v))
		return out.Suite
	}
	fill(r, inSuite, v, &out, suiteFields)
	_, steps := v.Get("steps")
	_, scenarios := v.Get("scenarios")
	_, resources := v.Get("resources")
	if !steps && !scenarios && !resources {
		r.problem(v.Pos, 1, `write "steps:" or "scenarios:"`, "the file has neither steps nor scenarios, so that it tests nothing")
	}
	if len(out.steps) > 0 {
		own := Scenario{Pos: out.stepsKey.Pos, Name: out.Name, Steps: out.steps}
		if own.Name.Text == "" {
			base := r.file.Name[strings.LastIndexAny(r.file.Name, `/\\`)+1:]
			own.Name.Text = strings.TrimSuffix(base, path.Ext(base))
		}
		// A scenario stands where the file has it.
		i := slices.IndexFunc(out.Scenarios, func(s Scenario) bool { return source.Compare(s.Pos, own.Pos) > 0 })
		if i < 0 {
			i = len(out.Scenarios)
		}
		out.Scenarios = slices.Insert(out.Scenarios, i, own)
	}
	r.uniqueNames(out.Scenarios)
	return out.Suite
}

func (r *reader) uniqueNames(scenarios []Scenario) {
	first := map[string]source.Pos{}
	for _, s := range scenarios {
		name := s.Name
		if name.Text == "" {
			continue
		}
		at, twice := first[name.Text]
		if !twice {
			first[name.Text] = s.Pos
			continue
		}
		if !name.Given() {
			name.Pos, name.Block = s.Pos, true
		}
		r.atText(name, "the first one begins at line "+itoa(at.Line), "two scenarios have the name %s", quote(name.Text))
	}
}

func (r *reader) scenarios(m source.Member) []Scenario {
	if m.Value.Kind != source.List {
		r.wrong(m, "a list of scenarios", `write "- name: …" and its "steps:" below`)
		return nil
	}
	if len(m.Value.Items) == 0 {
		r.atText(m.Key, "", "a run of zero scenarios: the list is empty")
	}
	var out []Scenario
	for _, item := range m.Value.Items {
		if s, ok := r.scenario(item); ok {
			out = append(out, s)
		}
	}
	return out
}

func (r *reader) scenario(v source.Value) (Scenario, bool) {
	out := Scenario{Pos: v.Pos}
	if v.Kind != source.Object {
		hint := ""
		if v.Kind == source.String {
			hint = `a request line belongs to a scenario's "steps"`
		}
		r.at(v, hint, "a scenario must be a mapping, not %s", a(v))
		return out, false
	}
	fill(r, inScenario, v, &out, scenarioFields)
	if _, ok := v.Get("name"); !ok {
		r.problem(v.Pos, 1, `write "name: …"; reports and --name know it by that`, "a scenario has no name")
	}
	if _, ok := v.Get("steps"); !ok {
		r.problem(v.Pos, 1, `write "steps:"`, "a scenario has no steps, so that it tests nothing")
	}
	return out, true
}
