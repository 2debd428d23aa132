package wire

import (
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

func TestAppendHeadWritesWhatIsGiven(t *testing.T) {
	r := exchange.Request{
		Method: "QUERY", Target: "/a?b=c", Proto: "HTTP/1.1",
		Fields: exchange.Fields{{Name: "hOST", Value: "x"}, {Name: "A", Value: ""}, {Name: "a", Value: "2"}},
	}
	want := "QUERY /a?b=c HTTP/1.1\r\nhOST: x\r\nA: \r\na: 2\r\n\r\n"
	if got := string(AppendHead(nil, r)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCheck(t *testing.T) {
	field := func(name, value string) exchange.Fields { return exchange.Fields{{Name: name, Value: value}} }
	tests := map[string]struct {
		change func(*exchange.Request)
		want   string // "" for none
	}{
		"plain":              {func(r *exchange.Request) {}, ""},
		"asterisk":           {func(r *exchange.Request) { r.Method, r.Target = "OPTIONS", "*" }, ""},
		"octets in value":    {func(r *exchange.Request) { r.Fields = field("X", "é\tx\x01") }, ""},
		"method with space":  {func(r *exchange.Request) { r.Method = "GE T" }, `the method "GE T" is not a token`},
		"no method":          {func(r *exchange.Request) { r.Method = "" }, `the method "" is not a token`},
		"no target":          {func(r *exchange.Request) { r.Target = "" }, "the request has no target"},
		"space in target":    {func(r *exchange.Request) { r.Target = "/a b" }, `the target "/a b" has a space or control character: write it as %20`},
		"line in target":     {func(r *exchange.Request) { r.Target = "/\r\nX: y" }, `the target "/\r\nX: y" has a space or control character: write it as %0D`},
		"protocol":           {func(r *exchange.Request) { r.Proto = "HTTP/1.1\r\nA: b" }, `the protocol version "HTTP/1.1\r\nA: b" is not of the form HTTP/1.1`},
		"name with colon":    {func(r *exchange.Request) { r.Fields = field("X:", "1") }, `the field name "X:" is not a token`},
		"name with space":    {func(r *exchange.Request) { r.Fields = field("X ", "1") }, `the field name "X " is not a token`},
		"line in value":      {func(r *exchange.Request) { r.Fields = field("X", "1\r\nY: 2") }, `the value of X has a line break or NUL: "1\r\nY: 2"`},
		"LF in value":        {func(r *exchange.Request) { r.Fields = field("X", "1\n2") }, `the value of X has a line break or NUL: "1\n2"`},
		"NUL in value":       {func(r *exchange.Request) { r.Fields = field("X", "\x00") }, `the value of X has a line break or NUL: "\x00"`},
		"space around value": {func(r *exchange.Request) { r.Fields = field("X", " 1") }, `the value of X has white space around it: " 1"`},
		"length fits":        {func(r *exchange.Request) { r.Fields, r.Body = field("Content-Length", "2"), []byte("ab") }, ""},
		"length of none":     {func(r *exchange.Request) { r.Fields = field("Content-Length", "0") }, ""},
		"length too small":   {func(r *exchange.Request) { r.Fields, r.Body = field("Content-Length", "1"), []byte("ab") }, `Content-Length is "1" but the body has 2 octets`},
		"length too great":   {func(r *exchange.Request) { r.Fields, r.Body = field("Content-Length", "3"), []byte("ab") }, `Content-Length is "3" but the body has 2 octets`},
		"no length":          {func(r *exchange.Request) { r.Body = []byte("a") }, "the body of 1 octet has no Content-Length"},
		"two lengths": {func(r *exchange.Request) {
			r.Body = []byte("a")
			r.Fields = append(field("Content-Length", "1"), field("content-length", "1")...)
		}, "there are 2 Content-Length fields"},
		"chunks": {func(r *exchange.Request) {
			r.Fields, r.Body = field("Transfer-Encoding", "chunked"), []byte("2\r\nab\r\n0\r\n\r\n")
		}, ""},
		"chunks and more": {func(r *exchange.Request) {
			r.Fields, r.Body = field("Transfer-Encoding", "chunked"), []byte("2\r\nab\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n")
		}, "Transfer-Encoding is chunked but the body is not in chunks that end where it ends"},
		"no chunks": {func(r *exchange.Request) {
			r.Fields, r.Body = field("Transfer-Encoding", "chunked"), []byte("ab")
		}, "Transfer-Encoding is chunked but the body is not in chunks that end where it ends"},
		"signed chunk": {func(r *exchange.Request) {
			r.Fields, r.Body = field("Transfer-Encoding", "chunked"), []byte("+1\r\na\r\n0\r\n\r\n")
		}, "Transfer-Encoding is chunked but the body is not in chunks that end where it ends"},
		"gzip": {func(r *exchange.Request) {
			r.Fields = field("Transfer-Encoding", "gzip, chunked")
		}, `Transfer-Encoding is "gzip, chunked": only chunked can be sent`},
		"both": {func(r *exchange.Request) {
			r.Fields = append(field("Content-Length", "5"), field("Transfer-Encoding", "chunked")...)
			r.Body = []byte("0\r\n\r\n")
		}, "there are both Content-Length and Transfer-Encoding"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := exchange.Request{Method: "GET", Target: "/", Proto: "HTTP/1.1", Fields: field("Host", "x")}
			test.change(&r)
			got := ""
			if err := Check(r); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 octets", 1: "1 octet", 1023: "1,023 octets", 1024: "1 KiB", 10 << 20: "10 MiB", 1234567: "1,234,567 octets"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
	if got, want := Quote("a\r\n\x00é\"")+Quote(strings.Repeat("x", 61)), `"a\r\n\x00\xc3\xa9\""`+`"`+strings.Repeat("x", 60)+`"…`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
