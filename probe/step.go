package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/plan"
)

// step runs one step, or says why it did not run. It always adds a result.
func (s *session) step(ctx context.Context, phase finding.Phase, p *plan.Step, row int) {
	began := s.run.now()
	out := finding.Step{Pos: p.Pos, Phase: phase, Line: p.Line, Endpoint: p.Endpoint, Started: began}
	a, err := s.attempted(ctx, phase, p, row, &out)
	if err != nil {
		out.Outcome, out.Reason = finding.Errored, err.Error()
	}
	out.Duration = s.run.now().Sub(began)
	if out.Outcome == finding.Errored || hasExpectation(out.Findings) {
		s.stop(phase, &out)
	}
	out.Notes = append(out.Notes, s.verify(a, p)...)
	s.add(out, a, p)
}

func hasExpectation(findings []finding.Finding) bool {
	for _, f := range findings {
		if f.Rule == finding.Expectation {
			return true
		}
	}
	return false
}

// stop keeps the steps that are left from running, unless the scenario is to
// go on or is being torn down.
func (s *session) stop(phase finding.Phase, out *finding.Step) {
	keep := s.job.scenario != nil && s.job.scenario.KeepGoing && phase == finding.Main
	if phase == finding.Teardown || keep || s.broke != "" {
		return
	}
	what := "was not as expected"
	if out.Outcome == finding.Errored {
		what = "could not be carried out"
	}
	s.broke = fmt.Sprintf("an earlier step %s: %s (line %d)", what, out.Name, out.Pos.Line)
}

// attempted does everything about a step but its record. The error is why the
// step could not be carried out, as a sentence for people.
func (s *session) attempted(ctx context.Context, phase finding.Phase, p *plan.Step, row int, out *finding.Step) (*attempt, error) {
	out.Name = p.Title()
	if row >= 0 {
		out.Name = rowName(out.Name, p.Rows[row].Name)
	}
	skip := func(reason string) (*attempt, error) {
		out.Name = s.unique(out.Name)
		out.Outcome, out.Reason = finding.Skipped, reason
		return nil, nil
	}
	switch {
	case s.broke != "":
		return skip(s.broke)
	case ctx.Err() != nil:
		return skip("the run was stopped")
	}
	if row >= 0 {
		if err := p.Rows[row].Bind(row, s.vars); err != nil {
			out.Name = s.unique(out.Name)
			return nil, fmt.Errorf("row %d of the table cannot be used: %w", row+1, err)
		}
	}
	if err := s.rename(p, row, out); err != nil {
		return nil, err
	}
	if p.If != nil {
		holds, err := p.If.Bool(s.vars, nil)
		if err != nil {
			return nil, fmt.Errorf("if: %w", err)
		}
		if !holds {
			out.Outcome, out.Reason = finding.Skipped, "its condition is false: "+p.If.Text()
			return nil, nil
		}
	}
	if !pause(ctx, p.Wait) {
		out.Outcome, out.Reason = finding.Skipped, "the run was stopped"
		return nil, nil
	}
	return s.attempts(ctx, p, row, out)
}

// rename gives a step the name that its author wrote, with its values.
func (s *session) rename(p *plan.Step, row int, out *finding.Step) error {
	var err error
	if p.Name != nil {
		var name string
		if name, err = p.Name.String(s.vars, nil); err == nil {
			out.Name = name
			if _, constant := p.Name.Constant(); constant && row >= 0 {
				out.Name = rowName(name, p.Rows[row].Name)
			}
		}
	}
	out.Name = s.unique(out.Name)
	if err != nil {
		return fmt.Errorf("name: %w", err)
	}
	return nil
}

// pause waits. It gives false when the run was stopped meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempts sends the request of a step, again as its retry says, and fills in
// what came of the last one.
func (s *session) attempts(ctx context.Context, p *plan.Step, row int, out *finding.Step) (*attempt, error) {
	a := &attempt{vars: s.vars, level: s.level(p, row)}
	n := 1
	for ; ; n++ {
		if err := s.attempt(ctx, p, a); err != nil {
			return a, err
		}
		if !s.again(ctx, p, a, n) {
			break
		}
		for i := range a.sent {
			a.sent[i].expected = true // who retries expects that a server is not ready at first
		}
		a = &attempt{vars: s.vars, sent: a.sent, again: true, level: a.level}
	}
	if n > 1 {
		out.Notes = append(out.Notes, fmt.Sprintf("sent %d times", n))
	}
	out.Findings = append(out.Findings, a.findings...)
	out.Notes = append(out.Notes, a.notes...)
	if a.failure != nil {
		out.Outcome, out.Reason, out.Hint = finding.Errored, a.failure.Text, a.failure.Hint
		return a, nil
	}
	s.capture(p, a, out)
	return a, nil
}

// again waits until a step is to be sent once more, after n times. It gives
// false when that is not needed, or not possible: then the attempt says why.
func (s *session) again(ctx context.Context, p *plan.Step, a *attempt, n int) bool {
	more, why := a.unmet(p)
	if !more {
		return false
	}
	longest := s.suite.Settings.LongestRetry()
	wait, bearable := a.delay(p.Retry.Every, longest, s.run.now())
	switch {
	case n == p.Retry.Times:
	case !bearable:
		a.notes = append(a.notes, "not sent again: "+wait.String()+" is longer than probe waits for a Retry-After ("+longest.String()+")")
	case pause(ctx, wait):
		return true
	default:
		a.failure = cmp.Or(a.failure, &exchange.Failure{
			Kind: exchange.FailedCanceled, Text: "the run was stopped before the request was sent again",
		})
		return false
	}
	if p.Retry.Until != nil {
		a.findings = append(a.findings, neverHeld(p, a, n, why))
	}
	return false
}

func neverHeld(p *plan.Step, a *attempt, n int, why string) finding.Finding {
	times := "1 request"
	if n > 1 {
		times = fmt.Sprintf("%d requests", n)
	}
	return finding.Finding{
		Rule: finding.Expectation, Severity: finding.Error, Pos: p.Pos, Path: "retry.until", Exchange: a.index(),
		Message:  fmt.Sprintf("%s was not true after %s%s", p.Retry.Until.Text(), times, why),
		Expected: p.Retry.Until.Text(), Actual: "false",
	}
}

// capture gives names to values of the answer.
func (s *session) capture(p *plan.Step, a *attempt, out *finding.Step) {
	for name, value := range a.captured {
		s.vars[name], s.given[name] = value, value
	}
	for _, c := range p.Captures {
		value, err := c.Expr.Eval(s.vars, a.response)
		if err == nil && value == nil {
			err = errors.New("it is null or absent")
		}
		if err != nil {
			out.Findings = append(out.Findings, finding.Finding{
				Rule: finding.Expectation, Severity: finding.Error, Pos: c.Pos, Path: "capture." + c.Name,
				Message:  fmt.Sprintf("%s cannot be captured from %s: %v", c.Name, c.Expr.Text(), err),
				Expected: "a value at " + c.Expr.Text(), Exchange: a.index(),
			})
			continue
		}
		s.vars[c.Name], s.given[c.Name] = value, value
	}
}

// unmet reports whether an attempt is one that its step repeats, and why.
func (a *attempt) unmet(p *plan.Step) (more bool, why string) {
	switch {
	case p.Retry == nil:
		return false, ""
	case a.failure != nil && (a.failure.Kind == exchange.FailedCanceled || a.failure.Kind == exchange.FailedHost):
		return false, ""
	case a.failure != nil:
		return true, ": " + a.failure.Text
	case p.Retry.Until == nil:
		return len(a.findings) > 0, ""
	}
	holds, err := p.Retry.Until.Bool(a.vars, a.response)
	if err != nil {
		return true, ": " + err.Error()
	}
	return !holds, ""
}

// delay is how long to wait before the next attempt: what the step says, and
// at least what Retry-After asks for (RFC 9110 §10.2.3). It gives false when
// that is longer than the longest that is waited for.
func (a *attempt) delay(every, longest time.Duration, now time.Time) (time.Duration, bool) {
	if a.final == nil || a.final.Response == nil {
		return every, true
	}
	asked, ok := retryAfter(a.final.Response, now)
	if !ok {
		return every, true
	}
	return max(every, asked), asked <= longest
}
