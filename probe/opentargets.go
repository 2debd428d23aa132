package probe

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/plan"
)

// openTargets are what the suites read without an identity and mean to get: so
// their authors say that it is for everyone.
type openTargets []openTarget

type openTarget struct {
	base string
	path []string // segments of the templated path
}

func openIn(files []file) openTargets {
	var out openTargets
	known := map[[2]string]bool{} // base and endpoint: many steps have the same
	for _, f := range files {
		if f.suite == nil {
			continue
		}
		add := func(steps []*plan.Step) {
			for _, s := range steps {
				if s.Method == http.MethodGet && s.As == nil && !bringsSecret(s) && succeeds(s) {
					key := [2]string{baseOf(f.suite, s), s.Endpoint}
					if known[key] {
						continue
					}
					known[key] = true
					out = append(out, openTargetOf(f.suite, s))
				}
			}
		}
		add(f.suite.Setup)
		add(f.suite.Teardown)
		for _, s := range f.suite.Scenarios {
			add(s.Setup)
			add(s.Steps)
			add(s.Teardown)
		}
	}
	return out
}

// has reports whether the target of a step may be one of those. A variable
// stands for any segment.
func (o openTargets) has(suite *plan.Suite, s *plan.Step) bool {
	this := openTargetOf(suite, s)
	alike := func(a, b string) bool { return a == b || strings.HasPrefix(a, "{") || strings.HasPrefix(b, "{") }
	return slices.ContainsFunc(o, func(t openTarget) bool {
		return t.base == this.base && slices.EqualFunc(t.path, this.path, alike)
	})
}

func openTargetOf(suite *plan.Suite, s *plan.Step) openTarget {
	_, path, _ := strings.Cut(s.Endpoint, " ")
	return openTarget{base: baseOf(suite, s), path: strings.Split(path, "/")}
}

// succeeds reports whether a step expects a success, and nothing else.
func succeeds(s *plan.Step) bool {
	set := s.Expect.Status
	if set == nil || len(set.Exact)+len(set.Class) == 0 {
		return false
	}
	return !slices.ContainsFunc(set.Exact, func(status int) bool { return status/100 != 2 }) &&
		!slices.ContainsFunc(set.Class, func(class int) bool { return class != 2 })
}

// bringsSecret reports whether a step has a field of its own that may tell who
// asks.
func bringsSecret(s *plan.Step) bool {
	return slices.ContainsFunc(s.Headers, func(p plan.Param) bool {
		name := strings.ToLower(p.Name)
		return slices.ContainsFunc([]string{"auth", "token", "key", "cookie", "session", "secret"}, func(word string) bool { return strings.Contains(name, word) })
	})
}
