package probe

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"httpprobe/probe/exchange"
)

// writes are the requests of a run that may change something. It is safe for
// concurrent use.
type writes struct {
	mu    sync.Mutex
	under int       // those without an answer yet
	last  time.Time // when one was answered last
	at    map[string]*place
	most  int // places, before old ones are looked for
}

// place is what scenarios have sent to a URL, query apart, or one level below
// it. Scenarios are told by their places in the run.
type place struct {
	under []int      // who has sent each of those without an answer yet
	last  [2]written // the last answers to two scenarios, the later one first
}

type written struct {
	by int
	at time.Time
}

// Places that nobody has written to for so long are forgotten once there are
// so many.
const (
	mostPlaces   = 4096
	longestTrail = 5 * time.Minute
)

func (w *writes) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.under++
}

func (w *writes) end(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.under--
	if now.After(w.last) {
		w.last = now
	}
}

// calm reports whether nothing was on its way at that time or has been since.
func (w *writes) calm(since time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.under == 0 && w.last.Before(since)
}

// enter notes that a scenario writes to a URL. What it gives is called with the
// time of the answer.
func (w *writes) enter(by int, rawURL string, now time.Time) (left func(time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at == nil || len(w.at) > w.most {
		w.forget(now)
		w.most = max(mostPlaces, 2*len(w.at))
	}
	var here []*place
	for _, url := range placesOf(rawURL) {
		p := w.at[url]
		if p == nil {
			p = &place{}
			w.at[url] = p
		}
		p.under = append(p.under, by)
		here = append(here, p)
	}
	return func(now time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, p := range here {
			p.leave(written{by, now})
		}
	}
}

// leave notes that a scenario got an answer.
func (p *place) leave(now written) {
	i := slices.Index(p.under, now.by)
	p.under = slices.Delete(p.under, i, i+1)
	for i := range p.last {
		if p.last[i].by == now.by {
			p.last[i].at = now.at
			break
		}
		if i == len(p.last)-1 && now.at.After(p.last[i].at) {
			p.last[i] = now
		}
	}
	if p.last[0].at.Before(p.last[1].at) {
		p.last[0], p.last[1] = p.last[1], p.last[0]
	}
}

// forget drops the places that nobody has written to for long.
func (w *writes) forget(now time.Time) {
	kept := map[string]*place{}
	for url, p := range w.at {
		if len(p.under) > 0 || now.Sub(p.last[0].at) < longestTrail {
			kept[url] = p
		}
	}
	w.at = kept
}

// others reports whether another scenario was writing to a URL, or one level
// below it, at that time or has since.
func (w *writes) others(by int, rawURL string, since time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.at[placesOf(rawURL)[0]]
	if p == nil {
		return false
	}
	return slices.ContainsFunc(p.under, func(other int) bool { return other != by }) ||
		slices.ContainsFunc(p.last[:], func(l written) bool { return l.by != by && !l.at.Before(since) })
}

// placesOf gives a URL without its query, and what is one level above it.
func placesOf(rawURL string) []string {
	place, _, _ := strings.Cut(rawURL, "?")
	place = strings.TrimRight(place, "/")
	return []string{place, place[:max(0, strings.LastIndexByte(place, '/'))]}
}

// send sends a request of the scenario at that place in the run. Where
// follow-ups are sent it keeps in mind that it may change something.
func (r *runner) send(ctx context.Context, by int, q exchange.Request, limit time.Duration) exchange.Exchange {
	if len(r.verifying.steps) > 0 && changes(q.Method) {
		r.writes.begin()
		left := r.writes.enter(by, q.URL, r.now())
		defer func() {
			now := r.now()
			r.writes.end(now)
			left(now)
		}()
	}
	return r.client.Do(ctx, q, limit)
}

// changes reports whether requests with a method may change something.
func changes(method string) bool {
	return !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}
