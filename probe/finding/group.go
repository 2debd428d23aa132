package finding

import (
	"slices"

	"httpprobe/probe/source"
)

// Bounds of what Groups keeps, so that a run of any length takes no more.
const (
	MaxGroups = 200 // of each severity
	MaxPlaces = 20  // of each group
)

// Group is findings of a run that have the same cause: one rule, broken by one
// endpoint with one status.
type Group struct {
	Rule     string // a rule's id, or Expectation
	Severity Severity
	Endpoint string  // method and templated target: "GET /api/users/{id}"
	Status   int     // of the answer that it is about; 0 for none
	Path     string  // for an Expectation, which part was not as expected
	First    Finding // without Expected and Actual, which can be long
	Count    int
	Steps    int     // how many have one
	Places   []Place // the first of these steps, at most MaxPlaces

	last Place
}

// Place is a step that has a finding.
type Place struct {
	Pos             source.Pos // of the step, without column
	Suite, Scenario string
	Step            string
}

// Groups gathers the findings of a run that count. The zero value is empty. It
// is not for concurrent use.
type Groups struct {
	groups map[groupKey]*Group
	order  [Error + 1][]*Group
	beyond [Error + 1]int
}

type groupKey struct {
	rule, endpoint, path string
	severity             Severity
	status               int
}

// Add takes in the findings of a scenario.
func (g *Groups) Add(s Scenario) {
	for _, step := range s.Steps {
		for _, f := range step.Findings {
			if f.Weight() != Off {
				g.add(s, step, f)
			}
		}
	}
}

func (g *Groups) add(s Scenario, step Step, f Finding) {
	key := groupKey{rule: f.Rule, severity: f.Severity, endpoint: step.EndpointOf(f), status: step.Status(f)}
	if f.Rule == Expectation {
		key.path = f.Path
	}
	group := g.groups[key]
	if group == nil {
		if len(g.order[f.Severity]) == MaxGroups {
			g.beyond[f.Severity]++
			return
		}
		if g.groups == nil {
			g.groups = map[groupKey]*Group{}
		}
		f.Expected, f.Actual = "", ""
		group = &Group{Rule: key.rule, Severity: key.severity, Endpoint: key.endpoint, Status: key.status, Path: key.path, First: f}
		g.groups[key] = group
		g.order[f.Severity] = append(g.order[f.Severity], group)
	}
	group.Count++
	at := Place{Pos: source.Pos{File: step.Pos.File, Line: step.Pos.Line}, Suite: s.Suite, Scenario: s.Name, Step: step.Name}
	if at == group.last {
		return
	}
	group.last = at
	group.Steps++
	if len(group.Places) < MaxPlaces {
		group.Places = append(group.Places, at)
	}
}

// EndpointOf gives the endpoint that a finding is about: that of the follow-up
// that shows it, or else the step's own.
func (s Step) EndpointOf(f Finding) string {
	if f.Exchange >= 0 && f.Exchange < len(s.Exchanges) && s.Exchanges[f.Exchange].Endpoint != "" {
		return s.Exchanges[f.Exchange].Endpoint
	}
	return s.Endpoint
}

// Status gives the status of the answer that a finding is about: that of its
// exchange, or else of the last one that the step asked for; 0 without one.
func (s Step) Status(f Finding) int {
	if f.Exchange >= 0 && f.Exchange < len(s.Exchanges) {
		if r := s.Exchanges[f.Exchange].Response; r != nil {
			return r.Status
		}
		return 0
	}
	for _, x := range slices.Backward(s.Exchanges) {
		if x.Role != Verified && x.Response != nil {
			return x.Response.Status
		}
	}
	return 0
}

// All gives the groups, errors first and in each severity in the order in
// which they were found.
func (g *Groups) All() []Group {
	var out []Group
	for s := Error; s > Off; s-- {
		out = append(out, g.Of(s)...)
	}
	return out
}

// Of gives the groups of a severity in the order in which they were found.
func (g *Groups) Of(s Severity) []Group {
	var out []Group
	for _, group := range g.order[s] {
		out = append(out, *group)
	}
	return out
}

// Beyond counts the findings of a severity that belong to none of the groups,
// since there were MaxGroups already.
func (g *Groups) Beyond(s Severity) int { return g.beyond[s] }
