package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"probe": main})
}

// patience is how long a script waits for what must come.
const patience = 30 * time.Second

// TestScripts runs the command lines of testdata/script. Beside the commands
// of testscript there are:
//
//	serve [-tls] FILE    start a server, set $URL; lines METHOD PATH STATUS [TYPE BODY];
//	                     with STATUS hang it answers nothing until the client is gone,
//	                     with STATUS known only to clients that show a certificate.
//	                     With -tls its certificate and key are cert.pem and key.pem
//	sent [-N] 'GET /x'   the server got that request (N times)
//	exits N COMMAND      run a command that must end with that exit status
//	begin COMMAND        run a command in the background
//	arrived N            wait until N requests hang
//	printed REGEX [VAR]  wait until the background command prints that, and keep it
//	signal INT|TERM      send a signal to the background command
//	ends N|killed        wait for its end, put its output into files stdout and stderr
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			s := &script{}
			env.Values[scriptKey{}] = s
			env.Defer(s.close)
			// The race detector makes each process wait a second at its end.
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Condition: func(name string) (bool, error) {
			if file, ok := strings.CutPrefix(name, "file:"); ok {
				_, err := os.Stat(file)
				return err == nil, nil
			}
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":   command((*script).serve),
			"exits":   command((*script).exits),
			"begin":   command((*script).begin),
			"arrived": command((*script).arrived),
			"printed": command((*script).printed),
			"signal":  command((*script).signal),
			"ends":    command((*script).ends),
			"sent": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Value(scriptKey{}).(*script).sent(ts, neg, args)
			},
		},
	})
}

type scriptKey struct{}

func command(f func(*script, *testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) == 0 {
			ts.Fatalf("wrong use")
		}
		f(ts.Value(scriptKey{}).(*script), ts, args)
	}
}

// script is what the commands of one script share.
type script struct {
	server  *httptest.Server
	mu      sync.Mutex
	got     []string
	hanging chan struct{}
	process *process
}

func (s *script) close() {
	if s.process != nil && s.process.cmd.ProcessState == nil {
		s.process.cmd.Process.Kill()
		<-s.process.ended
	}
	if s.server != nil {
		s.server.CloseClientConnections()
		s.server.Close()
	}
}

func (s *script) serve(ts *testscript.TestScript, args []string) {
	routes := map[string][]string{}
	for line := range strings.Lines(ts.ReadFile(args[len(args)-1])) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 5); len(f) >= 3 {
			routes[f[0]+" "+f[1]] = f[2:]
		}
	}
	s.hanging = make(chan struct{}, 100)
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.got = append(s.got, r.Method+" "+r.URL.RequestURI())
		s.mu.Unlock()
		route, ok := routes[r.Method+" "+r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
			return
		case route[0] == "hang":
			s.hanging <- struct{}{}
			<-r.Context().Done()
			return
		case route[0] == "known":
			w.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusForbidden}[len(r.TLS.PeerCertificates) > 0])
			return
		}
		if len(route) == 3 {
			w.Header().Set("Content-Type", route[1])
		}
		status, err := strconv.Atoi(route[0])
		if err != nil {
			panic(err)
		}
		w.WriteHeader(status)
		if len(route) == 3 {
			io.WriteString(w, route[2])
		}
	}))
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if args[0] == "-tls" {
		s.server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		s.server.StartTLS()
		writeCertificate(ts, s.server.TLS.Certificates[0])
	} else {
		s.server.Start()
	}
	ts.Setenv("URL", s.server.URL)
}

func writeCertificate(ts *testscript.TestScript, c tls.Certificate) {
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	ts.Check(err)
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: c.Certificate[0]},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: key},
	} {
		ts.Check(os.WriteFile(ts.MkAbs(name), pem.EncodeToMemory(block), 0o600))
	}
}

func (s *script) sent(ts *testscript.TestScript, neg bool, args []string) {
	want, n := args[len(args)-1], -1
	if len(args) == 2 {
		count, err := strconv.Atoi(strings.TrimPrefix(args[0], "-"))
		ts.Check(err)
		n = count
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := 0
	for _, g := range s.got {
		if g == want {
			found++
		}
	}
	if neg && found > 0 || !neg && found == 0 || n >= 0 && found != n {
		ts.Fatalf("%q came %d times; all: %q", want, found, s.got)
	}
}

func (s *script) exits(ts *testscript.TestScript, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	if got := exitCode(err); got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

func exitCode(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case !errors.As(err, &exit):
		return err.Error()
	case exit.ExitCode() < 0:
		return "killed"
	}
	return strconv.Itoa(exit.ExitCode())
}
