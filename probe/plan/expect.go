package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/match"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

func (c *compiler) expect(in *scenario.Step, s scope) Expect {
	e := in.Expect
	out := Expect{Pos: in.Pos, Status: in.Line.Status, Informational: e.Informational, HTTP: e.HTTP.Text}
	if out.Status == nil {
		out.Status = e.Status
	}
	out.Location = c.location(in.Line.Location, s)
	// Matchers see what the answer's Location gave names to.
	s = s.with(out.names(s)...)
	for _, m := range e.Headers {
		out.Headers = append(out.Headers, c.named(m, s))
	}
	for _, m := range e.Trailers {
		out.Trailers = append(out.Trailers, c.named(m, s))
	}
	for _, m := range e.Cookies {
		out.Cookies = append(out.Cookies, c.named(m, s))
	}
	if e.Body != nil {
		out.Body, out.BodyPos = c.matcher(*e.Body, s), e.Body.Pos
		if out.Body != nil { // else its problems are known
			out.BodyText, out.BodyEmpty = c.textMatcher(*e.Body, s), mayBeEmpty(*e.Body)
		}
	}
	out.Error = c.wantedError(e.Error, s)
	out.Redirects = c.redirects(e.Redirects, s)
	if e.Time != nil {
		if e.Time.Kind != source.Object {
			c.problem(e.Time.Pos, len([]rune(e.Time.Text)), "write { $lt: 500ms }", "a time is never met to the nanosecond; name a limit")
		} else {
			out.Time = c.matcher(*e.Time, s)
		}
	}
	for _, a := range e.Assert {
		out.Assert = append(out.Assert, c.program(a, s.response(), true))
		out.AssertPos = append(out.AssertPos, a.Pos)
	}
	return out
}

// mayBeEmpty reports whether an empty text can be what is wanted.
func mayBeEmpty(v source.Value) bool {
	switch v.Kind {
	case source.String:
		return v.Text == "" || v.Text == "$empty" || strings.HasPrefix(v.Text, "${")
	case source.Object:
		_, length := v.Get("$len")
		return length
	}
	return false
}

// named compiles the wanted value of a field or cookie.
func (c *compiler) named(m source.Member, s scope) Named {
	v := m.Value
	out := Named{Name: m.Key.Text, Pos: v.Pos}
	switch v.Kind {
	case source.String:
		if !strings.HasPrefix(v.Text, "$") && !strings.Contains(v.Text, "${") {
			out.Literal = v.Text
		}
	case source.List:
		out.List = true
	case source.Object:
		for _, member := range v.Members {
			out.Whole = out.Whole || !strings.HasPrefix(member.Key.Text, "$")
			out.List = out.List || slices.Contains(listWords, member.Key.Text)
		}
	}
	if out.Whole {
		out.Matcher = c.matcher(v, s)
	} else {
		out.Matcher = c.textMatcher(v, s)
	}
	return out
}

// listWords are the matchers that speak of a list, so that a repeated field
// is shown to them as one.
var listWords = []string{"$len", "$each", "$unordered"}

// wantedError reads `error`: the message alone, or members message, code and
// details, whatever the shape of the body is.
func (c *compiler) wantedError(v *source.Value, s scope) []Named {
	if v == nil {
		return nil
	}
	if v.Kind != source.Object || len(v.Members) > 0 && strings.HasPrefix(v.Members[0].Key.Text, "$") {
		return []Named{{Name: "message", Pos: v.Pos, Matcher: c.matcher(*v, s)}}
	}
	known := []string{"message", "code", "details"}
	var out []Named
	for _, m := range v.Members {
		if !slices.Contains(known, m.Key.Text) {
			c.problem(m.Key.Pos, len([]rune(m.Key.Text)), source.DidYouMean(m.Key.Text, known), "an expected error has no %q", m.Key.Text)
			continue
		}
		out = append(out, Named{Name: m.Key.Text, Pos: m.Value.Pos, Matcher: c.matcher(m.Value, s)})
	}
	return out
}

// Redirects is what is expected of the redirects that were followed: their
// number, or each one in order.
type Redirects struct {
	Pos   source.Pos
	Count *match.Matcher // nil when Hops is given
	Hops  []Hop
}

// Hop is one expected redirect; a zero Status and nil Location say nothing.
type Hop struct {
	Pos      source.Pos
	Status   int
	Location *Location
}

var hopLine = regexp.MustCompile(`^(3[0-9][0-9])(?:\s+(\S+))?$`)

// redirects reads a number or matcher of numbers, or a list of hops: 301,
// "301 /new-page" or { status: 301, location: /new-page }.
func (c *compiler) redirects(v *source.Value, s scope) *Redirects {
	if v == nil {
		return nil
	}
	out := &Redirects{Pos: v.Pos}
	if v.Kind != source.List {
		out.Count = c.matcher(*v, s)
		return out
	}
	for _, item := range v.Items {
		hop := Hop{Pos: item.Pos}
		status, location := "", source.Text{}
		switch item.Kind {
		case source.Number, source.String:
			m := hopLine.FindStringSubmatch(item.Text)
			if m == nil {
				c.problem(item.Pos, len([]rune(item.Text)), `write 301, or "301 /new-page"`, "%q is no redirect", item.Text)
				continue
			}
			status = m[1]
			if m[2] != "" {
				location = source.Text{Text: m[2], Pos: item.AsText().At(len(item.Text) - len(m[2])), Block: item.Block}
			}
		case source.Object:
			for _, m := range item.Members {
				switch m.Key.Text {
				case "status":
					status = m.Value.Text
				case "location":
					location = m.Value.AsText()
				default:
					c.problem(m.Key.Pos, len([]rune(m.Key.Text)), source.DidYouMean(m.Key.Text, []string{"status", "location"}), "unknown key %q in a redirect", m.Key.Text)
				}
			}
		default:
			c.problem(item.Pos, 1, `write 301, or "301 /new-page"`, "a redirect is a status and a location, not a %s", item.Kind)
			continue
		}
		if status != "" {
			n, err := strconv.Atoi(status)
			if err != nil || n < 300 || n > 399 {
				c.problem(item.Pos, 1, "redirects have statuses from 300 to 399", "%q is not the status of a redirect", status)
			}
			hop.Status = n
		}
		hop.Location = c.location(location, s)
		out.Hops = append(out.Hops, hop)
	}
	return out
}
