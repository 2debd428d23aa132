package probe

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// daemon is a server of its own that a test starts.
type daemon struct {
	program string
	conf    string   // a template in testdata/servers
	args    []string // {} stands for the file of the configuration
	dir     string   // where Debian keeps its modules
	modules []string // those that the configuration uses
}

// settings fill the template of a configuration.
type settings struct {
	Dir, Site    string
	Port, Down   int // where to listen, and where nobody does
	Upstream     string
	UpstreamPort string
	Root         bool
	ModuleDir    string
	Modules      []string
}

// start runs the server until the test ends, and gives its URL.
func (d daemon) start(t *testing.T) string {
	t.Helper()
	program := d.find(t)
	up := upstream(t)
	s := settings{
		Dir: openDir(t), Port: freePort(t), Down: freePort(t), Upstream: up, UpstreamPort: up[strings.LastIndex(up, ":")+1:],
		Root: os.Getuid() == 0, ModuleDir: d.dir, Modules: d.modules,
	}
	s.Site = site(t, s.Dir)
	sum := sha1.Sum([]byte("lovelace"))
	write(t, filepath.Join(s.Dir, "users"), []byte("ada:{SHA}"+base64.StdEncoding.EncodeToString(sum[:])+"\n"))
	tmpl, err := template.ParseFiles(filepath.Join("testdata", "servers", d.conf))
	if err != nil {
		t.Fatal(err)
	}
	var conf bytes.Buffer
	if err := tmpl.Execute(&conf, s); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir, "conf")
	write(t, file, conf.Bytes())
	var args []string
	for _, a := range d.args {
		args = append(args, strings.ReplaceAll(a, "{}", file))
	}
	address := fmt.Sprintf("127.0.0.1:%d", s.Port)
	launch(t, address, program, args...)
	return "http://" + address
}

// find gives the path of the program. Users other than root often lack the
// folder in which Debian puts servers.
func (d daemon) find(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath(d.program)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("/usr/sbin", d.program))
	}
	if err != nil {
		t.Skipf("%s is not installed: %v", d.program, err)
	}
	for _, m := range d.modules {
		if _, err := os.Stat(filepath.Join(d.dir, "mod_"+m+".so")); err != nil {
			t.Skipf("%s lacks a module: %v", d.program, err)
		}
	}
	return path
}

// launch starts a program and returns when it takes connections.
func launch(t *testing.T, address, program string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // that it was told to end is no news
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", program, said.String())
		}
	})
	deadline := time.After(10 * time.Second)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended before it took connections", program)
		case <-deadline:
			t.Fatalf("%s took no connections: %v", program, err)
		case <-again.C:
		}
	}
}

// freePort gives a port that is free, below those that systems hand out to
// clients: one of these could be taken before the server listens.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port was found")
	return 0
}

// openDir is a folder of the test that other users may read: Apache started
// by root answers as another.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// site copies what is served below dir. All has one old date, since servers
// doubt what changed a moment ago.
func site(t *testing.T, dir string) string {
	t.Helper()
	root := filepath.Join(dir, "site")
	err := os.CopyFS(root, os.DirFS(filepath.Join("testdata", "servers", "site")))
	if err != nil {
		t.Fatal(err)
	}
	blob := make([]byte, 1000)
	for i := range blob {
		blob[i] = byte(i * 7)
	}
	write(t, filepath.Join(root, "blob.bin"), blob)
	then := time.Date(2020, 2, 2, 12, 0, 0, 0, time.UTC)
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if d.IsDir() {
			mode = 0o755
		}
		return errors.Join(os.Chmod(name, mode), os.Chtimes(name, then, then))
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
