package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestFailures runs a suite against a server that answers with the octets in
// the archive, and compares what the terminal shows. Each archive holds
// suite.yaml, one section a request line with the octets of its answer, and
// the golden terminal output.
func TestFailures(t *testing.T) {
	names, err := filepath.Glob("testdata/failures/*.txtar")
	if err != nil || len(names) < 25 {
		t.Fatalf("too few cases: %d, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := runFailure(t, archive)
			want := section(archive, "terminal")
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("the terminal shows something else than %s (-update rewrites it):\n%s\nwant:\n%s", name, got, want)
			}
			archive.Files = append(without(archive.Files, "terminal"), txtar.File{Name: "terminal", Data: []byte(got)})
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func without(files []txtar.File, name string) []txtar.File {
	var out []txtar.File
	for _, f := range files {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func runFailure(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if !strings.Contains(f.Name, " ") {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	address := serveOctets(t, archive)
	args := []string{"run", filepath.Join(dir, "suite.yaml"), "--base-url", "http://" + address}
	for _, flag := range strings.Fields(section(archive, "flags")) {
		args = append(args, strings.ReplaceAll(flag, "HOST", address))
	}
	var out bytes.Buffer
	code := execute(args, strings.NewReader(""), &out, &out, nil)
	text := strings.ReplaceAll(out.String(), dir+string(filepath.Separator), "")
	text = strings.ReplaceAll(text, address, "127.0.0.1:8080")
	for _, r := range []struct{ pattern, with string }{
		{` *\b[0-9.,]+ (?:ns|µs|ms|s)\b`, " 0 ms"},
		{`Date: .* GMT`, "Date: NOW"},
		{`(got|actual:  ) [0-9.]+(?:µs|ms)`, "$1 0µs"},
		{`probe/[\w.+-]+`, "probe/VERSION"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text + fmt.Sprintf("exit %d\n", code)
}

// serveOctets answers each request with the octets that the archive holds for
// its method and target. `!hang` says nothing until the client is gone,
// `!close` closes after what follows it; `Content-Length: *` is the true one,
// and each answer has the Date of the moment.
func serveOctets(t *testing.T, archive *txtar.Archive) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn, archive)
		}
	}()
	return l.Addr().String()
}

func answer(conn net.Conn, archive *txtar.Archive) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if first, err := r.Peek(1); err == nil && first[0] == 0x16 { // a TLS handshake
		io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	for {
		line, length := "", 0
		for {
			text, err := r.ReadString('\n')
			if err != nil {
				return
			}
			text = strings.TrimRight(text, "\r\n")
			if text == "" {
				break
			}
			if line == "" {
				line = strings.TrimSuffix(text, " HTTP/1.1")
			}
			if value, ok := strings.CutPrefix(text, "Content-Length: "); ok {
				length, _ = strconv.Atoi(value)
			}
		}
		if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
			return
		}
		body, shut := octets(section(archive, line))
		if body == "!hang" {
			io.Copy(io.Discard, r)
			return
		}
		if _, err := io.WriteString(conn, body); err != nil || shut {
			return
		}
	}
}

// octets turns the text of a section into what goes over the wire.
func octets(text string) (out string, shut bool) {
	if text == "" {
		return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false
	}
	text, shut = strings.CutPrefix(strings.TrimSuffix(text, "\n"), "!close")
	text = strings.TrimPrefix(text, "\n")
	if !strings.HasPrefix(text, "HTTP/") {
		return text, shut
	}
	escapes := regexp.MustCompile(`\\x[0-9a-f]{2}`)
	text = escapes.ReplaceAllStringFunc(text, func(e string) string {
		n, _ := strconv.ParseUint(e[2:], 16, 8)
		return string([]byte{byte(n)})
	})
	head, body, _ := strings.Cut(text+"\n", "\n\n")
	body = strings.TrimSuffix(body, "\n")
	status, fields, _ := strings.Cut(head, "\n")
	head = status + "\nDate: " + time.Now().UTC().Format(http.TimeFormat) + "\n" + fields
	head = strings.TrimSuffix(head, "\n")
	head = strings.Replace(head, "Content-Length: *", fmt.Sprintf("Content-Length: %d", len(body)), 1)
	return strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body, shut
}
