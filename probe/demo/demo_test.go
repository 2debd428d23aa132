package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a demo that runs, and a client that hides nothing.
type site struct {
	t      *testing.T
	url    string
	client *http.Client
}

func start(t *testing.T, o Options) site {
	t.Helper()
	api := New(o)
	server := httptest.NewServer(api)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		if err := api.Close(); err != nil {
			t.Error(err)
		}
	})
	return site{t, server.URL, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response that was read.
type answer struct {
	t *testing.T
	*http.Response
	content []byte
}

// do sends a request: fields are written "Name: value", the rest is a body of
// JSON unless a field says otherwise.
func (s site) do(line, body string, fields ...string) answer {
	s.t.Helper()
	method, target, _ := strings.Cut(line, " ")
	request, err := http.NewRequest(method, s.url+target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{s.t, response, content}
}

func (a answer) status(want int) answer {
	a.t.Helper()
	if a.StatusCode != want {
		a.t.Fatalf("%s %s: status %d, want %d; body %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, want, a.content)
	}
	return a
}

func (a answer) field(name, want string) answer {
	a.t.Helper()
	if got := a.Header.Get(name); got != want {
		a.t.Errorf("%s %s: %s is %q, want %q", a.Request.Method, a.Request.URL.Path, name, got, want)
	}
	return a
}

// failed checks the envelope and gives the fields it names.
func (a answer) failed(status int, code string) []string {
	a.t.Helper()
	a.status(status).field("Content-Type", "application/json").field("Cache-Control", "no-store")
	var e envelope
	decoder := json.NewDecoder(bytes.NewReader(a.content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		a.t.Fatalf("%s %s: not an envelope: %v: %s", a.Request.Method, a.Request.URL.Path, err, a.content)
	}
	if e.Error.Code != code || e.Error.Message == "" {
		a.t.Errorf("%s %s: error %+v, want code %s and a message", a.Request.Method, a.Request.URL.Path, e.Error, code)
	}
	var fields []string
	for _, d := range e.Error.Details {
		fields = append(fields, d.Field)
	}
	return fields
}

func decoded[T any](a answer) T {
	a.t.Helper()
	var out T
	if err := json.Unmarshal(a.content, &out); err != nil {
		a.t.Fatalf("%v: %s", err, a.content)
	}
	return out
}

const (
	asAdmin = "Authorization: Bearer " + AdminToken
	asUser  = "Authorization: Bearer " + UserToken
)

// clock is a time that tests move.
type clock struct {
	lock sync.Mutex
	at   time.Time
}

func (c *clock) now() time.Time {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.at = c.at.Add(d)
}

func stopped() *clock { return &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }
