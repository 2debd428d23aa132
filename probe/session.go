package probe

import (
	"context"
	"fmt"
	"maps"
	"time"

	"httpprobe/probe/expression"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
)

// session is one scenario while it runs: its variables, its cookies and what
// has come of its steps.
type session struct {
	run   *runner
	suite *plan.Suite
	job   job
	vars  expression.Vars
	jar   *jar
	out   result
	names map[string]int // how often a step name was used
	// broke is why the steps that are left do not run; empty: they do.
	broke string
}

func newSession(r *runner, j job) *session {
	s := &session{run: r, suite: j.of.file.suite, job: j, vars: expression.Vars{}, jar: newJar(), names: map[string]int{}}
	s.out.Suite, s.out.Pos.File = s.suite.Name, s.suite.File
	if s.suite.BaseURL != nil {
		s.out.BaseURL = s.suite.BaseURL.String()
	}
	switch j.kind {
	case runSetup:
		s.out.Name = "setup"
	case runTeardown:
		s.out.Name = "teardown"
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
	for i := range s.out.Steps {
		settle(&s.out.Steps[i], s.run.options.Strict)
	}
	s.out.Outcome = outcome(s.out.Scenario)
	if s.run.options.FailFast && s.out.Outcome > finding.Skipped {
		s.run.stopped.Store(true)
	}
	return &s.out
}

// skip reports every step as skipped.
func (s *session) skip(reason string) {
	s.out.Outcome, s.out.Reason = finding.Skipped, reason
	s.broke = reason
	ctx := context.Background() // nothing is sent
	switch s.job.kind {
	case runSetup:
		s.job.of.blocked = reason
		s.steps(ctx, finding.Setup, s.suite.Setup)
	case runScenario:
		s.steps(ctx, finding.Setup, s.job.scenario.Setup)
		s.steps(ctx, finding.Main, s.job.scenario.Steps)
	}
}

// setup runs the setup of a suite, whose captures all its scenarios see.
func (s *session) setup(ctx context.Context) {
	s.began()
	if s.bindVars(s.suite.Vars) {
		s.hide()
		s.steps(ctx, finding.Setup, s.suite.Setup)
	}
	if s.broke != "" {
		s.job.of.blocked = "the setup of the suite failed"
	}
	own := maps.Clone(s.vars)
	for _, v := range s.suite.Vars {
		delete(own, v.Name) // each scenario evaluates them for itself
	}
	s.job.of.vars = own
	s.ended()
}

// teardown runs the teardown of a suite, also when its setup failed half-way
// or the run was stopped.
func (s *session) teardown(ctx context.Context) {
	s.began()
	maps.Copy(s.vars, s.job.of.vars)
	if s.bindVars(s.suite.Vars) {
		ctx, cancel := graced(ctx)
		defer cancel()
		s.steps(ctx, finding.Teardown, s.suite.Teardown)
	}
	s.ended()
}

// scenario runs a scenario: setup, steps and teardown.
func (s *session) scenario(ctx context.Context) {
	scenario := s.job.scenario
	maps.Copy(s.vars, s.job.of.vars)
	if s.job.row >= 0 {
		if err := scenario.Rows[s.job.row].Bind(s.job.row, s.vars); err != nil {
			s.unable(fmt.Sprintf("row %d of the table cannot be used: %v", s.job.row+1, err))
			return
		}
	}
	if !s.bindVars(s.suite.Vars) || !s.bindVars(scenario.Vars) {
		return
	}
	s.hide()
	if scenario.If != nil {
		holds, err := scenario.If.Bool(s.vars, nil)
		if err != nil {
			s.unable(fmt.Sprintf("if: %v", err))
			return
		}
		if !holds {
			s.skip("its condition is false: " + scenario.If.Text())
			return
		}
	}
	s.steps(ctx, finding.Setup, scenario.Setup)
	s.steps(ctx, finding.Main, scenario.Steps)
	s.broke = ""
	after, cancel := graced(ctx)
	defer cancel()
	s.steps(after, finding.Teardown, scenario.Teardown)
}

func (s *session) whole(ctx context.Context) {
	s.began()
	s.scenario(ctx)
	s.ended()
}

func (s *session) began() { s.out.Started = s.run.now() }
func (s *session) ended() { s.out.Duration = s.run.now().Sub(s.out.Started) }

// graced gives the context of a teardown: that of the run until it is
// stopped, and some time more from then on.
func graced(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(teardownGrace, cancel)
		context.AfterFunc(out, func() { timer.Stop() })
	})
	return out, func() { stop(); cancel() }
}

// bindVars evaluates variables from top to bottom.
func (s *session) bindVars(vars []plan.Var) bool {
	for _, v := range vars {
		value, err := v.Value.Eval(s.vars)
		if err != nil {
			s.unable(fmt.Sprintf("the variable %q cannot be evaluated: %v", v.Name, err))
			s.out.Pos = v.Pos
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
			s.run.secrets.Add(credentials.Secrets...)
		}
	}
}

// unable reports a scenario that could not be begun, with one step that says
// why, so that no report overlooks it.
func (s *session) unable(reason string) {
	s.broke = reason
	s.out.Reason = s.run.secrets.Mask(reason)
	s.out.Outcome = finding.Errored
	s.out.Steps = append(s.out.Steps, finding.Step{
		Name: s.unique("begin"), Pos: s.out.Pos, Phase: finding.Setup,
		Outcome: finding.Errored, Reason: s.out.Reason, Started: s.run.now(),
	})
	s.out.judged = append(s.out.judged, nil)
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
		for i := range step.Rows {
			s.step(ctx, phase, step, i)
		}
		restore(s.vars, before, step.Rows)
	}
}

// restore takes the row's own names away again, but leaves captures.
func restore(vars, before expression.Vars, rows []plan.Row) {
	for _, name := range plan.RowNames(rows) {
		if old, ok := before[name]; ok {
			vars[name] = old
		} else {
			delete(vars, name)
		}
	}
}
