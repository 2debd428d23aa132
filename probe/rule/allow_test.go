package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/wire"
)

// seen is an exchange of a run: an answer, and what the step says of a rule.
type seen struct {
	answer       string
	off, allowed bool
}

func TestAcrossWithAllowances(t *testing.T) {
	const (
		ok       = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
		envelope = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n" + `{"error":{"code":"X","message":"gone"}}`
		flat     = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n" + `{"error":"gone"}`
	)
	tests := []struct {
		name, rule string
		run        []seen
		want       string // the exchanges with a report
	}{
		{"told once", "nosniff", []seen{{ok, false, false}, {ok, false, false}}, "0"},
		{"allowed first", "nosniff", []seen{{ok, false, true}, {ok, false, false}, {ok, false, false}}, "0 1"},
		{"allowed last", "nosniff", []seen{{ok, false, false}, {ok, false, true}}, "0 1"},
		{"all allowed", "nosniff", []seen{{ok, false, true}, {ok, false, true}}, "0 1"},
		{"off first", "nosniff", []seen{{ok, true, false}, {ok, false, false}}, "1"},
		{"off last", "nosniff", []seen{{ok, false, false}, {ok, true, false}}, "0"},
		{"norm", "error-shape-consistent", []seen{{envelope, false, false}, {flat, false, false}, {flat, false, false}}, "1"},
		{"the odd one allowed", "error-shape-consistent", []seen{{envelope, false, false}, {flat, false, true}, {flat, false, false}}, "1 2"},
		{"the odd one allowed and first", "error-shape-consistent", []seen{{flat, false, true}, {envelope, false, false}, {envelope, false, false}}, ""},
		{"the odd one off and first", "error-shape-consistent", []seen{{flat, true, false}, {envelope, false, false}, {envelope, false, false}}, ""},
		{"allowed among equals", "error-shape-consistent", []seen{{flat, false, false}, {flat, false, true}, {envelope, false, false}}, "2"},
	}
	ix := NewIndex(Book())
	for _, test := range tests {
		a := ix.Begin(test.rule)
		var got []string
		for i, s := range test.run {
			x := wire.Parse("GET", []byte(s.answer))
			x.Request = exchange.Request{Method: "GET", Target: "/users/1", Proto: "HTTP/1.1", URL: "https://api.example/users/1"}
			x.Started = received
			subject := Subject{Place: fmt.Sprintf("a.yaml:%d", i), Endpoint: "GET /users/{id}"}
			if s.off {
				subject.Off = []string{test.rule}
			}
			if s.allowed {
				subject.Allowed = []string{test.rule}
			}
			if slices.ContainsFunc(a.Judge(NewPass(&x, subject, Settings{})), func(r Report) bool { return r.Rule.ID == test.rule }) {
				got = append(got, fmt.Sprint(i))
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s, %s: reported at %q, want %q", test.rule, test.name, got, test.want)
		}
	}
}

func TestDecides(t *testing.T) {
	for id, want := range map[string]bool{
		"allow-on-405": true, "nosniff": true, "length-and-chunked": true,
		"error-shape-consistent": false, "allow-valid": false, "head-supported": false,
	} {
		if r, ok := Find(id); !ok || r.Decides() != want {
			t.Errorf("%s: %t, %t", id, r.Decides(), ok)
		}
	}
}

func TestOff(t *testing.T) {
	type set = map[string]finding.Severity
	off := Levels{Suite: set{"cors": finding.Off, "nosniff": finding.Info}, Step: set{"allow-on-405": finding.Off, "cors-vary-origin": finding.Warning}}.Off(Book())
	if !slices.Contains(off, "allow-on-405") || !slices.Contains(off, "cors-credentials") || slices.Contains(off, "nosniff") || slices.Contains(off, "cors-vary-origin") {
		t.Errorf("%q", off)
	}
	if none := (Levels{Profile: RFCProfile}).Off(Book()); none != nil {
		t.Errorf("%q", none)
	}
}
