package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/finding"
)

var methods = []Rule{
	{
		ID:       "options-allow",
		Topic:    ClientErrors,
		Title:    "who asks with OPTIONS learns which methods there are",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §9.3.7", "RFC 9110 §10.2.1"},
		Text: "The answer to OPTIONS carries Allow. Every method that worked on the same URI in this run is in the list, and a 405 from there carries the same one: " +
			"clients decide by it what to offer. With follow-ups each resource is asked.",
		Silent: "Preflights of CORS, OPTIONS * and refused OPTIONS. HEAD and OPTIONS may be left out of the list. Lists are compared for the same URI and the same credentials, and only while " +
			"nothing was written that may have changed them.",
		Mend:   "fill Allow from the methods that are routed, for OPTIONS and 405 alike",
		Bad:    "OPTIONS /users → 204",
		Good:   "OPTIONS /users → 204 + Allow: GET, HEAD, POST, OPTIONS",
		needs:  asksOptions,
		Check:  optionsAllow,
		Across: optionsAgree,

		FollowUps: []FollowUp{{Judge: askMethods}},
	},
	{
		ID:       "wrong-method-405",
		Topic:    ClientErrors,
		Title:    "a resource that is there refuses a method with 405",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"RFC 9110 §9.1", "RFC 9110 §15.5.6", "RFC 9110 §15.6.2"},
		Text: "A 404 says that there is no such resource. If GET finds it before and after, it was the method that did not fit: 405 with Allow says so, or 501 if the " +
			"server knows the method nowhere. Clients drop links, and caches entries, because of a 404.",
		Silent: "Other credentials, a write in between, HEAD and OPTIONS, methods that were answered otherwise at such a URI. A 404 to a request with content counts only if it speaks of the " +
			"method or is no JSON, since it may be about something that the content names.",
		Mend:   "let the router answer 405 for paths that it knows; several frameworks have a switch for it",
		Bad:    "GET /users → 200, DELETE /users → 404",
		Good:   "DELETE /users → 405 + Allow: GET, POST",
		When:   When{Classes: []int{2, 4}},
		Across: wrongMethod,
	},
	{
		ID:       "gone-stays-gone",
		Topic:    ClientErrors,
		Title:    "what is gone does not come back by itself",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"RFC 9110 §15.5.11"},
		Text: "A 410 tells clients and search engines to forget the URI for good, and caches may keep it without asking again. If the same request is answered with success later, those " +
			"who believed it miss what is there; 404 makes no such promise.",
		Silent: "Other credentials or other request fields, and any write to the origin in between, which may have created or restored it.",
		Mend:   "answer 404 unless the resource is known to be gone for good",
		Bad:    "GET /a → 410, then GET /a → 200",
		Good:   "GET /a → 410, then GET /a → 410",
		Across: goneStaysGone,
	},
}

func optionsAllow(p *Pass) {
	if p.asksMethods() && !p.Response.Fields.Has("Allow") {
		p.Reportf("headers.Allow", "the %d to %s has no Allow field", p.Response.Status, p.line())
	}
}

// askMethods asks a resource that is there for its methods. The answer is
// judged like one that a scenario asked for.
func askMethods(t *Trail) {
	switch {
	case t.Request.Method == http.MethodOptions, t.Request.Method == http.MethodDelete:
	case t.succeeded(), t.Response.Status == http.StatusMethodNotAllowed, t.Response.Status == http.StatusTemporaryRedirect, t.Response.Status == http.StatusPermanentRedirect:
		t.Ask(Ask{Method: http.MethodOptions, Drop: []string{"Origin"}})
	}
}

// asksMethods reports whether this is an answer to OPTIONS about a resource.
func (p *Pass) asksMethods() bool {
	return p.Request.Method == http.MethodOptions && p.succeeded() && p.Request.Target != "*" &&
		!p.Request.Fields.Has("Access-Control-Request-Method")
}

// allowing is what is known of the methods of a resource.
type allowing struct {
	worked  []worked
	refused *allowList // of a 405
	offered *allowList // of OPTIONS
}

type worked struct {
	method string
	seen   sighting
	writes int // of the origin, at that time
}

type allowList struct {
	methods []string
	place   string
	writes  int
}

func optionsAgree() func(*Pass) {
	known := latest[allowing]{}
	writes := map[string]int{} // requests to an origin that changed something
	told := map[spot]bool{}
	return func(p *Pass) {
		asks, refused := p.asksMethods(), p.Response.Status == http.StatusMethodNotAllowed
		if !p.succeeded() && !refused {
			return
		}
		r, from := known.of(p), p.origin()
		if p.wrote() {
			writes[from]++
		}
		if p.succeeded() && !asks {
			r.note(p, writes[from])
		}
		if !asks && !refused || !p.Response.Fields.Has("Allow") {
			return
		}
		list := &allowList{p.Response.Fields.Tokens("Allow"), p.place(), writes[from]}
		other := r.offered
		if asks {
			r.offered, other = list, r.refused
		} else {
			r.refused = list
		}
		if !slices.ContainsFunc(list.methods, isToken) || told[p.spot()] {
			return
		}
		switch missing := r.missing(list); {
		case asks && missing != nil:
			p.Reportf("headers.Allow", "Allow of the %d to %s leaves out %s, which worked in %s", p.Response.Status, p.line(), missing.method, missing.seen)
		case other != nil && other.writes == list.writes && !sameMethods(other.methods, list.methods):
			p.Report(Report{
				Path:     "headers.Allow",
				Message:  p.of("Allow").String() + " is not the list that came with " + other.place,
				Expected: strings.Join(other.methods, ", "),
				Actual:   strings.Join(list.methods, ", "),
			})
		default:
			return
		}
		told[p.spot()] = true
	}
}

// note takes in that a method worked. What a DELETE leaves is another state.
func (a *allowing) note(p *Pass, writes int) {
	method := p.Request.Method
	if method == http.MethodDelete {
		*a = allowing{}
		return
	}
	if method == http.MethodHead || method == http.MethodOptions {
		return
	}
	i := slices.IndexFunc(a.worked, func(w worked) bool { return w.method == method })
	switch {
	case i < 0:
		a.worked = append(a.worked, worked{method, p.sighting(), writes})
	case !lasts(method):
		a.worked[i] = worked{method, p.sighting(), writes}
	}
}

// lasts reports whether that a method works does not depend on the state of
// the resource.
func lasts(method string) bool { return isSafe(method) || method == http.MethodPost }

// missing gives a method that worked and is not listed. That a resource can be
// changed may depend on its state, and so on what was written meanwhile.
func (a *allowing) missing(list *allowList) *worked {
	for i := range a.worked {
		w := &a.worked[i]
		if (lasts(w.method) || w.writes == list.writes) && !slices.Contains(list.methods, w.method) {
			return w
		}
	}
	return nil
}

func sameMethods(a, b []string) bool {
	within := func(a, b []string) bool {
		return !slices.ContainsFunc(a, func(m string) bool {
			return m != http.MethodHead && m != http.MethodOptions && !slices.Contains(b, m)
		})
	}
	return within(a, b) && within(b, a)
}

// found is what is known of whether a resource is there.
type found struct {
	read    time.Time // when it was read last; zero when it was not
	missing []missed
}

// missed is a 404 to a method other than GET.
type missed struct {
	method, place string
	when          time.Time
}

func wrongMethod() func(*Pass) {
	known := latest[found]{}
	routed := map[spot][]string{} // methods that got another answer than that they do not exist
	told := map[spot][]string{}
	return func(p *Pass) {
		method, status, here := p.Request.Method, p.Response.Status, p.spot()
		r := known.of(p)
		absent := status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusGone
		if !absent && !slices.Contains(routed[here], method) {
			routed[here] = append(routed[here], method)
		}
		switch reading := method == http.MethodGet || method == http.MethodHead; {
		case reading && p.succeeded():
			r.confirm(p, func(method string) bool {
				fresh := !slices.Contains(routed[here], method) && !slices.Contains(told[here], method)
				if fresh {
					told[here] = append(told[here], method)
				}
				return fresh
			})
		case p.wrote(), reading && absent:
			*r = found{}
		case status == http.StatusNotFound && !reading && method != http.MethodOptions && method != http.MethodConnect &&
			!r.read.IsZero() && !p.Started.Before(r.read) && p.speaksOfMethod() &&
			!slices.ContainsFunc(r.missing, func(m missed) bool { return m.method == method }):
			r.missing = append(r.missing, missed{method, p.place(), p.Started})
		}
	}
}

// confirm reports the 404s that lie between the reading before and this one.
func (f *found) confirm(p *Pass, fresh func(method string) bool) {
	for _, m := range f.missing {
		if !m.when.After(p.Started) && fresh(m.method) {
			p.Reportf("status", "%s got 404, although %s was answered with success before and after it: 405 is what tells that only the method is wrong",
				m.place, p.line())
		}
	}
	f.read, f.missing = p.Started, nil
}

// speaksOfMethod reports whether a 404 can only be about the target or the
// method, not about something that the content of the request names.
func (p *Pass) speaksOfMethod() bool {
	if len(p.Request.Body) == 0 {
		return true
	}
	if !p.whole() {
		return false
	}
	if _, ok := p.parsedBody(); !ok {
		return true
	}
	return bytes.Contains(p.Response.Content, []byte(p.Request.Method))
}

func goneStaysGone() func(*Pass) {
	type gone struct {
		place string
		when  time.Time
	}
	known := map[spot]resource[gone]{}
	return func(p *Pass) {
		switch status := p.Response.Status; {
		case status == http.StatusGone && reads(p.Request.Method):
			known[p.spot()] = resource[gone]{p.Request.URL, p.Request.Fields, gone{p.place(), p.Started}}
		case len(known) == 0 || !p.succeeded():
		case p.wrote():
			from := p.origin()
			for s := range known {
				if s.origin == from {
					delete(known, s)
				}
			}
		case reads(p.Request.Method):
			r, ok := known[p.spot()]
			if ok && r.url == p.Request.URL && sameFields(r.fields, p.Request.Fields, deciding) && !p.Started.Before(r.known.when) {
				delete(known, p.spot())
				p.Reportf("status", "%s is answered with %d, but it was gone for good by the 410 to %s", p.line(), status, r.known.place)
			}
		}
	}
}

// deciding fields may decide what a target stands for: all but those that
// only accompany a request.
func deciding(name string) bool {
	switch strings.ToLower(name) {
	case "x-request-id", "x-correlation-id", "traceparent", "tracestate", "user-agent", "cache-control", "if-none-match", "if-modified-since", "range":
		return false
	}
	return true
}
