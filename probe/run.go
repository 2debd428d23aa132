package probe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"httpprobe/probe/client"
	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
	"httpprobe/probe/secret"
	"httpprobe/probe/source"
	"httpprobe/probe/wire"
)

const (
	defaultParallel = 8
	defaultGrace    = 10 * time.Second
)

// ErrTerminated is the cause of a context that ends because the process is
// asked to terminate; any other cause counts as an interruption.
var ErrTerminated = errors.New("terminated")

// Run sends what was prepared and tells the observer what came of it. Files
// with problems are reported as errors and do not keep the others from
// running. When ctx ends, running steps are cancelled, the teardown of what had
// begun still runs for at most Options.Grace, and what did not run is reported
// as skipped.
//
// A Prepared may be run several times, also at once.
func (p *Prepared) Run(ctx context.Context, o Options) finding.Summary {
	r := newRunner(p, o)
	defer r.client.Close()
	began := r.now()
	if o.Observer != nil {
		o.Observer.Begin(r.header(p, began))
	}
	after, cancel := graced(ctx, o.Grace)
	defer cancel()

	work := newSchedule(p.files)
	r.out = newEmitter(r, work.total)
	var workers sync.WaitGroup
	for range max(1, min(r.parallel, work.total)) {
		workers.Go(func() {
			for {
				j, ok := work.take()
				if !ok {
					return
				}
				r.out.admit(j.place)
				done := r.do(ctx, after, j)
				work.release(j)
				r.out.add(j.place, done)
			}
		})
	}
	workers.Wait()
	summary := r.out.summary()
	summary.Duration = r.now().Sub(began)
	switch {
	case errors.Is(context.Cause(ctx), ErrTerminated):
		summary.Interrupted = "terminated"
	case ctx.Err() != nil:
		summary.Interrupted = "interrupted"
	}
	if o.Observer != nil {
		o.Observer.End(summary)
	}
	return summary
}

// graced gives the context of teardowns: that of the run until it is stopped,
// and some time more from then on.
func graced(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	if grace <= 0 {
		grace = defaultGrace
	}
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(out, func() { timer.Stop() })
	})
	return out, func() { stop(); cancel() }
}

func (r *runner) header(p *Prepared, began time.Time) finding.Header {
	h := finding.Header{Version: p.input.Version, BaseURL: r.secrets.Mask(p.input.BaseURL), Strict: r.options.Strict, Started: began}
	for _, f := range p.files {
		h.Suites = append(h.Suites, f.name)
	}
	return h
}

// runner is what the scenarios of one run share.
type runner struct {
	options  Options
	parallel int
	client   *client.Client
	rules    *rule.Index
	secrets  *secret.Set
	pace     *rate.Limiter
	agent    string
	now      func() time.Time
	out      *emitter
	stopped  atomic.Bool // by FailFast

	verifying verifying
	public    openTargets
	writes    writes
	allowed   []string // rules that some step allows
}

func newRunner(p *Prepared, o Options) *runner {
	r := &runner{options: o, parallel: o.Parallel, now: o.Now, secrets: secret.NewSet()}
	if r.parallel <= 0 {
		r.parallel = defaultParallel
	}
	if r.now == nil {
		r.now = time.Now
	}
	version := p.input.Version
	if version == "" {
		version = "dev"
	}
	r.allowed = allowedRules(p.files)
	r.agent = "probe/" + version
	reach := client.Options{TLS: o.TLS, Dial: o.Dial, Now: r.now, Limits: wire.Limits{Body: o.BodyLimit}}
	if !o.NoRules {
		reach.CloseWait = rule.CloseLimit
		r.public = openIn(p.files)
		r.use(rule.Book(), p.files)
	}
	r.client = client.New(reach)
	if o.Rate > 0 {
		r.pace = rate.NewLimiter(rate.Limit(o.Rate), 1)
	}
	for _, f := range p.files {
		r.secrets.Add(f.secrets...)
	}
	return r
}

// use makes the run hold answers against these rules.
func (r *runner) use(book []rule.Rule, files []file) {
	r.rules = rule.NewIndex(book)
	r.verifying = newVerifying(files, r.options.Verify, r.rules, r.public)
}

// do carries out one job. It always gives a result. Teardowns have a context
// of their own, after.
func (r *runner) do(ctx, after context.Context, j job) *result {
	if j.kind == runBroken {
		return r.broken(j.of.file)
	}
	s := newSession(ctx, after, r, j)
	switch {
	case j.kind == runTeardown && j.of.begun.Load():
		s.teardown()
	case j.of.blocked != "":
		s.skip(j.of.blocked)
	case ctx.Err() != nil:
		s.skip("the run was stopped before it began")
	case r.stopped.Load():
		s.skip("an earlier scenario did not pass (--fail-fast)")
	case j.kind == runTeardown: // of a suite that has nothing else
		s.teardown()
	case j.kind == runSetup:
		j.of.begun.Store(true)
		s.setup()
	default:
		j.of.begun.Store(true)
		s.scenario()
	}
	return s.finish()
}

// broken reports a file that cannot be run, with a step for each problem.
func (r *runner) broken(f file) *result {
	out := &result{Scenario: finding.Scenario{
		Suite: f.name, Name: "scenario file", Pos: source.Pos{File: f.name}, Outcome: finding.Errored,
	}}
	for _, p := range f.problems {
		step := finding.Step{
			Name: fmt.Sprintf("line %d: %s", p.Pos.Line, p.Text), Pos: p.Pos, Phase: finding.Main,
			Outcome: finding.Errored, Reason: p.Text, Hint: p.Hint,
		}
		for _, l := range p.Excerpt {
			step.Notes = append(step.Notes, fmt.Sprintf("%5d | %s", l.Number, l.Text))
		}
		veil{r.secrets}.step(&step)
		out.Steps = append(out.Steps, step)
	}
	return out
}
