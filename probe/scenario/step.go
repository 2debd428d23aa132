package scenario

import (
	"slices"
	"strings"
	"time"

	"httpprobe/probe/source"
)

const (
	defaultRedirects = 10 // of `follow: true`
	defaultTimes     = 10 // requests of a retry that names no number
	defaultEvery     = 500 * time.Millisecond
	maxRedirects     = 50
	maxTimes         = 1000
)

var stepFields = []field[Step]{
	{"name", func(r *reader, s *Step, m source.Member) { s.Name = r.text(m) }},
	{"request", func(r *reader, s *Step, m source.Member) {
		if m.Value.Kind != source.String {
			r.wrong(m, "a request line", lineExample)
			return
		}
		s.Line = r.requestLine(m.Value.AsText())
	}},
	{"query", func(r *reader, s *Step, m source.Member) { s.Query = r.params(m, true) }},
	{"headers", func(r *reader, s *Step, m source.Member) { s.Headers = r.headers(m) }},
	{"json", readBody}, {"form", readBody}, {"multipart", readBody},
	{"text", readBody}, {"file", readBody}, {"graphql", readBody},
	{"as", func(r *reader, s *Step, m source.Member) {
		if s.NoAs = m.Value.Kind == source.Null; !s.NoAs {
			s.As = r.text(m)
		}
	}},
	{"follow", func(r *reader, s *Step, m source.Member) { s.Follow = r.follow(m) }},
	{"retry", func(r *reader, s *Step, m source.Member) { s.Retry = r.retry(m) }},
	{"if", func(r *reader, s *Step, m source.Member) { s.If = r.expression(m) }},
	{"each", func(r *reader, s *Step, m source.Member) { s.Each = r.each(m) }},
	{"expect", func(r *reader, s *Step, m source.Member) { s.Expect = r.expect(m) }},
	{"capture", func(r *reader, s *Step, m source.Member) { s.Capture = r.captures(m) }},
	{"rules", func(r *reader, s *Step, m source.Member) { s.Levels = r.stepRules(m) }},
	{"allow", func(r *reader, s *Step, m source.Member) { s.Allow = r.allow(m) }},
	{"timeout", func(r *reader, s *Step, m source.Member) { s.Timeout = r.duration(m) }},
	{"wait", func(r *reader, s *Step, m source.Member) { s.Wait = r.duration(m) }},
	{"verify", func(r *reader, s *Step, m source.Member) { s.Verify = r.verify(m) }},
	{"use", nil},
	{"with", nil},
	{"upgrade", nil},
	{"messages", nil},
}

// steps reads a list of steps, each a request line or a mapping.
func (r *reader) steps(m source.Member) []Step {
	if m.Value.Kind == source.Null {
		r.atText(m.Key, `write "- GET /path -> 200" below it`, "a run of zero steps: %s has no value", quote(m.Key.Text))
		return nil
	}
	if m.Value.Kind != source.List {
		r.wrong(m, "a list of steps", `begin each step with "- "`)
		return nil
	}
	if len(m.Value.Items) == 0 {
		r.atText(m.Key, `write "- GET /path -> 200" below it`, "a run of zero steps: the list is empty")
	}
	out := make([]Step, 0, len(m.Value.Items))
	for _, item := range m.Value.Items {
		switch item.Kind {
		case source.String:
			s := Step{Pos: item.Pos, Line: r.requestLine(item.AsText())}
			r.expectsSomething(&s, false)
			out = append(out, s)
		case source.Object:
			out = append(out, r.step(item))
		default:
			r.at(item, lineExample, "a step must be a request line or a mapping, not %s", a(item))
		}
	}
	return out
}

func (r *reader) step(v source.Value) Step {
	s := Step{Pos: v.Pos}
	fill(r, inStep, v, &s, stepFields)
	has := func(key string) bool {
		_, ok := v.Get(key)
		return ok
	}
	if !has("request") {
		if !has("use") && !slices.ContainsFunc(v.Members, isMethodKey) {
			r.problem(v.Pos, 1, `write "request: GET /path -> 200"`, "a step has no request")
		}
		return s
	}
	if line, inExpect := s.Line.Status, s.Expect.Status; line != nil && inExpect != nil {
		r.problem(inExpect.Pos, len(inExpect.Text), "write it in one place", "the status is given twice: the request line says %s", line.Text)
	}
	r.expectsSomething(&s, has("expect"))
	return s
}

func isMethodKey(m source.Member) bool { return methodKey.MatchString(m.Key.Text) }

// expectsSomething refuses a step that would pass on any answer. A line or an
// expectation that is wrong was reported already.
func (r *reader) expectsSomething(s *Step, hasExpect bool) {
	line := s.Line
	if hasExpect || line.Status != nil || !line.Target.Given() || len(words(line.Text)) != 2 {
		return
	}
	r.problem(line.Pos, runeWidth(line), `write "`+shorten(line.Text)+` -> 200", or "expect:"`, "this step expects nothing: it would pass on any answer")
}

func runeWidth(line RequestLine) int {
	if line.Method.Block {
		return 1
	}
	return len([]rune(line.Text))
}

func (r *reader) follow(m source.Member) Follow {
	switch {
	case m.Value.Kind == source.Bool && m.Value.Text == "true":
		return Follow{m.Value.Pos, defaultRedirects}
	case m.Value.Kind == source.Bool:
		return Follow{m.Value.Pos, 0}
	case m.Value.Kind == source.Number && m.Value.Text == "0":
		r.at(m.Value, "write false", "%s must be true, false, or a number from 1 to %d", quote(m.Key.Text), maxRedirects)
	case m.Value.Kind == source.Number:
		if n, ok := r.integer(m, 1, maxRedirects); ok {
			return Follow{m.Value.Pos, n}
		}
	default:
		hint := booleanHint(m.Value.Text)
		if wholeNumber.MatchString(m.Value.Text) {
			hint = "write it without quotes"
		}
		r.wrong(m, "true, false, or a number from 1 to "+itoa(maxRedirects), hint)
	}
	return Follow{}
}

func (r *reader) verify(m source.Member) Verify {
	switch v := m.Value; {
	case v.Kind == source.Bool:
		return Verify{Pos: v.Pos, Safe: v.Text == "true"}
	case v.Kind == source.String && v.Text == "write":
		return Verify{Pos: v.Pos, Safe: true, Write: true}
	}
	hint := booleanHint(m.Value.Text)
	if strings.Contains(strings.ToLower(m.Value.Text), "write") {
		hint = `did you mean "write"?`
	}
	r.wrong(m, "true, false or write", hint)
	return Verify{}
}

var retryFields = []field[Retry]{
	{"times", func(r *reader, t *Retry, m source.Member) {
		if n, ok := r.integer(m, 1, maxTimes); ok {
			t.Times = n
		}
	}},
	{"every", func(r *reader, t *Retry, m source.Member) {
		if d := r.duration(m); d.Given() {
			t.Every = d.Value
		}
	}},
	{"until", func(r *reader, t *Retry, m source.Member) { t.Until = r.expression(m) }},
}

func (r *reader) retry(m source.Member) *Retry {
	out := &Retry{Pos: m.Key.Pos, Times: defaultTimes, Every: defaultEvery}
	switch m.Value.Kind {
	case source.Number:
		n, ok := r.integer(m, 1, maxTimes)
		if !ok {
			return nil
		}
		out.Times = n
	case source.Object:
		if len(m.Value.Members) == 0 {
			r.at(m.Value, "write { times: 10, every: 500ms }", "%s is empty", quote(m.Key.Text))
			return nil
		}
		fill(r, inRetry, m.Value, out, retryFields)
	default:
		r.wrong(m, "a number or a mapping", "write { times: 10, every: 500ms }")
		return nil
	}
	return out
}

func (r *reader) captures(m source.Member) []Capture {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to expressions", "write { id: body.id }")
		return nil
	}
	var out []Capture
	for _, c := range m.Value.Members {
		if expr := r.expression(c); expr.Given() {
			out = append(out, Capture{Name: c.Key, Expr: expr})
		}
	}
	if len(m.Value.Members) == 0 {
		r.at(m.Value, "", "%s is empty", quote(m.Key.Text))
	}
	return out
}
