package rule

import (
	"strings"

	"httpprobe/probe/exchange"
)

// spot stands for the resources of one templated target.
type spot struct{ origin, target string }

func (p *Pass) spot() spot {
	if _, target, ok := strings.Cut(p.Subject.Endpoint, " "); ok {
		return spot{p.origin(), target}
	}
	path, _, _ := strings.Cut(p.Request.Target, "?")
	return spot{p.origin(), path}
}

// latest keeps what is known of the resource that was asked for last among
// those of each spot, so that it does not grow with the length of a run.
type latest[T any] map[spot]*resource[T]

type resource[T any] struct {
	url    string
	fields exchange.Fields // of the request that began it
	known  T
}

// of gives what is known of the target of an exchange, as its sender sees it:
// nothing yet if the last one was another, or the sender had other
// credentials.
func (l latest[T]) of(p *Pass) *T {
	here := p.spot()
	r := l[here]
	if r == nil {
		r = new(resource[T])
		l[here] = r
	}
	if r.url != p.Request.URL || !sameFields(r.fields, p.Request.Fields, identifying) {
		*r = resource[T]{url: p.Request.URL, fields: p.Request.Fields}
	}
	return &r.known
}

// sameFields compares the fields that count, in order.
func sameFields(a, b exchange.Fields, counts func(name string) bool) bool {
	j := 0
	for i := range a {
		if !counts(a[i].Name) {
			continue
		}
		for j < len(b) && !counts(b[j].Name) {
			j++
		}
		if j == len(b) || !strings.EqualFold(a[i].Name, b[j].Name) || a[i].Value != b[j].Value {
			return false
		}
		j++
	}
	for ; j < len(b); j++ {
		if counts(b[j].Name) {
			return false
		}
	}
	return true
}

// identifying fields tell who asks, as far as can be told from names.
func identifying(name string) bool {
	for _, usual := range []string{"Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Content-Length"} {
		if len(name) == len(usual) && strings.EqualFold(name, usual) {
			return false
		}
	}
	return mentions(name, "auth", "cookie", "key", "token", "session", "user", "tenant", "account", "secret", "signature")
}

// succeeded reports whether the request did what it asked for.
func (p *Pass) succeeded() bool { return p.Response.Status/100 == 2 }

// wrote reports whether the request changed something.
func (p *Pass) wrote() bool { return p.succeeded() && !isSafe(p.Request.Method) }
