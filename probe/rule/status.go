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
		Mend: "answer with a registered code, such as 403 for a refusal or 500 for a failure",
		Bad:  "HTTP/1.1 999 Request Denied",
		Good: "HTTP/1.1 403 Forbidden",
		Check: func(p *Pass) {
			if s := p.Response.Status; s < 100 || s > 599 {
				p.Reportf("status", "status %d of %s belongs to no class: codes go from 100 to 599", s, p.line())
			}
		},
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
		Mend: "format dates as IMF-fixdate in GMT (http.TimeFormat in Go, toUTCString() in JavaScript)",
		Bad:  "Last-Modified: 2026-11-22T09:30:00Z",
		Good: "Last-Modified: Sun, 22 Nov 2026 09:30:00 GMT",
		When: When{Fields: dateFields},
		Check: func(p *Pass) {
			for _, f := range p.Response.Fields {
				for _, name := range dateFields {
					if strings.EqualFold(f.Name, name) {
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
		Expected: "Sun, 06 Nov 1994 08:49:37 GMT",
		Actual:   value,
	})
}
