package wire

import (
	"bufio"
	"bytes"
	"testing"

	"httpprobe/probe/exchange"
)

// FuzzReader reads any octets in answer to any method: no panic, nothing over
// the limits, no octet of the source lost or made up. The tables and
// testdata/fuzz are its seeds.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, method string, octets []byte) {
		limits := Limits{Head: 512, Body: 1024, Interims: 3}
		src := bufio.NewReaderSize(bytes.NewReader(octets), 16)
		r := NewReader(src, limits)
		r.Begin(method)
		var resp *exchange.Response
		for interims := 0; resp == nil; interims++ {
			interim, final, end := r.Next()
			if end != nil {
				checkEnd(t, end)
				return
			}
			if interims > limits.Interims {
				t.Fatalf("%d interim responses", interims)
			}
			if interim != nil && !bytes.Contains(octets, interim.Head) {
				t.Fatalf("head %q is not what came", interim.Head)
			}
			resp = final
		}
		end := r.Body(resp)
		if end != nil {
			checkEnd(t, end)
		}
		checkResponse(t, resp, octets, limits)
		_ = Decode(resp, limits.Body)
		if int64(len(resp.Content)) > limits.Body {
			t.Fatalf("content of %d octets", len(resp.Content))
		}
	})
}

func checkEnd(t *testing.T, end *End) {
	if end.Kind == "" || end.Text == "" || (end.Cause == nil) != (end.Place == "") {
		t.Fatalf("an end without a reason: %+v", end)
	}
}

func checkResponse(t *testing.T, resp *exchange.Response, octets []byte, limits Limits) {
	if !bytes.Contains(octets, resp.Head) || len(resp.Head) > limits.Head {
		t.Fatalf("head %q is not what came", resp.Head)
	}
	if resp.Framing != exchange.ByChunks && !bytes.Contains(octets, resp.Body) {
		t.Fatalf("body %q is not what came", resp.Body)
	}
	if int64(len(resp.Body)) > limits.Body {
		t.Fatalf("body of %d octets", len(resp.Body))
	}
	if len(resp.Faults) > mostFaults {
		t.Fatalf("%d faults", len(resp.Faults))
	}
}

// FuzzDecode undoes any octets by any codings, within the limit.
func FuzzDecode(f *testing.F) {
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		f.Add(coding, coded(f, coding, []byte("hello, hello, hello")))
	}
	f.Add("deflate", coded(f, "bare", []byte("hello")))
	f.Add("br, gzip", coded(f, "gzip", coded(f, "br", []byte("hello"))))
	f.Fuzz(func(t *testing.T, codings string, body []byte) {
		resp := &exchange.Response{
			Status: 200, Body: body, Complete: true,
			Fields: exchange.Fields{{Name: "Content-Encoding", Value: codings}},
		}
		_ = Decode(resp, 4096)
		if len(resp.Content) > max(4096, len(body)) {
			t.Fatalf("content of %d octets", len(resp.Content))
		}
	})
}
