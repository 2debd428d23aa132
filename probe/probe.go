// Package probe tests HTTP APIs from outside: it reads scenario files, sends
// what they describe, and holds every answer against the scenario and against
// the HTTP standards.
//
// Prepare reads and checks files and sends nothing; Run sends.
package probe

import (
	"context"
	"crypto/tls"
	"io/fs"
	"net"
	"regexp"
	"time"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
	"httpprobe/probe/source"
)

// Input says which suites are wanted and what they are given. The zero value
// of each field is a working default; Paths must name something.
type Input struct {
	// Paths are scenario files and folders, searched for *.yaml and *.yml.
	Paths []string
	// FS is where Paths are found; nil is the file system of the machine.
	FS fs.FS
	// BaseURL wins over base_url of every suite.
	BaseURL string
	// Vars win over variables of the same name in files.
	Vars map[string]string
	// Secrets are variables whose values appear in no output.
	Secrets map[string]string
	// Optional names Vars and Secrets that no file needs to use, such as
	// defaults of a whole project. An unused other one is a mistake.
	Optional []string
	// Offline is set where nothing will be run: then a suite may lack a base
	// URL, which a run could still name.
	Offline bool
	// Env is what env.NAME reaches.
	Env map[string]string
	// Tags selects scenarios by an expression over their tags, such as
	// `smoke && !slow`; empty selects all.
	Tags string
	// Name selects scenarios, or suites as a whole, by name; nil selects all.
	Name *regexp.Regexp
	// AllowHosts are hosts, or host:port, that may be reached besides those of
	// the base URLs.
	AllowHosts []string
	// Timeout limits each step that sets none; 0 is 30 s.
	Timeout time.Duration
	// Version is probe's own, for User-Agent and reports.
	Version string
	// Now is the clock of now() in expressions; nil is time.Now.
	Now func() time.Time
}

// Prepared is a checked plan, ready to be run any number of times.
type Prepared struct {
	input Input
	files []file
}

// Options says how a run is made. The zero value works.
type Options struct {
	// Parallel is how many scenarios run at the same time; 0 is 8.
	Parallel int
	// Rate limits requests a second over the whole run; 0 is no limit.
	Rate float64
	// FailFast begins no further scenario, and no further setup, after one
	// that did not pass.
	FailFast bool
	// Grace is how long teardowns may take, all in all, once the run was
	// stopped; 0 is 10 s.
	Grace time.Duration
	// Strict lets warnings fail their steps.
	Strict bool
	// NoRules leaves the rulebook out: only expectations are checked.
	NoRules bool
	// Verify is how far requests of the rulebook may follow those of steps; a
	// suite or step may allow more, and a step less.
	Verify rule.Verify
	// TLS is used for https; nil is Go's default.
	TLS *tls.Config
	// Dial opens connections; nil is the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// BodyLimit is how many octets of a response's content are read; 0 is 10 MiB.
	BodyLimit int64
	// Observer is told how the run goes; nil: nobody is.
	Observer Observer
	// Now is the run's clock; nil is time.Now.
	Now func() time.Time
}

// An Observer is told how a run goes. Its methods are called one at a time.
type Observer interface {
	// Begin is called once, before the first request.
	Begin(finding.Header)
	// Step is called as each step ends, in the order of time.
	Step(Progress)
	// Scenario is called with each result, in the order of the files.
	Scenario(finding.Scenario)
	// End is called once, after the last scenario.
	End(finding.Summary)
}

// Progress is how far a run has come.
type Progress struct {
	Scenario  string // suite › scenario of the step that ended
	Step      string
	Outcome   finding.Outcome // before comparison with other scenarios of the run
	Done      int             // scenarios
	Scenarios int             // in all
	Counts    finding.Counts  // of steps so far
}

// Request is a request of a plan before it is bound to what a run gives:
// variables and captures stand as {name} or ${…}.
type Request struct {
	Suite, Scenario, Step string
	Pos                   source.Pos
	Method, URL           string
	As                    string // the identity; empty: anonymous
	Body                  string // the kind of body; empty: none
	Expect                string // the statuses expected, as written
	Times                 int    // rows of the step's own table
}
