package rule

import (
	"cmp"
	"net/http"
	"time"
)

// Settings is what rules need to know about a project. The zero value of each
// field is its default; where a rule needs the default itself, a method gives
// it.
type Settings struct {
	Errors ErrorMode
	// Schema judges error bodies when Errors is SchemaErrors: it gives what
	// is wrong with a parsed body, or "".
	Schema func(body any) string
	// ValidationStatus is what data that breaks the API's own rules is
	// answered with; see Validation.
	ValidationStatus []int
	// DeleteMissing is what DELETE of something that is not there is answered
	// with; see Missing.
	DeleteMissing []int
	// HideForbidden is set where the API answers 404 to who may not know that
	// something is there, instead of 401 or 403.
	HideForbidden bool
	// SoftDelete is set where what was deleted can still be read.
	SoftDelete bool
	// Volatile names members of bodies that change from one reading to the
	// next, at whatever depth.
	Volatile []string
	// ClockTolerance is how far clocks may lie apart; see Tolerance.
	ClockTolerance time.Duration
	// ContinueWait is how long a request with Expect: 100-continue holds its
	// content back; see Patience.
	ContinueWait time.Duration
	// RetryAfterLimit is the longest Retry-After that is waited for; see
	// LongestRetry.
	RetryAfterLimit time.Duration
	// PageLimit is how many pages of a list are walked; see Pages.
	PageLimit int
	// HopLimit is how many redirects in a row are followed to see where they
	// lead; see Hops.
	HopLimit int
	// GatewayOwn is set where what stands before the API has an error shape of
	// its own.
	GatewayOwn bool
}

// Validation gives the statuses that are right for well-formed data that
// breaks the API's own rules: 422 unless the project says otherwise.
func (s Settings) Validation() []int {
	if len(s.ValidationStatus) == 0 {
		return []int{http.StatusUnprocessableEntity}
	}
	return s.ValidationStatus
}

// Missing gives the statuses that are right for DELETE of something that is
// not there: 404 unless the project says otherwise.
func (s Settings) Missing() []int {
	if len(s.DeleteMissing) == 0 {
		return []int{http.StatusNotFound}
	}
	return s.DeleteMissing
}

// The defaults of limits.
const (
	defaultTolerance       = time.Minute
	defaultContinueWait    = 3 * time.Second
	defaultRetryAfterLimit = 30 * time.Second
	defaultPageLimit       = 50
	defaultHopLimit        = 10
)

// Tolerance is how far the clocks of server and tester may lie apart, 60 s by
// default.
func (s Settings) Tolerance() time.Duration { return cmp.Or(s.ClockTolerance, defaultTolerance) }

// Patience is how long 100 Continue is waited for, 3 s by default.
func (s Settings) Patience() time.Duration { return cmp.Or(s.ContinueWait, defaultContinueWait) }

// LongestRetry is the longest Retry-After that is waited for, 30 s by default.
func (s Settings) LongestRetry() time.Duration {
	return cmp.Or(s.RetryAfterLimit, defaultRetryAfterLimit)
}

// Pages is how many pages of a list are walked at most, 50 by default.
func (s Settings) Pages() int { return cmp.Or(s.PageLimit, defaultPageLimit) }

// Hops is how many redirects in a row are followed at most, 10 by default.
func (s Settings) Hops() int { return cmp.Or(s.HopLimit, defaultHopLimit) }

// ErrorMode is the `errors` setting of a suite.
type ErrorMode string

// The modes. The zero value is AutoErrors. Those that name a shape are equal
// to the Shape.
const (
	AutoErrors     ErrorMode = ""
	FlatErrors     ErrorMode = "flat"
	ListErrors     ErrorMode = "list"
	EnvelopeErrors ErrorMode = "envelope"
	ProblemErrors  ErrorMode = "problem"
	NoErrors       ErrorMode = "off"
	SchemaErrors   ErrorMode = "schema"
)
