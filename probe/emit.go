package probe

import (
	"sync"

	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// result is what a worker hands over: a scenario's result, and the exchanges
// of each of its steps for the rules that compare across the run.
type result struct {
	finding.Scenario
	judged [][]judged   // by step
	plans  []*plan.Step // by step; nil for one that the plan does not have
	// decided are, by step, the rules whose follow-ups have shown all they can.
	decided [][]string
	last    bool // no result of the same steps comes after it
	// compared counts the steps whose exchanges were compared already; waiting
	// is the weight of the others.
	compared, waiting int
}

const (
	// heldLimit is how much may be held back for an earlier scenario that takes
	// longer: some thousand steps.
	heldLimit = 16 << 20
	// stepWeight is about what a step takes for each exchange, besides long
	// bodies.
	stepWeight = 4 << 10
	// batch is how much is compared at once: exchanges in a row take far less
	// time than the same ones between other work.
	batch = 64 * stepWeight
)

// weight is about how many octets of memory the result takes.
func (r *result) weight() int {
	n := 0
	for _, step := range r.Steps {
		n += max(1, len(step.Exchanges)) * stepWeight
	}
	for _, step := range r.judged {
		n += bodies(step)
	}
	return n
}

// bodies counts the octets of the bodies of a step.
func bodies(step []judged) int {
	n := 0
	for _, j := range step {
		n += len(j.pass.Request.Body) + len(j.pass.Response.Body)
	}
	return n
}

// judged is an exchange that was judged alone and is still to be compared.
type judged struct {
	pass   *rule.Pass
	levels rule.Levels
	allow  []plan.Allowance
	place  int        // index into the step's exchanges
	pos    source.Pos // of the step
	veil   veil
}

// emitter puts results into the order of the files. Rules that compare across
// the run see the exchanges in that order, so that a run's verdicts do not
// depend on which scenario was faster. Its lock also keeps calls of the
// observer apart, and in order.
type emitter struct {
	run     *runner
	mu      sync.Mutex
	pending map[int]*result
	held    int       // weight of what is pending
	moved   sync.Cond // next or held changed
	next    int
	total   int
	across  *rule.Across
	sum     finding.Summary
	steps   finding.Counts // of steps that ended, in the order of time
	reached bool           // some connection to a server was made
	allowed allowances
	told    repeats
}

func newEmitter(r *runner, total int) *emitter {
	e := &emitter{run: r, pending: map[int]*result{}, total: total, told: repeats{}, allowed: allowances{steps: map[*plan.Step]*allowance{}}}
	e.moved.L = &e.mu
	if r.rules != nil {
		e.across = r.rules.Begin(r.allowed...)
	}
	return e
}

// admit waits while too much is held back for the one scenario that comes
// next. That one never waits, and whoever ends it takes up the lowest job
// that is left, so that somebody always goes on.
func (e *emitter) admit(place int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.held > heldLimit && place != e.next {
		e.moved.Wait()
	}
}

func (e *emitter) add(place int, r *result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.moved.Broadcast()
	e.pending[place] = r
	e.held += r.weight()
	for {
		r, ok := e.pending[e.next]
		if !ok {
			return
		}
		delete(e.pending, e.next)
		e.held -= r.weight()
		e.next++
		e.emit(r)
	}
}

func (e *emitter) emit(r *result) {
	e.compare(r)
	if e.across != nil {
		e.allowed.take(r)
	}
	if len(e.run.verifying.steps) > 0 {
		e.told.drop(&r.Scenario)
	}
	for i := range r.Steps {
		settle(&r.Steps[i], e.run.options.Strict)
		for _, x := range r.Steps[i].Exchanges {
			e.reached = e.reached || x.Conn.Remote != "" && !x.Failure.Unreached()
		}
	}
	r.Outcome = outcome(r.Scenario)
	if e.run.options.FailFast && r.Outcome > finding.Skipped {
		e.run.stopped.Store(true)
	}
	e.sum.Counts.Add(r.Scenario)
	e.sum.Outcome = max(e.sum.Outcome, heavy(r.Outcome))
	if ob := e.run.options.Observer; ob != nil {
		ob.Scenario(r.Scenario)
	}
}

// compare shows the exchanges of a result to the rules that compare across
// the run, and lets go of them.
func (e *emitter) compare(r *result) {
	for ; r.compared < len(r.judged); r.compared++ {
		step := &r.Steps[r.compared]
		var found []finding.Finding
		for _, j := range r.judged[r.compared] {
			found = append(found, j.veil.findings(e.across.Judge(j.pass), j)...)
		}
		step.Findings = append(step.Findings, fresh(found, step.Exchanges)...)
		r.judged[r.compared] = nil
	}
	r.waiting = 0
}

// early compares what there is of a result whose turn it is, so that a long
// scenario does not hold the bodies of all its exchanges until it ends.
func (e *emitter) early(place int, r *result) {
	if r.waiting < batch {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.next == place {
		e.compare(r)
	}
}

// heavy leaves out that something was skipped: a run with skips has passed.
func heavy(o finding.Outcome) finding.Outcome {
	if o == finding.Skipped {
		return finding.Passed
	}
	return o
}

// settle gives a step its outcome once all findings are known.
func settle(s *finding.Step, strict bool) {
	switch failing := len(s.Failing(strict)) > 0; {
	case s.Outcome == finding.Passed && failing:
		s.Outcome = finding.Failed
	case s.Outcome == finding.Failed && !failing: // all it was blamed for was told before
		s.Outcome = finding.Passed
	}
}

// outcome is the heaviest of a scenario's steps; it is skipped if nothing of
// it ran.
func outcome(s finding.Scenario) finding.Outcome {
	out, ran := s.Outcome, false
	for _, step := range s.Steps {
		out = max(out, heavy(step.Outcome))
		ran = ran || step.Outcome != finding.Skipped
	}
	if !ran && len(s.Steps) > 0 && out == finding.Passed {
		return finding.Skipped
	}
	return out
}

func (e *emitter) summary() finding.Summary {
	e.mu.Lock()
	defer e.mu.Unlock()
	sum := e.sum
	sum.Notes = append(sum.Notes[:len(sum.Notes):len(sum.Notes)], e.allowed.summary()...)
	sum.Unreached = sum.Requests > 0 && !e.reached
	if sum.Outcome == finding.Passed && sum.Passed == 0 && sum.Skipped > 0 {
		sum.Outcome = finding.Skipped
	}
	return sum
}

// progress tells the observer that a step has ended.
func (e *emitter) progress(scenario string, s finding.Step) {
	ob := e.run.options.Observer
	if ob == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.steps.Add(finding.Scenario{Steps: []finding.Step{s}})
	e.steps.Scenarios = e.next
	ob.Step(Progress{
		Scenario: scenario, Step: s.Name, Outcome: s.Outcome,
		Done: e.next, Scenarios: e.total, Counts: e.steps,
	})
}
