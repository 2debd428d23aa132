package rule

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/wire"
)

func TestJudgeAsksOnlyRulesThatApply(t *testing.T) {
	var asked []string
	note := func(id string, w When) Rule {
		return Rule{ID: id, Severity: finding.Warning, When: w, Check: func(p *Pass) {
			asked = append(asked, id)
			p.Reportf("status", "from %s", id)
		}}
	}
	ix := NewIndex([]Rule{
		note("all", When{}),
		note("404", When{Statuses: []int{404, 405}}),
		note("5xx", When{Classes: []int{5, 9}}),
		note("post", When{Methods: []string{"POST"}}),
		note("allow", When{Fields: []string{"Vary", "Allow"}}),
		note("404-post", When{Statuses: []int{404}, Methods: []string{"POST"}}),
	})
	tests := []struct {
		method, response string
		want             []string
	}{
		{"GET", "HTTP/1.1 404 X\r\n\r\n", []string{"all", "404"}},
		{"POST", "HTTP/1.1 404 X\r\nallow:\r\n\r\n", []string{"all", "404", "post", "allow", "404-post"}},
		{"GET", "HTTP/1.1 503 X\r\n\r\n", []string{"all", "5xx"}},
		{"GET", "HTTP/1.1 999 X\r\n\r\n", []string{"all", "5xx"}},
	}
	for _, test := range tests {
		asked = nil
		x := wire.Parse(test.method, []byte(test.response))
		reports := ix.Judge(NewPass(&x, Subject{}, Settings{}))
		if !slices.Equal(asked, test.want) {
			t.Errorf("%s %q: asked %v, want %v", test.method, test.response, asked, test.want)
		}
		for i, r := range reports {
			if r.Rule.ID != test.want[i] || r.Severity != finding.Warning || r.Message != "from "+test.want[i] {
				t.Errorf("report %d: %+v", i, r)
			}
		}
	}
	if got := ix.Judge(NewPass(&exchange.Exchange{Failure: &exchange.Failure{}}, Subject{}, Settings{})); got != nil {
		t.Errorf("an exchange without a response was judged: %v", got)
	}
}

func TestAcrossForgetsBetweenRuns(t *testing.T) {
	ix := NewIndex(Book())
	var cases []testCase
	for _, c := range casesOf(t, "error-shape-consistent") {
		if c.name == "bad-shapes" {
			cases = append(cases, c, c)
		}
	}
	if len(cases) != 2 {
		t.Fatal("no case bad-shapes")
	}
	for _, c := range cases {
		if !slices.ContainsFunc(c.run(t, ix), func(r Report) bool { return r.Rule.ID == "error-shape-consistent" }) {
			t.Error("the second run does not report what the first did")
		}
	}
}

func TestDeviationNamesTheNorm(t *testing.T) {
	ix := NewIndex(Book())
	across := ix.Begin()
	flat := wire.Parse("GET", []byte("HTTP/1.1 404 X\r\nCache-Control: no-store\r\nContent-Type: application/json\r\n\r\n{\"error\":\"no\"}"))
	other := wire.Parse("GET", []byte("HTTP/1.1 404 X\r\nCache-Control: no-store\r\nContent-Type: application/json\r\n\r\n{\"message\":\"no\"}"))
	flat.Request.Target, other.Request.Target = "/a", "/b?c=d"
	across.Judge(NewPass(&flat, Subject{Place: "users.yaml:7"}, Settings{}))
	reports := across.Judge(NewPass(&other, Subject{Place: "users.yaml:9"}, Settings{}))
	want := "the 404 to GET /b has the shape message, but the first error of the run, the 404 to GET /a (users.yaml:7), has flat"
	if len(reports) != 1 || reports[0].Message != want || reports[0].Severity != finding.Warning {
		t.Errorf("got %v, want %q", reports, want)
	}
}

// TestNothingPanics judges broken variants of every case: a server may send
// anything.
func TestNothingPanics(t *testing.T) {
	ix := NewIndex(Book())
	rnd := rand.New(rand.NewPCG(1, 2))
	modes := []ErrorMode{AutoErrors, FlatErrors, ProblemErrors, NoErrors, SchemaErrors}
	across := ix.Begin()
	for _, r := range Book() {
		for _, c := range casesOf(t, r.ID) {
			for _, p := range c.passes {
				octets := slices.Concat(p.Response.Head, p.Response.Body, p.Response.Extra)
				for range 20 {
					broken := slices.Clone(octets)
					for range 1 + rnd.IntN(3) {
						switch i := rnd.IntN(len(broken)); rnd.IntN(3) {
						case 0:
							broken[i] = byte(rnd.IntN(256))
						case 1:
							broken = slices.Delete(broken, i, min(len(broken), i+1+rnd.IntN(4)))
						case 2:
							broken = slices.Insert(broken, i, broken[rnd.IntN(len(broken))])
						}
						if len(broken) == 0 {
							broken = []byte{'H'}
						}
					}
					x := wire.Parse(p.Request.Method, broken)
					x.Request, x.Conn = p.Request, p.Conn
					pass := NewPass(&x, p.Subject, Settings{Errors: modes[rnd.IntN(len(modes))], Schema: faultSchema})
					ix.Judge(pass)
					across.Judge(pass)
				}
			}
		}
	}
}

func exchangeOf(t testing.TB, method, target, response string) *exchange.Exchange {
	t.Helper()
	x := wire.Parse(method, []byte(response))
	if x.Response == nil {
		t.Fatalf("no response: %+v", x.Failure)
	}
	x.Request = exchange.Request{
		Method: method, Proto: "HTTP/1.1", Target: target, URL: "https://api.example" + target,
		Fields: exchange.Fields{{Name: "Host", Value: "api.example"}, {Name: "Accept", Value: "application/json"}},
	}
	return &x
}

const typical200 = "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 09:30:00 GMT\r\nContent-Type: application/json; charset=utf-8\r\n" +
	"Cache-Control: no-cache\r\nETag: \"1a2b\"\r\nVary: Accept-Encoding\r\nX-Request-Id: 7f3a\r\n" +
	"Strict-Transport-Security: max-age=31536000\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 118\r\n\r\n" +
	`{"id":42,"name":"Bo","email":"bo@example.com","roles":["user","admin"],"plan":{"name":"free","seats":1},"active":true}`

const typical404 = "HTTP/1.1 404 Not Found\r\nDate: Sun, 22 Nov 2026 09:30:00 GMT\r\nContent-Type: application/json\r\n" +
	"Cache-Control: no-cache\r\nX-Request-Id: 7f3a\r\nStrict-Transport-Security: max-age=31536000\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 67\r\n\r\n" +
	`{"error":{"code":"USER_NOT_FOUND","message":"There is no user 42"}}`

func TestTypicalExchangesAreRight(t *testing.T) {
	ix := NewIndex(Book())
	across := ix.Begin()
	for _, octets := range []string{typical200, typical404} {
		p := NewPass(exchangeOf(t, "GET", "/users/42", octets), Subject{}, Settings{})
		if got := append(ix.Judge(p), across.Judge(p)...); len(got) > 0 {
			t.Errorf("reported: %v", messages(got))
		}
	}
}

// BenchmarkJudge judges one exchange, alone and against a run, and reports its
// time as a ratio of a bare walk over all fields that compares each name once.
func BenchmarkJudge(b *testing.B) {
	for _, bench := range []struct{ name, octets string }{{"200", typical200}, {"404", typical404}} {
		b.Run(bench.name, func(b *testing.B) {
			ix := NewIndex(Book())
			across := ix.Begin()
			x := exchangeOf(b, "GET", "/users/42", bench.octets)
			content := exchange.NewDocument(x.Response.Content)
			if _, err := content.Value(); err != nil {
				b.Fatal(err)
			}
			judge := func() {
				p := NewPass(x, Subject{Place: "users.yaml:7", Endpoint: "GET /users/42"}, Settings{})
				p.Content = content
				ix.Judge(p)
				across.Judge(p)
			}
			judge()
			const walks = 100
			var judging, walking time.Duration
			n, found := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				judge()
				judging += time.Since(began)
				if n++; n%walks != 0 {
					continue
				}
				began = time.Now()
				for range walks {
					for _, fields := range []exchange.Fields{x.Request.Fields, x.Response.Fields} {
						for _, f := range fields {
							if strings.EqualFold(f.Name, "Content-Type") {
								found++
							}
						}
					}
				}
				walking += time.Since(began)
			}
			if walking > 0 && found > 0 {
				b.ReportMetric(float64(judging)/float64(walking), "ratio-to-walk")
			}
		})
	}
}
