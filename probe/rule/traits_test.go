package rule

import (
	"math/rand/v2"
	"slices"
	"testing"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

// TestTraitsHideNothing holds what rules find against what they find when they
// are asked about all exchanges, with every case and with broken variants of it.
func TestTraitsHideNothing(t *testing.T) {
	all := Book()
	for i := range all {
		all[i].needs, all[i].acrossNeeds = 0, 0
	}
	some, every := NewIndex(Book()), NewIndex(all)
	rnd := rand.New(rand.NewPCG(3, 4))
	reported := 0
	for _, r := range Book() {
		for _, c := range casesOf(t, r.ID) {
			for round := range 8 {
				a, b := some.Begin(), every.Begin()
				for _, p := range c.passes {
					x := *p.Exchange
					if round > 0 {
						vary(&x, rnd)
					}
					got, want := NewPass(&x, p.Subject, p.Settings), NewPass(&x, p.Subject, p.Settings)
					if round%2 == 1 {
						got.Content = exchange.NewDocument(x.Response.Content)
						_, _ = got.Content.Value()
					}
					found, expected := some.Judge(got), every.Judge(want)
					got.Rest()
					found, expected = append(found, a.Judge(got)...), append(expected, b.Judge(want)...)
					if reported += len(found); !slices.EqualFunc(found, expected, alike) {
						t.Fatalf("%s, %s: reported %v\nasked of all: %v\n%s\n%s", r.ID, c.name, messages(found), messages(expected), x.Request.Target, x.Response.Head)
					}
				}
			}
		}
	}
	if reported == 0 {
		t.Error("nothing was reported at all")
	}
}

func alike(a, b Report) bool {
	return a.Rule.ID == b.Rule.ID && a.Severity == b.Severity && a.Message == b.Message && a.Path == b.Path && a.Actual == b.Actual
}

// vary changes octets of a response, and some of what was asked.
func vary(x *exchange.Exchange, rnd *rand.Rand) {
	octets := slices.Concat(x.Response.Head, x.Response.Body, x.Response.Extra)
	for range rnd.IntN(3) {
		octets[rnd.IntN(len(octets))] = byte(rnd.IntN(256))
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
	request := x.Request
	if rnd.IntN(4) == 0 {
		request.Method = methods[rnd.IntN(len(methods))]
	}
	fields := exchange.Fields{
		{Name: "Origin", Value: "https://a.example"}, {Name: "Authorization", Value: "Basic YTpi"}, {Name: "Connection", Value: "close"},
		{Name: "Accept", Value: "text/csv"}, {Name: "Expect", Value: "100-continue"}, {Name: "Access-Control-Request-Method", Value: "PUT"},
	}
	if n := len(request.Fields); n > 0 && rnd.IntN(3) == 0 {
		i := rnd.IntN(n)
		request.Fields = slices.Delete(slices.Clone(request.Fields), i, i+1)
	} else if rnd.IntN(2) == 0 {
		request.Fields = append(slices.Clone(request.Fields), fields[rnd.IntN(len(fields))])
	}
	if varied := wire.Parse(request.Method, octets); varied.Response != nil {
		varied.Request, varied.Conn, varied.Started, varied.Timing = request, x.Conn, x.Started, x.Timing
		varied.Interims = append(varied.Interims, x.Interims[min(len(varied.Interims), len(x.Interims)):]...)
		*x = varied
	}
}
