package probe

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/plan"
	"httpprobe/probe/scenario"
	"httpprobe/probe/secret"
	"httpprobe/probe/source"
)

// file is a scenario file after it was read: a plan, or problems.
type file struct {
	name     string
	suite    *plan.Suite
	secrets  []string // known before the run, also where there is no suite
	problems []source.Problem
}

// Prepare reads and checks scenario files. It sends nothing. Mistakes in files
// are in Problems; the error is for what is asked of Prepare itself: a path
// that is not there, a filter that selects nothing, a base URL that is none.
// Its text is a sentence for people.
func Prepare(in Input) (*Prepared, error) {
	tags, err := plan.ParseTags(in.Tags)
	if err != nil {
		return nil, fmt.Errorf("--tags: %w", err)
	}
	if in.BaseURL != "" {
		if _, err := plan.ParseBaseURL(in.BaseURL); err != nil {
			return nil, fmt.Errorf("--base-url: %w", err)
		}
	}
	found, err := find(in)
	if err != nil {
		return nil, err
	}
	if err := used(in, found); err != nil {
		return nil, err
	}
	p := &Prepared{input: in}
	data := map[string]bool{}
	var parsed []*scenario.Suite
	for _, f := range found {
		suite, problems := (*scenario.Suite)(nil), f.unread
		if len(problems) == 0 {
			suite, problems = scenario.Parse(f.File, f.dir)
		}
		p.files = append(p.files, file{name: f.Name, problems: problems})
		parsed = append(parsed, suite)
		for _, name := range tables(f.Name, suite) {
			data[name] = true
		}
	}
	for i, f := range found {
		if suite := parsed[i]; suite != nil {
			p.files[i].compile(in, f, suite)
		}
	}
	// A YAML file that a suite reads as a table is no suite, unless it was
	// named.
	named := map[string]bool{}
	for _, f := range found {
		named[f.Name] = f.named
	}
	p.files = slices.DeleteFunc(p.files, func(f file) bool { return data[f.name] && !named[f.name] })
	return p, p.choose(in, tags)
}

func (f *file) compile(in Input, from located, suite *scenario.Suite) {
	compiled, problems := plan.Compile(plan.Input{
		Suite: suite, Files: from.dir, BaseURL: in.BaseURL,
		Vars: in.Vars, Secrets: in.Secrets, Env: in.Env,
		Allow: in.AllowHosts, Timeout: in.Timeout, Now: in.Now, Offline: in.Offline,
	})
	f.problems = append(f.problems, problems...)
	f.problems = source.Sort(f.problems)
	from.Annotate(f.problems)
	from.annotateTables(f.problems)
	f.secrets = compiled.Secrets
	secrets := secret.NewSet(f.secrets...)
	for i := range f.problems {
		p := &f.problems[i]
		p.Text, p.Hint = secrets.Mask(p.Text), secrets.Mask(p.Hint)
	}
	if len(f.problems) == 0 {
		f.suite = compiled
	}
}

// choose leaves what the filters select.
func (p *Prepared) choose(in Input, tags plan.Tags) error {
	if in.Tags == "" && in.Name == nil {
		return nil
	}
	selected := 0
	broken := false
	for i := range p.files {
		suite := p.files[i].suite
		if suite == nil {
			broken = true
			continue
		}
		suite.Scenarios = slices.DeleteFunc(suite.Scenarios, func(s *plan.Scenario) bool {
			named := in.Name == nil || in.Name.MatchString(s.Name) || in.Name.MatchString(suite.Name)
			return !named || !tags.Hold(s.Tags)
		})
		selected += len(suite.Scenarios)
	}
	p.files = slices.DeleteFunc(p.files, func(f file) bool { return f.suite != nil && len(f.suite.Scenarios) == 0 })
	if selected == 0 && !broken {
		var filters []string
		if in.Tags != "" {
			filters = append(filters, fmt.Sprintf("--tags %q", in.Tags))
		}
		if in.Name != nil {
			filters = append(filters, fmt.Sprintf("--name %q", in.Name))
		}
		return fmt.Errorf("%s selects no scenario", strings.Join(filters, " with "))
	}
	return nil
}

// used refuses a variable of the command line that no file names: most likely
// it is misspelt, and the file would silently run with another value.
func used(in Input, files []located) error {
	for _, list := range []struct {
		flag string
		vars map[string]string
	}{{"--var", in.Vars}, {"--secret", in.Secrets}} {
		for name := range list.vars {
			if slices.Contains(in.Optional, name) {
				continue
			}
			word := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
			if !slices.ContainsFunc(files, func(f located) bool { return word.Match(f.Data) }) {
				return fmt.Errorf("%s %s: no scenario file uses a variable of that name", list.flag, name)
			}
		}
	}
	return nil
}

// Problems gives what is wrong with the files, in the order of their places.
func (p *Prepared) Problems() []source.Problem {
	var out []source.Problem
	for _, f := range p.files {
		out = append(out, f.problems...)
	}
	return out
}

// Files gives the names of the files that were read, in their order.
func (p *Prepared) Files() []string {
	var out []string
	for _, f := range p.files {
		out = append(out, f.name)
	}
	return out
}

// Suites gives the names of the files that can run.
func (p *Prepared) Suites() []string {
	var out []string
	for _, f := range p.files {
		if f.suite != nil {
			out = append(out, f.name)
		}
	}
	return out
}

// Size counts the scenarios and steps that would run, one for each row of a
// table.
func (p *Prepared) Size() (scenarios, steps int) {
	for _, f := range p.files {
		if f.suite == nil {
			continue
		}
		for _, s := range f.suite.Scenarios {
			rows := max(1, len(s.Rows))
			scenarios += rows
			steps += rows * size(s.Setup, s.Steps, s.Teardown)
		}
		steps += size(f.suite.Setup, f.suite.Teardown)
	}
	return scenarios, steps
}

func size(lists ...[]*plan.Step) int {
	n := 0
	for _, step := range slices.Concat(lists...) {
		n += max(1, len(step.Rows))
	}
	return n
}

// Requests gives the requests that would be sent, in the order of the files.
func (p *Prepared) Requests() []Request {
	var out []Request
	for _, f := range p.files {
		if f.suite == nil {
			continue
		}
		add := func(scenario string, steps []*plan.Step) {
			for _, s := range steps {
				out = append(out, preview(f.suite, scenario, s))
			}
		}
		add(plan.SetupName, f.suite.Setup)
		for _, s := range f.suite.Scenarios {
			for i := range max(1, len(s.Rows)) {
				name := s.Name
				if len(s.Rows) > 0 {
					name = rowName(s.Name, s.Rows[i].Name)
				}
				add(name, s.Setup)
				add(name, s.Steps)
				add(name, s.Teardown)
			}
		}
		add(plan.TeardownName, f.suite.Teardown)
	}
	return out
}

func preview(suite *plan.Suite, scenario string, s *plan.Step) Request {
	r := Request{Suite: suite.Name, Scenario: scenario, Step: s.Title(), Pos: s.Pos, Method: s.Method, Times: max(1, len(s.Rows))}
	r.URL = s.Target.Text
	if strings.HasPrefix(r.URL, "/") && suite.BaseURL != nil {
		r.URL = suite.BaseURL.String() + r.URL
	}
	if s.As != nil {
		r.As = s.As.Name
	}
	if s.Body != nil {
		r.Body = string(s.Body.Kind)
	}
	if s.Expect.Status != nil {
		r.Expect = s.Expect.Status.Text
	}
	return r
}
