package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

const trustHint = "--cacert FILE trusts the certificates in FILE, --insecure trusts any"

// untrusted words why the certificate of the server was refused.
func untrusted(err error, at endpoint, leaf *x509.Certificate, now time.Time) *exchange.Failure {
	refused := func(hint, format string, args ...any) *exchange.Failure {
		return fail(exchange.FailedTLS, hint, "the certificate of %s "+format, append([]any{at}, args...)...)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return outdated(refused, invalid.Cert, leaf, now)
		}
		return refused(trustHint, "or of its authority is not fit for a server")
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return refused("renew it with the name, or use a name that it has; --insecure trusts any", "is not for %s but for %s", at.host, names(leaf))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if selfSigned(leaf) {
			return refused(trustHint, "is self-signed")
		}
		return refused(trustHint, "is signed by an authority that is not trusted here: %s", leaf.Issuer)
	}
	if _, ok := errors.AsType[x509.SystemRootsError](err); ok {
		return refused(trustHint, "cannot be verified: this machine has no list of trusted authorities")
	}
	return refused(trustHint, "cannot be verified")
}

func outdated(refused func(hint, format string, args ...any) *exchange.Failure, bad, leaf *x509.Certificate, now time.Time) *exchange.Failure {
	const day = "2006-01-02 15:04 MST"
	what := ""
	if bad != nil && !bad.Equal(leaf) {
		what, leaf = "is signed by one that ", bad
	}
	if now.Before(leaf.NotBefore) {
		return refused("check the clock of this machine; --insecure trusts any",
			what+"is not valid before %s", leaf.NotBefore.UTC().Format(day))
	}
	return refused("renew it, or check the clock of this machine; --insecure trusts any",
		what+"expired on %s", leaf.NotAfter.UTC().Format(day))
}

func names(leaf *x509.Certificate) string {
	all := append([]string(nil), leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		all = append(all, ip.String())
	}
	const most = 5
	switch {
	case len(all) == 0:
		return "no host at all"
	case len(all) > most:
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}

func selfSigned(leaf *x509.Certificate) bool {
	return bytes.Equal(leaf.RawIssuer, leaf.RawSubject) && leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil
}

// unsecured words why a handshake failed before or after the certificate.
func (t *turn) unsecured(err error) *exchange.Failure {
	header, plain := errors.AsType[tls.RecordHeaderError](err)
	alert, alerted := alertOf(err)
	failed := func(hint, format string, args ...any) *exchange.Failure {
		return fail(exchange.FailedTLS, hint, format, args...)
	}
	switch {
	case t.canceled():
		return t.stopped(t.ctx.Err())
	case errors.Is(err, context.DeadlineExceeded) || late(err):
		return failed("the server accepted the connection but did not go on: does it speak TLS?",
			"the TLS handshake with %s was not complete within %s", t.to, t.limit)
	case plain && string(header.RecordHeader[:]) == "HTTP/":
		return failed("use http://", "%s speaks plain HTTP, not TLS", t.to)
	case plain:
		return failed("check the port: another protocol is spoken there",
			"%s does not speak TLS: its answer begins with %s", t.to, wire.Quote(string(header.RecordHeader[:])))
	case alerted:
		return failed(alert.hint, "%s refused the TLS handshake with the alert %s", t.to, alert.name)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failed("does it speak TLS?", "%s closed the connection during the TLS handshake", t.to)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, winReset):
		return failed("does it speak TLS?", "%s reset the connection during the TLS handshake", t.to)
	}
	return failed("it may speak only versions or ciphers that are no longer safe", "no TLS connection to %s could be agreed on", t.to)
}

type alert struct{ name, hint string }

// alerts are those that tell a user what to do (RFC 8446 §6).
var alerts = map[string]alert{
	"40":  {"handshake failure", "client and server have no cipher in common, or the server wants a client certificate: --cert FILE --key FILE"},
	"42":  {"bad certificate", "the server does not take the client certificate: --cert FILE --key FILE"},
	"48":  {"unknown authority", "the server does not trust the authority of the client certificate"},
	"70":  {"protocol version", "the server speaks none of the TLS versions that are safe, 1.2 and 1.3"},
	"112": {"unrecognized name", "the server has no certificate for the host of the URL"},
	"116": {"certificate required", "the server wants a client certificate: --cert FILE --key FILE"},
	"120": {"no application protocol", "the server does not speak HTTP/1.1 at this port"},
}

// alertOf finds the alert that the peer sent; crypto/tls hides its type, but
// not that it is a number.
func alertOf(err error) (alert, bool) {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return alert{}, false
	}
	number := fmt.Sprintf("%d", remote.Err)
	if known, ok := alerts[number]; ok {
		return known, true
	}
	return alert{name: "number " + number}, true
}
