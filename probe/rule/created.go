package rule

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var created = []Rule{
	{
		ID:       "created-resource-retrievable",
		Topic:    Success,
		Title:    "what was created is there to be read",
		Severity: finding.Error,
		Basis:    "semantics of 201",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.3.2", "RFC 9110 §10.2.2"},
		Text: "A 201 says that the resource exists now, and where: in Location, else in Content-Location, else, for PUT and PATCH, at the URI of the request. GET on it, with the same credentials, answers 2xx, redirects followed. " +
			"With 404, 410 or 5xx a client that goes on from the 201 stands before nothing. It is asked for once more after a second, as copies of data may lag behind.",
		Silent: "Info for 401 and 403, since who creates need not be allowed to read, and for 404 where the project hides what one may not see. A warning for 405: the resource cannot be read at all. " +
			"Another origin is asked only if hosts allow it, without credentials, and its 401, 403 and 404 prove nothing. Other statuses, such as 429, redirects without an end, and uploads that have only begun (tus, drafts of resumable uploads, an upload named in the query).",
		Mend: "answer 201 once the resource can be read, with the URI at which it can; 202 if that takes a while",
		Bad:  "POST /users → 201 + Location: /users/42, GET /users/42 → 404",
		Good: "POST /users → 201 + Location: /users/42, GET /users/42 → 200",
		FollowUps: []FollowUp{{
			When: When{Statuses: []int{http.StatusCreated}, Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch}}, Judge: createdRetrievable,
		}},
	},
}

// createdAt gives the reference to what a 201 created; false where there is
// none to go by.
func (t *Trail) createdAt() (string, bool) {
	for _, name := range []string{"Location", "Content-Location"} {
		switch values := t.Response.Fields.Values(name); {
		case len(values) > 1 || len(values) == 1 && values[0] == "":
			return "", false
		case len(values) == 1:
			// The collection is no new resource: another rule tells.
			return values[0], t.Request.Method != http.MethodPost || !sameResource(t.Request.URL, values[0])
		}
	}
	return "", t.Request.Method != http.MethodPost
}

func createdRetrievable(t *Trail) {
	at, ok := t.createdAt()
	if !ok || t.beginsUpload(at) {
		return
	}
	x := t.end(at, 0, 0)
	if x == nil || x.Response.Status/100 == 2 {
		return
	}
	if absentOrBroken(x.Response.Status) {
		if x = t.end(at, 1, time.Second); x == nil {
			return
		}
	}
	severity := finding.Error
	foreign := origin(x.Request.URL) != origin(t.Request.URL)
	switch status := x.Response.Status; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound && (foreign || t.Settings.HideForbidden):
		if severity = finding.Info; foreign {
			return
		}
	case status == http.StatusMethodNotAllowed:
		severity = finding.Warning
	case !absentOrBroken(status):
		return
	}
	t.Report(Report{
		About: x, Severity: severity, Path: "status", Expected: "2xx", Actual: fmt.Sprint(x.Response.Status),
		Message: fmt.Sprintf("%s gets %d, though the 201 to %s says that it was created", t.told(x), x.Response.Status, t.line()),
	})
}

// beginsUpload reports whether what was created has no content yet: that is to
// be sent there.
func (t *Trail) beginsUpload(at string) bool {
	for _, name := range []string{"Tus-Resumable", "Upload-Offset", "Upload-Complete"} {
		if t.Response.Fields.Has(name) {
			return true
		}
	}
	_, query, _ := strings.Cut(at, "?")
	return mentions(query, "upload")
}

// absentOrBroken reports whether a status says that something is not there, or
// that the server failed.
func absentOrBroken(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status/100 == 5
}

// end gives where GET on a reference ends, redirects followed; nil where that
// is not known yet, or never.
func (t *Trail) end(reference string, nth int, after time.Duration) *exchange.Exchange {
	x := t.Ask(Ask{URL: reference, Nth: nth, After: after, Provokes: true})
	for range t.Settings.Hops() {
		if x == nil || !redirected(x.Response.Status) {
			return x
		}
		next, ok := target(x)
		if !ok {
			return nil
		}
		x = t.Ask(Ask{URL: next, Nth: nth, Provokes: true})
	}
	return nil
}

func redirected(status int) bool { return slices.Contains(redirections, status) }

// target gives the URL that a redirect leads to, without fragment; false where
// there is not one, or none that http can fetch.
func target(x *exchange.Exchange) (string, bool) {
	values := x.Response.Fields.Values("Location")
	from, err := url.Parse(x.Request.URL)
	if err != nil || len(values) != 1 || values[0] == "" {
		return "", false
	}
	to, err := from.Parse(strings.TrimSpace(values[0]))
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return "", false
	}
	to.Fragment, to.RawFragment = "", ""
	return to.String(), true
}
