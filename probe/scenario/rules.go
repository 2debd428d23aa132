package scenario

import (
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/source"
)

var (
	severities = []string{"off", "info", "warning", "error"}
	profiles   = []string{"guide", "rfc"}
	gateways   = []string{"api", "own"}
)

// either stands for both of two statuses.
const either = "either"

const (
	maxPages = 500
	maxHops  = 50
)

// ruleFields are the keys of a suite's rules that are no rules.
var ruleFields = []field[RuleSettings]{
	{"profile", func(r *reader, s *RuleSettings, m source.Member) { s.Profile, _ = r.oneOf(m, profiles, "profile") }},
	{"validation-status", func(r *reader, s *RuleSettings, m source.Member) { s.ValidationStatus = r.oneStatus(m, 422, 400) }},
	{"delete-missing", func(r *reader, s *RuleSettings, m source.Member) { s.DeleteMissing = r.oneStatus(m, 404, 204) }},
	{"hide-forbidden", func(r *reader, s *RuleSettings, m source.Member) { s.HideForbidden, _ = r.boolean(m) }},
	{"soft-delete", func(r *reader, s *RuleSettings, m source.Member) { s.SoftDelete, _ = r.boolean(m) }},
	{"volatile", func(r *reader, s *RuleSettings, m source.Member) { s.Volatile = r.memberNames(m) }},
	{"clock-tolerance", func(r *reader, s *RuleSettings, m source.Member) { s.ClockTolerance = r.duration(m) }},
	{"continue-wait", func(r *reader, s *RuleSettings, m source.Member) { s.ContinueWait = r.duration(m) }},
	{"retry-after-limit", func(r *reader, s *RuleSettings, m source.Member) { s.RetryAfterLimit = r.duration(m) }},
	{"page-limit", func(r *reader, s *RuleSettings, m source.Member) { s.PageLimit, _ = r.integer(m, 1, maxPages) }},
	{"hop-limit", func(r *reader, s *RuleSettings, m source.Member) { s.HopLimit, _ = r.integer(m, 1, maxHops) }},
	{"gateway", func(r *reader, s *RuleSettings, m source.Member) { s.Gateway, _ = r.oneOf(m, gateways, "gateway") }},
}

// Settings gives the keys of a suite's rules that are no rules.
func Settings() []string { return keys(ruleFields) }

// suiteRules reads severities by rule or topic, and what else rules are told
// about a project. Which rules there are is judged where they are known.
func (r *reader) suiteRules(m source.Member, s *RuleSettings) (levels []Level) {
	if !r.isRules(m) {
		return nil
	}
	for _, entry := range m.Value.Members {
		i := slices.IndexFunc(ruleFields, func(f field[RuleSettings]) bool { return f.key == entry.Key.Text })
		if i >= 0 {
			ruleFields[i].read(r, s, entry)
			continue
		}
		levels = append(levels, r.level(entry)...)
	}
	return levels
}

// stepRules reads the severities that a step sets.
func (r *reader) stepRules(m source.Member) (levels []Level) {
	if !r.isRules(m) {
		return nil
	}
	for _, entry := range m.Value.Members {
		if slices.Contains(keys(ruleFields), entry.Key.Text) {
			r.atText(entry.Key, "set it in the suite's rules", "%s cannot change within a suite", quote(entry.Key.Text))
			continue
		}
		levels = append(levels, r.level(entry)...)
	}
	return levels
}

func (r *reader) isRules(m source.Member) bool {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of rules to severities", "write { nosniff: off }")
		return false
	}
	return true
}

func (r *reader) level(entry source.Member) []Level {
	// Whether a rule has that name is not known here; a value that no rule can
	// have is more likely that of a setting.
	near := source.Nearest(entry.Key.Text, keys(ruleFields))
	if v := entry.Value; near != "" && v.Kind != source.Bool && source.Nearest(v.Text, severities) == "" {
		r.wrong(entry, list(severities), `or did you mean "`+near+`"?`)
		return nil
	}
	t, ok := r.oneOf(entry, severities, "severity")
	if !ok {
		return nil
	}
	return []Level{{Name: entry.Key, Severity: t}}
}

// oneStatus reads one of two statuses, or the word for both.
func (r *reader) oneStatus(m source.Member, a, b int) []int {
	words := []string{strconv.Itoa(a), strconv.Itoa(b), either}
	if v := m.Value; isScalar(v) {
		switch strings.TrimSpace(v.Text) {
		case words[0]:
			return []int{a}
		case words[1]:
			return []int{b}
		case either:
			return []int{min(a, b), max(a, b)}
		}
	}
	hint := ""
	if m.Value.Kind == source.String {
		hint = source.DidYouMean(m.Value.Text, words)
	}
	if strings.Contains(m.Value.Text, "|") || m.Value.Kind == source.List {
		hint = "write " + either
	}
	r.wrong(m, list(words), hint)
	return nil
}

// memberNames reads names of members of bodies.
func (r *reader) memberNames(m source.Member) []source.Text {
	if m.Value.Kind == source.List && len(m.Value.Items) == 0 {
		r.at(m.Value, "leave it out if no member changes", "%s names no member", quote(m.Key.Text))
	}
	out := r.texts(m)
	for _, t := range out {
		if i := strings.LastIndexAny(t.Text, ".]"); i >= 0 {
			hint := "write the name alone"
			if name := t.Text[i+1:]; name != "" {
				hint = "write " + shorten(name)
			}
			r.atText(t, hint, "%s is a path; %s takes names of members, wherever they stand", quote(t.Text), quote(m.Key.Text))
		}
	}
	return out
}
