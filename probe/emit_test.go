package probe

import (
	"testing"
	"testing/synctest"

	"httpprobe/probe/finding"
)

// TestHeldBack holds many results back for the first one: whoever would begin
// another waits, but not who carries out the one that all wait for.
func TestHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmitter(&runner{}, 4)
		many := &result{Scenario: finding.Scenario{Steps: make([]finding.Step, heldLimit/stepWeight+1)}}
		few := &result{Scenario: finding.Scenario{Steps: make([]finding.Step, 1)}}
		e.admit(2) // nothing is held back yet
		e.add(1, few)
		e.admit(2)
		e.add(2, many)
		e.admit(0)
		admitted := false
		go func() {
			e.admit(3)
			admitted = true
		}()
		synctest.Wait()
		if admitted {
			t.Error("another scenario may begin")
		}
		e.add(0, few)
		synctest.Wait()
		if !admitted {
			t.Error("still waiting after all was reported")
		}
		if e.held != 0 || e.next != 3 {
			t.Errorf("%d octets are held, and %d comes next", e.held, e.next)
		}
	})
}
