// Package demo is an HTTP API that does every status code right: a small
// in-memory REST service to learn from, to try scenarios on and to test probe
// with. Nothing it keeps outlives it, and it logs nothing.
//
// Every answer is a value, a reply, until the last moment: an action makes it,
// finish holds it against the request's conditions, and send writes it. A Fault
// reaches in between.
package demo

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"
)

// The bearer tokens that are known unless Options names others.
const (
	AdminToken = "admin-token" // may do everything
	UserToken  = "user-token"  // may read, order and upload, but not change users
)

// Options sets an API up. The zero value works.
type Options struct {
	// Now is the clock of jobs and rate limits; nil is time.Now.
	Now func() time.Time
	// AdminToken and UserToken are what the two roles present as
	// `Authorization: Bearer …`; empty is the constant of the same name.
	AdminToken, UserToken string
	// Fault breaks the API in one respect; the zero value does not.
	Fault Fault
}

// API is the service. It is an http.Handler, safe for concurrent use, and
// begins with two users and two orders.
type API struct {
	now      func() time.Time
	tokens   map[string]identity
	routes   router
	users    *collection[user]
	orders   *collection[order]
	jobs     *shelf[job]
	sessions *shelf[string]
	uploads  *shelf[upload]
	limits   *limiter
	ledger   *ledger
	gateway  *gateway
	faulty   hooks

	// WebSockets outlive the requests that opened them. The lock lets none
	// begin once Close waits.
	ctx     context.Context
	cancel  context.CancelFunc
	lock    sync.Mutex
	sockets sync.WaitGroup
}

// New gives an API with its first users and orders. Close it when WebSockets
// may be open; otherwise there is nothing to release.
func New(o Options) *API {
	ctx, cancel := context.WithCancel(context.Background())
	a := &API{
		now: o.Now,
		tokens: map[string]identity{
			cmp.Or(o.AdminToken, AdminToken): {Name: "Ada Admin", Role: admin},
			cmp.Or(o.UserToken, UserToken):   {Name: "Uma User", Role: member},
		},
		jobs:     newShelf[job](1000),
		sessions: newShelf[string](1000),
		uploads:  newShelf[upload](1000),
		ledger:   newLedger(),
		gateway:  newGateway(),
		ctx:      ctx,
		cancel:   cancel,
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.limits = newLimiter(a.now)
	a.users, a.orders = seeded()
	a.routes = newRouter(a.table())
	if o.Fault.begin != nil {
		a.faulty = o.Fault.begin()
	}
	return a
}

// Close ends the WebSockets that are open and waits for them.
func (a *API) Close() error {
	a.lock.Lock()
	a.cancel()
	a.lock.Unlock()
	a.sockets.Wait()
	return nil
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Request: r, writer: w}
	if a.faulty.request != nil {
		a.faulty.request(c)
	}
	rep := a.answer(c)
	if a.faulty.answer != nil {
		a.faulty.answer(c, &rep)
	}
	rep = finish(c, rep)
	if a.faulty.reply != nil && rep.takeover == nil {
		a.faulty.reply(c, &rep)
	}
	if rep.takeover != nil {
		rep.takeover(c.writer, r)
		return
	}
	send(c.writer, r, rep)
}

// answer makes the reply, whatever happens: nothing has been written yet when
// an action panics, so the client still gets a whole answer.
func (a *API) answer(c *call) reply {
	var rep reply
	func() {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				rep = failure(http.StatusInternalServerError, "INTERNAL_ERROR", "Something went wrong on our side")
			}
		}()
		rep = a.dispatch(c)
	}()
	return rep
}
