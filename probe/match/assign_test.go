package match

import (
	"testing"
	"time"
)

// TestAssignManyAlike pairs long lists of equal elements of which half are
// not there.
func TestAssignManyAlike(t *testing.T) {
	const n, limit = 3000, 15 * time.Second // a tenth of a second is usual, also on a busy machine
	begin := time.Now()
	wanted, _ := assign(n, n, func(_, j int) bool { return j < n/2 })
	if d := time.Since(begin); d > limit {
		t.Errorf("it took %v", d)
	}
	pairs := 0
	for _, j := range wanted {
		if j >= 0 {
			pairs++
		}
	}
	if pairs != n/2 {
		t.Errorf("%d pairs", pairs)
	}
}
