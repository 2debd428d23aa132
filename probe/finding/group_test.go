package finding

import (
	"fmt"
	"testing"

	"httpprobe/probe/exchange"
	"httpprobe/probe/source"
)

func answered(role Role, endpoint string, status int) Exchange {
	return Exchange{Role: role, Endpoint: endpoint, Exchange: exchange.Exchange{Response: &exchange.Response{Status: status}}}
}

func TestGroups(t *testing.T) {
	step := func(line int, endpoint string, findings ...Finding) Step {
		return Step{
			Name: fmt.Sprintf("step %d", line), Pos: source.Pos{File: "a.yaml", Line: line, Column: 7}, Endpoint: endpoint, Findings: findings,
			Exchanges: []Exchange{answered(Asked, "", 301), answered(Followed, "", 200), answered(Verified, "HEAD /c", 304)},
		}
	}
	rule := func(id string, s Severity, exchange int) Finding {
		return Finding{Rule: id, Severity: s, Exchange: exchange, Message: id}
	}
	accepted := rule("r", Error, 1)
	accepted.Allowed = "known"
	elsewhere := rule("r", Error, 1)
	elsewhere.Path = "headers.Other"
	var g Groups
	g.Add(Scenario{Suite: "s", Name: "one", Steps: []Step{
		step(3, "GET /a", rule("w", Warning, 1), rule("r", Error, 1)),
		step(4, "GET /a", rule("r", Error, 1), rule("r", Error, 0), elsewhere),
		step(5, "GET /b", rule("r", Error, 1), rule("r", Error, 2), accepted),
		step(6, "GET /b", rule("r", Info, 1), rule("r", Error, -1)),
	}})
	expected := func(path string) Finding {
		return Finding{Rule: Expectation, Severity: Error, Exchange: 1, Path: path}
	}
	g.Add(Scenario{Suite: "s", Name: "two", Steps: []Step{step(9, "GET /b", expected("status"), expected("body"), rule("r", Error, 1))}})
	var got []string
	for _, group := range g.All() {
		got = append(got, fmt.Sprintf("%s %s %s %d %s ×%d in %d %v", group.Severity, group.Rule, group.Endpoint, group.Status, group.Path, group.Count, group.Steps, group.Places))
	}
	want := []string{
		"error r GET /a 200  ×3 in 2 [{a.yaml:3 s one step 3} {a.yaml:4 s one step 4}]",
		"error r GET /a 301  ×1 in 1 [{a.yaml:4 s one step 4}]",
		"error r GET /b 200  ×3 in 3 [{a.yaml:5 s one step 5} {a.yaml:6 s one step 6} {a.yaml:9 s two step 9}]",
		"error r HEAD /c 304  ×1 in 1 [{a.yaml:5 s one step 5}]",
		"error expectation GET /b 200 status ×1 in 1 [{a.yaml:9 s two step 9}]",
		"error expectation GET /b 200 body ×1 in 1 [{a.yaml:9 s two step 9}]",
		"warning w GET /a 200  ×1 in 1 [{a.yaml:3 s one step 3}]",
		"info r GET /b 200  ×1 in 1 [{a.yaml:6 s one step 6}]",
	}
	if len(got) != len(want) {
		t.Fatalf("%d groups: %q", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("group %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

func TestGroupsAreBounded(t *testing.T) {
	var g Groups
	for i := range 3 * MaxGroups {
		for n := range 2 * MaxPlaces {
			f := Finding{Rule: "r", Severity: Warning, Exchange: -1}
			g.Add(Scenario{Steps: []Step{{Name: fmt.Sprint(n), Endpoint: fmt.Sprint(i), Findings: []Finding{f}}}})
		}
	}
	g.Add(Scenario{Steps: []Step{{Findings: []Finding{{Rule: "e", Severity: Error}}}}})
	warnings := g.Of(Warning)
	if len(warnings) != MaxGroups || len(warnings[0].Places) != MaxPlaces || warnings[0].Count != 2*MaxPlaces || warnings[0].Steps != 2*MaxPlaces {
		t.Errorf("%d groups, %d places of %d", len(warnings), len(warnings[0].Places), warnings[0].Count)
	}
	if n := g.Beyond(Warning); n != 2*MaxGroups*2*MaxPlaces {
		t.Errorf("%d warnings are beyond", n)
	}
	if len(g.Of(Error)) != 1 || g.Beyond(Error) != 0 {
		t.Error("warnings have crowded out the error")
	}
}
