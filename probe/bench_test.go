package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/finding"
)

const benchSteps = 1000

// BenchmarkRun sends 1,000 steps with all rules, with none, and the same
// requests with a bare net/http loop that decodes the same JSON, at the same
// parallelism. The ratio is wall time against the bare loop.
func BenchmarkRun(b *testing.B) {
	answer, err := json.Marshal(map[string]any{"items": users(20), "total": 20})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(answer)
	}))
	defer server.Close()
	// 8 scenarios of 125 steps each.
	var suite strings.Builder
	suite.WriteString("scenarios:\n")
	for i := range defaultParallel {
		fmt.Fprintf(&suite, "- name: s%d\n  steps:\n", i)
		for n := range benchSteps / defaultParallel {
			fmt.Fprintf(&suite, "  - request: GET /users?page=%d -> 200\n    expect: { body: { total: 20 } }\n", n)
		}
	}
	p, err := Prepare(Input{
		Paths: []string{"."}, BaseURL: server.URL,
		FS: fstest.MapFS{"s.yaml": {Data: []byte(suite.String())}},
	})
	if err != nil || len(p.Problems()) > 0 {
		b.Fatal(err, p.Problems())
	}
	var rules, none, bare time.Duration
	for range b.N {
		rules += timed(b, p, Options{})
		none += timed(b, p, Options{NoRules: true})
		bare += bareLoop(b, server.URL)
	}
	b.ReportMetric(float64(rules)/float64(bare), "ratio-to-bare")
	b.ReportMetric(float64(rules)/float64(none), "ratio-to-no-rules")
	b.ReportMetric(float64(benchSteps*b.N)/rules.Seconds(), "steps/s")
}

func users(n int) []map[string]any {
	var out []map[string]any
	for i := range n {
		out = append(out, map[string]any{"id": i, "name": "Bob", "email": fmt.Sprintf("bob%d@example.com", i), "roles": []string{"user"}})
	}
	return out
}

func timed(b *testing.B, p *Prepared, o Options) time.Duration {
	b.Helper()
	began := time.Now()
	summary := p.Run(b.Context(), o)
	took := time.Since(began)
	if summary.Outcome != finding.Passed || summary.Passed != benchSteps {
		b.Fatalf("%+v", summary)
	}
	return took
}

// bareLoop is what a hand-written client would do at least.
func bareLoop(b *testing.B, url string) time.Duration {
	b.Helper()
	began := time.Now()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: defaultParallel, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var wait sync.WaitGroup
	for range defaultParallel {
		wait.Go(func() {
			for n := range benchSteps / defaultParallel {
				response, err := client.Get(fmt.Sprintf("%s/users?page=%d", url, n))
				if err != nil {
					b.Error(err)
					return
				}
				content, err := io.ReadAll(response.Body)
				response.Body.Close()
				var body any
				if err == nil {
					err = json.NewDecoder(bytes.NewReader(content)).Decode(&body)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(began)
}
