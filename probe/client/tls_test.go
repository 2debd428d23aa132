package client

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"httpprobe/probe/exchange"
)

// certificate makes one for 127.0.0.1, changed as wanted, signed by parent or
// by itself.
func certificate(t *testing.T, parent *tls.Certificate, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"api.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	change(template)
	signer, signerKey := template, any(key)
	if parent != nil {
		signer, signerKey = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func authority(t *testing.T) tls.Certificate {
	return certificate(t, nil, func(c *x509.Certificate) {
		c.Subject.CommonName = "test authority"
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
}

func roots(c tls.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.Leaf)
	return pool
}

func secureServer(t *testing.T, config *tls.Config) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = config
	s.TLS.NextProtos = []string{"h2", "http/1.1"}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func TestSecure(t *testing.T) {
	ca := authority(t)
	cert := certificate(t, &ca, func(*x509.Certificate) {})
	url := secureServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	c := start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}})
	x := get(t, c, url)
	if r := whole(t, x); string(r.Body) != "HTTP/1.1" {
		t.Errorf("spoken: %s", r.Body)
	}
	got := x.Conn.TLS
	if got == nil || got.Version != "TLS 1.3" || got.Protocol != "http/1.1" || got.Cipher == "" ||
		got.Leaf.Subject != "CN=server" || got.Leaf.Issuer != "CN=test authority" || got.Leaf.NotAfter.IsZero() ||
		strings.Join(got.Leaf.Names, " ") != "api.example 127.0.0.1" {
		t.Errorf("%+v", got)
	}
	if x.Timing.TLS <= 0 {
		t.Errorf("%+v", x.Timing)
	}
	again := get(t, c, url)
	whole(t, again)
	if !again.Conn.Reused || again.Conn.TLS == nil || again.Timing.TLS != 0 {
		t.Errorf("%+v %+v", again.Conn, again.Timing)
	}
}

func TestCertificatesThatAreRefused(t *testing.T) {
	ca := authority(t)
	tests := map[string]struct {
		cert tls.Certificate
		text string
		hint string
	}{
		"self-signed": {certificate(t, nil, func(*x509.Certificate) {}), "is self-signed", "--cacert"},
		"unknown authority": {func() tls.Certificate {
			other := authority(t)
			return certificate(t, &other, func(*x509.Certificate) {})
		}(),
			"is signed by an authority that is not trusted here: CN=test authority", "--cacert"},
		"other host": {certificate(t, &ca, func(c *x509.Certificate) { c.IPAddresses = nil; c.DNSNames = []string{"a.example", "b.example"} }),
			"is not for 127.0.0.1 but for a.example, b.example", "--insecure"},
		"expired": {certificate(t, &ca, func(c *x509.Certificate) { c.NotAfter = time.Date(2024, 1, 2, 3, 4, 0, 0, time.UTC) }),
			"expired on 2024-01-02 03:04 UTC", "renew"},
		"not yet": {certificate(t, &ca, func(c *x509.Certificate) {
			c.NotBefore = time.Date(2222, 1, 2, 3, 4, 0, 0, time.UTC)
			c.NotAfter = c.NotBefore.Add(time.Hour)
		}), "is not valid before 2222-01-02 03:04 UTC", "clock"},
		"for clients": {certificate(t, &ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			"or of its authority is not fit for a server", "--cacert"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url := secureServer(t, &tls.Config{Certificates: []tls.Certificate{test.cert}})
			at := strings.TrimPrefix(url, "https://")
			x := get(t, start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}}), url)
			failed(t, x, exchange.FailedTLS, "the certificate of "+at+" "+test.text)
			if !strings.Contains(x.Failure.Hint, test.hint) {
				t.Errorf("hint %q", x.Failure.Hint)
			}
			if x.Conn.TLS == nil || !x.Conn.TLS.Leaf.NotAfter.Equal(test.cert.Leaf.NotAfter) {
				t.Errorf("the certificate is not recorded: %+v", x.Conn.TLS)
			}
			insecure := get(t, start(t, Options{TLS: &tls.Config{InsecureSkipVerify: true}}), url)
			whole(t, insecure)
			if insecure.Conn.TLS == nil || insecure.Conn.TLS.Leaf == nil {
				t.Error("the certificate is not recorded with --insecure")
			}
		})
	}
}

func TestHandshakesThatFail(t *testing.T) {
	ca := authority(t)
	cert := certificate(t, &ca, func(*x509.Certificate) {})
	one := []tls.Certificate{cert}
	secure := func(config *tls.Config) func(*peer) {
		return func(p *peer) {
			s := tls.Server(p.Conn, config)
			if s.Handshake() == nil {
				_, _ = http.ReadRequest(bufio.NewReader(s))
			}
			_, _ = io.Copy(io.Discard, p.Conn)
		}
	}
	tests := map[string]struct {
		play func(*peer)
		text string // AT is the address
		hint string
	}{
		"plain HTTP": {func(p *peer) { p.send("HTTP/1.1 400 Bad Request\r\n\r\n"); p.rest() }, "AT speaks plain HTTP, not TLS", "http://"},
		"SSH":        {func(p *peer) { p.send("SSH-2.0-x\r\n"); p.rest() }, `AT does not speak TLS: its answer begins with "SSH-2"`, "port"},
		"closed":     {func(p *peer) { _, _ = p.in.Peek(1); _, _ = p.in.Discard(p.in.Buffered()) }, "AT closed the connection during the TLS handshake", "TLS"},
		"reset":      {func(p *peer) { _, _ = p.in.Peek(1); p.reset() }, "AT reset the connection during the TLS handshake", "TLS"},
		"old version": {secure(&tls.Config{Certificates: one, MaxVersion: tls.VersionTLS11}),
			"AT refused the TLS handshake with the alert protocol version", "1.2"},
		"client certificate, TLS 1.2": {secure(&tls.Config{Certificates: one, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}),
			"AT refused the TLS handshake with the alert handshake failure", "--cert"},
		"client certificate, TLS 1.3": {secure(&tls.Config{Certificates: one, ClientAuth: tls.RequireAnyClientCert}),
			"the server ended TLS with the alert certificate required before any answer", "--cert"},
		"other protocol": {secure(&tls.Config{Certificates: one, NextProtos: []string{"other"}}),
			"AT refused the TLS handshake with the alert no application protocol", "HTTP/1.1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := strings.TrimPrefix(listen(t, test.play), "http://")
			x := get(t, start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}}), "https://"+at)
			failed(t, x, exchange.FailedTLS, strings.ReplaceAll(test.text, "AT", at))
			if !strings.Contains(x.Failure.Hint, test.hint) {
				t.Errorf("hint %q", x.Failure.Hint)
			}
		})
	}
}

func TestHandshakeThatDoesNotEnd(t *testing.T) {
	at := strings.TrimPrefix(listen(t, (*peer).rest), "http://")
	var used time.Duration
	x := tryLimits(func(limit time.Duration) (exchange.Exchange, bool) {
		used = limit
		x := start(t, Options{}).Do(t.Context(), request("GET", "https://"+at, ""), limit)
		return x, x.Failure != nil && x.Failure.Kind == exchange.FailedTLS
	})
	failed(t, x, exchange.FailedTLS, "the TLS handshake with "+at+" was not complete within "+used.String())
}

func TestPlainTextToTLSPort(t *testing.T) {
	ca := authority(t)
	url := secureServer(t, &tls.Config{Certificates: []tls.Certificate{certificate(t, &ca, func(*x509.Certificate) {})}})
	x := get(t, start(t, Options{}), "http://"+strings.TrimPrefix(url, "https://"))
	if r := whole(t, x); r.Status != 400 || !strings.Contains(string(r.Body), "HTTPS server") {
		t.Errorf("%d %q", r.Status, r.Body)
	}
	alerting := listen(t, func(p *peer) { p.answer("\x15\x03\x01\x00\x02\x02\x46") })
	failed(t, get(t, start(t, Options{}), alerting), exchange.FailedMessage, "the answer is not HTTP but a TLS alert")
}

// gathering holds back what is written, so that it can be sent at once.
type gathering struct {
	net.Conn
	gather bool
	octets []byte
}

func (g *gathering) Write(p []byte) (int, error) {
	if !g.gather {
		return g.Conn.Write(p)
	}
	g.octets = append(g.octets, p...)
	return len(p), nil
}

func TestSecureLeftoversAndCloses(t *testing.T) {
	ca := authority(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate(t, &ca, func(*x509.Certificate) {})}}
	answer := func(octets string) string {
		at := listen(t, func(p *peer) {
			once := &gathering{Conn: p.Conn}
			s := tls.Server(once, config)
			if _, err := http.ReadRequest(bufio.NewReader(s)); err != nil {
				return
			}
			once.gather = true
			for piece := range strings.SplitSeq(octets, "|") {
				_, _ = io.WriteString(s, piece) // a TLS record each
			}
			if strings.HasSuffix(octets, "cut") {
				once.octets = append(once.octets, "\x17\x03\x03\x00\x50half a record"...)
			} else {
				_ = s.CloseWrite()
			}
			_ = p.SetWriteDeadline(time.Time{}) // CloseWrite left one that has passed
			p.send(string(once.octets))
		})
		return "https" + strings.TrimPrefix(at, "http")
	}
	c := start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}})
	x := get(t, c, answer("HTTP/1.1 204 No Content\r\n\r\n|{|}"))
	if r := whole(t, x); string(r.Extra) != "{}" || !x.Conn.Closed {
		t.Errorf("extra %q, %+v", r.Extra, x.Conn)
	}
	x = get(t, c, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi|!"))
	if r := whole(t, x); string(r.Extra) != "!" {
		t.Errorf("extra %q", r.Extra)
	}
	whole(t, get(t, c, answer("HTTP/1.1 200 OK\r\n\r\n|hello")))
	failed(t, get(t, c, answer("HTTP/1.1 200 OK\r\n\r\n|cut")), exchange.FailedTruncated,
		"the connection closed without the close alert of TLS after 3 octets of the body")
}

func TestSecureOctetsOnIdleConnectionReachNobody(t *testing.T) {
	ca := authority(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate(t, &ca, func(*x509.Certificate) {})}}
	over, sent := make(chan struct{}), make(chan struct{})
	at := listen(t, func(p *peer) {
		s := tls.Server(p.Conn, config)
		in := bufio.NewReader(s)
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		_, _ = io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
		if p.number == 0 {
			<-over
			_, _ = io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL")
			close(sent)
		}
		_, _ = io.Copy(io.Discard, in)
	})
	c := start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}})
	url := "https" + strings.TrimPrefix(at, "http")
	whole(t, get(t, c, url))
	close(over)
	<-sent
	x := get(t, c, url)
	if r := whole(t, x); string(r.Body) != "good" || x.Conn.Reused {
		t.Errorf("%q, %+v", r.Body, x.Conn)
	}
}

func TestSecureLargeBody(t *testing.T) {
	ca := authority(t)
	url := secureServer(t, &tls.Config{Certificates: []tls.Certificate{certificate(t, &ca, func(*x509.Certificate) {})}})
	c := start(t, Options{TLS: &tls.Config{RootCAs: roots(ca)}})
	for range 3 {
		x := c.Do(t.Context(), request("PUT", url, strings.Repeat("x", 200_000)), ample)
		whole(t, x)
	}
}
