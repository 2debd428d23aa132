package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var idempotency = []Rule{
	{
		ID:       "idempotency-key-honoured",
		Topic:    Limits,
		Title:    "however often a key is sent, the work is done once",
		Severity: finding.Warning,
		Basis:    "draft",
		Seen:     []Sight{WritingRequest},
		Spec:     []string{"draft-ietf-httpapi-idempotency-key-header §2.6", "draft-ietf-httpapi-idempotency-key-header §2.7"},
		Text: "A client that sends Idempotency-Key does so to be able to send the request again when no answer came. After a POST with it that succeeded the same request is sent once more: it gets the same status, Location and content. " +
			"After one that created something the key is also sent with another content, which gets 422; another key is sent twice at the same moment, which creates one thing, be it that the second one is told 409 or gets the same answer; and where that shows that keys are required, a request without " +
			"one gets 400.",
		Silent: "401, 403, 429 and failures in answer to the second request; a 409 that is gone a second later. Times and the like in the content, a 202 whose work goes on, and content that shows what was created as it is by now. Another 4xx to other content, which may not be valid, or to two at once, " +
			"if the API creates the same thing only once anyway. Where deleting would not undo what another key may do, as with payments, only the same request is sent again.",
		Undecided: "Whether a key is required is only seen where a request without one is refused for that very reason, by what the error says.",
		Mend:      "store each key with the request and the answer, in the transaction that does the work, and answer from there",
		Bad:       "the same POST with one key, twice → 201 + Location: /orders/1, 201 + Location: /orders/2",
		Good:      "the same POST with one key, twice → 201 + Location: /orders/1, both times",
		FollowUps: []FollowUp{{
			When:   When{Classes: []int{2}, Methods: []string{http.MethodPost}},
			Writes: true,
			Judge:  idempotencyKeyHonoured,
		}},
	},
}

func idempotencyKeyHonoured(t *Trail) {
	key := t.Request.Fields.Get("Idempotency-Key")
	if key == "" {
		return
	}
	replay := t.Ask(Ask{Method: http.MethodPost, Keep: true})
	if replay != nil && slices.Contains([]int{http.StatusConflict, http.StatusTooEarly}, replay.Response.Status) {
		replay = t.Ask(Ask{Method: http.MethodPost, Keep: true, Nth: 1, After: time.Second}) // the first one may still be at work
	}
	if replay == nil || inconclusive(replay.Response.Status) || t.replayDiffers(replay) || len(t.wanted) > 0 || !t.retractable() {
		return
	}
	if other, ok := t.variation(); ok {
		x := t.Ask(Ask{Method: http.MethodPost, Keep: true, Body: other, Drop: described})
		if x == nil {
			return
		}
		if x.Response.Status/100 == 2 {
			t.Report(Report{
				About: x, Path: "status", Expected: "422", Actual: strconv.Itoa(x.Response.Status),
				Message: fmt.Sprintf("%s with other content gets %d, though %s had the same key: the client believes that this content was stored", t.told(x), x.Response.Status, t.line()),
			})
		}
	}
	t.atOnce(key)
}

// replayDiffers reports what the second of two like requests gets that the
// first one did not get.
func (t *Trail) replayDiffers(x *exchange.Exchange) bool {
	first, again := t.Response, x.Response
	report := Report{About: x}
	switch {
	case again.Status != first.Status:
		report.Path, report.Expected, report.Actual = "status", strconv.Itoa(first.Status), strconv.Itoa(again.Status)
		report.Message = fmt.Sprintf("%s again with the same Idempotency-Key gets %d, the first time it got %d", t.line(), again.Status, first.Status)
	case t.twice(t.Exchange, x) != "":
		report.Path, report.Expected, report.Actual = t.twice(t.Exchange, x), t.made(t.Exchange), t.made(x)
		report.Message = fmt.Sprintf("%s again with the same Idempotency-Key tells of %s, the first time it was %s: the work was done twice", t.line(), t.made(x), t.made(t.Exchange))
	case first.Status == http.StatusAccepted:
		return false
	default:
		d, differs := t.altered(t.Exchange, x)
		if !differs || t.shownAsItIs(x) || len(t.wanted) > 0 {
			return false
		}
		report.Path, report.Expected, report.Actual = d.path, shown(d.before), shown(d.after)
		report.Message = fmt.Sprintf("%s again with the same Idempotency-Key gets another answer than the first time: they differ in %s", t.line(), d.path)
	}
	t.Report(report)
	return true
}

// twice reports whether two answers tell of two resources, by where they do:
// empty if they do not.
func (t *Trail) twice(a, b *exchange.Exchange) string {
	there, ok1 := located(a)
	here, ok2 := located(b)
	switch {
	case ok1 && ok2 && there != here:
		return "headers.Location"
	case !ok1 && !ok2 && t.ownID(a) != "" && t.ownID(b) != "" && t.ownID(a) != t.ownID(b):
		return "body"
	}
	return ""
}

// made names what an answer tells of.
func (t *Trail) made(x *exchange.Exchange) string {
	if location := x.Response.Fields.Get("Location"); location != "" {
		return location
	}
	return t.ownID(x)
}

// ownID gives the id that the content of an answer has at its top.
func (t *Trail) ownID(x *exchange.Exchange) string {
	body, _ := t.value(x)
	return itemID(body)
}

// shownAsItIs reports whether an answer has the content of what was created, as
// it is now.
func (t *Trail) shownAsItIs(x *exchange.Exchange) bool {
	at, ok := located(x)
	if !ok {
		return false
	}
	current := t.Ask(Ask{URL: at})
	if current == nil || !fetched(current) {
		return false
	}
	_, ok1 := t.value(current)
	_, differs := t.altered(current, x)
	return ok1 && !differs
}

// variation gives the content of the request with another value in one of its
// members: a quantity if there is one, else a text.
func (t *Trail) variation() ([]byte, bool) {
	body, _ := t.requestBody()
	o, ok := body.(map[string]any)
	if !ok || !t.sentJSON() {
		return nil, false
	}
	out := maps.Clone(o)
	for _, texts := range []bool{false, true} {
		for _, name := range slices.Sorted(maps.Keys(o)) {
			switch v := o[name].(type) {
			case json.Number:
				if n, err := v.Int64(); err == nil && !texts && !namesIdentifier(name) {
					out[name] = n + 1
				}
			case string:
				if texts && strings.TrimSpace(v) != "" && !namesIdentifier(name) {
					out[name] = changed(v)
				}
			}
			if !equalValue(out[name], o[name]) {
				octets, err := json.Marshal(out)
				return octets, err == nil
			}
		}
	}
	return nil, false
}

// atOnce sends a key twice at the same moment, and then none at all.
func (t *Trail) atOnce(key string) {
	one := Ask{Method: http.MethodPost, Keep: true, Set: exchange.Fields{{Name: "Idempotency-Key", Value: otherKey(key, 4)}}}
	two := one
	two.Nth = 1
	one.Together = []Ask{two}
	x := t.Ask(one)
	if x == nil {
		return
	}
	y := t.Ask(two)
	if y == nil || x.Response.Status/100 != 2 && y.Response.Status/100 != 2 {
		return
	}
	if path := t.twice(x, y); path != "" && x.Response.Status == http.StatusCreated && y.Response.Status == http.StatusCreated {
		t.Report(Report{
			About: y, Path: path, Expected: t.made(x), Actual: t.made(y),
			Message: fmt.Sprintf("%s, sent twice at once after %s, creates two things: %s and %s", t.told(y), t.line(), t.made(x), t.made(y)),
		})
		return
	}
	bare := t.Ask(Ask{Method: http.MethodPost, Keep: true, Drop: []string{"Idempotency-Key"}})
	if bare == nil || bare.Response.Status/100 != 4 || bare.Response.Status == http.StatusBadRequest || inconclusive(bare.Response.Status) {
		return
	}
	if e, ok := t.read(bare).ErrorBody(); ok && mentions(e.Message+" "+text(e.Code), "idempotency", "idempotent") {
		t.Report(Report{
			About: bare, Path: "status", Expected: "400", Actual: strconv.Itoa(bare.Response.Status),
			Message: fmt.Sprintf("%s without Idempotency-Key gets %d for that, though %s shows that only the key was missing: 400 is for that", t.told(bare), bare.Response.Status, t.told(x)),
		})
	}
}
