package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"httpprobe/probe/finding"
)

var deprecation = []Rule{
	{
		ID:       "deprecation-valid",
		Topic:    Deprecation,
		Title:    "a client can read since when it should move on",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9745 §2.1", "RFC 9651 §3.3.7"},
		Text:     "Deprecation is a date of structured fields: an at sign and the seconds since 1970. It may lie in the future, for what is going to be deprecated.",
		Silent:   "A warning for true and for dates of HTTP, which were the forms of early drafts: newer clients do not read them.",
		Mend:     "send the time as @ and seconds, such as @1767225600",
		Bad:      "Deprecation: 1767225600",
		Good:     "Deprecation: @1767225600",
		When:     When{Fields: []string{"Deprecation"}},
		Check: func(p *Pass) {
			value := p.Response.Fields.Get("Deprecation")
			if _, ok := deprecated(value); ok {
				return
			}
			severity, form := finding.Error, "is no structured date"
			if _, dated := httpDateOf(value); dated || strings.EqualFold(value, "true") {
				severity, form = finding.Warning, "has the form of an early draft"
			}
			p.Report(Report{
				Severity: severity, Path: "headers.Deprecation", Message: p.of("Deprecation").String() + " " + form + ": " + quote(value),
				Expected: "@ and seconds since 1970", Actual: value,
			})
		},
	},
	{
		ID:       "sunset-valid",
		Topic:    Deprecation,
		Title:    "the end of a resource is a date, and not before its deprecation",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8594 §3", "RFC 9745 §4"},
		Text:     "Sunset is an HTTP-date. It does not lie before Deprecation: nothing goes away before clients have been told to leave.",
		Silent:   "A warning when the date has passed, by more than the minute that clocks may lie apart (clock-tolerance), and the resource still answers with 2xx. Other statuses say nothing about it, as the date is a hint and no promise.",
		Mend:     "send the date in the form of HTTP, one that is still to come and later than Deprecation",
		Bad:      "Deprecation: @1767225600 + Sunset: Mon, 01 Sep 2025 00:00:00 GMT",
		Good:     "Deprecation: @1767225600 + Sunset: Fri, 01 Jan 2027 00:00:00 GMT",
		When:     When{Fields: []string{"Sunset"}},
		Check:    sunsetValid,
	},
	{
		ID:       "deprecation-link",
		Topic:    Deprecation,
		Title:    "whoever is told to leave is told where to go",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9745 §3", "RFC 8594 §6"},
		Text:     "Beside Deprecation or Sunset stands a Link with the relation deprecation, sunset, successor-version, latest-version or alternate. The date alone leaves the reader to search for what has changed.",
		Mend:     "add a Link to the notice or to the successor",
		Bad:      "Deprecation: @1767225600",
		Good:     `Deprecation: @1767225600 + Link: <https://docs.example/v1>; rel="deprecation"; type="text/html"`,
		When:     When{Fields: []string{"Deprecation", "Sunset"}},
		Check: func(p *Pass) {
			if !slices.ContainsFunc(links(p.Response.Fields), func(l link) bool {
				return l.is("deprecation", "sunset", "successor-version", "latest-version", "alternate")
			}) {
				p.Reportf("headers.Link", "%s announces an end, but no Link leads to a notice or a successor", p.answer())
			}
		},
	},
}

// deprecated reads Deprecation.
func deprecated(value string) (time.Time, bool) {
	item, err := httpsfv.UnmarshalItem([]string{value})
	if err != nil {
		return time.Time{}, false
	}
	t, ok := item.Value.(time.Time)
	return t, ok
}

func sunsetValid(p *Pass) {
	const path = "headers.Sunset"
	value := p.Response.Fields.Get("Sunset")
	sunset, ok := httpDateOf(value)
	if !ok {
		p.Report(Report{
			Path: path, Message: p.of("Sunset").String() + " is no HTTP-date: " + quote(value),
			Expected: "a date such as Sun, 06 Nov 1994 08:49:37 GMT", Actual: value,
		})
		return
	}
	if since, ok := deprecated(p.Response.Fields.Get("Deprecation")); ok && sunset.Before(since) {
		p.Report(Report{
			Path: path, Message: p.of("Sunset").String() + " lies before Deprecation",
			Expected: "not before " + since.UTC().Format(time.RFC1123), Actual: value,
		})
	}
	if now, _ := p.servedAt(); !now.IsZero() && sunset.Before(now.Add(-p.Settings.Tolerance())) && p.Response.Status/100 == 2 {
		p.reportAt(finding.Warning, path, "%s has passed, but the resource still answers: %s", p.of("Sunset"), value)
	}
}
