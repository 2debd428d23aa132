// Package plan turns a suite into what can be run: names resolved, matchers
// and expressions compiled, defaults merged, tables kept as rows. What is
// left to bind are the values that only a run can give: variables, captures
// and the answers themselves.
package plan

import (
	"io/fs"
	"iter"
	"net/url"
	"time"

	"httpprobe/probe/expression"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// Suite is one file, ready to run.
type Suite struct {
	File       string
	Name       string
	BaseURL    *url.URL // without a slash at the end of its path
	Hosts      Hosts
	Vars       []Var
	Setup      []*Step
	Teardown   []*Step
	Scenarios  []*Scenario
	Settings   rule.Settings
	Identities []*Identity
	Secrets    []string // values known before the run that no output may show
}

// Steps gives every step of the suite.
func (s *Suite) Steps() iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		lists := [][]*Step{s.Setup, s.Teardown}
		for _, sc := range s.Scenarios {
			lists = append(lists, sc.Setup, sc.Steps, sc.Teardown)
		}
		for _, steps := range lists {
			for _, step := range steps {
				if !yield(step) {
					return
				}
			}
		}
	}
}

// The names under which reports show the setup and teardown of a suite.
const (
	SetupName    = "setup"
	TeardownName = "teardown"
)

// Var is a named value that is evaluated when a scenario begins.
type Var struct {
	Name  string
	Pos   source.Pos
	Value Data
}

// Scenario is a list of steps, run once for each row.
type Scenario struct {
	Name      string // one of its own within the suite
	Pos       source.Pos
	Tags      []string
	Vars      []Var
	Setup     []*Step
	Steps     []*Step
	Teardown  []*Step
	KeepGoing bool
	If        *expression.Program
	Rows      []Row // nil: run once, without a row
}

// Row is one row of a table.
type Row struct {
	Name  string // one of its own within the table
	Value Data
}

// Step is one request with all that is expected of its answer.
type Step struct {
	Pos      source.Pos
	Name     *expression.Template // nil: the request line is the name
	Line     string               // the request line as written
	Method   string
	Target   Target
	Endpoint string // method and templated target, without query
	Query    []Param
	Headers  []Param
	Removed  []string // names of built-in fields that the author took away
	Body     *Body
	As       *Identity
	Follow   int // redirects followed at most
	Retry    *Retry
	If       *expression.Program
	Rows     []Row
	Timeout  time.Duration
	Wait     time.Duration
	Expect   Expect
	Captures []Capture
	Levels   rule.Levels
	Off      []string // ids of the rules that Levels turns off
	Allow    []Allowance
	Verify   Verify
}

// Allowed gives the ids of the rules whose findings on the step are accepted.
func (s *Step) Allowed() []string {
	var out []string
	for _, a := range s.Allow {
		out = append(out, a.Rule)
	}
	return out
}

// Verify is how far follow-ups may go.
type Verify struct {
	Level rule.Verify
	// Fixed is set where the step itself says so, whatever the run asks for.
	Fixed bool
}

// In gives how far follow-ups may go in a run that asks for so much.
func (v Verify) In(run rule.Verify) rule.Verify {
	if v.Fixed && v.Level < run {
		return v.Level
	}
	return max(v.Level, run)
}

// Param is a named list of values; strings in them are templates.
type Param struct {
	Name   string
	Values []Data
}

// Retry repeats a step.
type Retry struct {
	Times int
	Every time.Duration
	Until *expression.Program // nil: until the expectations are met
}

// Capture gives a name to a value of the answer.
type Capture struct {
	Name string
	Pos  source.Pos
	Expr *expression.Program
}

// Expect is what must be true of the answer. Parts that are not given are nil.
type Expect struct {
	Status   *scenario.StatusSet
	Location *Location
	Headers  []Named
	Trailers []Named
	Cookies  []Named
	Body     *match.Matcher
	BodyText *match.Matcher // Body, for a number or word of JSON that is text by its label
	BodyPos  source.Pos
	// BodyEmpty is set where the wanted body is one that can be empty, so that
	// no content is an empty text and not something that is missing.
	BodyEmpty     bool
	Error         []Named // message, code, details
	Informational []int
	Redirects     *Redirects
	Time          *match.Matcher
	HTTP          string
	Assert        []*expression.Program
	AssertPos     []source.Pos
	Pos           source.Pos // of the step, for parts without a place of their own
}

// Named is a matcher for the value of that name.
type Named struct {
	Name    string
	Pos     source.Pos
	Matcher *match.Matcher
	// Whole is set where the wanted value is a mapping over the parts of the
	// value (a cookie's attributes), not over the value itself.
	Whole bool
	// Literal is the wanted text where it is plain text.
	Literal string
	// List is set where the wanted value speaks of a list.
	List bool
}

// Input is what a suite is compiled with.
type Input struct {
	Suite   *scenario.Suite
	Files   fs.FS  // the suite's own folder
	BaseURL string // wins over the suite's
	Vars    map[string]string
	Secrets map[string]string
	Env     map[string]string
	Allow   []string // hosts or host:port besides that of the base URL
	Timeout time.Duration
	Now     func() time.Time
	Offline bool // a base URL may be missing
}
