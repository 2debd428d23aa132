package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// unreadable is about content that the server cannot make anything of.
var unreadable = []Rule{
	{
		ID:       "malformed-body-rejected",
		Topic:    ClientErrors,
		Title:    "broken JSON is the client's mistake, and nothing comes of it",
		Severity: finding.Error,
		Basis:    "definition of 400",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"RFC 9110 §15.5.1", "RFC 9110 §15.6.1"},
		Text: "After a POST with JSON that created something, and a PUT or PATCH with JSON on something that the run created, the same request is sent with JSON that breaks off. It gets 400, or 422. With a 5xx the server " +
			"takes the blame for a client's mistake, and somebody is woken up for it; a 2xx tells a client that what it meant has been stored. What a PUT or PATCH was to change is read before and after.",
		Silent: "401, 403, 404, 415, 429 and the like, and refused preconditions, which come first in the order of checks; another 4xx is info. A 502, 503 or 504 that is gone a second later. A POST that succeeds without content as well: it needs none. Resources that keep the octets they are sent, as files do. " +
			"Content that changes by itself is not compared. Nothing is sent to where people sign in.",
		Undecided: "Whether a POST that was refused created something all the same is not looked at: others may create in the same collection at that moment, and there is nothing in broken JSON to tell theirs by.",
		Mend:      "catch the error of the JSON parser and answer 400",
		Bad:       `POST /users {"a": → 500`,
		Good:      `POST /users {"a": → 400`,
		FollowUps: []FollowUp{{
			When:   When{Classes: []int{2}, Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch}},
			Writes: true,
			Judge:  malformedBody,
		}},
	},
	{
		ID:       "unsupported-media-type-415",
		Topic:    ClientErrors,
		Title:    "a server does not read what it is told it cannot know",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"RFC 9110 §15.5.16", "RFC 5789 §2.2"},
		Text: "After a POST that created something, and a PUT or PATCH on something that the run created, the same is sent as application/x-unknown; a PATCH with an empty document, which would change nothing. It gets 415. A server that takes it anyway " +
			"does not look at what the client says it sends: a client with the wrong type finds out when another server, or the next release, does look. A 5xx is an error.",
		Silent: "400 and 422 are info. Other refusals, such as 401, 404, 412 or 429; a 409 only where content that is no JSON is told apart from it, which shows that the type was not looked at. Requests other than JSON, XML and forms, and resources that keep whatever they are sent, as uploads do. " +
			"A 502, 503 or 504 that is gone a second later. Nothing is sent where deleting would not undo a second create, as with sign-ins and payments, or where the scenario may go on with a version that another write would outdate.",
		Mend: "compare Content-Type with the types that the resource takes before the content is parsed",
		Bad:  "POST /users as application/x-unknown → 201",
		Good: "POST /users as application/x-unknown → 415",
		FollowUps: []FollowUp{{
			When:   When{Classes: []int{2}, Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch}},
			Writes: true,
			Judge:  unsupportedMediaType,
		}},
	},
}

const (
	brokenJSON  = `{"a":`
	unknownType = "application/x-unknown"
)

func malformedBody(t *Trail) {
	if !t.sentJSON() || !t.ours() {
		return
	}
	if t.keepsOctets() || len(t.wanted) > 0 {
		return
	}
	var before *exchange.Exchange
	if t.Request.Method != http.MethodPost {
		if before = t.settled(); len(t.wanted) > 0 {
			return
		}
	}
	broken := t.rewrite([]byte(brokenJSON), 1)
	x := t.Ask(broken)
	if x == nil {
		return
	}
	what := t.told(x) + " with JSON that breaks off"
	report := Report{About: x, Path: "status", Expected: "400", Actual: strconv.Itoa(x.Response.Status)}
	switch status := x.Response.Status; {
	case t.failing(broken, x):
		report.Message = fmt.Sprintf("%s makes the server fail with %d after %s got %d: the mistake is the client's", what, status, t.line(), t.Response.Status)
	case status/100 == 2 && t.readsBroken(x):
		report.Message = fmt.Sprintf("%s gets %d, as if it could be read, after %s got %d", what, status, t.line(), t.Response.Status)
	case status/100 != 4, inconclusive(status), slices.Contains([]int{402, 404, 410, 412, 415, 428}, status):
		return
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
	default:
		report.Severity = finding.Info
		report.Message = fmt.Sprintf("%s gets %d after %s got %d: 400 says what is wrong", what, status, t.line(), t.Response.Status)
	}
	if report.Message != "" {
		t.Report(report)
	}
	if x.Response.Status/100 == 2 {
		t.putBack()
	}
	if before == nil || x.Response.Status/100 != 4 {
		return
	}
	if after := t.plain(2); after != nil {
		if d, differs := t.altered(before, after); differs && !t.others(t.Request.URL) {
			t.Report(Report{
				About: after, Path: d.path, Expected: shown(d.before), Actual: shown(d.after),
				Message: fmt.Sprintf("%s differs in %s after %s was refused with %d: nothing is to come of it", t.told(after), d.path, what, x.Response.Status),
			})
			t.putBack()
		}
	}
}

// outdated reports whether a write once more, with a precondition that is false,
// may outdate the version that the first one told: nothing else tells versions
// apart.
func (t *Trail) outdated() bool {
	if !t.versioned() {
		return false
	}
	now := t.plain(0)
	return now == nil || entityTag(now) == ""
}

// keepsOctets reports whether the target of a PUT is, or may be, a file: it
// keeps the octets that came, of whatever type.
func (t *Trail) keepsOctets() bool {
	if t.Request.Method != http.MethodPut {
		return false
	}
	now := t.plain(0)
	return now == nil || sameOctets(now.Response.Content, t.Request.Body)
}

// putBack stores what the scenario had stored, where that was put.
func (t *Trail) putBack() {
	if t.Request.Method == http.MethodPut {
		t.Ask(Ask{Method: http.MethodPut, Keep: true, Drop: conditions})
	}
}

// keptAs reports whether what an answer says was created is the very octets.
func (t *Trail) keptAs(x *exchange.Exchange, content []byte) bool {
	at, ok := located(x)
	if !ok {
		return false
	}
	back := t.Ask(Ask{URL: at})
	return back != nil && sameOctets(back.Response.Content, content)
}

func sameOctets(a, b []byte) bool { return bytes.Equal(bytes.TrimSpace(a), bytes.TrimSpace(b)) }

// settled gives the target as it is, if it does not change by itself.
func (t *Trail) settled() *exchange.Exchange {
	first := t.plain(0)
	if first == nil {
		return nil
	}
	second := t.plain(1)
	if second == nil {
		return nil
	}
	if _, differs := t.altered(first, second); differs {
		return nil
	}
	return second
}

// sentJSON reports whether the request had JSON for content, and no coding.
func (p *Pass) sentJSON() bool {
	_, ok := p.requestBody()
	return ok && isJSON(mediaType(p.Request.Fields.Get("Content-Type"))) && !p.Request.Fields.Has("Content-Encoding")
}

// readsBroken reports whether a success means that the server believes to have
// understood the content: it neither keeps the octets nor does without them.
func (t *Trail) readsBroken(x *exchange.Exchange) bool {
	switch {
	case t.Request.Method != http.MethodPost:
		return true
	case t.keptAs(x, []byte(brokenJSON)), len(t.wanted) > 0:
		return false
	}
	empty := t.rewrite([]byte{}, 2)
	empty.Provokes = false
	bare := t.Ask(empty)
	return bare != nil && slices.Contains([]int{400, 411, 415, 422}, bare.Response.Status)
}

func unsupportedMediaType(t *Trail) {
	body, ok := t.typed()
	if !ok || !t.ours() || t.Request.Method == http.MethodPost && !t.retractable() {
		return
	}
	if t.keepsOctets() || t.Request.Method != http.MethodPost && t.outdated() || len(t.wanted) > 0 {
		return
	}
	odd := t.rewrite(body, 1)
	odd.Drop = append(slices.Clone(odd.Drop), "Content-Type")
	odd.Set = append(slices.Clone(odd.Set), exchange.Field{Name: "Content-Type", Value: unknownType})
	if t.Request.Method != http.MethodPost {
		// One that looks at the condition before the type must not write.
		odd.Set = append(odd.Set, exchange.Field{Name: "If-Match", Value: neverTag})
	}
	x := t.Ask(odd)
	if x == nil {
		return
	}
	report := Report{About: x, Path: "status", Expected: "415", Actual: strconv.Itoa(x.Response.Status)}
	switch status := x.Response.Status; {
	case t.failing(odd, x):
		report.Severity = finding.Error
		report.Message = fmt.Sprintf("%s makes the server fail with %d after %s got %d", t.told(x), status, t.line(), t.Response.Status)
	case status/100 == 2 && t.understood(x, body):
		report.Message = fmt.Sprintf("%s gets %d, as %s did: the server does not look at the type", t.told(x), status, t.line())
	case status == http.StatusConflict && t.refusesGarbage(odd):
		report.Message = fmt.Sprintf("%s gets 409 after %s got %d, and content that cannot be read another status: the server does not look at the type", t.told(x), t.line(), t.Response.Status)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		report.Severity = finding.Info
		report.Message = fmt.Sprintf("%s gets %d after %s got %d: 415 says that it is the type", t.told(x), status, t.line(), t.Response.Status)
	}
	if report.Message != "" {
		t.Report(report)
	}
	if x.Response.Status/100 == 2 && len(t.wanted) == 0 {
		t.putBack() // content that was not read may have been stored as none
	}
}

// typed gives content for a request under another type, if the one it was sent
// as is for resources with members, and not for whatever one likes to keep.
func (t *Trail) typed() ([]byte, bool) {
	media := mediaType(t.Request.Fields.Get("Content-Type"))
	switch {
	case len(t.Request.Body) == 0 || t.Request.Fields.Has("Content-Encoding"):
		return nil, false
	case t.Request.Method != http.MethodPatch:
		form := media == "application/x-www-form-urlencoded" || media == "multipart/form-data"
		return t.Request.Body, isJSON(media) || isXML(media) || form
	case !isJSON(media):
		return nil, false
	}
	switch body, _ := t.requestBody(); body.(type) {
	case map[string]any:
		return []byte("{}"), true
	case []any:
		return []byte("[]"), true
	}
	return nil, false
}

// understood reports whether a write under another type was read like the
// first one, and not kept as the octets that came.
func (t *Trail) understood(x *exchange.Exchange, body []byte) bool {
	at, ok := "", true
	if t.Request.Method == http.MethodPost {
		if at, ok = located(x); !ok {
			return false
		}
	}
	back := t.Ask(Ask{URL: at, Nth: 4})
	if back == nil || !fetched(back) {
		return false
	}
	for _, answer := range []*exchange.Exchange{x, back} {
		if t.read(answer).mediaType() == unknownType || sameOctets(answer.Response.Content, body) {
			return false
		}
	}
	return true
}

// refusesGarbage reports whether content that is nothing at all gets another
// refusal than 409, so that a 409 comes from what the content says.
func (t *Trail) refusesGarbage(odd Ask) bool {
	odd.Body, odd.Provokes = []byte(brokenJSON), false
	x := t.Ask(odd)
	return x != nil && (x.Response.Status == http.StatusBadRequest || x.Response.Status == http.StatusUnprocessableEntity)
}
