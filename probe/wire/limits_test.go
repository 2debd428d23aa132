package wire

import (
	"bufio"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"httpprobe/probe/exchange"
)

// read is what a client does with one answer.
func read(src io.Reader, limits Limits) (*exchange.Response, []exchange.Interim, *End) {
	r := NewReader(bufio.NewReader(src), limits)
	r.Begin("GET")
	var interims []exchange.Interim
	for {
		interim, resp, end := r.Next()
		if end != nil {
			return nil, interims, end
		}
		if resp != nil {
			return resp, interims, r.Body(resp)
		}
		interims = append(interims, *interim)
	}
}

func TestLimits(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	limits := Limits{Head: 64, Body: 8, Interims: 2}
	tests := map[string]struct {
		octets, body, want string // want is "" for a whole answer
	}{
		"head":          {ok + "A: " + strings.Repeat("x", 60) + "\r\n\r\n", "", "the header section is over the limit of 64 octets"},
		"head, no line": {ok + strings.Repeat("x", 10_000), "", "the header section is over the limit of 64 octets"},
		"empty lines":   {strings.Repeat("\r\n", 100) + ok, "", "the header section is over the limit of 64 octets"},
		"interims":      {strings.Repeat("HTTP/1.1 103 E\r\n\r\n", 3) + ok, "", "more than 2 interim (1xx) responses came and no final one"},
		"long interims": {strings.Repeat("HTTP/1.1 103 E\r\nA: "+strings.Repeat("x", 20)+"\r\n\r\n", 2) + ok, "",
			"the interim (1xx) responses are over the limit of 64 octets"},
		"length":         {ok + "Content-Length: 9\r\n\r\n012345678", "01234567", "the body is over the limit of 8 octets"},
		"length at most": {ok + "Content-Length: 8\r\n\r\n01234567", "01234567", ""},
		"endless length": {ok + "Content-Length: 99999999999999999999\r\n\r\n012345678", "01234567", "the body is over the limit of 8 octets"},
		"close":          {ok + "\r\n012345678", "01234567", "the body is over the limit of 8 octets"},
		"close at most":  {ok + "\r\n01234567", "01234567", ""},
		"chunks":         {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", "01234567", "the body is over the limit of 8 octets"},
		"chunks at most": {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n3\r\n567\r\n0\r\n\r\n", "01234567", ""},
		"huge chunk":     {ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n0123456789", "01234567", "the body is over the limit of 8 octets"},
		"trailers":       {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + strings.Repeat("x", 100), "", "the trailer section is over the limit of 64 octets"},
		"many trailers":  {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("A: x\r\n", 100), "", "the trailer section is over the limit of 64 octets"},
		"chunk line":     {ok + "Transfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("x", 20_000), "", "a chunk size line is over 16 KiB long"},
		"extensions": {ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("x", 60)+"\r\na\r\n", 5), "a",
			"the chunk sizes and extensions are over the limit of 64 octets and 16 for each octet of the body"},
		"event stream": {ok + "Content-Type: Text/Event-Stream; a=b\r\n\r\ndata: 1\n\ndata: 2\n\n", "data: 1\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resp, _, end := read(strings.NewReader(test.octets), limits)
			got := ""
			if end != nil {
				got = end.Text
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if end != nil && end.Cause != nil {
				t.Errorf("the source is blamed: %v", end.Cause)
			}
			if resp != nil && string(resp.Body) != test.body {
				t.Errorf("body %q, want %q", resp.Body, test.body)
			}
			if whole := test.want == "" && name != "event stream"; resp != nil && resp.Complete != whole {
				t.Errorf("complete is %t, want %t", resp.Complete, whole)
			}
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	x := Parse("GET", []byte("HTTP/1.1 204 \r\n"+strings.Repeat("x\r\n", 50_000)+"\r\n"))
	if x.Failure != nil || len(x.Response.Faults) != mostFaults {
		t.Errorf("%d faults, failure %v", len(x.Response.Faults), x.Failure)
	}
}

// allocated gives how much memory f takes, what it gives back included.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestHeadsMadeToCostMuch(t *testing.T) {
	const folds, codings = 60_000, 60_000
	for name, octets := range map[string]string{
		"folded lines": "HTTP/1.1 204 \r\nA: b\r\n" + strings.Repeat(" c\n \t\n", folds/2) + "\r\n",
		"codings":      "HTTP/1.1 200 \r\nContent-Encoding: br" + strings.Repeat(",br", codings-1) + "\r\n\r\nbody",
	} {
		t.Run(name, func(t *testing.T) {
			var x exchange.Exchange
			if taken := allocated(func() { x = Parse("GET", []byte(octets)) }); taken > 64<<20 {
				t.Errorf("took %s", Size(int64(taken)))
			}
			if x.Failure != nil {
				t.Fatal(x.Failure)
			}
			if want := "b" + strings.Repeat(" c", folds/2); name == "folded lines" && x.Response.Fields.Get("A") != want {
				t.Errorf("the field has %d octets, want %d", len(x.Response.Fields.Get("A")), len(want))
			}
			const fault = "60,000 content codings are applied; no more than 8 are undone"
			if name == "codings" && (x.Response.CodingFault != fault || string(x.Response.Content) != "body") {
				t.Errorf("fault %q, content %q", x.Response.CodingFault, x.Response.Content)
			}
		})
	}
}

func TestGreatestLimit(t *testing.T) {
	const limit = math.MaxInt64
	resp, _, end := read(strings.NewReader("HTTP/1.1 200 \r\nContent-Encoding: gzip\r\n\r\n"+string(coded(t, "gzip", []byte("hello")))), Limits{Body: limit})
	if end != nil {
		t.Fatal(end.Text)
	}
	if failure := Decode(resp, limit); failure != nil || string(resp.Content) != "hello" {
		t.Errorf("content %q, failure %v", resp.Content, failure)
	}
}

func TestOneOctetAtATime(t *testing.T) {
	octets := "\nHTTP/1.1 103 E\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n"
	resp, interims, end := read(iotest.OneByteReader(strings.NewReader(octets)), Limits{})
	if end != nil || string(resp.Body) != "hello" || resp.Trailers.Get("A") != "b" || len(interims) != 1 {
		t.Errorf("%v, %v, %v", resp, interims, end)
	}
}

func TestCutBySource(t *testing.T) {
	broken := errors.New("broken")
	for octets, place := range map[string]string{
		"":                           "before any answer",
		"HTTP/1.1 103 E\r\n\r\n":     "after an interim response, before the final one",
		"HTTP/1.1 2":                 "within the header section, after 10 octets",
		"HTTP/1.1 200 \r\n\r\nhello": "after 5 octets of the body",
		"HTTP/1.1 200 \r\nContent-Length: 1200\r\n\r\nhello":                    "after 5 of 1,200 octets of the body",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n":     "before the last chunk, after 5 octets of the body",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n":              "before the empty line that ends the trailers, after 0 octets of the body",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello":         "before the last chunk, after 5 octets of the body",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe":            "after 2 of 5 octets of a chunk, 2 octets of the body",
		"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\nhe":                         "after 2 octets that follow an interim response",
		"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n":                           "after an interim response, before the final one",
		"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 \r\nA: b": "within the header section, after 19 octets",
	} {
		_, _, end := read(io.MultiReader(strings.NewReader(octets), iotest.ErrReader(broken)), Limits{})
		if end == nil || !errors.Is(end.Cause, broken) || end.Place != place {
			t.Errorf("%q: got %+v, want %q", octets, end, place)
		}
	}
}
