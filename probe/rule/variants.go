package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// variants is about the forms that one resource comes in.
var variants = []Rule{
	{
		ID:       "unsupported-accept-handled",
		Topic:    Negotiation,
		Title:    "a format that does not exist brings nobody down",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §12.4.1", "RFC 9110 §15.5.7"},
		Text: "GET with Accept: application/x-none, a format that nobody can make, gets 406, or 200 in the format that there is. A 5xx is an error. Other statuses hide from the client that its Accept is at fault, and an answer that is " +
			"labelled with that very type only repeats what was asked.",
		Silent: "401, 403, 408, 425, 429 and 503, and redirects. What can no longer be read as it was before. What a 406 holds is looked at by error-explained. Streams of events.",
		Mend:   "answer 406 with a list of the formats, or pass over Accept",
		Bad:    "Accept: application/x-none → 500",
		Good:   "Accept: application/x-none → 406 + list of formats",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: unsupportedAccept,
		}},
	},
}

// noFormat is a media type that nothing comes in.
const noFormat = "application/x-none"

func unsupportedAccept(t *Trail) {
	if t.streams() || !fetched(t.Exchange) {
		return
	}
	x := t.Ask(Ask{Set: exchange.Fields{{Name: "Accept", Value: noFormat}}, Provokes: true})
	if x == nil {
		return
	}
	status := x.Response.Status
	media := t.read(x).mediaType()
	report := Report{About: x, Path: "status", Expected: "406, or 200 in another format", Actual: strconv.Itoa(status)}
	switch {
	case busy(x):
		return
	case status >= 500:
		report.Severity = finding.Error
	case media == noFormat && len(x.Response.Body) > 0:
		report.Path, report.Actual = "headers.Content-Type", media
		report.Message = fmt.Sprintf("%s gets content labelled as %s, which %s is not", t.told(x), media, t.line())
	case status/100 != 4, status == http.StatusNotAcceptable, inconclusive(status), !t.stands(afterAccept):
		return
	}
	if report.Message == "" {
		report.Message = fmt.Sprintf("%s gets %d, though %s gets %d", t.told(x), status, t.line(), t.Response.Status)
	}
	t.Report(report)
}

// varyCoversVariants looks for what an answer depends on, field by field.
func varyCoversVariants(t *Trail) {
	if t.streams() || !fetched(t.Exchange) || t.variesOnAll() {
		return
	}
	usual := t.plain(0)
	if usual == nil {
		return
	}
	t.codingVariants(usual)
	for _, value := range t.otherFormats(usual) {
		if x := t.Get("", "Accept", value); x != nil && t.dependsOn("Accept", x, usual) {
			break
		}
	}
	if x := t.Get("", "Accept-Language", t.otherLanguages(usual)); x != nil {
		t.dependsOn("Accept-Language", x, usual)
	}
	if t.Response.Fields.Has("Access-Control-Allow-Origin") {
		if x := t.Get("", "Origin", otherOrigin); x != nil {
			t.dependsOn("Origin", x, usual)
		}
	}
}

// otherOrigin is one that no server knows.
const otherOrigin = "https://probe.example"

// codingVariants looks at the plain form of what also comes compressed; of the
// compressed one the exchange part of the rule tells.
func (t *Trail) codingVariants(usual *exchange.Exchange) {
	packed, plain := t.Get("", "Accept-Encoding", "gzip"), t.Get("", "Accept-Encoding", "identity")
	if packed == nil || plain == nil || !fetched(packed) || !fetched(plain) {
		return
	}
	p := t.read(plain)
	if codings := t.read(packed).codings(); len(codings) > 0 && len(p.codings()) == 0 && t.read(packed).varies("Accept-Encoding") && !p.varies("Accept-Encoding") {
		t.reportAt(plain, p.sharing(), "headers.Vary", "%s is plain and %s is coded with %s, but Vary of the plain answer does not name Accept-Encoding",
			t.told(plain), t.told(packed), strings.Join(codings, ", "))
	}
}

// otherFormats are media types to ask for that an answer does not have.
func (t *Trail) otherFormats(x *exchange.Exchange) []string {
	media := t.read(x).mediaType()
	out := []string{"application/json", "text/html", "application/xml"}
	return slices.DeleteFunc(out, func(other string) bool { return sameFormat(other, media) || isJSON(other) && isJSON(media) })
}

// otherLanguages asks for any of the usual ones but those of an answer.
func (t *Trail) otherLanguages(x *exchange.Exchange) string {
	taken := x.Response.Fields.Tokens("Content-Language")
	if len(taken) == 0 {
		taken = []string{"en"}
	}
	taken = append(taken, t.Request.Fields.Tokens("Accept-Language")...)
	out := slices.DeleteFunc([]string{"de", "fr", "es", "ja", "zh", "pt", "en"}, func(other string) bool {
		return slices.ContainsFunc(taken, func(tag string) bool { return len(tag) >= 2 && strings.EqualFold(tag[:2], other) })
	})
	return strings.Join(out, ", ")
}

// dependsOn reports whether an answer is another than usual because of a
// field, and reports it if Vary of one of them does not say so.
func (t *Trail) dependsOn(field string, x, usual *exchange.Exchange) bool {
	if !fetched(x) {
		return false
	}
	a, b := t.read(x), t.read(usual)
	if a.varies(field) && b.varies(field) {
		return false
	}
	how := t.unlikeUsual(x, usual)
	if how == "" {
		return false
	}
	subject, p := x, a
	if a.varies(field) {
		subject, p = usual, b
	}
	t.Report(Report{
		About: subject, Severity: p.sharing(), Path: "headers.Vary", Expected: "Vary: " + field, Actual: p.Response.Fields.Joined("Vary"),
		Message: fmt.Sprintf("%s gets %s than %s, but Vary of the 200 to %s does not name %s", t.told(x), how, t.line(), t.told(subject), field),
	})
	return true
}

// unlikeUsual says in what an answer differs from the usual one, if both stay
// as they are when they are asked for in turn; "" where it does not.
func (t *Trail) unlikeUsual(x, usual *exchange.Exchange) string {
	for _, aspect := range []struct {
		name string
		of   func(*exchange.Exchange) string
	}{
		{"another media type", func(x *exchange.Exchange) string { return t.read(x).mediaType() }},
		{"another language", func(x *exchange.Exchange) string {
			return strings.ToLower(x.Response.Fields.Joined("Content-Language"))
		}},
		{"other content", func(x *exchange.Exchange) string { return string(x.Response.Content) }},
	} {
		want, got := aspect.of(usual), aspect.of(x)
		if got != want && aspect.of(t.Exchange) == want && t.inTurn(x, func(other, plain *exchange.Exchange) bool {
			return aspect.of(other) == got && aspect.of(plain) == want
		}) {
			return aspect.name
		}
	}
	return ""
}

// inTurn asks twice more for the target as usual and for what an exchange asked
// for, and reports whether something holds each time. It does not where
// another scenario may have changed the target.
func (t *Trail) inTurn(x *exchange.Exchange, holds func(x, plain *exchange.Exchange) bool) bool {
	for nth := 1; nth <= 2; nth++ {
		plain := t.plain(nth)
		if x = t.again(x); plain == nil || x == nil || !holds(x, plain) {
			return false
		}
	}
	return !t.others(t.Request.URL)
}
