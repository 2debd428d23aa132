package rule

import (
	"fmt"
	"net/http"
	"slices"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// hops is about what lies at the other end of a redirect.
var hops = []Rule{
	{
		ID:       "redirect-resolves",
		Topic:    Redirects,
		Title:    "whoever follows a redirect arrives somewhere",
		Severity: finding.Error,
		Basis:    "practice",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.4", "RFC 9110 §15.4.2"},
		Text: "Following the redirect of a GET or HEAD, and the redirects after it, ends within ten hops and not where it has been before: clients give up on a circle with an error of their own. " +
			"Arriving at 404, 410 or 5xx is a warning, and so is a 301 or 308 that names another target when it is asked again, since clients keep the first one for good.",
		Silent: "More than five hops are info. A circle in which cookies are set, or Retry-After asks to come back, may end for who does as it says; a redirect to itself that sets a cookie is asked for again with it. " +
			"Other origins are asked only if hosts allow them, and without credentials, so that a 404 there proves nothing to who has some.",
		Undecided: "Where a step follows redirects itself, only the last answer is looked at: the step tells of circles by itself, but not of a permanent redirect that changes its target.",
		Mend:      "redirect to the final target at once, and take down redirects to what is gone",
		Bad:       "/a → 302 + Location: /b, /b → 302 + Location: /a",
		Good:      "/a → 301 + Location: /b, /b → 200",
		FollowUps: []FollowUp{{
			When:  When{Statuses: redirections, Methods: []string{http.MethodGet, http.MethodHead}, Fields: []string{"Location"}},
			Judge: redirectResolves,
		}},
	},
	{
		ID:       "redirect-method-preserved",
		Topic:    Redirects,
		Title:    "the target of a 307 or 308 takes the method that is sent there",
		Severity: finding.Warning,
		Basis:    "semantics of 307/308",
		Seen:     []Sight{SafeFollowUp, WritingRequest},
		Spec:     []string{"RFC 9110 §15.4.8", "RFC 9110 §15.4.9"},
		Text: "After a 307 or 308 clients send the same request again, with its method and content. So Allow in the answer to OPTIONS at the target has the method, and, where probe may write, the method tried there is " +
			"not answered with 404, 405 or 501. A redirect to the very same URI is an error.",
		Silent: "Refused OPTIONS, and answers to it without Allow. Other origins get no credentials, and a 404 from there proves nothing to who has some; nor does one that may be about something the content names. " +
			"A redirect to itself with a cookie or Retry-After.",
		Undecided: "Only PUT and PATCH are sent on, and only if the run itself created what they, or the redirect, lead to: anything else is not probe's to change. As the scenario may go on with what is there, they come with content that changes nothing and a precondition that is false, " +
			"and what another name of the resource may be is not put to.",
		Mend: "let the target take the method, or answer 303 to have the client go there with GET",
		Bad:  "POST /api/old → 308 + Location: /api/new, POST /api/new → 405",
		Good: "POST /api/old → 308 + Location: /api/new, POST /api/new → 201",
		FollowUps: []FollowUp{
			{When: preserving, Judge: targetAllows},
			{When: preserving, Writes: true, Judge: targetTakes},
		},
	},
}

// preserving are the redirects after which the same request is sent again.
var preserving = When{Statuses: []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, Fields: []string{"Location"}}

func redirectResolves(t *Trail) {
	at, ok := target(t.Exchange)
	if !ok {
		return
	}
	if status := t.Response.Status; status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect {
		if again := t.Ask(Ask{Method: t.Request.Method}); again != nil && again.Response.Status == status {
			if now, ok := target(again); ok && now != at {
				t.Report(Report{
					About: again, Severity: finding.Warning, Path: "headers.Location", Expected: at, Actual: now,
					Message: fmt.Sprintf("%s is redirected for good with %d, but to another target each time: %s, then %s", t.line(), status, quote(at), quote(now)),
				})
			}
		}
	}
	t.goOn(at)
}

// goOn follows redirects from a URL on. It goes once around a circle before
// it calls it one: where the first answer set a cookie, that is sent now.
func (t *Trail) goOn(at string) {
	var way []*exchange.Exchange
	private := t.Identity.Name != "" || t.credentials() != ""
	foreign := false
	for {
		if slices.ContainsFunc(way, func(x *exchange.Exchange) bool { return x.Request.URL == at }) {
			t.endless(way, fmt.Sprintf("comes back to %s", pathOf(at)))
			return
		}
		if len(way) == t.Settings.Hops() {
			t.endless(way, fmt.Sprintf("is redirected again after %d hops", len(way)))
			return
		}
		x := t.Ask(Ask{URL: at, Provokes: true})
		if x == nil {
			return
		}
		way = append(way, x)
		foreign = foreign || origin(x.Request.URL) != origin(t.Request.URL)
		if !redirected(x.Response.Status) {
			t.arrive(x, len(way), private && foreign)
			return
		}
		if at, _ = target(x); at == "" {
			return
		}
	}
}

// endless reports a way without an end, unless it may have one for clients
// that keep cookies, or come back later.
func (t *Trail) endless(way []*exchange.Exchange, why string) {
	if slices.ContainsFunc(way, func(x *exchange.Exchange) bool {
		return x.Response.Fields.Has("Set-Cookie") || x.Response.Fields.Has("Retry-After")
	}) {
		return
	}
	last := way[len(way)-1]
	t.Report(Report{
		About: last, Path: "headers.Location", Expected: "an answer that is no redirect", Actual: last.Response.Fields.Get("Location"),
		Message: fmt.Sprintf("following the %d to %s never ends: %s %s", t.Response.Status, t.line(), t.told(last), why),
	})
}

// arrive judges the end of a way.
func (t *Trail) arrive(x *exchange.Exchange, n int, blind bool) {
	const many = 5
	switch status := x.Response.Status; {
	case absentOrBroken(status) && (status/100 == 5 || !blind):
		t.Report(Report{
			About: x, Severity: finding.Warning, Path: "status", Expected: "2xx", Actual: fmt.Sprint(status),
			Message: fmt.Sprintf("following the %d to %s ends at %d: %s", t.Response.Status, t.line(), status, t.told(x)),
		})
	case n > many:
		t.reportAt(x, finding.Info, "headers.Location", "following the %d to %s takes %d hops, the last of them to %s", t.Response.Status, t.line(), n, t.told(x))
	}
}

// sendsAway gives where a 307 or 308 sends a request that is not one of those
// that any resource has.
func (t *Trail) sendsAway() (string, bool) {
	if isSafe(t.Request.Method) {
		return "", false
	}
	return target(t.Exchange)
}

func targetAllows(t *Trail) {
	at, ok := t.sendsAway()
	if !ok {
		return
	}
	if at == t.Request.URL {
		if !t.Response.Fields.Has("Set-Cookie") && !t.Response.Fields.Has("Retry-After") {
			t.Report(Report{
				Severity: finding.Error, Path: "headers.Location", Expected: "another URI", Actual: t.Response.Fields.Get("Location"),
				Message: fmt.Sprintf("the %d to %s redirects to the URI that was asked: clients send the same again until they give up", t.Response.Status, t.line()),
			})
		}
		return
	}
	x := t.Ask(Ask{Method: http.MethodOptions, URL: at, Drop: []string{"Origin"}})
	if x == nil || x.Response.Status/100 != 2 || !x.Response.Fields.Has("Allow") {
		return
	}
	allowed := x.Response.Fields.Tokens("Allow")
	if slices.Contains(allowed, t.Request.Method) || slices.ContainsFunc(allowed, func(m string) bool { return !isToken(m) || m == "*" }) {
		return
	}
	t.Report(Report{
		About: x, Path: "headers.Allow", Expected: "a list with " + t.Request.Method, Actual: x.Response.Fields.Joined("Allow"),
		Message: fmt.Sprintf("the %d to %s sends clients to a target that does not take %s, as Allow in the answer to %s says", t.Response.Status, t.line(), t.Request.Method, t.told(x)),
	})
}

func targetTakes(t *Trail) {
	at, ok := t.sendsAway()
	if !ok || at == t.Request.URL || !t.Created(t.Request.URL) && !t.Created(at) {
		return
	}
	a := Ask{Method: t.Request.Method, URL: at, Keep: true, Drop: slices.Concat(conditions, described), Set: pairs([]string{"If-Match", neverTag})}
	vacant := false
	switch a.Method {
	case http.MethodPatch:
		a.Body, ok = t.typed()
	case http.MethodPut:
		now := t.Ask(Ask{URL: at})
		if now == nil {
			return
		}
		if vacant = missingNow(now); !vacant {
			a.Body, ok = now.Response.Content, t.Created(at) && fetched(now) && t.read(now).mediaType() == mediaType(t.Request.Fields.Get("Content-Type"))
		}
	default:
		return
	}
	if !ok {
		return
	}
	x := t.Ask(a)
	if x == nil {
		return
	}
	if vacant && x.Response.Status/100 == 2 && x.Response.Status != http.StatusCreated {
		t.undo(at)
	}
	switch x.Response.Status {
	case http.StatusNotFound:
		blind := origin(at) != origin(t.Request.URL) && (t.Identity.Name != "" || t.credentials() != "")
		if blind || !t.read(x).speaksOfMethod() {
			return
		}
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
	default:
		return
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "an answer to the same request", Actual: fmt.Sprint(x.Response.Status),
		Message: fmt.Sprintf("the %d to %s sends clients to a target that does not take the request: %s gets %d", t.Response.Status, t.line(), t.told(x), x.Response.Status),
	})
}
