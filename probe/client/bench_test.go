package client

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// serving makes the test binary serve the benchmark instead: a server in the
// process of its client would be measured too, and how the scheduler of Go
// passes from one to the other.
const serving = "PROBE_SERVES_BENCHMARK"

var users = `{"users":[` + strings.TrimSuffix(strings.Repeat(`{"id":1,"name":"Bob"},`, 40), ",") + `]}`

func serve() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, users)
	}))
	defer server.Close()
	fmt.Println(server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func served(b *testing.B) (url string) {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), serving+"=1")
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

// BenchmarkDo sends the same request as a bare loop over net/http does, and
// reports its time as a ratio of that.
func BenchmarkDo(b *testing.B) {
	url := served(b) + "/api/users"
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	b.Cleanup(transport.CloseIdleConnections)
	bare := &http.Client{Transport: transport}
	c := start(b, Options{})
	r := request("GET", url, "", "User-Agent", "probe", "Accept", "application/json")
	ours := func() {
		if x := c.Do(b.Context(), r, ample); x.Failure != nil || len(x.Response.Content) != len(users) {
			b.Errorf("failure %v", x.Failure)
		}
	}
	theirs := func() {
		resp, err := bare.Get(url)
		if err != nil {
			b.Error(err)
			return
		}
		got, err := io.ReadAll(resp.Body)
		if _ = resp.Body.Close(); err != nil || len(got) != len(users) {
			b.Errorf("%d octets, %v", len(got), err)
		}
	}
	b.Run("serial", func(b *testing.B) {
		compare(b, ours, theirs, func(n int, do func()) {
			for range n {
				do()
			}
		})
	})
	b.Run("parallel", func(b *testing.B) {
		compare(b, ours, theirs, func(n int, do func()) {
			work := make(chan struct{}, n)
			for range n {
				work <- struct{}{}
			}
			close(work)
			done := make(chan struct{})
			const workers = 8
			for range workers {
				go func() {
					for range work {
						do()
					}
					done <- struct{}{}
				}()
			}
			for range workers {
				<-done
			}
		})
	})
}

// compare runs both in alternation, so that a busy machine slows both down.
func compare(b *testing.B, ours, theirs func(), run func(n int, do func())) {
	run(16, ours)
	run(16, theirs)
	var took [2]time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	const most = 500
	for left := b.N; left > 0; left -= most {
		begun := time.Now()
		run(min(left, most), ours)
		took[0] += time.Since(begun)
		b.StopTimer()
		begun = time.Now()
		run(min(left, most), theirs)
		took[1] += time.Since(begun)
		b.StartTimer()
	}
	b.ReportMetric(float64(took[0])/float64(took[1]), "ratio")
}
