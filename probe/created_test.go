package probe

import (
	"net/http"
	"testing"

	"httpprobe/probe/exchange"
)

func TestCreated(t *testing.T) {
	for _, c := range []struct{ method, url, location, want string }{
		{"POST", "http://a/users", "/users/1", "http://a/users/1"},
		{"POST", "http://a/users?x=1", "users/1#top", "http://a/users/1"},
		{"POST", "http://a/checkout", "/orders/1", "http://a/orders/1"},
		{"POST", "http://a/users", "", ""},
		{"POST", "http://a/users", "/users", ""},
		{"POST", "http://a/users/", "/users?id=1", ""},
		{"POST", "http://a/me/cart/items", "/me/cart", ""},
		{"POST", "http://a/users", "/", ""},
		{"POST", "http://a/user", "/users", "http://a/users"},
		{"PUT", "http://a/users/1", "", "http://a/users/1"},
		{"PUT", "http://a/users/1", "/users/1", "http://a/users/1"},
		{"PUT", "http://a/users/1", "/users", ""},
		{"PATCH", "http://a/users/1", "", ""},
	} {
		x := &exchange.Exchange{Request: exchange.Request{Method: c.method, URL: c.url}, Response: &exchange.Response{Status: http.StatusCreated}}
		if c.location != "" {
			x.Response.Fields = exchange.Fields{{Name: "Location", Value: c.location}}
		}
		if got := created(x); got != c.want {
			t.Errorf("%s %s with Location %q: %q, want %q", c.method, c.url, c.location, got, c.want)
		}
	}
}
