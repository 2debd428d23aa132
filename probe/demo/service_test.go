package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestFailuresOnRequest(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		path   string
		status int
		code   string
	}{
		{"/api/crash", 500, "INTERNAL_ERROR"},
		{"/api/maintenance", 503, "MAINTENANCE"},
		{"/api/gateway/refusing", 502, "UPSTREAM_FAILED"},
		{"/api/gateway/closing", 502, "UPSTREAM_FAILED"},
		{"/api/gateway/garbled", 502, "UPSTREAM_FAILED"},
		{"/api/gateway/truncated", 502, "UPSTREAM_FAILED"},
		{"/api/gateway/slow", 504, "UPSTREAM_TIMEOUT"},
		{"/api/gateway/unknown", 404, "NOT_FOUND"},
	} {
		got := s.do("GET "+c.path, "")
		got.failed(c.status, c.code)
		for _, inner := range []string{"crash on request", "goroutine", "pipe", ".go", "refused", "http://"} {
			if bytes.Contains(got.content, []byte(inner)) {
				t.Errorf("%s tells of inner details: %s", c.path, got.content)
			}
		}
	}
	s.do("GET /api/maintenance", "").field("Retry-After", "300")
	s.do("GET /api/gateway/healthy", "").status(200).field("Content-Type", "application/json")
}

func TestRateLimitIsPerClientAndEnds(t *testing.T) {
	clock := stopped()
	s := start(t, Options{Now: clock.now})
	for left := 2; left >= 0; left-- {
		s.do("GET /api/limited?client=a", "").status(200).field("RateLimit", `"default";r=`+strconv.Itoa(left)+`;t=2`)
	}
	s.do("GET /api/limited", "", "X-Client-Id: b").status(200)
	clock.pass(300 * time.Millisecond)
	refused := s.do("GET /api/limited?client=a", "").field("Retry-After", "2").field("RateLimit", `"default";r=0;t=2`)
	refused.failed(429, "RATE_LIMITED")
	s.do("GET /api/limited", "", "X-Client-Id: b").status(200)
	clock.pass(1700 * time.Millisecond)
	s.do("GET /api/limited?client=a", "").status(200)
}

func TestLimiterForgetsClients(t *testing.T) {
	clock := stopped()
	l := newLimiter(clock.now)
	for i := range limitClients {
		l.take(strconv.Itoa(i))
	}
	clock.pass(limitRefill)
	if l.take("one more"); len(l.clients) != 1 {
		t.Errorf("%d clients are remembered", len(l.clients))
	}
	for i := range limitClients {
		l.take(strconv.Itoa(i))
	}
	if len(l.clients) > limitClients {
		t.Errorf("%d clients are remembered", len(l.clients))
	}
}

func TestJobGetsDone(t *testing.T) {
	clock := stopped()
	s := start(t, Options{Now: clock.now})
	monitor := s.do("POST /api/jobs", "").status(202).Header.Get("Location")
	for _, c := range []struct {
		wait  time.Duration
		state string
	}{{0, "queued"}, {jobQueued, "running"}, {jobDone, "done"}, {time.Hour, "done"}} {
		clock.pass(c.wait)
		if got := decoded[jobState](s.do("GET "+monitor, "").status(200)); got.State != c.state || (got.Result != nil) != (c.state == "done") {
			t.Errorf("after another %s: %+v", c.wait, got)
		}
	}
	s.do("GET /api/jobs/99999", "").failed(404, "NOT_FOUND")
}

func TestShelfKeepsTheNewest(t *testing.T) {
	s := newShelf[string](2)
	first, _ := s.add(func(key string) string { return "entry " + key })
	s.add(func(string) string { return "second" })
	s.keep("third", "3")
	if _, ok := s.get(first); ok {
		t.Error("the oldest entry is still there")
	}
	if got, ok := s.get("third"); !ok || got != "3" || len(s.order) != 2 || len(s.entries) != 2 {
		t.Errorf("the shelf holds %v, %v", s.order, s.entries)
	}
}

func TestEcho(t *testing.T) {
	s := start(t, Options{})
	got := s.do("GET /api/echo?a=1&a=2&b=", "", asAdmin, "Cookie: session=secret", "X-Trace: t1").status(200)
	type echoed struct {
		Method, Path string
		Query        map[string][]string
		Headers      map[string][]string
		Body         any
		Size         int
	}
	e := decoded[echoed](got)
	if e.Method != "GET" || e.Path != "/api/echo" || !slices.Equal(e.Query["a"], []string{"1", "2"}) || !slices.Equal(e.Headers["X-Trace"], []string{"t1"}) {
		t.Errorf("echo: %s", got.content)
	}
	if strings.Contains(string(got.content), "secret") || strings.Contains(string(got.content), AdminToken) {
		t.Errorf("credentials are repeated: %s", got.content)
	}
	if e := decoded[echoed](s.do("PUT /api/echo", `{"n":[1]}`).status(200)); !reflect.DeepEqual(e.Body, map[string]any{"n": []any{1.0}}) || e.Size != 9 {
		t.Errorf("JSON: %+v", e)
	}
	if e := decoded[echoed](s.do("POST /api/echo", "plain", "Content-Type: text/plain").status(200)); e.Body != "plain" {
		t.Errorf("text: %+v", e)
	}
	if e := decoded[echoed](s.do("POST /api/echo", "\xff\xfe", "Content-Type: image/png").status(200)); e.Body != nil || e.Size != 2 {
		t.Errorf("octets: %+v", e)
	}
}

func TestForms(t *testing.T) {
	s := start(t, Options{})
	got := decoded[submitted](s.do("POST /api/forms", "a=1&a=2&b=x+y", "Content-Type: application/x-www-form-urlencoded").status(200))
	if !reflect.DeepEqual(got, submitted{map[string][]string{"a": {"1", "2"}, "b": {"x y"}}, []submittedFile{}}) {
		t.Errorf("urlencoded: %+v", got)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("title", "Logo"); err != nil {
		t.Fatal(err)
	}
	file, err := w.CreateFormFile("image", "logo.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("octets")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("octets"))
	want := submitted{map[string][]string{"title": {"Logo"}}, []submittedFile{{"image", "logo.png", "application/octet-stream", 6, hex.EncodeToString(sum[:])}}}
	if got := decoded[submitted](s.do("POST /api/forms", b.String(), "Content-Type: "+w.FormDataContentType()).status(200)); !reflect.DeepEqual(got, want) {
		t.Errorf("multipart: %+v, want %+v", got, want)
	}
	for _, c := range [][2]string{
		{"a=%zz", "application/x-www-form-urlencoded"},
		{"x", "multipart/form-data"},
		{"no boundary here", "multipart/form-data; boundary=b"},
		{b.String()[:b.Len()/2], w.FormDataContentType()},
	} {
		s.do("POST /api/forms", c[0], "Content-Type: "+c[1]).failed(400, "MALFORMED_FORM")
	}
}

func TestMediaTypes(t *testing.T) {
	s := start(t, Options{})
	s.do("POST /api/users", "<a/>", asAdmin, "Content-Type: application/xml").field("Accept", jsonType).field("Accept-Patch", "").
		failed(415, "UNSUPPORTED_MEDIA_TYPE")
	s.do("PATCH /api/users/1", "<a/>", asAdmin, "Content-Type: application/xml").field("Accept-Patch", "application/merge-patch+json, application/json").
		failed(415, "UNSUPPORTED_MEDIA_TYPE")
	s.do("POST /api/users", "{}", asAdmin, "Content-Encoding: gzip").field("Accept-Encoding", "identity").field("Accept", "").
		failed(415, "UNSUPPORTED_MEDIA_TYPE")
	s.do("POST /api/users", "{}", asAdmin, "Content-Type: application/json; charset=utf-8").failed(422, "VALIDATION_ERROR")
	s.do("POST /api/users", "{}", asAdmin, "Content-Type: ").failed(415, "UNSUPPORTED_MEDIA_TYPE")
}

func TestGraphQL(t *testing.T) {
	s := start(t, Options{})
	got := s.do("POST /graphql", `{"query":"{ users }","variables":{"n":1}}`).status(200)
	if want := `{"data":{"echo":{"query":"{ users }","variables":{"n":1}}}}` + "\n"; string(got.content) != want {
		t.Errorf("got %s, want %s", got.content, want)
	}
	if got := s.do("POST /graphql", `{"variables":{}}`).failed(422, "VALIDATION_ERROR"); !slices.Equal(got, []string{"query"}) {
		t.Errorf("named %v", got)
	}
}

func TestUpload(t *testing.T) {
	s := start(t, Options{})
	made := s.do("POST /api/uploads", "octets", asUser, "Content-Type: image/png").status(201)
	read := s.do("GET "+made.Header.Get("Location"), "", asUser).status(200)
	if string(read.content) != string(made.content) || decoded[upload](read).Size != 6 || decoded[upload](read).Type != "image/png" {
		t.Errorf("made %s, read %s", made.content, read.content)
	}
	s.do("GET "+made.Header.Get("Location"), "").failed(401, "UNAUTHENTICATED")
	s.do("GET /api/uploads/99999", "", asUser).failed(404, "NOT_FOUND")
	s.do("DELETE /api/uploads/1", "", asUser, `If-Match: "other"`).failed(412, "PRECONDITION_FAILED")
	s.do("DELETE /api/uploads/1", "", asUser).status(204)
	s.do("DELETE /api/uploads/1", "", asUser).failed(404, "NOT_FOUND")
	big := strings.Repeat("x", uploadLimit+1)
	s.do("POST /api/uploads", big, asUser).failed(413, "CONTENT_TOO_LARGE")
	s.do("POST /api/uploads", big[1:], asUser).status(201)
}
