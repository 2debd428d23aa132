package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
)

var invalidData = []Rule{
	{
		ID:       "crud-invalid-422",
		Topic:    Resources,
		Title:    "data that cannot be right is refused, and always in the same way",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{OneExchange, AcrossRun},
		Spec:     []string{"status-code guide (400, 422)", "RFC 9110 §15.5.1", "RFC 9110 §15.5.21"},
		Text: "Where a step sends well-formed JSON and expects 400 or 422, its author says that the data is not valid. A 2xx or a 5xx is an error then: the data was taken, or the server takes the blame for it. " +
			"The setting `validation-status` says which of the two statuses the project uses, 422 if it says nothing. Throughout the run one error code comes with one of them.",
		Silent:    "A 400 that may be about something else than the content: the request has a query, or the error names no member of it and says nothing of validation. 502, 503 and 504, and other refusals, such as 401, 404 or 409. Codes count for JSON alone, and only where both statuses are in use.",
		Undecided: "Which data is invalid is for the author to say. Whether a refused write changed something all the same is looked at by failed-write-unchanged.",
		Mend:      "validate before anything is stored, and answer 422 in one place for all resources",
		Bad:       `POST /orders {"quantity":-5} → 201`,
		Good:      `POST /orders {"quantity":-5} → 422 {"errors":[{"field":"quantity","message":"Must be positive"}]}`,
		When:      When{Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch}},
		Check:     crudInvalid,
		Across:    oneStatusPerMistake,
	},
}

func crudInvalid(p *Pass) {
	if !p.declaredInvalid() {
		return
	}
	status := p.Response.Status
	report := Report{Path: "status", Expected: alternatives(p.Settings.Validation()), Actual: strconv.Itoa(status)}
	switch {
	case status/100 == 2:
		report.Severity = finding.Error
		report.Message = fmt.Sprintf("%s is answered with %d, though the step sends data that is not valid", p.line(), status)
	case status/100 == 5 && (status < http.StatusBadGateway || status > http.StatusGatewayTimeout):
		report.Severity = finding.Error
		report.Message = fmt.Sprintf("%s makes the server fail with %d: the data of the step is not valid, which is the client's mistake", p.line(), status)
	case p.otherThanDeclared():
		report.Declared = len(p.Settings.ValidationStatus) > 0
		report.Message = fmt.Sprintf("the %d to %s is about data that is not valid, which is a matter for %s here", status, p.line(), report.Expected)
	default:
		return
	}
	p.Report(report)
}

// declaredInvalid reports whether the author of the step says that its content
// is well-formed and not valid.
func (p *Pass) declaredInvalid() bool {
	named := p.Subject.Named
	return len(named) > 0 && !slices.ContainsFunc(named, func(status int) bool { return !refusesData(status) }) && p.sentJSON()
}

func refusesData(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity
}

// otherThanDeclared reports whether invalid data is refused with the one of
// 400 and 422 that is not the project's.
func (p *Pass) otherThanDeclared() bool {
	status := p.Response.Status
	if !refusesData(status) || slices.Contains(p.Settings.Validation(), status) {
		return false
	}
	if status == http.StatusUnprocessableEntity {
		return true
	}
	e, ok := p.ErrorBody()
	sent, _ := p.requestBody()
	if !ok || strings.Contains(p.Request.Target, "?") || mentions(e.Message, "header", "idempotency") || p.fromTokenEndpoint(e) || p.isGraphQL() {
		return false
	}
	said := append(words(e.Message), words(text(e.Code))...)
	if body, ok := p.parsedBody(); ok {
		for _, s := range appendStrings(nil, body) {
			said = append(said, words(s)...)
		}
	}
	return quotesMember(said, sent) || slices.ContainsFunc(said, func(w string) bool { return strings.HasPrefix(w, "validat") })
}

// alternatives lists statuses: "400 or 422".
func alternatives(statuses []int) string {
	var out []string
	for _, status := range statuses {
		out = append(out, strconv.Itoa(status))
	}
	return strings.Join(out, " or ")
}

// oneStatusPerMistake remembers with which of 400 and 422 each code of an
// origin came first.
func oneStatusPerMistake() func(*Pass) {
	type kind struct{ origin, code string }
	type first struct {
		status int
		place  string
		told   bool
	}
	const most = 1000 // codes that are made up for each answer name no kind
	seen := map[kind]*first{}
	return func(p *Pass) {
		if !refusesData(p.Response.Status) || !p.sentJSON() || p.declaredInvalid() && p.otherThanDeclared() {
			return
		}
		e, ok := p.ErrorBody()
		code := text(e.Code)
		if !ok || code == "" || p.fromTokenEndpoint(e) {
			return
		}
		k := kind{origin(p.Request.URL), code}
		switch before := seen[k]; {
		case before == nil && len(seen) < most:
			seen[k] = &first{status: p.Response.Status, place: p.place()}
		case before != nil && before.status != p.Response.Status && !before.told:
			before.told = true
			p.Report(Report{
				Path: "status", Expected: strconv.Itoa(before.status), Actual: strconv.Itoa(p.Response.Status),
				Message: fmt.Sprintf("the %d to %s has the code %s, which came with %d in answer to %s", p.Response.Status, p.line(), quote(code), before.status, before.place),
			})
		}
	}
}
