package demo

import (
	"crypto/sha256"
	"net/http"
	"sync"
)

// ledger knows what was answered to requests with an Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header), so that a client that got no
// answer can send the same again.
type ledger struct {
	lock    sync.Mutex
	entries *shelf[*entry]
}

type entry struct {
	content [sha256.Size]byte
	given   *reply // nil while the first request is at work
}

func newLedger() *ledger { return &ledger{entries: newShelf[*entry](1000)} }

// once lets an action be done once for each key of a caller. What was refused
// has done nothing: its key may be used again.
func (l *ledger) once(do func(*call) reply) func(*call) reply {
	return func(c *call) reply {
		key := c.Header.Get("Idempotency-Key")
		if key == "" {
			return do(c)
		}
		key = c.who.Name + " " + key
		mine := &entry{content: sha256.Sum256(c.body)}
		if r := l.begin(key, mine); r != nil {
			return *r
		}
		succeeded := false
		defer func() {
			if !succeeded {
				l.entries.drop(key)
			}
		}()
		r := do(c)
		if succeeded = r.status < 300; succeeded {
			l.lock.Lock()
			defer l.lock.Unlock()
			kept := r.copied()
			mine.given = &kept
		}
		return r
	}
}

// begin gives the answer to a key that is known, or enters it.
func (l *ledger) begin(key string, mine *entry) *reply {
	l.lock.Lock()
	defer l.lock.Unlock()
	known, ok := l.entries.get(key)
	if !ok {
		l.entries.keep(key, mine)
		return nil
	}
	var r reply
	switch {
	case known.content != mine.content:
		r = failure(http.StatusUnprocessableEntity, "KEY_REUSED", "This Idempotency-Key was sent with other content")
	case known.given == nil:
		r = failure(http.StatusConflict, "IN_PROGRESS", "The first request with this Idempotency-Key is still at work")
	default:
		r = known.given.copied()
	}
	return &r
}

// copied gives the same answer once more, for another client to write.
func (r reply) copied() reply {
	r.header = r.header.Clone()
	return r
}
