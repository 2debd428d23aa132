package rule

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/wire"
)

// A testCase is one file of testdata/<rule>: a run of exchanges that the rule
// must report (bad-*.http) or must not (good-*.http).
//
// Exchanges are separated by "===", request and response by "---". Before a
// request stand directives, "# key: value". Lines of a header section end in
// CRLF, lines of content in LF with none after the last; \r \n \t \\ and \xNN
// stand for octets, and a header line that ends in \n gets no CRLF. A length
// of "auto" is computed. The end of the response is the end of the connection.
type testCase struct {
	rule     string // the folder
	name     string // without extension
	settings Settings
	severity string // of each report, when it is not the rule's own
	count    int    // of reports; 1 unless given
	contains string // in a message
	passes   []*Pass
	trail    *trailCase // what the last exchange that the scenario made leads to
}

func readCase(t *testing.T, file string) testCase {
	t.Helper()
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{rule: filepath.Base(filepath.Dir(file)), name: strings.TrimSuffix(filepath.Base(file), ".http"), count: 1}
	for i, part := range strings.Split(string(octets), "\n===\n") {
		p := &Pass{Subject: Subject{Place: fmt.Sprintf("%s:%d", filepath.Base(file), i+1)}}
		flags := map[string]bool{} // facts that the octets do not show
		var from string            // scheme and authority, when not the usual ones
		var remote string          // the address that answered
		var after time.Duration    // begun so long after the usual time
		var leftOpen time.Duration // the connection, after an answer that lets expect its end
		for strings.HasPrefix(part, "#") {
			line, rest, _ := strings.Cut(part, "\n")
			part = rest
			key, value, _ := strings.Cut(strings.TrimSpace(line[1:]), ": ")
			switch key {
			case "severity":
				c.severity = value
			case "count":
				c.count, err = strconv.Atoi(value)
			case "contains":
				c.contains = value
			case "errors":
				c.settings.Errors = ErrorMode(value)
			case "origin":
				from = value
			case "remote":
				remote = value
			case "at":
				after, err = time.ParseDuration(value)
			case "expected":
				p.Subject.Expected = true
			case "by-rule":
				p.Subject.FollowUp = true
			case "endpoint":
				p.Subject.Endpoint = value
			case "named":
				p.Subject.Named, err = statuses(value)
			case "before", "earlier", "follow-up", "unanswered", "identity", "identity-query", "created", "others", "public", "certificate", "writes", "followed", "base", "restless", "volatile", "setting":
				c.direct(t, key, value)
			case "left-open":
				leftOpen, err = time.ParseDuration(value)
			case "http", "unprompted", "withheld", "early", "partial", "reused", "closed":
				flags[key] = true
			default:
				err = fmt.Errorf("unknown directive %q", key)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		request, response, found := strings.Cut(part, "\n---\n")
		if !found {
			t.Fatalf("%s: no --- in exchange %d", file, i+1)
		}
		p.Exchange = readExchange(t, request, response)
		p.Request.Unprompted, p.Request.Withheld, p.Request.Partial = flags["unprompted"], flags["withheld"], flags["partial"]
		p.Request.Early = flags["early"]
		p.Conn.Reused, p.Conn.Closed, p.Conn.LeftOpen = flags["reused"], flags["closed"], leftOpen
		p.Conn.Remote = remote
		p.Started = p.Started.Add(after)
		if from != "" {
			p.Request.URL = from + p.Request.Target
		}
		if flags["http"] {
			p.Request.URL = "http://" + strings.TrimPrefix(p.Request.URL, "https://")
		}
		c.place(p)
	}
	if c.settings.Errors == SchemaErrors {
		c.settings.Schema = faultSchema
	}
	for _, p := range c.passes {
		p.Settings = c.settings
	}
	return c
}

// faultSchema stands for a schema {"required": ["fault"]}.
func faultSchema(body any) string {
	if o, ok := body.(map[string]any); !ok || o["fault"] == nil {
		return "fault is missing"
	}
	return ""
}

var received = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func readExchange(t *testing.T, request, response string) *exchange.Exchange {
	t.Helper()
	head, body := section(t, request)
	lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
	words := strings.Split(lines[0], " ")
	if len(words) != 3 {
		t.Fatalf("request line %q", lines[0])
	}
	r := exchange.Request{Method: words[0], Target: words[1], Proto: words[2], URL: "https://api.example" + words[1]}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		r.Fields = append(r.Fields, exchange.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	if body != "" {
		r.Body = []byte(body)
	}
	x := wire.Parse(r.Method, []byte(responseOctets(t, response)))
	if x.Response == nil {
		t.Fatalf("no response: %+v", x.Failure)
	}
	x.Request, x.Started = r, received
	return &x
}

func responseOctets(t *testing.T, text string) string {
	t.Helper()
	var octets strings.Builder
	for strings.HasPrefix(text, "HTTP/1.1 1") && !strings.HasPrefix(text, "HTTP/1.1 101") {
		interim, rest, _ := strings.Cut(text, "\n\n")
		head, _ := section(t, interim)
		octets.WriteString(head)
		text = rest
	}
	head, body := section(t, text)
	octets.WriteString(strings.Replace(head, ": auto\r\n", fmt.Sprintf(": %d\r\n", len(body)), 1))
	octets.WriteString(body)
	return octets.String()
}

// section gives the octets of a header section, blank line included, and of
// what follows.
func section(t *testing.T, text string) (head, body string) {
	t.Helper()
	text, body, _ = strings.Cut(text, "\n\n")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		head += unescape(t, line)
		if !strings.HasSuffix(line, `\n`) {
			head += "\r\n"
		}
	}
	return head + "\r\n", unescape(t, strings.TrimSuffix(body, "\n"))
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		i++
		switch {
		case i >= len(s):
			t.Fatalf("lone backslash in %q", s)
		case s[i] == 'r', s[i] == 'n', s[i] == 't', s[i] == '\\':
			out.WriteByte(map[byte]byte{'r': '\r', 'n': '\n', 't': '\t', '\\': '\\'}[s[i]])
		case s[i] == 'x' && i+2 < len(s):
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteByte(byte(n))
			i += 2
		default:
			t.Fatalf("unknown escape \\%c in %q", s[i], s)
		}
	}
	return out.String()
}

// run gives all reports on a case.
func (c testCase) run(t *testing.T, ix *Index) []Report {
	t.Helper()
	var out []Report
	across := ix.Begin()
	for _, p := range c.passes {
		out = append(out, ix.Judge(p)...)
		out = append(out, across.Judge(p)...)
	}
	if c.trail != nil {
		out = append(out, c.trail.pursue(t, c, ix)...)
	}
	return out
}

func casesOf(t *testing.T, id string) []testCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", id, "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	var out []testCase
	for _, f := range files {
		out = append(out, readCase(t, f))
	}
	return out
}

func wantedSeverity(c testCase, r Rule) finding.Severity {
	if s, err := finding.ParseSeverity(c.severity); err == nil && c.severity != "" {
		return s
	}
	return r.Severity
}
