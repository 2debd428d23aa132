package rule

import (
	"fmt"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// isError reports whether a status is one of failure.
func isError(status int) bool { return status/100 == 4 || status/100 == 5 }

// spoken is what an origin has spoken so far in a run. Its endpoints count, not
// its answers: one JSON file that is read again and again makes no API of a
// site.
type spoken struct {
	json, other map[string]bool // endpoints
	jsonErrors  int
	norm        bool // gateway-error-shape has one to hold errors against
}

func errorMediaType() func(*Pass) {
	origins := map[string]*spoken{}
	return func(p *Pass) {
		media := p.mediaType()
		if len(p.Response.Body) == 0 || p.bodiless() {
			return
		}
		from := p.origin()
		seen := origins[from]
		if seen == nil {
			seen = &spoken{json: map[string]bool{}, other: map[string]bool{}}
			origins[from] = seen
		}
		speaksJSON := strings.Contains(media, "json")
		switch {
		case p.Response.Status/100 == 2 && speaksJSON:
			seen.json[p.endpoint()] = true
		case p.Response.Status/100 == 2:
			seen.other[p.endpoint()] = true
		case media == "":
		case isError(p.Response.Status) && speaksJSON:
			seen.jsonErrors++
			_, comparable := p.comparableError()
			seen.norm = seen.norm || comparable
		case isError(p.Response.Status) && p.Settings.Errors != NoErrors && !p.gatewaysOwn():
			if e, ok := p.ErrorBody(); ok && seen.norm && p.fromIntermediary(e) {
				return
			}
			reportMediaType(p, media, *seen)
		}
	}
}

func reportMediaType(p *Pass, media string, seen spoken) {
	ranges := accepted(p.Request.Fields.Tokens("Accept"))
	if slices.Contains(ranges, media) || slices.Contains(ranges, "text/html") {
		return
	}
	onlyJSON := len(ranges) > 0 && !slices.ContainsFunc(ranges, func(r string) bool { return !isJSON(r) })
	reason := "the API's other answers are JSON"
	switch {
	case onlyJSON:
		reason = "the request accepts JSON alone"
	case len(seen.json) <= len(seen.other):
		return
	}
	severity := finding.Warning
	if media == "text/plain" && seen.jsonErrors == 0 && strings.Count(strings.TrimSpace(string(p.Response.Content)), "\n") < 2 {
		severity = finding.Info
	}
	p.reportAt(severity, "headers.Content-Type", "the %d to %s comes as %s, although %s", p.Response.Status, p.line(), media, reason)
}

func errorShapeKnown(p *Pass) {
	if p.Settings.Errors == SchemaErrors || p.Settings.Errors == NoErrors || p.json() == nil {
		return
	}
	switch e, _ := p.ErrorBody(); e.Shape {
	case ArrayShape:
		p.Reportf("body", "the %d to %s is a list: clients look for an object with a message", p.Response.Status, p.line())
	case UnknownShape:
		p.Reportf("body", "the %d to %s tells no message in any known form: %s", p.Response.Status, p.line(), quote(string(p.Response.Content)))
	}
}

// norm is the form of the first error that an origin sent.
type norm struct {
	ErrorBody
	status      int
	media, from string
	ours        bool // a follow-up met it
}

func (p *Pass) norm(e ErrorBody) *norm {
	return &norm{e, p.Response.Status, p.mediaType(), p.place(), p.Subject.FollowUp}
}

func errorShapeConsistent() func(*Pass) {
	norms := map[string]*norm{}
	told := map[string]bool{}
	return func(p *Pass) {
		e, ok := p.comparableError()
		if !ok || breaksDeclared(p, e) {
			return
		}
		from := p.origin()
		first := norms[from]
		if first == nil || first.ours && !p.Subject.FollowUp {
			norms[from] = p.norm(e)
		}
		if first == nil {
			return
		}
		what, want, got := first.differs(e, p.mediaType())
		if norms[from] != first {
			told[from+"\n"+what+"\n"+want] = true // from now on that is the other form
		}
		if first.CodeAt == "" && first.Shape == e.Shape {
			first.CodeAt = e.CodeAt
		}
		if first.MessageAt == "" && first.Shape == e.Shape {
			first.MessageAt = e.MessageAt
		}
		if key := from + "\n" + what + "\n" + got; what != "" && !told[key] {
			told[key] = true
			p.Report(Report{
				Path: "body",
				Message: fmt.Sprintf("the %d to %s has %s %s, but the first error of the run, the %d to %s, has %s",
					p.Response.Status, p.line(), what, got, first.status, first.from, want),
				Expected: want,
				Actual:   got,
			})
		}
	}
}

// comparableError is the error body, unless it is not for the API to choose.
func (p *Pass) comparableError() (ErrorBody, bool) {
	e, ok := p.ErrorBody()
	if !ok || p.Settings.Errors == NoErrors || p.fromTokenEndpoint(e) {
		return e, false
	}
	if p.fromIntermediary(e) {
		return e, false
	}
	switch e.Shape {
	case EmptyShape, BrokenShape:
		return e, false
	case UnknownShape: // error-shape-known speaks of these
		return e, p.Settings.Errors != AutoErrors
	}
	return e, true
}

// breaksDeclared reports an error that is not as the suite declares, and says
// whether there is nothing left to compare.
func breaksDeclared(p *Pass, e ErrorBody) bool {
	var message, want, got string
	switch mode := p.Settings.Errors; {
	case mode == AutoErrors:
		return false
	case mode == SchemaErrors && p.Settings.Schema != nil:
		body, ok := p.parsedBody()
		got = "it is not JSON"
		if ok {
			got = p.Settings.Schema(body)
		}
		if got == "" {
			return true
		}
		message, want = "does not fit the schema that the suite declares for errors: "+got, "errors that fit the schema"
	case mode == ErrorMode(e.Shape):
		return false
	default:
		message = fmt.Sprintf("has the shape %s, but the suite declares errors: %s", e.Shape, mode)
		want, got = string(mode), string(e.Shape)
	}
	p.Report(Report{
		Severity: finding.Error,
		Declared: true,
		Path:     "body",
		Message:  fmt.Sprintf("the %d to %s %s", p.Response.Status, p.line(), message),
		Expected: want,
		Actual:   got,
	})
	return true
}

// differs says in what another error differs from the norm.
func (n *norm) differs(e ErrorBody, media string) (what, want, got string) {
	switch {
	case n.Shape != e.Shape:
		return "the shape", string(n.Shape), string(e.Shape)
	case n.media != media && n.media != "" && media != "":
		return "the media type", n.media, media
	case n.Shape != ProblemShape && n.MessageAt != e.MessageAt && n.MessageAt != "" && e.MessageAt != "":
		return "its message in", n.MessageAt, e.MessageAt
	case n.Shape != ProblemShape && n.CodeAt != e.CodeAt && n.CodeAt != "" && e.CodeAt != "":
		return "its code in", n.CodeAt, e.CodeAt
	}
	return "", "", ""
}

func errorMessageAndCode(p *Pass) {
	e, ok := p.ErrorBody()
	status := p.Response.Status
	if !ok || p.Settings.Errors == NoErrors || p.fromTokenEndpoint(e) {
		return
	}
	switch e.Shape {
	case ArrayShape, TextShape, EmptyShape, UnknownShape, BrokenShape:
		return
	case ProblemShape:
		if saysAll := status == 401 || status == 404 || status == 405; saysAll && e.CodeAt != "type" {
			return
		}
	}
	coded := e.Code != nil || p.namesReason()
	subject := p.answer()
	switch {
	case e.Message == "" && !coded:
		p.Reportf("body", "%s has neither a message nor a code", subject)
	case e.Message == "":
		p.Reportf("body", "%s has no message for people", subject)
	case !coded && e.Shape == FlatShape:
		p.reportAt(finding.Info, "body", "%s has no code for programs, only a text", subject)
	case !coded:
		p.Reportf("body", "%s has no code for programs", subject)
	case isPhrase(e.Message, status):
		p.reportAt(finding.Info, "body."+e.MessageAt, "the message of %s only repeats the name of the status", subject)
	}
}

// namesReason reports whether a member called reason stands in for the code.
func (p *Pass) namesReason() bool {
	body, _ := p.parsedBody()
	o, _ := body.(map[string]any)
	inner, _ := o["error"].(map[string]any)
	return text(o["reason"]) != "" || text(inner["reason"]) != ""
}

func errorStatusAgrees(p *Pass) {
	body, _ := p.parsedBody()
	o, ok := body.(map[string]any)
	if !ok || !p.whole() {
		return
	}
	inner, _ := o["error"].(map[string]any)
	severity := finding.Warning
	if e, _ := p.ErrorBody(); e.Shape == ProblemShape {
		severity = finding.Error
	}
	for _, m := range []struct {
		path  string
		value any
	}{{"status", o["status"]}, {"statusCode", o["statusCode"]}, {"error.code", inner["code"]}} {
		if n, ok := integer(m.value); ok && isError(n) && n != p.Response.Status {
			p.reportStatus(severity, m.path, n)
		}
	}
}

func (p *Pass) reportStatus(severity finding.Severity, path string, stated int) {
	p.Report(Report{
		Severity: severity,
		Path:     "body." + path,
		Message:  fmt.Sprintf("%s in the answer to %s says %d, but the status is %d", path, p.line(), stated, p.Response.Status),
		Expected: fmt.Sprint(p.Response.Status),
		Actual:   fmt.Sprint(stated),
	})
}

// errorCodeIsStatus judges a code at the top of the body once it has been the
// status often enough not to be a coincidence.
func errorCodeIsStatus() func(*Pass) {
	const enough = 2
	agreed := map[string]int{}
	return func(p *Pass) {
		if !p.whole() {
			return
		}
		body, _ := p.parsedBody()
		o, _ := body.(map[string]any)
		n, ok := integer(o["code"])
		if !ok || !isError(n) {
			return
		}
		from := p.origin()
		if n == p.Response.Status {
			agreed[from]++
		} else if agreed[from] >= enough {
			p.reportStatus(finding.Warning, "code", n)
		}
	}
}
