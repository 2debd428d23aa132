package reports

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// run is the result of a run, as reports are given it.
type run struct {
	header    finding.Header
	scenarios []finding.Scenario
	summary   finding.Summary
}

var begun = time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.FixedZone("CET", 3600))

func at(line int) source.Pos {
	return source.Pos{File: "scenarios/users.yaml", Line: line, Column: 5}
}

func fields(pairs ...string) exchange.Fields {
	var out exchange.Fields
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, exchange.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// exchanged gives an exchange with a whole response.
func exchanged(method, target string, status int, body string, responseFields ...string) finding.Exchange {
	return finding.Exchange{
		Role: finding.Asked,
		Exchange: exchange.Exchange{
			Request: exchange.Request{
				Method: method, URL: "http://127.0.0.1:8080" + target, Proto: "HTTP/1.1", Target: target,
				Fields: fields("Host", "127.0.0.1:8080", "Accept", "*/*"),
			},
			Response: &exchange.Response{
				Proto: "HTTP/1.1", Status: status, Reason: http.StatusText(status), Fields: fields(responseFields...),
				Framing: exchange.ByLength, Body: []byte(body), Content: []byte(body), Complete: true,
			},
			Started: begun,
			Timing:  exchange.Timing{Connect: 300 * time.Microsecond, FirstByte: 4 * time.Millisecond, Total: 5*time.Millisecond + 250*time.Microsecond},
			Conn:    exchange.Conn{Remote: "127.0.0.1:8080"},
		},
		BodySize: len(body), ContentSize: len(body),
	}
}

func step(name string, line int, outcome finding.Outcome, findings []finding.Finding, exchanges ...finding.Exchange) finding.Step {
	s := finding.Step{
		Name: name, Pos: at(line), Phase: finding.Main, Line: "GET /api/users/{id} -> 200", Endpoint: "GET /api/users/{id}",
		Outcome: outcome, Findings: findings, Exchanges: exchanges, Started: begun, Duration: 12*time.Millisecond + 345*time.Microsecond,
	}
	if outcome == finding.Skipped {
		s.Duration = 0
	}
	return s
}

func scenario(name string, steps ...finding.Step) finding.Scenario {
	s := finding.Scenario{
		Suite: "Users API", Name: name, Pos: at(3), Tags: []string{"smoke", "users"}, BaseURL: "http://127.0.0.1:8080",
		Steps: steps, Started: begun, Duration: 1234 * time.Millisecond,
	}
	for _, st := range steps {
		s.Outcome = max(s.Outcome, st.Outcome)
	}
	if s.Outcome == finding.Skipped && len(steps) > 1 {
		s.Outcome = finding.Passed
	}
	return s
}

func runOf(scenarios ...finding.Scenario) run {
	r := run{
		header:    finding.Header{Version: "1.2.3", BaseURL: "http://127.0.0.1:8080", Suites: []string{"Users API"}, Started: begun},
		scenarios: scenarios,
		summary:   finding.Summary{Duration: 2*time.Second + 345*time.Millisecond},
	}
	for _, s := range scenarios {
		r.summary.Add(s)
		r.summary.Outcome = max(r.summary.Outcome, s.Outcome)
	}
	return r
}

var missingAllow = finding.Finding{
	Rule: "allow-on-405", Severity: finding.Error, Pos: at(9), Path: "headers.Allow",
	Message: "405 response to PUT without an Allow field",
	Title:   "a 405 names the methods that are allowed", Cites: []string{"RFC 9110 §15.5.6", "RFC 9110 §10.2.1"},
	Mend: "send Allow with the methods of the resource, such as Allow: GET, HEAD",
}

func weak(exchange int) finding.Finding {
	return finding.Finding{
		Rule: "cache-control", Severity: finding.Warning, Path: "headers.Cache-Control", Exchange: exchange,
		Message: "200 response without Cache-Control", Title: "a cacheable answer says how long it holds",
		Cites: []string{"RFC 9111 §4.2.2"}, Mend: "send Cache-Control: no-store, or max-age with a number of seconds",
	}
}

func passing() run {
	user := exchanged("GET", "/api/users/1", 200, `{"id":1}`, "Content-Type", "application/json")
	made := exchanged("POST", "/api/users", 201, `{"id":2}`, "Content-Type", "application/json", "Location", "/api/users/2")
	made.Request.Fields = append(made.Request.Fields, fields("Content-Type", "application/json", "Content-Length", "14")...)
	made.Request.Body, made.RequestSize = []byte(`{"name":"Bob"}`), 14
	made.Conn = exchange.Conn{Remote: "[::1]:8443", TLS: &exchange.TLS{
		Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", ServerName: "localhost", Protocol: "http/1.1",
		Leaf: &exchange.Certificate{Subject: "CN=localhost", Issuer: "CN=Test CA", Names: []string{"localhost"}, NotBefore: begun, NotAfter: begun.AddDate(1, 0, 0)},
	}}
	create := step("create", 5, finding.Passed, nil, made)
	create.Phase = finding.Setup
	read := step("GET /api/users/{id}", 8, finding.Passed, nil, user)
	read.Notes = []string{"passed at the second attempt"}
	return runOf(scenario("a user is created and read", create, read), scenario("second", step("GET /", 20, finding.Passed, nil, user)))
}

func expectations() run {
	body := `{"id":1,"name":"Alice","roles":[],"tags":{},"address":{"city":"Paris, \"FR\"","zip":null},"items":[` +
		strings.TrimSuffix(strings.Repeat(`{"n":1.10},`, 30), ",") + `]}`
	x := exchanged("GET", "/api/users/1", 404, body, "Content-Type", "application/problem+json", "Set-Cookie", "a=1", "set-cookie", "b=2")
	x.ContentSize, x.BodySize = 3000, 3000
	x.Response.Trailers = fields("Checksum", "abc")
	findings := []finding.Finding{
		{Rule: finding.Expectation, Severity: finding.Error, Pos: at(9), Path: "status", Message: "status is 404, expected 200", Expected: "200", Actual: "404"},
		{Rule: finding.Expectation, Severity: finding.Error, Pos: at(14), Path: "body.name", Message: "is another text", Expected: `"Bob"`, Actual: `"Alice"`},
		{Rule: finding.Expectation, Severity: finding.Error, Pos: at(15), Path: "headers.ETag", Message: "headers.ETag is missing", Expected: "$any", Exchange: -1},
		{Rule: finding.Expectation, Severity: finding.Error, Pos: at(16), Path: "body.address", Message: "differs",
			Expected: "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4,\n  \"city\": \"Rome\",\n  \"zip\": null\n}",
			Actual:   "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4,\n  \"city\": \"Paris\",\n  \"zip\": null,\n  \"x\": 1\n}"},
		{Rule: finding.Expectation, Severity: finding.Error, Pos: at(17), Path: "text", Message: "is another text",
			Expected: strings.Repeat("abcdefghij", 12), Actual: strings.Repeat("abcdefghij", 11) + "Abcdefghij"},
	}
	failed := step("read", 9, finding.Failed, findings, x)
	skipped := step("delete", 20, finding.Skipped, nil)
	skipped.Reason = "an earlier step did not meet its expectation"
	return runOf(scenario("a user is read", failed, skipped))
}

func rules() run {
	x := exchanged("PUT", "/api/users/1", 405, "", "Date", "Wed, 04 Mar 2026 04:06:07 GMT")
	check := exchanged("OPTIONS", "/api/users/1", 204, "")
	check.Role, check.Endpoint, check.Rule = finding.Verified, "OPTIONS /api/users/{id}", "options-allow"
	check.Response.Extra = []byte("{}")
	check.Response.Faults = []exchange.Fault{{Kind: exchange.FieldLineFault, Text: "white space before the colon", Octets: `"Server : x"`}}
	sound, undated := exchanged("GET", "/api/users/1", 200, ""), exchanged("GET", "/api/users/7", 404, "")
	sound.Role, undated.Role, undated.Endpoint = finding.Verified, finding.Verified, "GET /api/users/7"
	body := missingAllow
	body.Rule, body.Path, body.Exchange = "no-body-on-204", "body", 1
	body.Message, body.Title, body.Cites, body.Mend = "204 response with 2 octets of content", "a 204 has no content", []string{"RFC 9110 §15.3.5"}, "send nothing after the fields of a 204"
	info := finding.Finding{Rule: "server-field", Severity: finding.Info, Path: "headers.Server", Message: "Server names a version"}
	return runOf(scenario("wrong method", step("PUT /api/users/{id}", 9, finding.Failed, []finding.Finding{missingAllow, body, weak(0), weak(3), info}, x, check, sound, undated)))
}

func refused() run {
	x := exchanged("GET", "/api/users/1", 200, "")
	x.Response = nil
	x.Failure = &exchange.Failure{Kind: exchange.FailedConnect, Text: "127.0.0.1:8080 refused the connection", Hint: "is the server running?"}
	errored := step("read", 9, finding.Errored, nil, x)
	unbound := step("update", 10, finding.Errored, nil)
	unbound.Reason, unbound.Hint = "${id} has no value", "the step that captures it did not pass"
	broken := finding.Scenario{
		Suite: "Users API", Name: "never begun", Pos: at(30), Outcome: finding.Errored, Started: begun,
		Reason: "rows.csv could not be read: no such file", Steps: nil,
	}
	r := runOf(scenario("a user is read", errored, unbound), broken)
	r.summary.Unreached = true
	r.summary.Notes = []string{"2 resources could not be deleted"}
	return r
}

func skipped() run {
	a, b := step("read", 9, finding.Skipped, nil), step("delete", 10, finding.Skipped, nil)
	a.Reason, b.Reason = `its condition "beta" is false`, "the run was stopped"
	whole := finding.Scenario{Suite: "Users API", Name: "no rows", Pos: at(40), Outcome: finding.Skipped, Reason: "its condition is false", Started: begun}
	r := runOf(scenario("skips", a, b), whole)
	r.summary.Outcome, r.summary.Interrupted = finding.Errored, "interrupted"
	return r
}

func warned(strict bool) run {
	var scenarios []finding.Scenario
	outcome := finding.Passed
	if strict {
		outcome = finding.Failed
	}
	for i := range 3 {
		x := exchanged("GET", "/api/users/1", 200, "{}", "Content-Type", "application/json")
		info := finding.Finding{Rule: "server-field", Severity: finding.Info, Path: "headers.Server", Message: "Server names a version"}
		first := step("read", 9+i, outcome, []finding.Finding{weak(0), info}, x)
		second := step("read again", 29+i, outcome, []finding.Finding{weak(0)}, x)
		scenarios = append(scenarios, scenario(fmt.Sprintf("round %d", i+1), first, second))
	}
	r := runOf(scenarios...)
	r.header.Strict = strict
	return r
}

func redirects() run {
	first := exchanged("GET", "/old", 301, "", "Location", "/new")
	second := exchanged("GET", "/new", 302, "moved again", "Location", "http://127.0.0.1:8080/newest?a=1")
	third := exchanged("GET", "/newest?a=1", 500, "<h1>sorry</h1>\r\n\ttabbed\r\n", "Content-Type", "text/html")
	second.Role, third.Role = finding.Followed, finding.Followed
	third.Conn.Reused = true
	f := finding.Finding{Rule: finding.Expectation, Severity: finding.Error, Pos: at(9), Path: "status", Message: "status is 500, expected 200", Expected: "200", Actual: "500", Exchange: 2}
	return runOf(scenario("follows", step("GET /old", 9, finding.Failed, []finding.Finding{f}, first, second, third)))
}

func interims() run {
	x := exchanged("POST", "/upload", 413, "", "Connection", "close")
	x.Request.Fields = append(x.Request.Fields, fields("Expect", "100-continue", "Content-Length", "5")...)
	x.Request.Body, x.RequestSize, x.Request.Withheld = []byte("hello"), 5, true
	x.Interims = []exchange.Interim{
		{Proto: "HTTP/1.1", Status: 103, Reason: "Early Hints", Fields: fields("Link", "</a.css>; rel=preload"), After: 2 * time.Millisecond},
		{Proto: "HTTP/1.1", Status: 102, Fields: fields(), After: 3 * time.Millisecond, Faults: []exchange.Fault{{Kind: exchange.StatusLineFault, Text: "no space after the status", Octets: `"HTTP/1.1 102"`}}},
	}
	x.Response.Complete = false
	x.Failure = &exchange.Failure{Kind: exchange.FailedTruncated, Text: "the connection was closed within the content"}
	return runOf(scenario("uploads", step("upload", 9, finding.Errored, nil, x)))
}

func binaries() run {
	x := exchanged("GET", "/logo.png", 200, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", "Content-Type", "image/png", "X-Latin", "caf\xe9")
	x.ContentSize, x.BodySize = 12345, 12345
	zipped := exchanged("GET", "/zipped", 200, "\x1f\x8b\x08\x00", "Content-Encoding", "gzip")
	zipped.Response.Content, zipped.Response.Codings, zipped.ContentSize = []byte("unzipped é"), []string{"gzip"}, 11
	cut := exchanged("GET", "/cut", 200, "caf\xc3", "Content-Type", "text/plain")
	cut.ContentSize, cut.BodySize = 5, 5
	broken := exchanged("GET", "/broken", 200, "\x1f\x8bnot gzip", "Content-Encoding", "gzip")
	broken.Response.CodingFault = "gzip: invalid header"
	f := finding.Finding{Rule: finding.Expectation, Severity: finding.Error, Path: "body", Message: "body is not JSON"}
	var steps []finding.Step
	for i, x := range []finding.Exchange{x, zipped, cut, broken} {
		steps = append(steps, step(x.Request.Target, 9+i, finding.Failed, []finding.Finding{f}, x))
	}
	return runOf(scenario("files", steps...))
}

// evilText holds what reports must not pass on as it is.
const evilText = "<a href=\"x\">'&amp;' ]]> Grüße 日本 😀\x00\x01\x08\x0b\x0c\x0e\x1f\x7f\u0085\u009b31m\ufffe\uffff\ufdd0" +
	"\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202egnp.exe\u2066\u200b\ufeff \xed\xa0\x80\xed\xb0\x80 \xff\xc3( \r\n::error file=x::owned\n" +
	"  ::set-output name=a::b\r::stop-commands::x\n##[error]owned ###[group]x\n##vso[task.complete]x ##TeamCity[testFailed name='x']\n\u2028\u2029\U0001fffe\U000e0041"

// evil puts a text wherever a text can stand.
func evil(text string) run {
	x := exchanged(text, text, 200, text, text, text)
	x.Role = finding.Role(text)
	x.Request.URL, x.Request.Proto, x.Request.Fields, x.Request.Body = text, text, fields(text, text), []byte(text)
	x.Interims = []exchange.Interim{{Proto: text, Status: 100, Reason: text, Fields: fields(text, text), Faults: []exchange.Fault{{Kind: exchange.FaultKind(text), Text: text, Octets: text}}}}
	r := x.Response
	r.Proto, r.Reason, r.Trailers, r.Framing = text, text, fields(text, text), exchange.Framing(text)
	r.Codings, r.CodingFault, r.Extra = []string{text}, text, []byte(text)
	r.Faults = x.Interims[0].Faults
	x.Failure = &exchange.Failure{Kind: exchange.FailureKind(text), Text: text, Hint: text}
	x.Conn = exchange.Conn{Remote: text, TLS: &exchange.TLS{Version: text, Cipher: text, ServerName: text, Protocol: text,
		Leaf: &exchange.Certificate{Subject: text, Issuer: text, Names: []string{text}}}}
	pos := source.Pos{File: text, Line: 7}
	f := finding.Finding{Rule: text, Severity: finding.Error, Pos: source.Pos{File: text, Line: 8}, Path: text, Message: text, Expected: text, Actual: text + "!",
		Title: text, Cites: []string{text}, Mend: text}
	warning, info := f, f
	warning.Severity, info.Severity = finding.Warning, finding.Info
	var steps []finding.Step
	for _, o := range []finding.Outcome{finding.Passed, finding.Failed, finding.Errored, finding.Skipped} {
		s := step(text, 1, o, []finding.Finding{f, warning, info}, x, x)
		s.Pos, s.Line, s.Endpoint, s.Reason, s.Hint, s.Notes, s.Phase = pos, text, text, text, text, []string{text}, finding.Phase(text)
		steps = append(steps, s)
	}
	first := scenario(text, steps...)
	first.Suite, first.Pos, first.Tags, first.BaseURL, first.Reason = text, pos, []string{text}, text, text
	second := first
	second.Steps, second.Outcome = nil, finding.Errored
	out := runOf(first, second)
	out.header.Version, out.header.BaseURL, out.header.Suites = text, text, []string{text}
	out.summary.Interrupted, out.summary.Notes, out.summary.Unreached = text, []string{text}, true
	return out
}

// staging is a run against a service with faults of three kinds, one of which
// is everywhere.
func staging() run {
	var scenarios []finding.Scenario
	line := 5
	for i := range 4 {
		var steps []finding.Step
		for n, path := range []string{"/api/users", "/api/orders", "/api/health", "/api/events"} {
			x := exchanged("GET", path, 200, `{"id":1}`, "Content-Type", "application/json")
			bare := finding.Finding{
				Rule: "date-present", Severity: finding.Error, Path: "headers.Date", Message: "the 200 to GET " + path + " has no Date",
				Title: "an answer says when it was made", Cites: []string{"RFC 9110 §6.6.1"}, Mend: "send Date with every answer",
			}
			s := step("GET "+path, line, finding.Failed, []finding.Finding{bare}, x)
			s.Line, s.Endpoint = "GET "+path+" -> 200", "GET "+path
			if n == 1 {
				s.Findings = append(s.Findings, weak(0))
			}
			if n == 2 && i == 1 {
				s.Findings = append(s.Findings, finding.Finding{
					Rule: finding.Expectation, Severity: finding.Error, Path: "body.id", Message: "body.id is 1, expected 2", Expected: "2", Actual: "1"})
			}
			steps = append(steps, s)
			line += 2
		}
		x := exchanged("PUT", "/api/users", 405, "")
		refused := step("PUT /api/users", line, finding.Failed, []finding.Finding{missingAllow}, x)
		refused.Line, refused.Endpoint = "PUT /api/users -> 405", "PUT /api/users"
		steps = append(steps, refused)
		line += 3
		s := scenario(fmt.Sprintf("round %d", i+1), steps...)
		s.Pos = at(line - 12)
		scenarios = append(scenarios, s)
	}
	return runOf(scenarios...)
}

// accepted is a run whose scenario allows what was found, and something else.
func accepted() run {
	x := exchanged("GET", "/api/users/1", 200, "{}", "Content-Type", "application/json")
	known, mild := missingAllow, weak(0)
	known.Allowed, mild.Allowed = "the gateway takes it away, see #12", "nothing here is cached"
	read := step("read", 9, finding.Passed, []finding.Finding{known, mild}, x)
	again := step("read again", 12, finding.Passed, nil, x)
	again.Notes = []string{"scenarios/users.yaml:14: allow: nosniff is no longer needed"}
	r := runOf(scenario("accepts", read, again))
	r.summary.Notes = again.Notes
	return r
}

// cases are the runs whose reports are kept in testdata.
func cases() map[string]run {
	var mixed []finding.Scenario
	for _, r := range []run{passing(), expectations(), rules(), refused(), skipped(), warned(false), redirects()} {
		mixed = append(mixed, r.scenarios...)
	}
	return map[string]run{
		"passing": passing(), "expectations": expectations(), "rules": rules(), "refused": refused(), "skipped": skipped(),
		"warnings": warned(false), "strict": warned(true), "redirects": redirects(), "interims": interims(), "binary": binaries(),
		"evil": evil(evilText), "empty": runOf(), "staging": staging(), "allowed": accepted(), "mixed": runOf(mixed...),
	}
}
