package probe_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"strings"
)

// internet is an address that is not of this machine nor of its network.
var internet = &net.TCPAddr{IP: net.IPv4(203, 0, 113, 1), Port: 80}

// public is a listener whose connections seem to come in at internet.
type public struct{ net.Listener }

func (l public) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return arrived{c}, nil
}

type arrived struct{ net.Conn }

func (arrived) LocalAddr() net.Addr { return internet }

// departed is the other end of one.
type departed struct{ net.Conn }

func (departed) RemoteAddr() net.Addr { return internet }

// published gives a base URL at internet, and what opens connections there that
// lead to the server. Over TLS its certificate is taken for valid there.
func published(server *httptest.Server, config *tls.Config) (string, func(context.Context, string, string) (net.Conn, error)) {
	scheme, at, _ := strings.Cut(server.URL, "://")
	if config != nil {
		config.ServerName = "127.0.0.1"
	}
	return scheme + "://" + internet.IP.String(), func(ctx context.Context, network, _ string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, at)
		if err != nil {
			return nil, err
		}
		return departed{c}, nil
	}
}
