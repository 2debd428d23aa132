package client

import "sync"

// pool keeps the idle connections, the last used on top: those below may rest
// until their server closes them.
type pool struct {
	most int

	mu     sync.Mutex
	closed bool
	idle   map[endpoint][]*conn
}

// take gives an idle connection that is still as its last exchange left it, or
// nil.
func (p *pool) take(to endpoint) *conn {
	for {
		p.mu.Lock()
		kept := p.idle[to]
		if len(kept) == 0 {
			p.mu.Unlock()
			return nil
		}
		c := kept[len(kept)-1]
		kept[len(kept)-1] = nil
		p.idle[to] = kept[:len(kept)-1]
		p.mu.Unlock()
		if c.look() == quiet {
			return c
		}
		c.shut()
	}
}

func (p *pool) put(to endpoint, c *conn) {
	p.mu.Lock()
	keep := !p.closed && len(p.idle[to]) < p.most
	if keep {
		if p.idle == nil {
			p.idle = map[endpoint][]*conn{}
		}
		p.idle[to] = append(p.idle[to], c)
	}
	p.mu.Unlock()
	if !keep {
		c.shut()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, kept := range idle {
		for _, c := range kept {
			c.shut()
		}
	}
}
