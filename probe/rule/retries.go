package rule

import (
	"fmt"
	"net/http"
	"time"

	"httpprobe/probe/finding"
)

var retries = []Rule{
	{
		ID:       "retry-after-honoured",
		Topic:    ClientErrors,
		Title:    "the wait that a server asks for is long enough",
		Severity: finding.Warning,
		Basis:    "semantics",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §10.2.3", "RFC 6585 §4"},
		Text: "A client that is told by 429 or 503 to come back after some time, and waits for that long and a second more, is let in. Otherwise it learns that Retry-After means nothing, and " +
			"makes up a wait of its own.",
		Silent: "Waits of more than 30 seconds, or what the settings say, and methods that are not safe to repeat. Any other answer after the wait. " +
			"If something else had to be asked before the wait, that may have prolonged it. Other clients share a limit, and so do other scenarios, hence no more than a warning.",
		Mend:      "compute Retry-After from the moment at which the limit really ends, rounded up",
		Bad:       "GET /search → 429 + Retry-After: 2, three seconds later 429 again",
		Good:      "GET /search → 429 + Retry-After: 2, three seconds later 200",
		FollowUps: []FollowUp{{When: slowedDown, Judge: retryAfterHonoured}},
	},
}

// slowedDown are the answers that ask a client to come back later.
var slowedDown = When{
	Statuses: []int{http.StatusTooManyRequests, http.StatusServiceUnavailable},
	Methods:  []string{http.MethodGet, http.MethodHead, http.MethodOptions},
	Fields:   []string{"Retry-After"},
}

func retryAfterHonoured(t *Trail) {
	wait, ok := t.retryAfter()
	if !ok || wait < 0 || wait > t.Settings.LongestRetry() {
		return
	}
	a := Ask{Method: t.Request.Method, Keep: true, After: wait + time.Second, Provokes: true}
	if len(t.answers) > 0 && !t.answers[0].ask.same(&a) {
		return
	}
	x := t.Ask(a)
	if x == nil {
		return
	}
	if status := x.Response.Status; status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		value := t.Response.Fields.Get("Retry-After")
		t.Report(Report{
			About: x, Path: "headers.Retry-After", Expected: "an answer other than 429 and 503", Actual: fmt.Sprint(status),
			Message: fmt.Sprintf("%s gets %d although it came %s after the %d that asked to wait: Retry-After was %s",
				t.told(x), status, a.After, t.Response.Status, value),
		})
	}
}
