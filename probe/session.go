package probe

import (
	"context"
	"fmt"
	"maps"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// session is one scenario while it runs: its variables, its cookies and what
// has come of its steps.
type session struct {
	run *runner
	// until ends when the run is stopped; after, which is for what has to be
	// undone, some time later.
	until, after context.Context

	veil  veil // hides what the run hides, and credentials of its own
	suite *plan.Suite
	job   job
	vars  expression.Vars
	jar   *jar
	out   result
	names map[string]int // how often a step name was used
	// given is what answers gave: captures and parts of a Location.
	given expression.Vars
	// made are the URLs of what the scenario, or the setup before it, created.
	made map[string]bool
	// wrote are the scenario's last writes, by the URLs that they are about,
	// where follow-ups are sent.
	wrote map[string]exchange.Request
	// asked are the follow-ups that were done after its steps.
	asked map[reach][]*rule.FollowUp
	// broke is why the steps that are left do not run; empty: they do.
	broke string
}

func newSession(until, after context.Context, r *runner, j job) *session {
	s := &session{until: until, after: after, run: r, veil: veil{r.secrets.Own()}, suite: j.of.file.suite, job: j, vars: expression.Vars{}, given: expression.Vars{}, jar: newJar(j.of.jar), names: map[string]int{}, made: map[string]bool{}, wrote: map[string]exchange.Request{}, asked: map[reach][]*rule.FollowUp{}}
	maps.Copy(s.made, j.of.made)
	s.out.last = j.row < 0 || j.row == len(j.scenario.Rows)-1
	s.out.Suite, s.out.Pos.File, s.out.Started = s.suite.Name, s.suite.File, r.now()
	if s.suite.BaseURL != nil {
		s.out.BaseURL = s.suite.BaseURL.String()
	}
	switch j.kind {
	case runSetup:
		s.out.Name = plan.SetupName
	case runTeardown:
		s.out.Name = plan.TeardownName
	default:
		s.out.Name, s.out.Pos, s.out.Tags = j.scenario.Name, j.scenario.Pos, j.scenario.Tags
		if j.row >= 0 {
			s.out.Name = rowName(s.out.Name, j.scenario.Rows[j.row].Name)
		}
	}
	return s
}

func rowName(name, row string) string { return name + " [" + row + "]" }

// finish closes the result.
func (s *session) finish() *result {
	s.out.Duration = s.run.now().Sub(s.out.Started)
	s.veil.scenario(&s.out.Scenario)
	if s.run.options.FailFast && outcome(s.out.Scenario) > finding.Skipped {
		s.run.stopped.Store(true)
	}
	return &s.out
}

// skip reports every step as skipped.
func (s *session) skip(reason string) {
	s.out.Outcome, s.out.Reason = finding.Skipped, reason
	if s.job.kind == runSetup {
		s.job.of.blocked = reason
	}
	s.leave(reason)
}

// leave reports the steps as skipped.
func (s *session) leave(reason string) {
	s.broke = reason
	ctx := context.Background() // nothing is sent
	switch s.job.kind {
	case runSetup:
		s.steps(ctx, finding.Setup, s.suite.Setup)
	case runTeardown:
		s.steps(ctx, finding.Teardown, s.suite.Teardown)
	case runScenario:
		s.steps(ctx, finding.Setup, s.job.scenario.Setup)
		s.steps(ctx, finding.Main, s.job.scenario.Steps)
		s.steps(ctx, finding.Teardown, s.job.scenario.Teardown)
	}
}

// setup runs the setup of a suite, whose captures all its scenarios see.
func (s *session) setup() {
	if s.bindVars(s.suite.Vars) {
		s.hide()
		s.steps(s.until, finding.Setup, s.suite.Setup)
	}
	if s.broke != "" {
		s.job.of.blocked = "the setup of the suite failed"
	}
	s.job.of.vars, s.job.of.all, s.job.of.jar, s.job.of.made = s.given, s.vars, s.jar, s.made
}

// teardown runs the teardown of a suite, also when its setup failed half-way
// or the run was stopped.
func (s *session) teardown() {
	// What the setup made under a name of its own is to be found again.
	maps.Copy(s.vars, s.job.of.all)
	if s.job.of.all != nil || s.bindSuite() {
		s.hide()
		s.steps(s.after, finding.Teardown, s.suite.Teardown)
	}
}

// bindSuite gives the variables of the suite, evaluated anew, and over them
// what its setup captured.
func (s *session) bindSuite() bool {
	if !s.bindVars(s.suite.Vars) {
		return false
	}
	maps.Copy(s.vars, s.job.of.vars)
	return true
}

// scenario runs a scenario: setup, steps and teardown.
func (s *session) scenario() {
	scenario := s.job.scenario
	if !s.bindSuite() {
		return
	}
	if s.job.row >= 0 {
		if err := scenario.Rows[s.job.row].Bind(s.job.row, s.vars); err != nil {
			s.unable(scenario.Pos, fmt.Sprintf("row %d of the table cannot be used: %v", s.job.row+1, err))
			return
		}
	}
	if !s.bindVars(scenario.Vars) {
		return
	}
	s.hide()
	if scenario.If != nil {
		holds, err := scenario.If.Bool(s.vars, nil)
		if err != nil {
			s.unable(scenario.Pos, fmt.Sprintf("if: %v", err))
			return
		}
		if !holds {
			s.skip("its condition is false: " + scenario.If.Text())
			return
		}
	}
	s.steps(s.until, finding.Setup, scenario.Setup)
	s.steps(s.until, finding.Main, scenario.Steps)
	s.broke = ""
	s.steps(s.after, finding.Teardown, scenario.Teardown)
}

// bindVars evaluates variables from top to bottom.
func (s *session) bindVars(vars []plan.Var) bool {
	for _, v := range vars {
		value, err := v.Value.Eval(s.vars)
		if err != nil {
			s.unable(v.Pos, fmt.Sprintf("the variable %q cannot be evaluated: %v", v.Name, err))
			return false
		}
		s.vars[v.Name] = value
	}
	return true
}

// hide makes the credentials of all identities secret before the first answer
// comes, which may show those that this scenario uses only later.
func (s *session) hide() {
	for _, i := range s.suite.Identities {
		// One that cannot be evaluated fails the steps that use it.
		if credentials, err := i.Bind(s.vars); err == nil {
			s.conceal(credentials.Secrets)
		}
	}
}

// conceal makes credentials secret. Those of a suite's setup, and the first
// ones of scenarios, are hidden in the whole run. When each of many scenarios
// makes credentials of its own, the later ones are hidden in its own results
// only, as looking for thousands of secrets would slow down everything.
func (s *session) conceal(secrets []string) {
	const most = 100
	if s.job.kind != runScenario || s.run.secrets.Size() < most {
		s.run.secrets.Add(secrets...)
		return
	}
	s.veil.Add(secrets...)
}

// unable reports a scenario that could not be begun, with one step more that
// says why, so that no report overlooks it.
func (s *session) unable(at source.Pos, reason string) {
	s.out.Outcome, s.out.Reason = finding.Errored, reason
	s.add(finding.Step{
		Name: s.unique("begin"), Pos: at, Phase: finding.Setup,
		Outcome: finding.Errored, Reason: reason, Started: s.run.now(),
	}, nil, nil)
	s.leave("the scenario could not be begun")
}

// unique makes the name of a step one of its own within the scenario.
func (s *session) unique(name string) string {
	s.names[name]++
	if n := s.names[name]; n > 1 {
		return s.unique(fmt.Sprintf("%s (%d)", name, n))
	}
	return name
}

// steps runs a list of steps in order, or reports them as skipped once
// something broke. What breaks in teardown does not keep its other steps from
// running.
func (s *session) steps(ctx context.Context, phase finding.Phase, steps []*plan.Step) {
	for _, step := range steps {
		if len(step.Rows) == 0 {
			s.step(ctx, phase, step, -1)
			continue
		}
		before := maps.Clone(s.vars)
		for i, row := range step.Rows {
			s.step(ctx, phase, step, i)
			restore(s.vars, before, row.Names())
		}
	}
}

// restore takes the row's own names away again, but leaves captures.
func restore(vars, before expression.Vars, names []string) {
	for _, name := range names {
		if old, ok := before[name]; ok {
			vars[name] = old
		} else {
			delete(vars, name)
		}
	}
}
