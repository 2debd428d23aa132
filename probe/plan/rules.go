package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/finding"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// Allowance is a rule whose findings on a step are accepted.
type Allowance struct {
	Rule   string
	Pos    source.Pos
	Reason string // the author's
}

func (c *compiler) profile(t source.Text) rule.Profile {
	if t.Text == "guide" {
		return rule.GuideProfile
	}
	return rule.Profile(t.Text)
}

func (c *compiler) severities(levels []scenario.Level) map[string]finding.Severity {
	if len(levels) == 0 {
		return nil
	}
	out := make(map[string]finding.Severity, len(levels))
	for _, l := range levels {
		if !slices.Contains(c.ids, l.Name.Text) && !slices.Contains(c.topics, l.Name.Text) {
			hint := "topics are " + strings.Join(c.topics, ", ")
			if n := source.Nearest(l.Name.Text, slices.Concat(c.ids, c.topics, scenario.Settings())); n != "" {
				hint = fmt.Sprintf("did you mean %q?", n)
			}
			c.problem(l.Name.Pos, len([]rune(l.Name.Text)), hint, "unknown rule or topic %q", l.Name.Text)
			continue
		}
		severity, err := finding.ParseSeverity(l.Severity.Text)
		if err != nil {
			c.problem(l.Severity.Pos, len([]rune(l.Severity.Text)), "", "%v", err)
			continue
		}
		out[l.Name.Text] = severity
	}
	return out
}

// allow checks that what is accepted are rules that can find something.
func (c *compiler) allow(in []scenario.Allowance, levels rule.Levels) []Allowance {
	var out []Allowance
	for _, a := range in {
		id := a.Rule.Text
		report := func(hint, format string, args ...any) {
			c.problem(a.Rule.Pos, utf8.RuneCountInString(id), hint, format, args...)
		}
		at := slices.IndexFunc(c.book, func(r rule.Rule) bool { return r.ID == id })
		switch {
		case id == finding.Expectation:
			report("change what the step expects", "what a step expects cannot be allowed to fail")
		case slices.Contains(c.topics, id):
			report("name its rules, or set it off in rules", "%s is a topic; rules are allowed by their ids", id)
		case at < 0:
			report(source.DidYouMean(id, c.ids), "unknown rule %q", id)
		case levels.Severity(rule.Report{Rule: &c.book[at], Severity: c.book[at].Severity}) == finding.Off:
			report("leave it out of allow, or out of rules", "%s is off here already, so that there is nothing to allow", id)
		default:
			out = append(out, Allowance{Rule: id, Pos: a.Rule.Pos, Reason: a.Reason})
		}
	}
	return out
}

func (c *compiler) settings(in *scenario.Suite) rule.Settings {
	r := in.Rules
	out := rule.Settings{
		ValidationStatus: r.ValidationStatus,
		DeleteMissing:    r.DeleteMissing,
		HideForbidden:    r.HideForbidden,
		SoftDelete:       r.SoftDelete,
		ClockTolerance:   r.ClockTolerance.Value,
		ContinueWait:     r.ContinueWait.Value,
		RetryAfterLimit:  r.RetryAfterLimit.Value,
		PageLimit:        r.PageLimit,
		HopLimit:         r.HopLimit,
		GatewayOwn:       r.Gateway.Text == "own",
	}
	for _, name := range r.Volatile {
		out.Volatile = append(out.Volatile, name.Text)
	}
	out.Errors, out.Schema = c.errorMode(in.Errors)
	return out
}

// errorMode is what a suite declares for the bodies of errors; the function
// judges them where that is a schema.
func (c *compiler) errorMode(in scenario.Errors) (rule.ErrorMode, func(body any) string) {
	if !in.Schema.Given() {
		if in.Mode == "auto" {
			return rule.AutoErrors, nil
		}
		return rule.ErrorMode(in.Mode), nil
	}
	at := in.Schema
	schema, err := match.CompileSchema(at.Text, c.in.Files)
	if err != nil {
		c.problem(at.Pos, utf8.RuneCountInString(at.Text), "paths start at the folder of this file", "%v", err)
		return rule.AutoErrors, nil
	}
	return rule.SchemaErrors, func(body any) string {
		for _, d := range schema.Check("body", at.Pos, body, match.Input{}) {
			return d.Message
		}
		return ""
	}
}
