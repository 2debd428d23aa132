package rule

import (
	"fmt"
	"slices"

	"httpprobe/probe/finding"
)

var gateways = []Rule{
	{
		ID:       "gateway-error-shape",
		Topic:    ServerErrors,
		Title:    "what stands before the API speaks its language of errors",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"RFC 9110 §15.6.3–§15.6.5", "RFC 9205 §4.6"},
		Text: "Proxies and gateways answer 502, 503 and 504 themselves, often 413, 414, 429 and 431 too. Where the API's errors are JSON, these come in the same media type and shape, or clients fail on " +
			"the very errors that are not their fault.",
		Silent: "Info for a page of HTML as long as the run has shown no error to compare with. Silent where the API's own errors are texts or pages too. Where the gateway has a shape of its own by design " +
			"(gateway: own), its answers are compared with each other.",
		Mend:   "give the gateway error bodies of its own in the API's format",
		Bad:    "502 <html>…nginx…</html>",
		Good:   `502 {"error":{"code":"UPSTREAM_FAILED","message":"The order service does not answer"}}`,
		When:   When{Classes: []int{4, 5}},
		Across: gatewayErrorShape,
	},
}

// fromIntermediary reports whether an error is, by its status and form, more
// likely the work of a gateway than of the API.
func (p *Pass) fromIntermediary(e ErrorBody) bool {
	foreign := e.Shape == TextShape || p.Response.Fields.Has("Via")
	switch p.Response.Status {
	case 502, 503, 504:
		return foreign
	case 413, 414, 429, 431:
		// A shape that the suite declares binds whoever answers these.
		return foreign && (p.Settings.Errors == AutoErrors || p.Settings.GatewayOwn)
	}
	return false
}

// gatewaysOwn reports whether an error is in the form that the suite leaves to
// the gateway.
func (p *Pass) gatewaysOwn() bool {
	if !p.Settings.GatewayOwn {
		return false
	}
	e, ok := p.ErrorBody()
	return ok && p.fromIntermediary(e)
}

func gatewayErrorShape() func(*Pass) {
	norms := map[string]*norm{}
	own := map[string]*norm{}  // of gateways that have a shape of their own
	texts := map[string]bool{} // origins that have answered with a text of their own
	return func(p *Pass) {
		e, ok := p.ErrorBody()
		if !ok || p.Settings.Errors == NoErrors || p.fromTokenEndpoint(e) ||
			slices.Contains([]Shape{EmptyShape, BrokenShape, UnknownShape}, e.Shape) {
			return
		}
		from := p.origin()
		first, whose := norms[from], "the API's own errors"
		switch {
		case !p.fromIntermediary(e):
			if e.Shape == TextShape {
				texts[from] = true
			} else if first == nil {
				norms[from] = p.norm(e)
			}
			return
		case p.Settings.GatewayOwn && own[from] == nil:
			own[from] = p.norm(e)
			return
		case p.Settings.GatewayOwn:
			first, whose = own[from], "other errors of the gateway"
		}
		subject := p.answer()
		if first == nil {
			if p.mediaType() == "text/html" && !texts[from] {
				p.reportAt(finding.Info, "body", "%s is a page of HTML", subject)
			}
			return
		}
		if what, want, got := first.differs(e, p.mediaType()); what == "the shape" || what == "the media type" {
			p.Report(Report{
				Path:     "body",
				Message:  fmt.Sprintf("%s has %s %s, but %s, as the %d to %s, have %s", subject, what, got, whose, first.status, first.from, want),
				Expected: want,
				Actual:   got,
			})
		}
	}
}
