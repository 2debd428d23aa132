package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
)

// handshake makes a TLS connection over raw. What was negotiated, and the
// server's certificate, are given also when the certificate is refused, which
// is why verifying is done here and not by crypto/tls.
func (t *turn) handshake(ctx context.Context, raw net.Conn) (*tls.Conn, *exchange.TLS, *exchange.Failure) {
	var (
		state   *exchange.TLS
		refusal *exchange.Failure
	)
	config := t.client.options.TLS.Clone()
	trusting := config.InsecureSkipVerify
	config.InsecureSkipVerify = true
	config.NextProtos = []string{"http/1.1"}
	if config.ServerName == "" {
		config.ServerName = strings.TrimSuffix(t.to.host, ".")
	}
	asked := config.VerifyConnection
	config.VerifyConnection = func(cs tls.ConnectionState) error {
		state = negotiated(cs, config.ServerName)
		if !trusting {
			now := time.Now()
			if config.Time != nil {
				now = config.Time()
			}
			if err := verify(config, cs, now); err != nil {
				refusal = untrusted(err, t.to, cs.PeerCertificates[0], now)
				return err
			}
		}
		if asked != nil {
			return asked(cs)
		}
		return nil
	}
	now := t.client.options.Now
	begun := now()
	secure := tls.Client(raw, config)
	err := secure.HandshakeContext(ctx)
	t.x.Timing.TLS = now().Sub(begun)
	if err != nil {
		if refusal == nil {
			refusal = t.unsecured(err)
		}
		return nil, state, refusal
	}
	return secure, state, nil
}

// verify does what crypto/tls does unless told otherwise.
func verify(config *tls.Config, cs tls.ConnectionState, now time.Time) error {
	options := x509.VerifyOptions{
		Roots:         config.RootCAs,
		DNSName:       config.ServerName,
		Intermediates: x509.NewCertPool(),
		CurrentTime:   now,
	}
	for _, c := range cs.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := cs.PeerCertificates[0].Verify(options)
	return err
}

func negotiated(cs tls.ConnectionState, name string) *exchange.TLS {
	leaf := cs.PeerCertificates[0]
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	return &exchange.TLS{
		Version:    tls.VersionName(cs.Version),
		Cipher:     tls.CipherSuiteName(cs.CipherSuite),
		ServerName: name,
		Protocol:   cs.NegotiatedProtocol,
		Leaf: &exchange.Certificate{
			Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), Names: names,
			NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		},
	}
}
