package plan

import (
	"net/url"
	"testing"
)

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		base, to string
		allow    []string
		want     bool
	}{
		{"http://api.example:8080", "http://api.example:8080/x", nil, true},
		{"http://api.example:8080", "http://API.example.:8080/x", nil, true},
		{"http://api.example", "https://api.example/x", nil, true},
		{"http://api.example:8080", "http://api.example:2375/x", nil, false},
		{"http://api.example", "http://api.example.evil.test/", nil, false},
		{"http://api.example", "http://evil.test/", nil, false},
		{"http://api.example", "http://cdn.example/", []string{"cdn.example"}, true},
		{"http://api.example", "http://cdn.example:81/", []string{"CDN.example"}, true},
		{"http://api.example", "http://cdn.example:81/", []string{"cdn.example:80"}, false},
		{"http://api.example", "http://cdn.example/", []string{"cdn.example:80"}, true},
		{"http://127.0.0.1:1", "http://[::ffff:127.0.0.1]:1/", nil, true},
		{"http://[::1]:1", "http://[0:0:0:0:0:0:0:1]:1/", nil, true},
		{"http://127.0.0.1:1", "http://[::1]:1/", nil, false},
		{"http://127.0.0.1:1", "http://[::1]:7/", []string{"[::1]:7"}, true},
		{"http://127.0.0.1:1", "http://[::1]:8/", []string{"[::1]:7"}, false},
		{"http://127.0.0.1:1", "http://[::1]:8/", []string{"::1"}, true},
	} {
		base, to := parse(t, c.base), parse(t, c.to)
		if got := NewHosts(base, c.allow).Allows(to); got != c.want {
			t.Errorf("base %s, allowed %v: %s: got %v", c.base, c.allow, c.to, got)
		}
	}
}

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
