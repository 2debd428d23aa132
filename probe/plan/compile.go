package plan

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/expression"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// compiler compiles one suite and collects what is wrong with it.
type compiler struct {
	in         Input
	language   *expression.Language
	problems   []source.Problem
	identities map[string]*Identity
	env        map[string]bool // environment variables that the suite reads
	book       []rule.Rule
	ids        []string // of the rules
	topics     []string
	levels     rule.Levels
	off        []string // rules that are off in the whole suite
	hosts      Hosts
}

// scope is the names that are defined at a place of a file.
type scope struct{ names []string }

func (s scope) with(names ...string) scope {
	return scope{slices.Concat(s.names, names)}
}

func (s scope) has(name string) bool { return slices.Contains(s.names, name) }

func (s scope) vars() expression.Scope     { return expression.Scope{Vars: s.names} }
func (s scope) response() expression.Scope { return expression.Scope{Vars: s.names, Response: true} }

// Compile gives the plan of a suite and everything that is wrong with names,
// expressions and matchers in it. The plan can be run only if there are no
// problems.
func Compile(in Input) (*Suite, []source.Problem) {
	c := &compiler{
		in:         in,
		language:   &expression.Language{Env: in.Env, Files: in.Files, Now: in.Now},
		identities: map[string]*Identity{},
		env:        map[string]bool{},
		book:       rule.Book(),
	}
	c.ids, c.topics = rule.Known()
	suite := c.suite(in.Suite)
	for name := range c.env {
		if v := in.Env[name]; v != "" {
			suite.Secrets = append(suite.Secrets, v)
		}
	}
	for _, v := range in.Secrets {
		suite.Secrets = append(suite.Secrets, v)
	}
	return suite, source.Sort(c.problems)
}

func (c *compiler) problem(at source.Pos, width int, hint, format string, args ...any) {
	c.problems = append(c.problems, source.Problem{Pos: at, Width: width, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *compiler) undefined(at source.Pos, name string, s scope) {
	c.problem(at, len([]rune(name)), source.DidYouMean(name, s.names), "%q is not defined here", name)
}

func (c *compiler) template(t source.Text, s scope) *expression.Template {
	out, problems := c.language.Template(t, s.vars())
	c.problems = append(c.problems, problems...)
	if out != nil {
		c.reads(out.Env())
	}
	return out
}

// program compiles an expression over a response; condition is set where it
// must be true or false.
func (c *compiler) program(t source.Text, s expression.Scope, condition bool) *expression.Program {
	compile := c.language.Compile
	if condition {
		compile = c.language.Condition
	}
	out, problems := compile(t, s)
	c.problems = append(c.problems, problems...)
	if out != nil {
		c.reads(out.Env())
	}
	return out
}

func (c *compiler) condition(t source.Text, s expression.Scope) *expression.Program {
	if !t.Given() {
		return nil
	}
	return c.program(t, s, true)
}

func (c *compiler) matcher(v source.Value, s scope) *match.Matcher {
	return c.compile(v, &match.Compiler{Language: c.language, Scope: s.response(), Files: c.in.Files})
}

// textMatcher compiles a matcher of fields and cookies, whose values are text
// even where they look like numbers.
func (c *compiler) textMatcher(v source.Value, s scope) *match.Matcher {
	return c.compile(v, &match.Compiler{Language: c.language, Scope: s.response(), Files: c.in.Files, Texts: true})
}

func (c *compiler) compile(v source.Value, m *match.Compiler) *match.Matcher {
	out, problems := m.Compile(v)
	c.problems = append(c.problems, problems...)
	if out != nil {
		c.reads(out.Env())
	}
	return out
}

func (c *compiler) reads(env []string) {
	for _, name := range env {
		c.env[name] = true
	}
}

func (c *compiler) suite(in *scenario.Suite) *Suite {
	out := &Suite{File: in.File, Name: in.Name.Text}
	if out.Name == "" {
		out.Name = strings.TrimSuffix(path.Base(in.File), path.Ext(in.File))
	}
	base := scope{slices.Concat(slices.Sorted(maps.Keys(c.in.Vars)), slices.Sorted(maps.Keys(c.in.Secrets)))}
	out.BaseURL = c.baseURL(in, base)
	out.Hosts = NewHosts(out.BaseURL, c.in.Allow)
	c.hosts = out.Hosts
	out.Settings = c.settings(in)
	c.levels = rule.Levels{Profile: c.profile(in.Rules.Profile), Suite: c.severities(in.Levels)}
	c.off = c.levels.Off(c.book)

	given := c.givenVars(base.names, in.File)
	out.Vars, base = c.vars(in.Vars, base)
	out.Vars = slices.Concat(given, out.Vars)
	// The setup may be what gets the credentials.
	known := base.with(captured(in.Setup)...)
	for _, identity := range in.Identities {
		compiled := c.identity(identity, known)
		c.identities[identity.Name.Text] = compiled
		out.Identities = append(out.Identities, compiled)
	}
	c.checkDefaults(in.Defaults)
	var steps scope
	out.Setup, steps = c.steps(in.Setup, in.Defaults, base)
	after := steps
	used := map[string]int{}
	if len(in.Setup) > 0 {
		used[SetupName]++
	}
	if len(in.Teardown) > 0 {
		used[TeardownName]++
	}
	for i := range in.Scenarios {
		s := c.scenario(in, &in.Scenarios[i], steps)
		if s.Name == "" {
			s.Name = out.Name
		}
		s.Name = unique(used, s.Name)
		out.Scenarios = append(out.Scenarios, s)
	}
	out.Teardown, _ = c.steps(in.Teardown, in.Defaults, after)
	return out
}

func (c *compiler) scenario(suite *scenario.Suite, in *scenario.Scenario, s scope) *Scenario {
	out := &Scenario{Name: in.Name.Text, Pos: in.Pos, KeepGoing: suite.KeepGoing}
	if in.KeepGoing != nil {
		out.KeepGoing = *in.KeepGoing
	}
	for _, t := range slices.Concat(suite.Tags, in.Tags) {
		if !slices.Contains(out.Tags, t.Text) {
			out.Tags = append(out.Tags, t.Text)
		}
	}
	// Rows come before the scenario's own variables, which may use them.
	out.Rows, s = c.rows(in.Each, s)
	out.Vars, s = c.vars(in.Vars, s)
	out.If = c.condition(in.If, s.vars())
	out.Setup, s = c.steps(in.Setup, suite.Defaults, s)
	out.Steps, s = c.steps(in.Steps, suite.Defaults, s)
	out.Teardown, _ = c.steps(in.Teardown, suite.Defaults, s)
	return out
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// name checks the name of a variable or capture.
func (c *compiler) name(t source.Text, what string) {
	width := len([]rune(t.Text))
	switch {
	case !identifier.MatchString(t.Text):
		c.problem(t.Pos, width, "letters, digits and _, not beginning with a digit", "%q cannot be the name of a %s", t.Text, what)
	case slices.Contains(expression.Reserved(), t.Text):
		c.problem(t.Pos, width, "choose another name, such as "+t.Text+"_", "%q means something else in expressions and cannot be the name of a %s", t.Text, what)
	}
}

func (c *compiler) vars(in []scenario.Var, s scope) ([]Var, scope) {
	var out []Var
	for _, v := range in {
		c.name(v.Name, "variable")
		name := v.Name.Text
		if given, ok := c.given(name); ok {
			out = append(out, Var{Name: name, Pos: v.Name.Pos, Value: text(given)})
		} else {
			out = append(out, Var{Name: name, Pos: v.Name.Pos, Value: c.data(v.Value, s)})
		}
		s = s.with(name)
	}
	return out, s
}

// givenVars are the variables of the command line, which a file may use without
// defining them.
func (c *compiler) givenVars(names []string, file string) []Var {
	var out []Var
	for _, name := range names {
		pos := source.Pos{File: file}
		c.name(source.Text{Text: name, Pos: pos}, "variable")
		value, _ := c.given(name)
		out = append(out, Var{Name: name, Pos: pos, Value: text(value)})
	}
	return out
}

// given is a value that the command line gives, which wins over the file's.
func (c *compiler) given(name string) (string, bool) {
	if v, ok := c.in.Secrets[name]; ok {
		return v, true
	}
	v, ok := c.in.Vars[name]
	return v, ok
}

func (c *compiler) rows(in *scenario.Each, s scope) ([]Row, scope) {
	if in == nil {
		return nil, s
	}
	out := make([]Row, len(in.Rows))
	used := map[string]int{}
	for i, r := range in.Rows {
		out[i] = Row{Name: unique(used, r.Name), Value: c.data(r.Value, s)}
		for _, m := range r.Value.Members {
			if i == 0 {
				c.name(m.Key, "variable")
			}
		}
	}
	return out, s.with(rowNames(out)...)
}

// unique gives a name that was not used before.
func unique(used map[string]int, name string) string {
	used[name]++
	if n := used[name]; n > 1 {
		return unique(used, fmt.Sprintf("%s (%d)", name, n))
	}
	return name
}
