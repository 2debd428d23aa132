package rule

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// disclosure is one kind of inner detail that must not reach a client.
type disclosure struct {
	name string
	// hints are texts of which each match contains at least one; looking for
	// them is far cheaper than the pattern.
	hints   []string
	pattern *regexp.Regexp
	// secret keeps the matched text out of messages.
	secret bool
}

var disclosures = []disclosure{
	{"a Java stack trace", []string{".java:", ".kt:", ".scala:", ".groovy:"},
		regexp.MustCompile(`(?m)^\s*at [\w.$<>/]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)`), false},
	{"the name of a Java exception", []string{"java", "jakarta.", "kotlin.", "scala.", "org.springframework.", "org.hibernate."},
		regexp.MustCompile(`\b(?:java|javax|jakarta|kotlin|scala|org\.springframework|org\.hibernate)(?:\.\w+)+(?:Exception|Error)\b`), false},
	{"a .NET stack trace", []string{":line "},
		regexp.MustCompile(`(?m)^\s*at [\w.<>\x60\[\],+ ]+\([^)\n]*\) in .+:line \d+`), false},
	{"the name of a .NET exception", []string{"System."},
		regexp.MustCompile(`\bSystem(?:\.\w+)+Exception\b`), false},
	{"a Python stack trace", []string{"Traceback (", ", line "},
		regexp.MustCompile(`Traceback \(most recent call last\):|(?m)^\s*File "[^"\n]+", line \d+, in \S+`), false},
	{"a Go stack trace", []string{"goroutine ", "panic: runtime", ".go:"},
		regexp.MustCompile(`\bgoroutine \d+ \[[\w ,]+\]:|\bpanic: runtime error:|(?m)^\s+/\S+\.go:\d+ \+0x[0-9a-f]+`), false},
	{"a JavaScript stack trace", []string{"at "},
		regexp.MustCompile(`(?m)^\s*at (?:async )?(?:[\w.<>$\[\] ]+ \()?(?:file://|node:|/|[A-Za-z]:\\)[^()\n]+:\d+:\d+\)?$`), false},
	{"a Ruby stack trace", []string{".rb:"},
		regexp.MustCompile("(?m)^\\s*(?:from )?(?:/|\\./)?[\\w./+-]+\\.rb:\\d+:in [`'][^'\\n]+'"), false},
	{"a PHP stack trace", []string{".php(", "PHP Fatal", "PHP Parse", ".php on line"},
		regexp.MustCompile(`(?m)^#\d+ \S+\.php\(\d+\): |PHP (?:Fatal|Parse) error:|\.php on line \d+`), false},
	{"a Rust panic", []string{"panicked at"},
		regexp.MustCompile(`\bthread '[^'\n]*' (?:\(\d+\) )?panicked at `), false},
	{"an Elixir stack trace", []string{".ex:", ".exs:"},
		regexp.MustCompile(`\(\w+ \d+\.\d+\.\d+\) (?:lib|src)/\S+\.exs?:\d+: `), false},
	{"a message of the database", []string{"SQL", "ORA-", "pq: ", "ERROR: ", "Incorrect syntax", "Unclosed quotation", "E11000", "PrismaClient"},
		regexp.MustCompile(`\bSQLSTATE\[?\w{5}|\bORA-\d{5}\b|\bpq: \S|\bERROR: (?:duplicate key value violates|syntax error at or near|` +
			`relation "[^"]*" does not exist|column "[^"]*" does not exist)|You have an error in your SQL syntax|` +
			`\bSQLITE_(?:ERROR|CONSTRAINT|BUSY)\b|Incorrect syntax near '|Unclosed quotation mark after|` +
			`\bE11000 duplicate key\b|\bPrismaClient\w+Error\b`), false},
	{"a connection string with its password", []string{"://"},
		regexp.MustCompile(`\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?)://[^\s"'/:@]+:[^\s"'@]+@`), true},
	{"a private key", []string{"PRIVATE KEY-----"},
		regexp.MustCompile(`-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----`), true},
	{"the key of a cloud account", []string{"AKIA"}, regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`), true},
	{"a debug page", []string{"Werkzeug", "DEBUG = True", "Action Controller", "Whitelabel", "Server Error in", "Whoops", "phpinfo()"},
		regexp.MustCompile(`Werkzeug Debugger|You're seeing this error because you have (?:<code>)?DEBUG = True|` +
			`Action Controller: Exception caught|Whitelabel Error Page|Server Error in '[^']*' Application|` +
			`Whoops, looks like something went wrong|phpinfo\(\)`), false},
}

// disclosed gives the first kind of inner detail that a text holds, and the
// matched text. What the request itself said is not disclosed: sent gives it,
// and is called only when there is something to compare.
func disclosed(text string, sent func() []string) (kind *disclosure, match string) {
	var said []string
	for i := range disclosures {
		d := &disclosures[i]
		if !slices.ContainsFunc(d.hints, func(hint string) bool { return strings.Contains(text, hint) }) {
			continue
		}
		if said == nil {
			said = sent()
			for _, s := range said {
				if len(s) >= echoLength {
					text = strings.ReplaceAll(text, s, " ")
				}
			}
		}
		for _, m := range d.pattern.FindAllString(text, -1) {
			if m = strings.TrimSpace(m); !isEcho(m, said) {
				return d, m
			}
		}
	}
	return nil, ""
}

// Shorter texts of the request occur in answers by chance.
const echoLength = 12

func isEcho(text string, said []string) bool {
	return slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, text) })
}

// sent gives the texts of the request: path, query, strings of the body.
func (p *Pass) sent() []string {
	path, query, _ := strings.Cut(p.Request.Target, "?")
	out := []string{path}
	if plain, err := url.PathUnescape(path); err == nil && plain != path {
		out = append(out, plain)
	}
	out = append(out, formTexts(query)...)
	if len(p.Request.Body) == 0 {
		return out
	}
	if body, err := exchange.ParseJSON(p.Request.Body); err == nil {
		return appendStrings(out, body)
	}
	if mediaType(p.Request.Fields.Get("Content-Type")) == "application/x-www-form-urlencoded" {
		return append(out, formTexts(string(p.Request.Body))...)
	}
	return append(out, string(p.Request.Body))
}

func formTexts(query string) []string {
	var out []string
	values, _ := url.ParseQuery(query)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(append(out, name), values[name]...)
	}
	return out
}

// visibleText gives content as the one who reads it sees it: the strings of
// JSON, one a line, and text without markup.
func (p *Pass) visibleText() string {
	if body, ok := p.parsedBody(); ok {
		return strings.ReplaceAll(strings.Join(appendStrings(nil, body), "\n"), "\r\n", "\n")
	}
	return strings.ReplaceAll(plainText(p.Response.Content), "\r\n", "\n")
}

// parsedBody gives JSON content under whatever label.
func (p *Pass) parsedBody() (any, bool) {
	if d := p.json(); d != nil {
		return d.body()
	}
	if c := bytes.TrimLeft(p.Response.Content, " \t\r\n"); len(c) > 0 && (c[0] == '{' || c[0] == '[') {
		body, err := p.content().Value()
		return body, err == nil
	}
	return nil, false
}

// membersOf gives the names of the members of an object, sorted.
func membersOf(o map[string]any) []string {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func appendStrings(list []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(list, v)
	case json.Number:
		return list
	case []any:
		for _, item := range v {
			list = appendStrings(list, item)
		}
	case map[string]any:
		for _, name := range membersOf(v) {
			list = appendStrings(list, v[name])
		}
	}
	return list
}

var (
	lineEnds = regexp.MustCompile(`(?i)<br\s*/?>|</(?:p|div|li|tr|h[1-6]|title)>`)
	tags     = regexp.MustCompile(`<[!/?A-Za-z][^>]*>`)
)

// plainText gives the text of a page; what is not markup stays as it is.
func plainText(content []byte) string {
	s := string(content)
	if !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n\uFEFF"), "<") {
		return s
	}
	s = tags.ReplaceAllString(lineEnds.ReplaceAllString(s, "\n"), "")
	return strings.ReplaceAll(html.UnescapeString(s), "\u00a0", " ")
}

var sqlKeyword = regexp.MustCompile(`(?is)\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b`)

// telltale finds a member whose very name says that it holds inner details,
// and gives its path.
func telltale(v any, path string, said func() []string) string {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if found := telltale(item, path+"[]", said); found != "" {
				return found
			}
		}
	case map[string]any:
		for _, name := range membersOf(v) {
			at := path + "." + name
			if holdsDetails(strings.ToLower(name), v[name]) && !isEcho(text(v[name]), nonEmpty(v[name], said)) {
				return at
			}
			if found := telltale(v[name], at, said); found != "" {
				return found
			}
		}
	}
	return ""
}

// nonEmpty gives what the request said when there is a text to compare.
func nonEmpty(v any, said func() []string) []string {
	if text(v) == "" {
		return nil
	}
	return said()
}

func holdsDetails(name string, v any) bool {
	s := text(v)
	filled := s != ""
	switch v := v.(type) {
	case []any:
		filled = len(v) > 0
	case map[string]any:
		filled = len(v) > 0
	}
	_, list := v.([]any)
	switch name {
	case "stack", "stacktrace", "stack_trace", "exception", "debug":
		return filled
	case "trace":
		return filled && (list || strings.Contains(s, "\n"))
	case "sql":
		return s != ""
	case "query":
		return sqlKeyword.MatchString(s)
	}
	return false
}
