package probe

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"httpprobe/probe/finding"
)

const benchSteps = 1000

// servesBench makes the test binary be the server: one in the process of its
// client would have a part in the client's scheduling and collection.
const servesBench = "PROBE_SERVES_BENCHMARK"

// benchAPI is an API of users: lists of about 1.4 kB, and all the rest below
// 200 octets.
func benchAPI() {
	list := encoded(map[string]any{"items": users(20), "total": 20})
	answer := func(status int, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Cache-Control", "no-cache")
			if r.Method == http.MethodPost {
				h.Set("Location", "/users/42")
			}
			h.Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /users", answer(200, list))
	mux.Handle("POST /users", answer(201, encoded(users(1)[0])))
	mux.Handle("GET /users/{id}", answer(200, encoded(users(1)[0])))
	mux.Handle("GET /users/0", answer(404, encoded(map[string]any{"error": map[string]any{"code": "USER_NOT_FOUND", "message": "There is no user 0"}})))
	server := httptest.NewServer(mux)
	defer server.Close()
	fmt.Println(server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func encoded(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

func users(n int) []map[string]any {
	var out []map[string]any
	for i := range n {
		out = append(out, map[string]any{"id": i, "name": "Bob", "email": fmt.Sprintf("bob%d@example.com", i), "roles": []string{"user"}})
	}
	return out
}

// benchServer starts the API in a process of its own.
func benchServer(b *testing.B) (url string) {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), servesBench+"=1")
	in, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// benchSuite has a scenario for each worker; of ten steps six read the list.
// There is no 204 among them: the client waits for octets that must not follow
// it, and beside that time nothing else would show.
func benchSuite() string {
	var suite strings.Builder
	suite.WriteString("scenarios:\n")
	for i := range defaultParallel {
		fmt.Fprintf(&suite, "- name: s%d\n  steps:\n", i)
		for n := range benchSteps / defaultParallel {
			switch n % 10 {
			case 0:
				suite.WriteString("  - request: POST /users -> 201\n    json: { name: Bob, email: bob@example.com, roles: [user] }\n    capture: { name: body.name }\n")
			case 3:
				fmt.Fprintf(&suite, "  - request: GET /users/%d -> 200\n    expect: { body: { name: \"${name}\" } }\n", n)
			case 6:
				suite.WriteString("  - request: GET /users/0 -> 404\n    expect: { body: { error: { code: USER_NOT_FOUND } } }\n")
			case 9:
				fmt.Fprintf(&suite, "  - GET /users/%d -> 200\n", n)
			default:
				fmt.Fprintf(&suite, "  - request: GET /users?page=%d -> 200\n    expect: { body: { total: 20 } }\n", n)
			}
		}
	}
	return suite.String()
}

// BenchmarkRun makes the same 1,000 steps with all rules and with none, and as
// many requests with a bare loop over net/http that decodes the JSON, at the
// same parallelism. All three take turns, so that a busy machine slows all of
// them down; the ratios are of wall time, and the middle ones of all turns.
func BenchmarkRun(b *testing.B) {
	url := benchServer(b)
	p, err := Prepare(Input{
		Paths: []string{"."}, BaseURL: url,
		FS: fstest.MapFS{"s.yaml": {Data: []byte(benchSuite())}},
	})
	if err != nil || len(p.Problems()) > 0 {
		b.Fatal(err, p.Problems())
	}
	timed(b, p, Options{})
	var toNone, toBare []float64
	var total time.Duration
	for b.Loop() {
		// Each leaves garbage to whom comes next.
		var rules, none time.Duration
		if len(toNone)%2 == 0 {
			rules, none = timed(b, p, Options{}), timed(b, p, Options{NoRules: true})
		} else {
			none, rules = timed(b, p, Options{NoRules: true}), timed(b, p, Options{})
		}
		bare := bareLoop(b, url)
		toNone, toBare = append(toNone, rules.Seconds()/none.Seconds()), append(toBare, rules.Seconds()/bare.Seconds())
		total += rules
	}
	b.ReportMetric(middle(toBare), "ratio-to-bare")
	b.ReportMetric(middle(toNone), "ratio-to-no-rules")
	b.ReportMetric(float64(benchSteps*len(toNone))/total.Seconds(), "steps/s")
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
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
				if err := bareStep(client, url, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(began)
}

func bareStep(client *http.Client, url string, n int) error {
	method, path, content := http.MethodGet, fmt.Sprintf("/users?page=%d", n), io.Reader(nil)
	switch n % 10 {
	case 0:
		method, path, content = http.MethodPost, "/users", strings.NewReader(`{"name":"Bob","email":"bob@example.com","roles":["user"]}`)
	case 3, 9:
		path = fmt.Sprintf("/users/%d", n)
	case 6:
		path = "/users/0"
	}
	request, err := http.NewRequest(method, url+path, content)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return err
	}
	var body any
	return json.NewDecoder(bytes.NewReader(answer)).Decode(&body)
}
