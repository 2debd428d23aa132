package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// build makes the binary that users run.
func build(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "probe")
	if out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return name
}

func benchServer(b *testing.B, seen func()) *httptest.Server {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen()
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"id":1,"name":"Bob","email":"bob@example.com"}`))
	}))
	b.Cleanup(server.Close)
	return server
}

// BenchmarkStartup measures the time from starting the process to its first
// request.
func BenchmarkStartup(b *testing.B) {
	binary := build(b)
	var first atomic.Int64
	server := benchServer(b, func() { first.CompareAndSwap(0, time.Now().UnixNano()) })
	suite := filepath.Join(b.TempDir(), "suite.yaml")
	if err := os.WriteFile(suite, []byte("steps:\n  - GET /users/1 -> 200\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	var total time.Duration
	for range b.N {
		first.Store(0)
		began := time.Now()
		if out, err := exec.Command(binary, "run", suite, "--base-url", server.URL).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		total += time.Unix(0, first.Load()).Sub(began)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-first-request")
}

// BenchmarkMemory runs 100,000 steps with the JUnit and JSON reports on and
// tells the most memory that the process held.
func BenchmarkMemory(b *testing.B) {
	binary := build(b)
	server := benchServer(b, func() {})
	dir := b.TempDir()
	var rows bytes.Buffer
	rows.WriteString("number\n")
	for i := range 1000 {
		fmt.Fprintf(&rows, "%d\n", i)
	}
	var suite bytes.Buffer
	suite.WriteString("scenarios:\n  - name: many\n    each: { file: rows.csv }\n    steps:\n")
	for range 100 {
		suite.WriteString("      - request: GET /users/{number} -> 200\n        expect: { body: { id: 1 } }\n")
	}
	for name, data := range map[string][]byte{"rows.csv": rows.Bytes(), "suite.yaml": suite.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	var most int64
	for range b.N {
		cmd := exec.Command(binary, "run", filepath.Join(dir, "suite.yaml"), "--base-url", server.URL, "-q",
			"--report", "junit="+filepath.Join(dir, "junit.xml"), "--report", "json="+filepath.Join(dir, "run.json"))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		most = max(most, resident(cmd.ProcessState))
	}
	b.ReportMetric(float64(most)/(1<<20), "MiB-resident")
	b.ReportMetric(100_000, "steps")
}
