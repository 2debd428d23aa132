// Package scenario turns the bytes of scenario files into values with places.
// It is the only package that knows YAML. It finds what is wrong with the form
// of a file: syntax, keys, types, durations, statuses. Names, expressions and
// matchers are left to package plan, which knows what is in scope.
package scenario

import (
	"time"

	"httpprobe/probe/source"
)

// Suite is one scenario file.
type Suite struct {
	File       string // its name as the user knows it
	Name       source.Text
	Tags       []source.Text
	BaseURL    source.Text // a template; not given when the run names it
	Vars       []Var
	Defaults   Defaults
	Identities []Identity
	Errors     Errors
	Levels     []Level      // rules: severity by rule id or topic
	Rules      RuleSettings // rules: what else they are told
	Verify     Verify
	Setup      []Step
	Teardown   []Step
	KeepGoing  bool
	Scenarios  []Scenario // in file order; `steps` directly in the file is one scenario
}

// Var is a named value; strings within are templates.
type Var struct {
	Name  source.Text
	Value source.Value
}

// Defaults is what steps start from.
type Defaults struct {
	Headers []Param
	Timeout Duration
	As      source.Text
	Follow  Follow
	Retry   *Retry
	HTTP    source.Text // "1.1"
}

// Duration is a length of time with its place; zero Pos when not given.
type Duration struct {
	Pos   source.Pos
	Value time.Duration
}

// Given reports whether the file says this duration.
func (d Duration) Given() bool { return d.Pos != source.Pos{} }

// Identity is someone a step can act as. Exactly one of Bearer, Basic, Headers
// and Query is given; their texts are templates.
type Identity struct {
	Name    source.Text
	Bearer  source.Text
	Basic   *Basic
	Headers []Param
	Query   []Param
}

// Basic is a name and password (RFC 7617).
type Basic struct{ User, Password source.Text }

// Errors is the one shape that every 4xx and 5xx body must have.
type Errors struct {
	Pos    source.Pos
	Mode   string      // flat, list, envelope, problem, auto, off; empty when not given or Schema is
	Schema source.Text // path of a JSON Schema below the suite's folder
}

// RuleSettings is what a suite tells rules about the project. What is not given
// is zero.
type RuleSettings struct {
	Profile          source.Text // guide or rfc
	ValidationStatus []int       // 422, 400, or both
	DeleteMissing    []int       // 404, 204, or both
	HideForbidden    bool
	SoftDelete       bool
	Volatile         []source.Text // names of members of bodies
	ClockTolerance   Duration
	ContinueWait     Duration
	RetryAfterLimit  Duration
	PageLimit        int
	HopLimit         int
	Gateway          source.Text // api or own
}

// Level sets the severity of a rule or topic.
type Level struct {
	Name     source.Text
	Severity source.Text // off, info, warning, error
}

// Allowance is a rule whose findings on a step are known and accepted.
type Allowance struct {
	Rule   source.Text
	Reason string // the author's comment, on one line
}

// Scenario is a list of steps that run in order and share variables. The one
// that a file's own `steps` make has the name of the suite, or else of the file
// without its extension.
type Scenario struct {
	Pos       source.Pos
	Name      source.Text
	Tags      []source.Text
	Vars      []Var
	Setup     []Step
	Steps     []Step
	Teardown  []Step
	KeepGoing *bool // nil: as the suite says
	Each      *Each
	If        source.Text
}

// Each is a table: one run per row.
type Each struct {
	Pos  source.Pos
	File source.Text // where the rows come from; not given when they stand in the suite
	Rows []Row
}

// Row is one row of a table. A mapping gives a variable for each of its keys;
// any row is also the variable `item`, and its number from 0 is `index`.
type Row struct {
	Pos   source.Pos
	Name  string // what reports show: the value, or the mapping's `name`, or its first value
	Value source.Value
}

// Step is one request and what is expected of its answer.
type Step struct {
	Pos     source.Pos
	Name    source.Text
	Line    RequestLine
	Query   []Param
	Headers []Param
	Body    *Body
	As      source.Text
	NoAs    bool // `as: null`: anonymous although defaults name an identity
	Follow  Follow
	Retry   *Retry
	If      source.Text
	Each    *Each
	Expect  Expect
	Capture []Capture
	Levels  []Level
	Allow   []Allowance
	Timeout Duration
	Wait    Duration
	Verify  Verify
}

// Verify says how far requests of the rulebook may follow a step's own; zero
// Pos when not given.
type Verify struct {
	Pos   source.Pos
	Safe  bool // those that only read
	Write bool // also those that write, on what the run created
}

// RequestLine is METHOD target [-> status [location]].
type RequestLine struct {
	Pos      source.Pos
	Text     string // the whole line as written
	Method   source.Text
	Target   source.Text // template with {name} and ${…}
	Status   *StatusSet  // nil when the line names none
	Location source.Text // template with {name} and ${…}
}

// StatusSet is the statuses that are accepted: 201, 2xx, 200|204.
type StatusSet struct {
	Pos   source.Pos
	Text  string // as written
	Exact []int
	Class []int // 1 to 5
}

// Has reports whether the status is accepted.
func (s *StatusSet) Has(status int) bool {
	for _, e := range s.Exact {
		if e == status {
			return true
		}
	}
	for _, c := range s.Class {
		if c == status/100 {
			return true
		}
	}
	return false
}

// Param is a named header field, query parameter, form field or cookie. A
// repeated one has several values; Remove (a null) takes a default away.
type Param struct {
	Name   source.Text
	Values []source.Value // scalars; strings are templates
	Remove bool
}

// BodyKind is the key under which a body stands.
type BodyKind string

// The kinds of bodies.
const (
	JSON      BodyKind = "json"
	Form      BodyKind = "form"
	Multipart BodyKind = "multipart"
	TextBody  BodyKind = "text"
	FileBody  BodyKind = "file"
	GraphQL   BodyKind = "graphql"
)

// Body is the content of a request.
type Body struct {
	Pos   source.Pos
	Kind  BodyKind
	Value source.Value // JSON: any value
	Text  source.Text  // TextBody: a template; FileBody: a path; GraphQL: the query
	Form  []Param      // Form
	Parts []Part       // Multipart, in order
	Vars  source.Value // GraphQL: variables
	// Operation is GraphQL's operationName; may be not given.
	Operation source.Text
}

// Part is one part of a multipart body: a value or a file.
type Part struct {
	Name source.Text
	Text source.Text // a template
	File source.Text // a path below the suite's folder
	// Filename and Type default to the file's base name and to a type by its
	// extension; a value part has none unless given.
	Filename source.Text
	Type     source.Text
}

// Follow says how many redirects are followed; not Given: as the defaults say.
type Follow struct {
	Pos   source.Pos
	Limit int // 0: none; `true` is 10
}

// Retry repeats a step until Until holds, or, without one, until its
// expectations are met. `retry: 3` gives Times alone; a mapping may leave out
// any part.
type Retry struct {
	Pos   source.Pos
	Times int           // requests at most, first one included; 1 to 1000, 10 when not given
	Every time.Duration // between requests; 500 ms when not given
	Until source.Text   // an expression over the response; may be not given
}

// Capture gives a name to a value of the response.
type Capture struct {
	Name source.Text
	Expr source.Text
}

// Expect is what must be true of the answer. Parts not given are zero.
type Expect struct {
	Pos           source.Pos
	Status        *StatusSet
	Headers       []source.Member // name → wanted value
	Trailers      []source.Member
	Cookies       []source.Member
	Body          *source.Value
	Error         *source.Value // members message, code, details; or a text: the message
	Informational []int         // 1xx statuses that must have been seen, in this order; nil when not given
	Redirects     *source.Value // number or list of hops; see package plan
	Time          *source.Value
	HTTP          source.Text
	Assert        []source.Text
}
