package rule

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/finding"
)

var clientErrors = []Rule{
	{
		ID:       "error-explained",
		Topic:    ClientErrors,
		Title:    "a client learns why its request failed",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9110 §15.5", "RFC 9110 §15.6", "RFC 9110 §15.5.7", "RFC 9110 §15.5.10", "RFC 9110 §15.6.6",
			"RFC 6585 §3", "RFC 6585 §4", "RFC 6585 §5", "RFC 7725 §3"},
		Text: "An answer of 4xx or 5xx has content that explains it, other than to HEAD. Some statuses ask for more, and for them repeating the name of the " +
			"status is not enough: 406 what there is to choose from, 409 what it collides with, 428 how to make the request conditional, 429 the limit, 431 " +
			"the field, 451 the demand, 505 the versions.",
		Silent: "Info for 401, 404, 405, 412, 416 and 417 without content, whose status and fields say enough. A 431 need not name a field where none of the request is large by itself. Content that was cut off is not judged.",
		Mend:   "describe the failure in the body, in the error format of the API",
		Bad:    "POST /users → 409, empty",
		Good:   `POST /users → 409 {"error":{"code":"EMAIL_TAKEN","message":"The address belongs to another account"}}`,
		When:   When{Classes: []int{4, 5}},
		Check:  errorExplained,
	},
	{
		ID:       "allow-on-405",
		Topic:    ClientErrors,
		Title:    "whoever gets a 405 is told what is allowed",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.5.6", "RFC 9110 §10.2.1"},
		Text: "A 405 carries Allow with the methods that the resource supports at present. An empty field says that there are none, which is " +
			"an answer too.",
		Mend: "add Allow with the resource's methods to the 405",
		Bad:  "DELETE /users → 405",
		Good: "DELETE /users → 405 + Allow: GET, POST",
		When: When{Statuses: []int{http.StatusMethodNotAllowed}},
		Check: func(p *Pass) {
			if !p.Response.Fields.Has("Allow") {
				p.Reportf("headers.Allow", "the 405 to %s has no Allow field", p.line())
			}
		},
	},
	{
		ID:       "allow-valid",
		Topic:    ClientErrors,
		Title:    "Allow lists methods, and the server stands by it",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §10.2.1", "RFC 9110 §9.1", "RFC 9110 §15.5.6"},
		Text: "Allow is a list of method names with commas between them. A 405 does not list the method it has just refused, names are written in the case that " +
			"the methods have (get is not GET), and what is listed is not refused with 405 or 501 later in the run.",
		Silent: "Contradictions count only for the same URI and the same credentials, once each, and after a write only for methods that do not depend on the state of the resource. " +
			"A list that cannot be read is an error.",
		Mend:        "fill Allow from the methods that are really routed",
		Bad:         "PUT /a → 405 + Allow: GET, PUT",
		Good:        "PUT /a → 405 + Allow: GET, HEAD",
		needs:       withAllow,
		Check:       allowValid,
		acrossNeeds: withAllow | notReading | besides200,
		Across:      allowKept,
	},
	{
		ID:       "retry-after-on-429",
		Topic:    ClientErrors,
		Title:    "who is slowed down learns for how long",
		Severity: finding.Error,
		Basis:    "guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 6585 §4", "guide (429)"},
		Text: "A 429 carries Retry-After. A client that has to guess tries too soon, which costs both sides, or too late. The standard leaves " +
			"the field to the server; the guide asks for it.",
		Silent: "Info when RateLimit or a vendor's reset field says it instead.",
		Mend:   "add Retry-After to the 429, in seconds",
		Bad:    "GET /search → 429",
		Good:   "GET /search → 429 + Retry-After: 60",
		RFC:    new(finding.Info),
		When:   When{Statuses: []int{http.StatusTooManyRequests}},
		Check: func(p *Pass) {
			if p.Response.Fields.Has("Retry-After") {
				return
			}
			severity := finding.Error
			if p.namesReset() {
				severity = finding.Info
			}
			p.reportAt(severity, "headers.Retry-After", "the 429 to %s does not say when to try again", p.line())
		},
	},
	{
		ID:       "retry-after-valid",
		Topic:    ClientErrors,
		Title:    "Retry-After is a number of seconds or a date",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §10.2.3"},
		Text: "Retry-After is one value: whole seconds in digits, or an HTTP-date. Anything else, a unit behind the number included, is thrown away by " +
			"clients, and they are back at guessing.",
		Silent: "A warning when the date has passed, when the wait is more than a day, and for 0 on a 429 or 503. Info on a status for which the field has no meaning " +
			"(other than 3xx, 413, 429, 503).",
		Mend: "send Retry-After as digits alone",
		Bad:  "429 + Retry-After: 60s",
		Good: "429 + Retry-After: 60",
		When: When{Fields: []string{"Retry-After"}},

		Check: retryAfterValid,
	},
}

// wanted is what the explanation of a status has to offer.
var wanted = map[int]string{
	406: "what is available", 409: "what it collides with", 428: "how to make the request conditional", 429: "the limit",
	431: "which field is too large", 451: "the legal demand", 505: "which versions are supported",
}

func errorExplained(p *Pass) {
	e, ok := p.ErrorBody()
	if !ok || p.Request.Method == http.MethodHead {
		return
	}
	status := p.Response.Status
	more := ""
	if wanted[status] != "" && (status != http.StatusRequestHeaderFieldsTooLarge || p.largestField() > largeField) {
		more = ": it should say " + wanted[status]
	}
	if len(p.Response.Body) == 0 {
		severity := finding.Warning
		if slices.Contains([]int{401, 404, 405, 412, 416, 417}, status) {
			severity = finding.Info
		}
		p.reportAt(severity, "body", "the %d to %s has no content%s", status, p.line(), more)
		return
	}
	if more != "" && e.Code == nil && e.Details == nil && isPhrase(e.Message, status) {
		if e.Shape == TextShape && !isPhrase(plainText(p.Response.Content), status) {
			return
		}
		p.reportAt(finding.Warning, "body", "the %d to %s only repeats the name of the status%s", status, p.line(), more)
	}
}

// largestField is how many octets the longest field line of the request has.
func (p *Pass) largestField() int {
	size := 0
	for _, f := range p.Request.Fields {
		size = max(size, len(f.Name)+len(f.Value)+len(": \r\n"))
	}
	return size
}

func allowValid(p *Pass) {
	const path = "headers.Allow"
	for _, method := range p.Response.Fields.Tokens("Allow") {
		upper := strings.ToUpper(method)
		switch {
		case !isToken(method):
			p.reportAt(finding.Error, path, "Allow of the %d to %s is not a list of methods: %s", p.Response.Status, p.line(), quote(method))
		case method == p.Request.Method && p.Response.Status == http.StatusMethodNotAllowed:
			p.Reportf(path, "the 405 to %s lists %s in Allow, the very method it refuses", p.line(), method)
		case method != upper && slices.Contains(commonMethods, upper):
			p.Reportf(path, "Allow of the %d to %s lists %s: methods have a case, and the common one is %s", p.Response.Status, p.line(), method, upper)
		}
	}
}

var commonMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"}

// listed is an Allow field that was seen earlier in the run.
type listed struct {
	methods []string
	place   string
	writes  int // of the origin, at that time
}

func allowKept() func(*Pass) {
	known := latest[listed]{}
	writes := map[string]int{} // requests to an origin that changed something
	told := map[spot]bool{}
	return func(p *Pass) {
		from, method, status := p.origin(), p.Request.Method, p.Response.Status
		if p.wrote() {
			writes[from]++
		}
		unknown := status == http.StatusNotImplemented
		refused := unknown || status == http.StatusMethodNotAllowed
		if !refused && !p.Response.Fields.Has("Allow") {
			return
		}
		before := known.of(p)
		// Whether a resource can be changed may depend on its state.
		binding := unknown || lasts(method) || before.writes == writes[from]
		if refused && binding && slices.Contains(before.methods, method) && !told[p.spot()] {
			told[p.spot()] = true
			p.Reportf("status", "%s is refused with %d, although Allow listed %s in the answer to %s", p.line(), status, method, before.place)
		}
		if p.Response.Fields.Has("Allow") {
			*before = listed{p.Response.Fields.Tokens("Allow"), p.place(), writes[from]}
		}
	}
}

var resetField = regexp.MustCompile(`(?i)^(?:x-)?rate-?limit-reset(?:-\w+)*$`)

// namesReset reports whether another field says when the limit is lifted.
func (p *Pass) namesReset() bool {
	for _, f := range p.Response.Fields {
		if resetField.MatchString(f.Name) && f.Value != "" {
			return true
		}
	}
	for _, item := range p.Response.Fields.Tokens("RateLimit") {
		if _, ok := parameterOf(item, "t"); ok {
			return true
		}
	}
	return false
}

func retryAfterValid(p *Pass) {
	const path = "headers.Retry-After"
	const day = 24 * time.Hour
	values := p.Response.Fields.Values("Retry-After")
	if len(values) > 1 {
		p.Reportf(path, "the %d to %s has %d Retry-After fields", p.Response.Status, p.line(), len(values))
		return
	}
	subject := p.of("Retry-After")
	value := values[0]
	date, dated := httpDateOf(value)
	status := p.Response.Status
	wait := day + 1
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	}
	if now, slack := p.servedAt(); dated {
		wait = date.Sub(now) + slack
		if now.IsZero() {
			wait = time.Second
		}
	}
	switch {
	case !isDigits(value) && !dated:
		p.Report(Report{
			Path: path, Message: subject.String() + " is neither seconds nor a date: " + quote(value),
			Expected: "digits alone, or an HTTP-date", Actual: value,
		})
	case status/100 != 3 && status != http.StatusRequestEntityTooLarge && status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
		p.reportAt(finding.Info, path, "%s has no meaning that clients know of", subject)
	case dated && wait < 0:
		p.reportAt(finding.Warning, path, "%s has already passed: %s", subject, quote(value))
	case wait > day:
		p.reportAt(finding.Warning, path, "%s is more than a day away: %s", subject, quote(value))
	case wait == 0 && !dated && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable):
		p.reportAt(finding.Warning, path, "%s is 0: try again at once is not a limit", subject)
	}
}

// servedAt is when the response was made by the server's own clock, if it
// tells, else by the tester's, which may be off by slack; zero when unknown.
func (p *Pass) servedAt() (now time.Time, slack time.Duration) {
	if t, ok := httpDateOf(p.Response.Fields.Get("Date")); ok {
		return t, 0
	}
	if p.Started.IsZero() {
		return time.Time{}, 0
	}
	return p.Started.Add(p.Timing.Total), p.Settings.Tolerance()
}
