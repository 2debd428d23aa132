package plan

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Hosts are the hosts that a suite may reach: that of its base URL and those
// that the run allows.
type Hosts struct {
	base    *url.URL
	allowed []string // lower case, host or host:port
}

// NewHosts gives the hosts of a suite. An allowed host without a port may be
// reached at any.
func NewHosts(base *url.URL, allowed []string) Hosts {
	h := Hosts{base: base}
	for _, a := range allowed {
		h.allowed = append(h.allowed, canonicalHost(a))
	}
	return h
}

// Allows reports whether a URL leads to a host that may be reached. The base
// URL's host may be reached at its own port and at those of http and https,
// so that a redirect to https is not refused.
func (h Hosts) Allows(u *url.URL) bool {
	host, port := canonicalHost(u.Hostname()), portOf(u)
	if h.base != nil && host == canonicalHost(h.base.Hostname()) && (port == portOf(h.base) || port == "80" || port == "443") {
		return true
	}
	literal := host
	if strings.Contains(host, ":") {
		literal = "[" + host + "]"
	}
	return slices.Contains(h.allowed, host) || slices.Contains(h.allowed, literal) || slices.Contains(h.allowed, literal+":"+port)
}

// SameOrigin compares scheme, host and port (RFC 6454 §5).
func SameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// canonicalHost gives names in lower case without the dot at their end, and
// addresses in their one short form.
func canonicalHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.Unmap().String()
	}
	return host
}
