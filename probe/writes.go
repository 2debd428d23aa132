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
	at    map[string][]*writing
	most  int // places, before old ones are looked for
}

// writing is what one scenario has sent to a place: to a URL, query apart, or
// one level below it.
type writing struct {
	by    int // the scenario's place in the run
	under int
	last  time.Time
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
	var mine []*writing
	for _, place := range placesOf(rawURL) {
		i := slices.IndexFunc(w.at[place], func(one *writing) bool { return one.by == by })
		if i < 0 {
			i = len(w.at[place])
			w.at[place] = append(w.at[place], &writing{by: by})
		}
		mine = append(mine, w.at[place][i])
		w.at[place][i].under++
	}
	return func(now time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, one := range mine {
			one.under--
			one.last = now
		}
	}
}

// forget drops the places that nobody has written to for long.
func (w *writes) forget(now time.Time) {
	kept := map[string][]*writing{}
	for place, all := range w.at {
		if slices.ContainsFunc(all, func(one *writing) bool { return one.under > 0 || now.Sub(one.last) < longestTrail }) {
			kept[place] = all
		}
	}
	w.at = kept
}

// others reports whether another scenario was writing to a URL, or one level
// below it, at that time or has since.
func (w *writes) others(by int, rawURL string, since time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.at[placesOf(rawURL)[0]], func(one *writing) bool {
		return one.by != by && (one.under > 0 || !one.last.Before(since))
	})
}

// placesOf gives a URL without its query, and what is one level above it.
func placesOf(rawURL string) []string {
	place, _, _ := strings.Cut(rawURL, "?")
	place = strings.TrimRight(place, "/")
	return []string{place, place[:max(0, strings.LastIndexByte(place, '/'))]}
}

// send sends a request of the scenario at that place in the run, and keeps in
// mind that it may change something.
func (r *runner) send(ctx context.Context, by int, q exchange.Request, limit time.Duration) exchange.Exchange {
	if changes(q.Method) {
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
