package match

import "slices"

// assign pairs as many as possible of n wanted with m that came, each with at
// most one other, by augmenting paths: a wanted element that fits several
// gives way to one that fits fewer. It gives the partner of each, -1 for none.
func assign(n, m int, fits func(i, j int) bool) (wanted, came []int) {
	a := assignment{m: m, fits: fits, known: make([][]int8, n), came: filled(m)}
	// What a search without success has seen leads nowhere later on either.
	dead := make([]bool, m)
	for i := range n {
		if seen := slices.Clone(dead); !a.augment(i, seen) {
			dead = seen
		}
	}
	wanted = filled(n)
	for j, i := range a.came {
		if i >= 0 {
			wanted[i] = j
		}
	}
	return wanted, a.came
}

func filled(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

type assignment struct {
	m     int
	fits  func(i, j int) bool
	known [][]int8 // 0: not asked, 1: fits, -1: does not
	came  []int
}

func (a *assignment) fit(i, j int) bool {
	if a.known[i] == nil {
		a.known[i] = make([]int8, a.m)
	}
	if a.known[i][j] == 0 {
		a.known[i][j] = -1
		if a.fits(i, j) {
			a.known[i][j] = 1
		}
	}
	return a.known[i][j] > 0
}

// augment finds a partner for i. Those that are free are tried first, which
// settles most lists without moving anything.
func (a *assignment) augment(i int, seen []bool) bool {
	for j := range a.m {
		if a.came[j] < 0 && !seen[j] && a.fit(i, j) {
			a.came[j] = i
			return true
		}
	}
	for j := range a.m {
		if seen[j] || !a.fit(i, j) {
			continue
		}
		seen[j] = true
		if a.came[j] < 0 || a.augment(a.came[j], seen) {
			a.came[j] = i
			return true
		}
	}
	return false
}
