package demo

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Each client may ask this often; a full allowance is back that long after
// its last request that was let through.
const (
	limitRequests = 3
	limitRefill   = 2 * time.Second
	limitClients  = 10_000
)

type limiter struct {
	now     func() time.Time
	lock    sync.Mutex
	clients map[string]allowance
}

type allowance struct {
	used int
	last time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, clients: map[string]allowance{}}
}

// limited answers the first requests of a client and refuses the next ones.
func (l *limiter) limited(c *call) reply {
	left, wait, ok := l.take(c.client())
	seconds := strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	var r reply
	if ok {
		r = content(http.StatusOK, map[string]int{"remaining": left}).with("Cache-Control", "no-store")
	} else {
		r = failure(http.StatusTooManyRequests, "RATE_LIMITED", "Rate limit exceeded. Try again in "+seconds+" s.").
			with("Retry-After", seconds)
	}
	return r.with("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, limitRequests, int(limitRefill/time.Second))).
		with("RateLimit", fmt.Sprintf(`"default";r=%d;t=%s`, left, seconds))
}

// client is who asks. Clients name themselves by the query parameter or field,
// so that those at one address need not share an allowance.
func (c *call) client() string {
	host, _, _ := net.SplitHostPort(c.RemoteAddr)
	return cmp.Or(c.URL.Query().Get("client"), c.Header.Get("X-Client-Id"), host)
}

// take uses up one request if there is one. It gives how many are left and
// how long until all are back.
func (l *limiter) take(client string) (int, time.Duration, bool) {
	l.lock.Lock()
	defer l.lock.Unlock()
	now := l.now()
	a := l.clients[client]
	if now.Sub(a.last) >= limitRefill {
		a = allowance{}
	}
	if a.used == limitRequests {
		return 0, a.last.Add(limitRefill).Sub(now), false
	}
	if len(l.clients) >= limitClients {
		l.forget(now)
	}
	a = allowance{used: a.used + 1, last: now}
	l.clients[client] = a
	return limitRequests - a.used, limitRefill, true
}

// forget drops clients whose allowance is full again, or all when none is.
func (l *limiter) forget(now time.Time) {
	for name, a := range l.clients {
		if now.Sub(a.last) >= limitRefill {
			delete(l.clients, name)
		}
	}
	if len(l.clients) >= limitClients {
		clear(l.clients)
	}
}
