package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is a command in the background.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr output
	ended          chan struct{}
	err            error
}

// output keeps what was written and says that something was.
type output struct {
	mu      sync.Mutex
	buffer  bytes.Buffer
	written chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.written <- struct{}{}:
	default:
	}
	return o.buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

func (s *script) begin(ts *testscript.TestScript, args []string) {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	p := &process{cmd: exec.Command(path, args[1:]...), ended: make(chan struct{})}
	p.stdout.written, p.stderr.written = make(chan struct{}, 1), make(chan struct{}, 1)
	p.cmd.Dir = ts.MkAbs(".")
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GORACE"} {
		p.cmd.Env = append(p.cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(p.cmd.Start())
	s.process = p
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
}

func (s *script) arrived(ts *testscript.TestScript, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range n {
		select {
		case <-s.hanging:
		case <-s.process.ended:
			ts.Fatalf("the command ended: %v\n%s", s.process.err, s.process.stderr.String())
		case <-time.After(patience):
			ts.Fatalf("no request came")
		}
	}
}

func (s *script) printed(ts *testscript.TestScript, args []string) {
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	limit := time.After(patience)
	for {
		for _, o := range []*output{&s.process.stdout, &s.process.stderr} {
			if found := re.FindString(o.String()); found != "" {
				if len(args) > 1 {
					ts.Setenv(args[1], found)
				}
				return
			}
		}
		select {
		case <-s.process.stdout.written:
		case <-s.process.stderr.written:
		case <-limit:
			ts.Fatalf("not printed")
		}
	}
}

func (s *script) signal(ts *testscript.TestScript, args []string) {
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}
	ts.Check(s.process.cmd.Process.Signal(signals[args[0]]))
}

func (s *script) ends(ts *testscript.TestScript, args []string) {
	select {
	case <-s.process.ended:
	case <-time.After(patience):
		ts.Fatalf("the command does not end")
	}
	for name, o := range map[string]*output{"stdout": &s.process.stdout, "stderr": &s.process.stderr} {
		fmt.Fprintf(ts.Stdout(), "[%s]\n%s", name, o.String())
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(o.String()), 0o600))
	}
	if got := exitCode(s.process.err); got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}
