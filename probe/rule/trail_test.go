package rule

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
)

// trailCase is the part of a case that follow-ups make: the last exchange
// without a directive of these is the one they follow.
//
//	# before             the exchange is the GET before that one
//	# earlier            the exchange is the scenario's last write to its target
//	# follow-up          the exchange is one that a rule asks for
//	# followed           stands with the exchange that others follow, though the file holds none of them
//	# unanswered         stands with the exchange that others follow: requests that the file does not hold get no answer
//	# identity: NAME     a field of the request came from the step's identity
//	# identity-query: N  so did a query parameter
//	# created: URL       the run created that resource
//	# public             the run reads the target without an identity, too
//	# others: URL        another scenario of the run wrote to it meanwhile
//	# certificate        the client shows one
//	# writes             follow-ups may write
//	# base: URL          that of the suite
//	# restless           the run has just written something elsewhere
//	# volatile: NAME     a member that changes with each read
//	# setting: NAME      soft-delete, hide-forbidden, or NAME=VALUE
type trailCase struct {
	level      Verify
	before     *exchange.Exchange
	earlier    *exchange.Exchange
	answers    []*exchange.Exchange
	fields     []string
	query      []string
	created    []string
	others     []string
	unanswered bool
	public     bool
	certified  bool
	base       string
	restless   bool
	next       string // what the exchange that is read next is
}

func (c *testCase) direct(t *testing.T, key, value string) {
	t.Helper()
	if c.trail == nil {
		c.trail = &trailCase{level: SafeFollowUps}
	}
	tc := c.trail
	switch key {
	case "before", "earlier", "follow-up":
		tc.next = key
	case "unanswered":
		tc.unanswered = true
	case "base":
		tc.base = value
	case "restless":
		tc.restless = true
	case "identity":
		tc.fields = append(tc.fields, value)
	case "identity-query":
		tc.query = append(tc.query, value)
	case "created":
		tc.created = append(tc.created, value)
	case "certificate":
		tc.certified = true
	case "public":
		tc.public = true
	case "others":
		tc.others = append(tc.others, value)
	case "writes":
		tc.level = WritingFollowUps
	case "volatile":
		c.settings.Volatile = append(c.settings.Volatile, value)
	case "setting":
		c.set(t, value)
	}
}

// set changes a setting of the suite.
func (c *testCase) set(t *testing.T, text string) {
	t.Helper()
	name, value, _ := strings.Cut(text, "=")
	s := &c.settings
	var err error
	switch name {
	case "soft-delete":
		s.SoftDelete = true
	case "gateway":
		s.GatewayOwn = value == "own"
	case "clock-tolerance":
		s.ClockTolerance, err = time.ParseDuration(value)
	case "hide-forbidden":
		s.HideForbidden = true
	case "validation-status":
		s.ValidationStatus, err = statuses(value)
	case "delete-missing":
		s.DeleteMissing, err = statuses(value)
	case "page-limit":
		_, err = fmt.Sscan(value, &s.PageLimit)
	case "retry-after-limit":
		s.RetryAfterLimit, err = time.ParseDuration(value)
	case "hop-limit":
		_, err = fmt.Sscan(value, &s.HopLimit)
	default:
		err = fmt.Errorf("unknown setting %q", name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// statuses reads "422,400".
func statuses(text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// place puts an exchange where its directives say.
func (c *testCase) place(p *Pass) {
	next := ""
	if c.trail != nil {
		next, c.trail.next = c.trail.next, ""
	}
	switch next {
	case "before":
		c.trail.before = p.Exchange
	case "earlier":
		c.trail.earlier = p.Exchange
	case "follow-up":
		p.Subject.Endpoint = ""
		c.trail.answers = append(c.trail.answers, p.Exchange)
	}
	c.passes = append(c.passes, p)
}

// pursue plays the loop of a run: it answers what rules ask for with what the
// file holds, and fails when that is not what is asked for.
func (tc *trailCase) pursue(t *testing.T, c testCase, ix *Index) []Report {
	t.Helper()
	var cause *Pass
	for _, p := range c.passes {
		if p.Exchange != tc.before && p.Exchange != tc.earlier && !slices.Contains(tc.answers, p.Exchange) {
			cause = p
		}
	}
	trail := &Trail{
		Pass: NewPass(cause.Exchange, cause.Subject, c.settings), Before: tc.before,
		Public:  tc.public,
		Created: func(url string) bool { return slices.Contains(tc.created, url) },
		Others:  func(url string) bool { return slices.Contains(tc.others, url) },
		Base:    tc.base, Calm: func(time.Duration) bool { return !tc.restless },
	}
	if tc.earlier != nil {
		trail.Earlier = &tc.earlier.Request
	}
	trail.Identity = tc.identity(cause.Exchange)
	used := map[*exchange.Exchange]bool{}
	var out []Report
	for _, u := range ix.Pursue(trail, tc.level) {
		if u.Rule.ID != c.rule {
			continue
		}
		for asks := u.Next(); len(asks) > 0; asks = u.Next() {
			for _, a := range asks {
				for _, one := range append([]Ask{a}, a.Together...) {
					trail.Answer(one, tc.answer(t, trail, one, used))
				}
			}
		}
		out = append(out, u.Reports()...)
	}
	for _, x := range tc.answers {
		if !used[x] {
			t.Errorf("%s/%s: nobody asked for %s", c.rule, c.name, requestText(x.Request))
		}
	}
	return out
}

func (tc *trailCase) identity(x *exchange.Exchange) Identity {
	out := Identity{Certificate: tc.certified}
	for _, name := range tc.fields {
		out.Name = "someone"
		out.Fields = append(out.Fields, exchange.Field{Name: name, Value: x.Request.Fields.Get(name)})
	}
	for _, name := range tc.query {
		out.Name = "someone"
		out.Query = append(out.Query, exchange.Field{Name: name})
	}
	return out
}

// answer finds the exchange of the file that has the request of an ask.
func (tc *trailCase) answer(t *testing.T, trail *Trail, a Ask, used map[*exchange.Exchange]bool) *exchange.Exchange {
	t.Helper()
	r, ok := trail.NewRequest(a)
	if !ok {
		return nil
	}
	want := requestText(r)
	for _, x := range tc.answers {
		if !used[x] && requestText(x.Request) == want {
			used[x] = true
			return x
		}
	}
	if !tc.unanswered {
		t.Errorf("%s: the file has no follow-up with the request\n%s", trail.Subject.Place, want)
	}
	return nil
}

// requestText gives a request with its fields in order of their names, as
// their own order means nothing.
func requestText(r exchange.Request) string {
	fields := slices.Clone(r.Fields)
	slices.SortStableFunc(fields, func(a, b exchange.Field) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s\n", r.Method, r.URL, r.Proto)
	for _, f := range fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "\n%s", r.Body)
	return b.String()
}
