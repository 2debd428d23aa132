package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"httpprobe/probe/finding"
)

var resources = []Rule{
	{
		ID:       "crud-success-status",
		Topic:    Resources,
		Title:    "creating, reading, updating and deleting succeed with the status made for it",
		Severity: finding.Warning,
		Basis:    "guide + SHOULD",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"status-code guide (choosing)", "RFC 9110 §9.3.1–§9.3.5", "RFC 9110 §15.3.1", "RFC 9110 §15.3.5", "RFC 5789 §2"},
		Text: "Clients go by the status: 200 comes with a result and 204 without one, 201 means that there is something new, 202 that the work is still to be done. " +
			"So PUT and PATCH that changed something get 200 or 204, and 201 where they created it; DELETE gets 204, or 200 with a report; GET gets 200, or 204 where there is nothing to send. " +
			"With verify, a POST that gets 200 is followed by a look at the collection: 201 is meant if it lists something that it did not list before.",
		Silent: "A 200 with nothing in it is info: 204 says so. What GET may not be answered with has rules of its own for 201 and 206, and batches may get 207 whatever the method. " +
			"A POST that starts an action or a search is 200 or 204.",
		Undecided: "Whether POST to a path that is not a collection, or whose answer does not show what was made, created something is not known from outside.",
		Mend:      "answer 201 with Location to what creates, 200 with content or 204 to what changes, 204 to what deletes",
		Bad:       "DELETE /users/42 → 206",
		Good:      "DELETE /users/42 → 204",
		When: When{
			Classes: []int{2},
			Methods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		},
		needs:     notReading | besides200,
		Check:     crudSuccess,
		FollowUps: []FollowUp{quietCreates},
	},
}

// misfits are the 2xx that do not say what came of a request, by method.
var misfits = map[string][]int{
	http.MethodGet:    {http.StatusResetContent},
	http.MethodHead:   {http.StatusResetContent},
	http.MethodPut:    {http.StatusResetContent, http.StatusPartialContent, http.StatusIMUsed},
	http.MethodPatch:  {http.StatusResetContent, http.StatusPartialContent, http.StatusIMUsed},
	http.MethodDelete: {http.StatusCreated, http.StatusResetContent, http.StatusPartialContent, http.StatusIMUsed},
	http.MethodPost:   {http.StatusPartialContent, http.StatusIMUsed},
}

// fits says what the methods succeed with.
var fits = map[string]string{
	http.MethodGet:    "200",
	http.MethodHead:   "200",
	http.MethodPost:   "200, 201, 202 or 204",
	http.MethodPut:    "200, 201, 202 or 204",
	http.MethodPatch:  "200, 201, 202 or 204",
	http.MethodDelete: "200, 202 or 204",
}

func crudSuccess(p *Pass) {
	r, method := p.Response, p.Request.Method
	if slices.Contains(misfits[method], r.Status) {
		p.Report(Report{
			Path: "status", Expected: fits[method], Actual: strconv.Itoa(r.Status),
			Message: fmt.Sprintf("%s is not what %s succeeds with", p.answer(), method),
		})
		return
	}
	reading := method == http.MethodGet || method == http.MethodHead
	if r.Status == http.StatusOK && !reading && r.Complete && len(r.Body) == 0 && !p.bodiless() {
		p.reportAt(finding.Info, "status", "%s has nothing in it: 204 says so", p.answer())
	}
}
