package main

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/plan"
	"httpprobe/probe/rule"
)

// value is a flag of this package: its text is read where it is given, so
// that a mistake is told with its place.
type value struct {
	kind string // what help shows for the value
	show string // the default
	set  func(string) error
	many bool // can be repeated
}

func (v *value) Set(s string) error { return v.set(s) }
func (v *value) Type() string       { return v.kind }
func (v *value) String() string     { return v.show }

// single is a flag that is given once.
func single[T any](target *T, kind, show string, parse func(string) (T, error)) *value {
	return &value{kind: kind, show: show, set: func(s string) error {
		v, err := parse(s)
		if err == nil {
			*target = v
		}
		return err
	}}
}

// repeated is a flag that can be given several times.
func repeated[T any](target *[]T, kind string, parse func(string) (T, error)) *value {
	return &value{kind: kind, many: true, set: func(s string) error {
		v, err := parse(s)
		if err == nil {
			*target = append(*target, v)
		}
		return err
	}}
}

// pairs are the values of --var or --secret by name.
type pairs map[string]pair

// pair is one of them: a value, or the wish for the value of the environment
// variable of that name.
type pair struct {
	value   string
	fromEnv bool
	given   bool // on the command line, not as a default
}

// pairsValue is the flag of pairs.
type pairsValue struct {
	pairs pairs
	kind  string
	env   bool // NAME alone takes the value from the environment
}

func (v pairsValue) Type() string   { return v.kind }
func (v pairsValue) String() string { return "" }

func (v pairsValue) Set(s string) error {
	name, text, given := strings.Cut(s, "=")
	switch {
	case !given && !v.env:
		return fmt.Errorf("%q has no =: write NAME=VALUE", s)
	case !isName(name):
		// The value may be a secret that lost its name.
		return fmt.Errorf("what stands before = is not a name: letters, digits and _, not beginning with a digit")
	}
	v.pairs[name] = pair{value: text, fromEnv: !given, given: true}
	return nil
}

// under sets values below those that are there already.
func (v pairsValue) under(set func() error) error {
	above := maps.Clone(v.pairs)
	err := set()
	for name, p := range v.pairs {
		p.given = false
		v.pairs[name] = p
	}
	maps.Copy(v.pairs, above)
	return err
}

func parseText(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", fmt.Errorf("the value is empty")
	}
	return s, nil
}

func parseBaseURL(s string) (string, error) {
	_, err := plan.ParseBaseURL(s)
	return s, err
}

func parseHost(s string) (string, error) {
	u, err := url.Parse("//" + s)
	if err != nil || u.Host != s || u.Hostname() == "" {
		return "", fmt.Errorf("%q is not a host or host:port", s)
	}
	return s, nil
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a whole number of at least 1", s)
	}
	return n, nil
}

func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration: write 500ms, 5s or 2m", s)
	case d <= 0:
		return 0, fmt.Errorf("%q is not longer than nothing", s)
	}
	return d, nil
}

func parseRegexp(s string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a regular expression: %s", s, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return re, nil
}

// parseRate reads requests a time and gives requests a second.
func parseRate(s string) (float64, error) {
	wrong := fmt.Errorf("%q is not a rate: write 20/s or 100/m", s)
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) || n <= 0 {
		return 0, wrong
	}
	switch strings.TrimSpace(unit) {
	case "s":
		return n, nil
	case "m":
		return n / 60, nil
	case "h":
		return n / 3600, nil
	}
	return 0, wrong
}

// sizes are the units of sizes in octets, the longer first.
var sizes = []struct {
	unit   string
	octets int64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}, {"", 1},
}

func parseSize(s string) (int64, error) {
	wrong := fmt.Errorf("%q is not a size: write 512KiB, 10MiB or a number of bytes", s)
	lower := strings.ToLower(strings.TrimSpace(s))
	for _, size := range sizes {
		number, ok := strings.CutSuffix(lower, size.unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 1 || n > math.MaxInt64/size.octets {
			return 0, wrong
		}
		return n * size.octets, nil
	}
	return 0, wrong
}

// oneOf reads a word of a list.
func oneOf(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
		}
		return s, nil
	}
}

// parseVerify reads how far follow-ups may go.
func parseVerify(s string) (rule.Verify, error) {
	switch s {
	case "true":
		return rule.SafeFollowUps, nil
	case "false":
		return rule.NoFollowUps, nil
	case "write":
		return rule.WritingFollowUps, nil
	}
	return rule.NoFollowUps, fmt.Errorf("%q is none of true, false, write", s)
}
