package plan

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"httpprobe/probe/rule"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// defaultTimeout limits a step that sets no timeout.
const defaultTimeout = 30 * time.Second

// steps compiles steps in order: what one captures, the next may name.
func (c *compiler) steps(in []scenario.Step, d scenario.Defaults, s scope) ([]*Step, scope) {
	var out []*Step
	for i := range in {
		step, after := c.step(&in[i], d, s)
		out = append(out, step)
		s = after
	}
	return out, s
}

func (c *compiler) step(in *scenario.Step, d scenario.Defaults, outer scope) (*Step, scope) {
	out := &Step{
		Pos: in.Pos, Line: in.Line.Text, Method: in.Line.Method.Text,
		Endpoint: in.Line.Method.Text + " " + endpoint(in.Line.Target.Text),
		Wait:     in.Wait.Value,
	}
	var s scope
	out.Rows, s = c.rows(in.Each, outer)
	if in.Name.Given() {
		out.Name = c.template(in.Name, s)
	}
	out.If = c.condition(in.If, s.vars())
	out.Target = c.target(in.Line.Target, s)
	c.needsBase(in)
	c.fixed(out, in.Line.Target)
	out.Query = c.params(in.Query, s)
	out.Headers, out.Removed = c.headers(d.Headers, in.Headers, s)
	out.Body = c.body(in.Body, s)
	out.As = c.as(in, d)
	out.Timeout = c.timeout(in, d)
	out.Follow = d.Follow.Limit
	if in.Follow.Pos != (source.Pos{}) {
		out.Follow = in.Follow.Limit
	}
	out.Retry = c.retry(in, d, s)
	out.Levels = rule.Levels{Profile: c.levels.Profile, Suite: c.levels.Suite, Step: c.severities(in.Levels)}
	if out.Off = c.off; len(out.Levels.Step) > 0 {
		out.Off = out.Levels.Off(c.book)
	}
	out.Allow = c.allow(in.Allow, out.Levels)
	out.Verify = c.verify(in)
	out.Expect = c.expect(in, s)
	added := out.Expect.names(s)
	s = s.with(added...)
	for _, capture := range in.Capture {
		c.name(capture.Name, "capture")
		out.Captures = append(out.Captures, Capture{
			Name: capture.Name.Text, Pos: capture.Name.Pos, Expr: c.program(capture.Expr, s.response(), false),
		})
		added = append(added, capture.Name.Text)
		s = s.with(capture.Name.Text)
	}
	return out, outer.with(added...)
}

// verify is what the step says, or else the suite.
func (c *compiler) verify(in *scenario.Step) Verify {
	said, own := c.in.Suite.Verify, in.Verify.Pos != (source.Pos{})
	if own {
		said = in.Verify
	}
	switch {
	case said.Write:
		return Verify{rule.WritingFollowUps, own}
	case said.Safe:
		return Verify{rule.SafeFollowUps, own}
	}
	return Verify{rule.NoFollowUps, own}
}

// captured are the names that steps give values to.
func captured(in []scenario.Step) []string {
	var out []string
	for _, step := range in {
		_, names := marked(step.Line.Location.Text)
		out = append(out, names...)
		for _, capture := range step.Capture {
			out = append(out, capture.Name.Text)
		}
	}
	return out
}

// names are the {name} of a wanted Location that the answer gives a value.
func (e Expect) names(s scope) []string {
	if e.Location == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.Location.Target.names), s.has)
}

// endpoint is the part of a target that names a resource.
func endpoint(target string) string {
	if i := strings.Index(target, "://"); i >= 0 {
		if slash := strings.IndexByte(target[i+3:], '/'); slash >= 0 {
			target = target[i+3+slash:]
		}
	}
	path, _, _ := strings.Cut(target, "?")
	return path
}

func (c *compiler) needsBase(in *scenario.Step) {
	if c.in.Offline || c.in.BaseURL != "" || c.in.Suite.BaseURL.Given() {
		return
	}
	if t := in.Line.Target; strings.HasPrefix(t.Text, "/") || t.Text == "*" {
		c.problem(t.Pos, len([]rune(t.Text)), "name it with base_url in the file, or --base-url", "no base URL is known for this target")
	}
}

// fixed finds the mistakes of a target that says without any ${…} where it
// leads.
func (c *compiler) fixed(s *Step, t source.Text) {
	if s.Target.template == nil || t.Text == "" {
		return // that has been told
	}
	text, ok := s.Target.template.Constant()
	if !ok {
		return
	}
	for _, name := range s.Target.names {
		text = strings.Replace(text, mark+name+mark, "1", 1) // may stand for a port
	}
	somewhere := &Suite{BaseURL: &url.URL{Scheme: "http", Host: "localhost"}}
	u, err := s.url(somewhere, text, nil)
	if err != nil {
		c.problem(t.Pos, utf8.RuneCountInString(t.Text), "", "%s", err)
		return
	}
	// Which hosts are allowed is known only when something is to be sent.
	if absolute := strings.Contains(text, "://"); absolute && !c.in.Offline && !c.hosts.Allows(u) {
		host := &HostError{URL: u}
		c.problem(t.Pos, utf8.RuneCountInString(t.Text), host.Hint(), "%s", host)
	}
}

func (c *compiler) params(in []scenario.Param, s scope) []Param {
	var out []Param
	for _, p := range in {
		if p.Remove {
			continue
		}
		if i := strings.Index(p.Name.Text, "${"); i >= 0 {
			c.problem(p.Name.At(utf8.RuneCountInString(p.Name.Text[:i])), 2, "only values may have ${…}", "the name %q is sent as it is", p.Name.Text)
		}
		param := Param{Name: p.Name.Text}
		for _, v := range p.Values {
			param.Values = append(param.Values, c.data(v, s))
		}
		out = append(out, param)
	}
	return out
}

// headers merges defaults with a step's own; a null takes a field away.
func (c *compiler) headers(defaults, own []scenario.Param, s scope) (out []Param, removed []string) {
	named := func(name string) func(scenario.Param) bool {
		return func(p scenario.Param) bool { return strings.EqualFold(p.Name.Text, name) }
	}
	var merged []scenario.Param
	for _, p := range defaults {
		if !slices.ContainsFunc(own, named(p.Name.Text)) {
			merged = append(merged, p)
		}
	}
	merged = append(merged, own...)
	for _, p := range merged {
		if p.Remove {
			removed = append(removed, p.Name.Text)
		}
	}
	return c.params(merged, s), removed
}

func (c *compiler) as(in *scenario.Step, d scenario.Defaults) *Identity {
	t := in.As
	if !t.Given() {
		if in.NoAs || !d.As.Given() {
			return nil
		}
		return c.identities[d.As.Text] // reported once, at the defaults
	}
	return c.known(t)
}

// known looks an identity up and reports one that is not there.
func (c *compiler) known(t source.Text) *Identity {
	identity, ok := c.identities[t.Text]
	if !ok {
		var names []string
		for _, i := range c.in.Suite.Identities {
			names = append(names, i.Name.Text)
		}
		c.problem(t.Pos, len([]rune(t.Text)), source.DidYouMean(t.Text, names), "unknown identity %q", t.Text)
	}
	return identity
}

func (c *compiler) checkDefaults(d scenario.Defaults) {
	if d.As.Given() {
		c.known(d.As)
	}
}

func (c *compiler) timeout(in *scenario.Step, d scenario.Defaults) time.Duration {
	switch {
	case in.Timeout.Given():
		return in.Timeout.Value
	case d.Timeout.Given():
		return d.Timeout.Value
	case c.in.Timeout > 0:
		return c.in.Timeout
	}
	return defaultTimeout
}

func (c *compiler) retry(in *scenario.Step, d scenario.Defaults, s scope) *Retry {
	r := in.Retry
	if r == nil {
		r = d.Retry
	}
	if r == nil {
		return nil
	}
	return &Retry{Times: r.Times, Every: r.Every, Until: c.condition(r.Until, s.response())}
}

// Title is the name of a step where the author gave none: its request line.
func (s *Step) Title() string {
	if s.Name != nil {
		if text, constant := s.Name.Constant(); constant {
			return text
		}
	}
	return s.Line
}
