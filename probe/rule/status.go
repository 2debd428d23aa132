package rule

import (
	"strings"

	"httpprobe/probe/finding"
)

var status = []Rule{
	{
		ID:       "status-code-range",
		Topic:    Status,
		Title:    "every status code is between 100 and 599",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15", "RFC 9112 §4"},
		Text: "The first digit of a status code names its class, and there are five classes. Clients have to treat any number " +
			"outside of them as a failure of the server, whatever was meant.",
		Mend:  "answer with a registered code, such as 403 for a refusal or 500 for a failure",
		Bad:   "HTTP/1.1 999 Request Denied",
		Good:  "HTTP/1.1 403 Forbidden",
		needs: oddStatus,
		Check: func(p *Pass) {
			if s := p.Response.Status; s < 100 || s > 599 {
				p.Reportf("status", "status %d of %s belongs to no class: codes go from 100 to 599", s, p.line())
			}
		},
	},
	{
		ID:       "status-code-registered",
		Topic:    Status,
		Title:    "every status code is one that clients can look up",
		Severity: finding.Warning,
		Basis:    "MUST for applications",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9205 §4.6", "RFC 9110 §15.1", "RFC 9110 §16.2", "RFC 9110 §15.4.6", "RFC 9110 §15.4.7",
			"RFC 9110 §15.5.19"},
		Text: "A code of one's own says to most clients no more than the first of its class, so 419 is read as 400, and it may be given another meaning one day. " +
			"305 is deprecated, 306 and 418 are reserved and say nothing.",
		Silent: "Info for 499, 520 to 530 and 561, which networks in front of a service have made up for themselves. Numbers outside of the five classes " +
			"are left to status-code-range.",
		Mend: "use the registered code that is nearest, and tell the rest in the body",
		Bad:  "HTTP/1.1 419 Page Expired",
		Good: "HTTP/1.1 403 Forbidden",
		When: When{Statuses: unregistered},
		Check: func(p *Pass) {
			switch s := p.Response.Status; {
			case s == 305:
				p.Reportf("status", "%s is answered with 305, which is deprecated: clients ignore it for their own safety", p.line())
			case s == 306, s == 418:
				p.Reportf("status", "%s is answered with %d, which is reserved and has no meaning", p.line(), s)
			case s == 499, s >= 520 && s <= 530, s == 561:
				p.reportAt(finding.Info, "status", "%s is answered with %d, no registered code: it comes from an intermediary, most likely", p.line(), s)
			default:
				p.Reportf("status", "%s is answered with %d, no registered code: clients take it for %d", p.line(), s, s/100*100)
			}
		},
	},
	{
		ID:       "date-present",
		Topic:    Status,
		Title:    "a response carries the time at which it was made",
		Severity: finding.Warning,
		Basis:    "MUST (server with a clock)",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §6.6.1"},
		Text: "Caches work out from Date how old a response is, and clients whose clock is wrong read dates such as Expires or Retry-After by it. A server that has a clock " +
			"sends Date with each 2xx, 3xx and 4xx.",
		Silent: "1xx and 5xx may go without. Info for a bare 400, 408 or 431, which the layer below the application writes when it cannot read the request.",
		Mend:   "send Date with the current time in GMT; most servers do so unless it is switched off",
		Bad:    "HTTP/1.1 200 OK without Date",
		Good:   "HTTP/1.1 200 OK + Date: Sun, 22 Nov 2026 09:30:00 GMT",
		When:   When{Classes: []int{2, 3, 4}},
		needs:  undated,
		Check: func(p *Pass) {
			if p.Response.Fields.Has("Date") {
				return
			}
			severity := finding.Warning
			if p.belowApplication() {
				severity = finding.Info
			}
			p.reportAt(severity, "headers.Date", "the %d to %s has no Date", p.Response.Status, p.line())
		},
	},
	{
		ID:       "date-accurate",
		Topic:    Status,
		Title:    "the clock of the server is right",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §6.6.1"},
		Text: "Date lies within a minute, or what clock-tolerance says, of the time at which the response came, the time it was under way allowed for. Where the clock is off, caches keep things for too long or not at all, and " +
			"tokens seem expired, or not yet valid.",
		Silent: "Age is added to Date where a cache answers. An old Date is passed over where a cache may be at work that sends no Age. Reported once for each origin, with both clocks, " +
			"since the one here may be the wrong one.",
		Mend:        "let the server's clock be set by NTP",
		Bad:         "Date two hours ahead",
		Good:        "Date within a minute",
		When:        When{Fields: []string{"Date"}},
		Once:        true,
		acrossNeeds: misdated,
		Across:      dateAccurate,
	},
	{
		ID:       "http-date-format",
		Topic:    Status,
		Title:    "dates in fields have the one form that may be sent",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §5.6.7"},
		Text: "Date, Last-Modified, Expires, Sunset and a Retry-After that is a date are written like \"Sun, 06 Nov 1994 08:49:37 GMT\": " +
			"two digits for the day, four for the year, always GMT, and a day that exists. Clients that read other forms do so out of kindness.",
		Silent: "A wrong day of the week is a warning. Expires with a number such as 0 or -1 is info: it reads as expired already. " +
			"A Retry-After that is no date at all is left to retry-after-valid.",
		Mend:  "format dates as IMF-fixdate in GMT (http.TimeFormat in Go, toUTCString() in JavaScript)",
		Bad:   "Last-Modified: 2026-11-22T09:30:00Z",
		Good:  "Last-Modified: Sun, 22 Nov 2026 09:30:00 GMT",
		When:  When{Fields: dateFields},
		needs: dating,
		Check: func(p *Pass) {
			for _, f := range p.Response.Fields {
				for _, name := range dateFields {
					if len(f.Name) == len(name) && strings.EqualFold(f.Name, name) {
						checkDate(p, name, f.Value)
					}
				}
			}
		},
	},
}

var dateFields = []string{"Date", "Last-Modified", "Retry-After", "Sunset", "Expires"}

func checkDate(p *Pass, name, value string) {
	t, ok := fixDateOf(value)
	if ok && t.Weekday().String()[:3] == value[:3] {
		return
	}
	path := "headers." + name
	switch {
	case ok:
		p.reportAt(finding.Warning, path, "%s of %s says %s, but that day is a %s", name, p.line(), quote(value), t.Weekday())
	case name == "Expires" && isDigits(strings.TrimPrefix(value, "-")), name == "Expires" && value == "":
		p.reportAt(finding.Info, path, "Expires of %s is %s, no date: it reads as expired already", p.line(), quote(value))
	case name == "Retry-After":
		if _, readable := httpDateOf(value); readable {
			reportDate(p, path, name, value)
		}
	default:
		reportDate(p, path, name, value)
	}
}

func reportDate(p *Pass, path, name, value string) {
	p.Report(Report{
		Path:     path,
		Message:  name + " of " + p.line() + " is not a date in the form that HTTP asks for: " + quote(value),
		Expected: "a date such as Sun, 06 Nov 1994 08:49:37 GMT",
		Actual:   value,
	})
}
