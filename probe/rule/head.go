package rule

import (
	"net/http"

	"httpprobe/probe/finding"
)

var heads = []Rule{
	{
		ID:       "head-supported",
		Topic:    ClientErrors,
		Title:    "what can be read with GET can be asked for with HEAD",
		Severity: finding.Warning,
		Basis:    "MUST for general-purpose servers",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.1", "RFC 9110 §9.3.2"},
		Text: "GET and HEAD are the two methods that every general-purpose server has. Caches, link checkers and download managers ask with HEAD whether something is there, how long it " +
			"is and whether it changed; a server that refuses makes them fetch the whole. A 5xx to HEAD is an error.",
		Silent: "Streams of events and WebSocket endpoints. 503, since there may have been too many requests, and a 404 where GET does not find it either any more.",
		Mend:   "let the router answer HEAD with what GET would say, without the content",
		Bad:    "GET /users → 200, HEAD /users → 405",
		Good:   "HEAD /users → 200",
		FollowUps: []FollowUp{{
			When:  When{Classes: []int{2}, Methods: []string{http.MethodGet}},
			Judge: headSupported,
		}},
	},
}

func headSupported(t *Trail) {
	if t.streams() {
		return
	}
	x := t.Ask(Ask{Method: http.MethodHead, Provokes: true})
	if x == nil {
		return
	}
	switch status := x.Response.Status; {
	case busy(x), status == http.StatusNotFound && !t.stands(afterHead):
	case status/100 == 5 && status != http.StatusNotImplemented:
		t.reportAt(x, finding.Error, "status", "%s gets %d, though %s got %d", t.told(x), status, t.line(), t.Response.Status)
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		t.Reportf(x, "status", "%s gets %d, though %s got %d", t.told(x), status, t.line(), t.Response.Status)
	}
}
