package rule

import (
	"net/netip"
	"slices"
	"strings"
)

// hostOf gives the host of an origin, without port and brackets, in lower case.
func hostOf(origin string) string {
	host, _ := authority(origin)
	return host
}

// authority gives host and port of an absolute URL; the usual port of its
// scheme when it names none.
func authority(rawURL string) (host, port string) {
	scheme, rest, _ := strings.Cut(origin(rawURL), "://")
	rest = strings.ToLower(rest[strings.LastIndexByte(rest, '@')+1:])
	end := strings.LastIndexByte(rest, ']') + 1
	host = rest
	if colon := strings.IndexByte(rest[end:], ':'); colon >= 0 {
		host, port = rest[:end+colon], rest[end+colon+1:]
	}
	switch {
	case port != "":
	case strings.EqualFold(scheme, "https"):
		port = "443"
	case strings.EqualFold(scheme, "http"):
		port = "80"
	}
	return strings.TrimSuffix(strings.Trim(host, "[]"), "."), port
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// isInternal reports whether a host cannot be reached from the internet: an
// address of a private network or of the machine itself, or a name that is
// resolved there alone.
func isInternal(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return internalAddress(a)
	}
	if !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc([]string{".localhost", ".local", ".internal", ".lan", ".svc", ".home.arpa", ".test"},
		func(end string) bool { return strings.HasSuffix(host, end) })
}

func internalAddress(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified()
}

// local reports whether the target of a request is itself not on the internet.
func (p *Pass) local() bool {
	if remote := p.Conn.Remote; remote != "" {
		to, err := netip.ParseAddrPort(remote)
		if err != nil || internalAddress(to.Addr()) {
			return true // an error is that of a Unix socket
		}
	}
	return isInternal(hostOf(p.origin()))
}
