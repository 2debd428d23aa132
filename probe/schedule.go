package probe

import (
	"sync"
	"sync/atomic"

	"httpprobe/probe/expression"
	"httpprobe/probe/plan"
)

// job is one thing for a worker to do: a scenario with one row of its table,
// or the setup or teardown of a suite. Place is its place in reports.
type job struct {
	place    int
	of       *suiteRun
	kind     jobKind
	scenario *plan.Scenario
	row      int // -1: without a row
}

type jobKind uint8

const (
	runBroken jobKind = iota // a file with problems, which is only reported
	runSetup
	runScenario
	runTeardown
)

// suiteRun is how far a suite has come. It is guarded by the schedule, except
// for vars and blocked, which are written by the setup's worker before any
// other job of the suite is handed out.
type suiteRun struct {
	file    file
	first   int // place of its first job
	next    int // jobs handed out
	jobs    int // in all
	running int
	waiting bool // for its setup to end

	vars    expression.Vars // what setup captured
	all     expression.Vars // all variables of setup; nil without one
	jar     *jar            // the cookies of setup; nil without one
	made    map[string]bool // URLs of what setup created
	blocked string          // why the scenarios cannot run; empty: they can
	begun   atomic.Bool     // whether anything of it ran, so that there is something to tear down
}

// schedule hands out jobs in the order of the files, as soon as they may
// begin: scenarios after the setup of their suite, its teardown after them.
type schedule struct {
	mu     sync.Mutex
	freed  sync.Cond
	suites []*suiteRun
	total  int
}

func newSchedule(files []file) *schedule {
	s := &schedule{}
	s.freed.L = &s.mu
	for _, f := range files {
		r := &suiteRun{file: f, first: s.total, jobs: 1}
		if f.suite != nil {
			r.jobs = count(len(f.suite.Setup)) + count(len(f.suite.Teardown))
			for _, sc := range f.suite.Scenarios {
				r.jobs += max(1, len(sc.Rows))
			}
		}
		s.total += r.jobs
		s.suites = append(s.suites, r)
	}
	return s
}

// count is 1 for a list that is not empty: it makes one job.
func count(n int) int { return min(1, n) }

// take waits for a job that may begin. It gives false when all are handed out.
func (s *schedule) take() (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for len(s.suites) > 0 && s.suites[0].next == s.suites[0].jobs {
			s.suites = s.suites[1:]
		}
		if len(s.suites) == 0 {
			return job{}, false
		}
		for _, r := range s.suites {
			if r.next == r.jobs {
				continue
			}
			if j, ok := r.ready(); ok {
				r.next++
				r.running++
				return j, true
			}
		}
		s.freed.Wait()
	}
}

// release says that a job has ended, so that those waiting for it may begin.
func (s *schedule) release(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.of.running--
	if j.kind == runSetup {
		j.of.waiting = false
	}
	s.freed.Broadcast()
}

func (r *suiteRun) ready() (job, bool) {
	j := job{place: r.first + r.next, of: r, row: -1}
	suite := r.file.suite
	if suite == nil {
		return j, true
	}
	if r.waiting {
		return j, false
	}
	n := r.next
	if len(suite.Setup) > 0 {
		if n == 0 {
			r.waiting = true
			j.kind = runSetup
			return j, true
		}
		n--
	}
	for _, sc := range suite.Scenarios {
		rows := max(1, len(sc.Rows))
		if n < rows {
			j.kind, j.scenario = runScenario, sc
			if len(sc.Rows) > 0 {
				j.row = n
			}
			return j, true
		}
		n -= rows
	}
	j.kind = runTeardown
	return j, r.running == 0
}
