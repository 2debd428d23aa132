package wire

import (
	"fmt"
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

// show puts all that a reader makes of an answer on a few lines.
func show(x exchange.Exchange) string {
	var b strings.Builder
	for _, i := range x.Interims {
		fmt.Fprintf(&b, "interim %s %d %q %s\n", i.Proto, i.Status, i.Reason, fieldsOf(i.Fields))
		showFaults(&b, i.Faults)
	}
	if r := x.Response; r != nil {
		fmt.Fprintf(&b, "%s %d %q %s", r.Proto, r.Status, r.Reason, r.Framing)
		if r.Complete {
			b.WriteString(" complete")
		}
		fmt.Fprintf(&b, "\nfields %s\nbody %q\n", fieldsOf(r.Fields), r.Body)
		if len(r.Trailers) > 0 {
			fmt.Fprintf(&b, "trailers %s\n", fieldsOf(r.Trailers))
		}
		if len(r.Extra) > 0 {
			fmt.Fprintf(&b, "extra %q\n", r.Extra)
		}
		showFaults(&b, r.Faults)
	}
	if x.Failure != nil {
		fmt.Fprintf(&b, "failure %s: %s (%s)\n", x.Failure.Kind, x.Failure.Text, x.Failure.Hint)
	}
	return b.String()
}

func fieldsOf(fields exchange.Fields) string {
	var parts []string
	for _, f := range fields {
		parts = append(parts, fmt.Sprintf("%s=%q", f.Name, f.Value))
	}
	return strings.Join(parts, " ")
}

func showFaults(b *strings.Builder, faults []exchange.Fault) {
	for _, f := range faults {
		mild := ""
		if f.Mild {
			mild = "mild "
		}
		fmt.Fprintf(b, "%sfault %s: %s: %s\n", mild, f.Kind, f.Text, f.Octets)
	}
}

func lines(parts ...string) string { return strings.Join(parts, "\n") + "\n" }

func TestParse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name, method, octets, want string
	}{
		{"length", "GET", ok + "Content-Length: 2\r\nX-a:b \r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Content-Length="2" X-a="b"`, `body "hi"`)},
		{"close", "GET", "HTTP/1.0 200 OK\r\n\r\nhi there",
			lines(`HTTP/1.0 200 "OK" close complete`, `fields `, `body "hi there"`)},
		{"head", "HEAD", ok + "Content-Length: 2\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" none complete`, `fields Content-Length="2"`, `body ""`)},
		{"extra after 204", "GET", "HTTP/1.1 204 No Content\r\n\r\n{}",
			lines(`HTTP/1.1 204 "No Content" none complete`, `fields `, `body ""`, `extra "{}"`)},
		{"extra after length", "GET", ok + "Content-Length: 2\r\n\r\nhi!",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Content-Length="2"`, `body "hi"`, `extra "!"`)},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
			lines(`HTTP/1.1 304 "Not Modified" none complete`, `fields Content-Length="9"`, `body ""`)},
		{"connect", "CONNECT", ok + "Content-Length: 9\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" none complete`, `fields Content-Length="9"`, `body ""`)},
		{"101 keeps what follows out", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x01\x02",
			lines(`HTTP/1.1 101 "Switching Protocols" none complete`, `fields Upgrade="x"`, `body ""`)},
		{"interims", "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 \r\n\r\n",
			lines(`interim HTTP/1.1 100 "Continue" `, `interim HTTP/1.1 103 "Early Hints" Link="</a>"`,
				`HTTP/1.1 204 "" none complete`, `fields `, `body ""`)},
		{"interim with content", "GET", "HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 204 \r\n\r\n",
			lines(`interim HTTP/1.1 103 "Early Hints" Content-Length="2"`,
				`HTTP/1.1 204 "" none complete`, `fields `, `body ""`,
				`fault length: content stands between an interim response, which has none, and this one: "{}"`)},
		{"interim that promises content", "GET", "HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\nHTTP/1.1 204 \r\n\r\n",
			lines(`interim HTTP/1.1 103 "Early Hints" Content-Length="2"`,
				`HTTP/1.1 204 "" none complete`, `fields `, `body ""`)},
		{"only an interim", "GET", "HTTP/1.1 100 Continue\r\n\r\n",
			lines(`interim HTTP/1.1 100 "Continue" `,
				`failure closed: the connection closed after an interim response, before the final one ()`)},
		{"chunks", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0;last\r\nX-Sum : 1\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Transfer-Encoding="chunked"`, `body "abc0123456789"`, `trailers X-Sum="1"`,
				`fault field-line: white space stands between field name and colon: "X-Sum : 1"`)},
		{"empty chunks", "GET", ok + "transfer-encoding: Chunked\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields transfer-encoding="Chunked"`, `body ""`)},
		{"nothing", "GET", "", lines(`failure closed: the connection closed before any answer ()`)},
		{"cut in head", "GET", ok + "Content-Le",
			lines(`failure closed: the connection closed within the header section, after 27 octets (it begins with "HTTP/1.1 200 OK\r\nContent-Le")`)},
		{"cut in version", "GET", "HTT",
			lines(`failure closed: the connection closed within the header section, after 3 octets (it begins with "HTT")`)},
		{"cut in body", "GET", ok + "Content-Length: 50\r\n\r\n0123456789ab",
			lines(`HTTP/1.1 200 "OK" length`, `fields Content-Length="50"`, `body "0123456789ab"`,
				`failure truncated: the connection closed after 12 of 50 octets of the body ()`)},
		{"no last chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body "hi"`,
				`fault chunk: the last chunk is missing: ""`,
				`failure truncated: the connection closed before the last chunk, after 2 octets of the body ()`)},
		{"cut chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhi",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body "hi"`,
				`fault chunk: a chunk is shorter than its size says: "hi"`,
				`failure truncated: the connection closed after 2 of 5 octets of a chunk, 2 octets of the body ()`)},
		{"cut after chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body "hi"`,
				`fault chunk: the last chunk is missing: ""`,
				`failure truncated: the connection closed before the last chunk, after 2 octets of the body ()`)},
		{"no blank line after last chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Transfer-Encoding="chunked"`, `body "hi"`,
				`fault chunk: the empty line after the last chunk is missing: ""`)},
		{"chunk too long", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body "he"`,
				`fault chunk: a chunk is longer than its size says: "llo\r\n0\r\n\r\n"`,
				`failure unreadable: the chunk of 2 octets is followed by "llo\r\n0\r\n\r\n" instead of a line end (the size of a chunk counts its octets (RFC 9112 §7.1))`)},
		{"bad chunk size", "GET", ok + "Transfer-Encoding: chunked\r\n\r\nhello\r\n",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body ""`,
				`fault chunk: a chunk size is not a hexadecimal number: "hello"`,
				`failure unreadable: a chunk size cannot be read: "hello" (each chunk begins with its size in hexadecimal digits (RFC 9112 §7.1))`)},
		{"odd chunks", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n1 \r\nc\r\n1\nd\n0;\x01\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Transfer-Encoding="chunked"`, `body "abcd"`,
				`fault chunk: a chunk size begins with 0x: "0x2"`,
				`mild fault chunk: white space stands around a chunk size: "1 "`,
				`mild fault chunk: a chunk size line ends in LF without CR: "1\n"`,
				`mild fault chunk: a chunk ends in LF without CR: "\n"`,
				`fault chunk: a chunk extension has control characters: "0;\x01"`)},
		{"huge chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab",
			lines(`HTTP/1.1 200 "OK" chunked`, `fields Transfer-Encoding="chunked"`, `body "ab"`,
				`fault chunk: a chunk is shorter than its size says: "ab"`,
				`failure truncated: the connection closed after 2 of 4,611,686,018,427,387,904 octets of a chunk, 2 octets of the body ()`)},
		{"length and chunked", "GET", ok + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Content-Length="9" Transfer-Encoding="chunked"`, `body ""`,
				`fault length: Content-Length stands beside Transfer-Encoding, which wins: "9"`)},
		{"bad length and chunked", "GET", ok + "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Content-Length="x" Transfer-Encoding="chunked"`, `body ""`,
				`fault length: Content-Length is not a number of octets: "x"`,
				`fault length: Content-Length stands beside Transfer-Encoding, which wins: "x"`)},
		{"equal lengths", "GET", ok + "Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Content-Length="2" Content-Length="2, 2"`, `body "hi"`,
				`mild fault length: Content-Length is given more than once: "2, 2, 2"`)},
		{"different lengths", "GET", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
			lines(`HTTP/1.1 200 "OK" length`, `fields Content-Length="2" Content-Length="3"`, `body "hi!"`,
				`fault length: Content-Length is given with different values: "2, 3"`,
				`failure unreadable: Content-Length is given with different values: "2, 3" (the end of such an answer cannot be told (RFC 9112 §6.3))`)},
		{"signed length", "GET", ok + "Content-Length: +2\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Content-Length="+2"`, `body "hi"`,
				`fault length: Content-Length has a sign: "+2"`)},
		{"negative length", "GET", ok + "Content-Length: -2\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" length`, `fields Content-Length="-2"`, `body "hi"`,
				`fault length: Content-Length is not a number of octets: "-2"`,
				`failure unreadable: Content-Length is not a number of octets: "-2" (the end of such an answer cannot be told (RFC 9112 §6.3))`)},
		{"empty length to HEAD", "HEAD", ok + "Content-Length:\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" none complete`, `fields Content-Length=""`, `body ""`,
				`fault length: Content-Length is not a number of octets: ""`)},
		{"gzip as last transfer coding", "GET", ok + "Transfer-Encoding: chunked, gzip\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" close complete`, `fields Transfer-Encoding="chunked, gzip"`, `body "hi"`,
				`fault transfer: chunked is not the last transfer coding, so the body ends where the connection closes: "chunked, gzip"`)},
		{"gzip alone", "GET", ok + "Transfer-Encoding: gzip\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" close complete`, `fields Transfer-Encoding="gzip"`, `body "hi"`,
				`fault transfer: Transfer-Encoding does not end in chunked, so the body ends where the connection closes: "gzip"`)},
		{"gzip before chunked", "GET", ok + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Transfer-Encoding="gzip" Transfer-Encoding="chunked"`, `body ""`,
				`fault transfer: a transfer coding besides chunked is applied: "gzip, chunked"`)},
		{"chunked twice", "GET", ok + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.1 200 "OK" chunked complete`, `fields Transfer-Encoding="chunked, chunked"`, `body ""`,
				`fault transfer: chunked is applied more than once: "chunked, chunked"`)},
		{"identity", "GET", ok + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Transfer-Encoding="identity" Content-Length="2"`, `body "hi"`,
				`fault length: Content-Length stands beside Transfer-Encoding, which wins: "2"`,
				`fault transfer: identity is not a transfer coding any more: "identity"`)},
		{"empty transfer coding", "GET", ok + "Transfer-Encoding:\r\n\r\nhi",
			lines(`HTTP/1.1 200 "OK" close complete`, `fields Transfer-Encoding=""`, `body "hi"`,
				`fault transfer: Transfer-Encoding names no coding: ""`)},
		{"chunked with parameter in 1.0", "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
			lines(`HTTP/1.0 200 "OK" chunked complete`, `fields Transfer-Encoding="chunked;q=1"`, `body ""`,
				`fault transfer: an HTTP/1.0 response cannot have Transfer-Encoding: "chunked;q=1"`,
				`fault transfer: chunked has parameters, of which none are defined: "chunked;q=1"`)},
		{"fields every which way", "GET", "HTTP/1.1 204 \r\n lead: 1\r\nA : 1\r\nfold: a\r\n\tb\r\nno colon\r\n lost\r\n: none\r\nbad(name): 1\r\nC: a\x01b\r\nD: a\rb\r\nE: 1\r\r\nF: 2\n\r\n",
			lines(`HTTP/1.1 204 "" none complete`, `fields A="1" fold="a b" bad(name)="1" C="a\x01b" D="a\rb" E="1" F="2"`, `body ""`,
				`fault line-end: white space stands before the first field line: " lead: 1"`,
				`fault field-line: white space stands between field name and colon: "A : 1"`,
				`fault field-line: a field is folded over several lines: "\tb"`,
				`fault field-line: a field line has no colon: "no colon"`,
				`fault field-line: a field is folded over several lines: " lost"`,
				`fault field-line: a field line has no name: ": none"`,
				`fault field-line: a field name has characters that no name may have: "bad(name): 1"`,
				`fault field-line: the value of C has control characters: "a\x01b"`,
				`fault line-end: a CR stands inside a field value: "a\rb"`,
				`fault line-end: a line ends in more than one CR: "E: 1\r\r"`,
				`mild fault line-end: a line ends in LF without CR: "F: 2\n"`)},
		{"octets over 0x7f are no breach", "GET", "HTTP/1.1 204 \xc3\xa9\r\nA: \xe9\r\n\r\n",
			lines(`HTTP/1.1 204 "é" none complete`, `fields A="\xe9"`, `body ""`)},
		{"all in LF", "GET", "HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n\nhi",
			lines(`HTTP/1.1 200 "OK" length complete`, `fields Content-Length="2" A="b"`, `body "hi"`,
				`mild fault line-end: a line ends in LF without CR: "HTTP/1.1 200 OK\n"`)},
		{"empty line first", "GET", "\r\nHTTP/1.1 204 No\r\n\r\n",
			lines(`HTTP/1.1 204 "No" none complete`, `fields `, `body ""`,
				`mild fault line-end: an empty line stands before the status line: "\r\n"`)},
		{"no second space", "GET", "HTTP/1.1 204\r\n\r\n",
			lines(`HTTP/1.1 204 "" none complete`, `fields `, `body ""`,
				`mild fault status-line: the space after the status code is missing: "HTTP/1.1 204"`)},
		{"small version", "GET", "http/1.1 204 No\r\n\r\n",
			lines(`http/1.1 204 "No" none complete`, `fields `, `body ""`,
				`fault status-line: the version is not of the form HTTP/1.1: "http/1.1 204 No"`)},
		{"version 2", "GET", "HTTP/2 204 No\r\n\r\n",
			lines(`HTTP/2 204 "No" none complete`, `fields `, `body ""`,
				`fault status-line: the version is not of the form HTTP/1.1: "HTTP/2 204 No"`)},
		{"two spaces", "GET", "HTTP/1.1  204 No\r\n\r\n",
			lines(`HTTP/1.1 204 "No" none complete`, `fields `, `body ""`,
				`fault status-line: not one space but other white space stands before the status code: "HTTP/1.1  204 No"`)},
		{"two digits", "GET", "HTTP/1.1 20 OK\r\n\r\n",
			lines(`HTTP/1.1 20 "OK" close complete`, `fields `, `body ""`,
				`fault status-line: the status code has not three digits: "HTTP/1.1 20 OK"`)},
		{"tab and control in reason", "GET", "HTTP/1.1 204\tNo\x00\r\n\r\n",
			lines(`HTTP/1.1 204 "No\x00" none complete`, `fields `, `body ""`,
				`fault status-line: not a space but something else follows the status code: "HTTP/1.1 204\tNo\x00"`,
				`fault status-line: the reason has control characters: "HTTP/1.1 204\tNo\x00"`)},
		{"reason at once", "GET", "HTTP/1.1 204No\r\n\r\n",
			lines(`HTTP/1.1 204 "No" none complete`, `fields `, `body ""`,
				`fault status-line: not a space but something else follows the status code: "HTTP/1.1 204No"`)},
		{"no status code", "GET", "HTTP/1.1 OK\r\n\r\n",
			lines(`failure unreadable: the status line cannot be read: "HTTP/1.1 OK" (it should begin like HTTP/1.1 200 OK)`)},
		{"half a status code", "GET", "HTTP/1.1 2x0 OK\r\n\r\n",
			lines(`failure unreadable: the status line cannot be read: "HTTP/1.1 2x0 OK" (it should begin like HTTP/1.1 200 OK)`)},
		{"only a version", "GET", "HTTP/1.1\r\n\r\n",
			lines(`failure unreadable: the status line cannot be read: "HTTP/1.1" (it should begin like HTTP/1.1 200 OK)`)},
		{"another protocol", "GET", "SSH-2.0-OpenSSH_9.6\r\n",
			lines(`failure unreadable: the answer is not HTTP: it begins with "SSH-2.0-OpenSSH_9.6\r\n" (check the port: another protocol is spoken there)`)},
		{"content alone", "GET", "<html>",
			lines(`failure unreadable: the answer is not HTTP: it begins with "<html>" (the server sent content without a status line)`)},
		{"TLS alert", "GET", "\x15\x03\x01\x00\x02\x02\x46",
			lines(`failure unreadable: the answer is not HTTP but a TLS alert (the server wants TLS: use https://)`)},
		{"HTTP/2", "GET", "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64",
			lines(`failure unreadable: the answer is HTTP/2, which was not asked for (the server speaks HTTP/2 only at this port)`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := Parse(test.method, []byte(test.octets))
			if got := show(x); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if r := x.Response; r != nil {
				head := string(r.Head)
				if !strings.Contains(test.octets, head) || !strings.HasSuffix(head, "\n") {
					t.Errorf("the head is not kept as it came: %q", head)
				}
			}
		})
	}
}

// TestEveryFaultKind fails for a kind that no answer above shows.
func TestEveryFaultKind(t *testing.T) {
	seen := map[exchange.FaultKind]bool{}
	for _, octets := range []string{
		"HTTP/1.1 204\r\n\r\n", "HTTP/1.1 204 \r\nA : b\r\n\r\n", "HTTP/1.1 204 \n\n",
		"HTTP/1.1 200 \r\nContent-Length: +0\r\n\r\n",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0 \r\n\r\n",
		"HTTP/1.1 200 \r\nTransfer-Encoding: gzip\r\n\r\n",
	} {
		for _, f := range Parse("GET", []byte(octets)).Response.Faults {
			seen[f.Kind] = true
		}
	}
	for _, kind := range []exchange.FaultKind{
		exchange.StatusLineFault, exchange.FieldLineFault, exchange.LineEndFault,
		exchange.LengthFault, exchange.ChunkFault, exchange.TransferFault,
	} {
		if !seen[kind] {
			t.Errorf("no answer shows a fault of kind %s", kind)
		}
	}
}
