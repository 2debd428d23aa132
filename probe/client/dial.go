package client

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"httpprobe/probe/exchange"
)

// open makes a new connection, within the limit of the exchange.
func (t *turn) open() (*conn, *exchange.Failure) {
	ctx, cancel := context.WithDeadline(t.ctx, t.deadline)
	defer cancel()
	raw, failure := t.connect(ctx)
	if failure != nil {
		return nil, failure
	}
	t.x.Conn.Remote = raw.RemoteAddr().String()
	if !t.to.secure {
		return t.client.newConn(raw, nil, nil), nil
	}
	secure, state, failure := t.handshake(ctx, raw)
	t.x.Conn.TLS = state
	if failure != nil {
		_ = raw.Close()
		return nil, failure
	}
	return t.client.newConn(raw, secure, state), nil
}

func (t *turn) connect(ctx context.Context) (net.Conn, *exchange.Failure) {
	now := t.client.options.Now
	if dial := t.client.options.Dial; dial != nil {
		begun := now()
		raw, err := dial(ctx, "tcp", t.to.String())
		t.x.Timing.Connect = now().Sub(begun)
		if err != nil {
			return nil, t.unconnected(err, "")
		}
		return raw, nil
	}
	addresses, err := t.addresses(ctx)
	if err != nil {
		return nil, t.unresolved(err)
	}
	begun := now()
	raw, err := t.tryEach(ctx, addresses)
	t.x.Timing.Connect = now().Sub(begun)
	if err != nil {
		return nil, t.unconnected(err, list(addresses, t.to))
	}
	return raw, nil
}

func (t *turn) addresses(ctx context.Context) ([]netip.Addr, error) {
	if literal, err := netip.ParseAddr(t.to.host); err == nil {
		return []netip.Addr{literal}, nil
	}
	begun := t.client.options.Now()
	found, err := t.client.lookup.LookupNetIP(ctx, "ip", t.to.host)
	t.x.Timing.DNS = t.client.options.Now().Sub(begun)
	for i := range found {
		found[i] = found[i].Unmap()
	}
	return found, err
}

// leastShare is what an address gets at least of the time that is left, so that
// a slow but working one is not given up too soon.
const leastShare = 2 * time.Second

// tryEach tries one address after the other, each with its share of the time
// that is left, and gives the first connection, or the last error.
func (t *turn) tryEach(ctx context.Context, addresses []netip.Addr) (net.Conn, error) {
	var last error
	for i, address := range addresses {
		left := time.Until(t.deadline)
		share := max(left/time.Duration(len(addresses)-i), min(leastShare, left))
		each, cancel := context.WithTimeout(ctx, share)
		raw, err := t.client.dialer.DialContext(each, "tcp", net.JoinHostPort(address.String(), t.to.port))
		cancel()
		if err == nil {
			return raw, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

// list names the addresses that were tried, where the URL has a name.
func list(addresses []netip.Addr, to endpoint) string {
	var tried []string
	for _, a := range addresses {
		if s := a.String(); s != to.host {
			tried = append(tried, net.JoinHostPort(s, to.port))
		}
	}
	return strings.Join(tried, ", ")
}
