package client

import (
	"fmt"
	"net"
	"net/url"
	"strconv"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

// endpoint is where a connection leads.
type endpoint struct {
	secure     bool
	host, port string // the host without brackets
}

func (e endpoint) String() string { return net.JoinHostPort(e.host, e.port) }

// prepare fills in what r leaves open, checks it and says where it goes.
func prepare(r *exchange.Request) (endpoint, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return endpoint{}, fmt.Errorf("the URL %s cannot be read", wire.Quote(r.URL))
	}
	to := endpoint{host: u.Hostname(), port: u.Port()}
	switch u.Scheme {
	case "http":
	case "https":
		to.secure = true
	default:
		return endpoint{}, fmt.Errorf("the URL %s does not begin with http:// or https://", wire.Quote(r.URL))
	}
	if to.host == "" {
		return endpoint{}, fmt.Errorf("the URL %s names no host", wire.Quote(r.URL))
	}
	if to.port == "" {
		to.port = "80"
		if to.secure {
			to.port = "443"
		}
	}
	if n, err := strconv.ParseUint(to.port, 10, 16); err != nil || n == 0 {
		return endpoint{}, fmt.Errorf("the URL %s has no possible port", wire.Quote(r.URL))
	}
	if r.Proto == "" {
		r.Proto = "HTTP/1.1"
	}
	if r.Target == "" {
		r.Target = u.RequestURI()
		if r.Method == "CONNECT" {
			r.Target = to.String()
		}
	}
	return to, wire.Check(*r)
}
