package rule

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var preflights = []Rule{
	{
		ID:       "preflight-status",
		Topic:    CORS,
		Title:    "a browser that asks first gets a success",
		Severity: finding.Error,
		Basis:    "browsers reject",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`Fetch "CORS-preflight fetch"`},
		Text: "Before a request that is out of the ordinary a browser sends OPTIONS with Origin and Access-Control-Request-Method. It carries no credentials and follows no redirect, and only a status of 2xx lets the real request be sent, whatever " +
			"the fields say.",
		Silent:      "APIs that offer no CORS, which is seen by there being no Access-Control field in any answer of the run. A 4xx, other than 401 and 407, that the scenario expects is a refusal on purpose.",
		Mend:        "answer preflights before the login is checked and before redirects, with 204",
		Bad:         "OPTIONS /users + Origin + Access-Control-Request-Method: DELETE → 401",
		Good:        "OPTIONS /users + Origin + Access-Control-Request-Method: DELETE → 204",
		acrossNeeds: speakingCORS,
		Across:      preflightStatus,
	},
	{
		ID:       "preflight-covers-request",
		Topic:    CORS,
		Title:    "a preflight is told that it may do what it asked for",
		Severity: finding.Error,
		Basis:    "browsers reject",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`Fetch "CORS-preflight fetch"`, `Fetch "HTTP new-header syntax"`},
		Text: "Access-Control-Allow-Origin lets the origin in, Access-Control-Allow-Methods lists the method in the case that was asked for (GET, HEAD and POST go without), and Access-Control-Allow-Headers lists each field. * stands for all of them, but not for " +
			"Authorization. Access-Control-Max-Age is a whole number of seconds.",
		Silent:      "Answers that refuse: without any field that allows something, or for an origin that no answer of the run has let in. -1 is a usual way to forbid keeping the answer.",
		Mend:        "name the method and the fields that clients use, Authorization with its name",
		Bad:         "Access-Control-Request-Headers: authorization → 204 + Access-Control-Allow-Headers: *",
		Good:        "Access-Control-Request-Headers: authorization → 204 + Access-Control-Allow-Headers: Authorization, Content-Type",
		When:        When{Classes: []int{2, 4, 5}},
		acrossNeeds: crossOrigin,
		Across:      preflightCovers,
	},
}

// preflight reports whether the request is one that browsers send ahead.
func (p *Pass) preflight() bool {
	return p.Request.Method == http.MethodOptions && p.Request.Fields.Has("Origin") && p.Request.Fields.Has("Access-Control-Request-Method")
}

// speaksCORS reports whether a response has to do with CORS at all.
func speaksCORS(fields exchange.Fields) bool {
	const prefix = "Access-Control-"
	return slices.ContainsFunc(fields, func(f exchange.Field) bool {
		return len(f.Name) > len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix)
	})
}

func preflightStatus() func(*Pass) {
	// Those that failed before the server was seen to speak CORS.
	type failed struct {
		at     string
		place  string
		status int
	}
	speaks := map[string]bool{}
	waiting := map[string][]failed{}
	return func(p *Pass) {
		server := p.origin()
		if !speaks[server] && speaksCORS(p.Response.Fields) {
			speaks[server] = true
			for _, f := range waiting[server] {
				p.Reportf("status", "the preflight %s got %d, so that browsers do not send the request; the answer to %s shows that CORS is meant to work", f.place, f.status, p.line())
			}
			delete(waiting, server)
		}
		status := p.Response.Status
		refused := p.Subject.Expected && status/100 == 4 && status != http.StatusUnauthorized && status != http.StatusProxyAuthRequired
		if status/100 == 2 || !p.preflight() || refused {
			return
		}
		here := p.endpoint()
		if speaks[server] {
			p.Reportf("status", "the preflight %s got %d, so that browsers do not send the request", p.line(), status)
		} else if !slices.ContainsFunc(waiting[server], func(f failed) bool { return f.at == here }) {
			waiting[server] = append(waiting[server], failed{here, p.place(), status})
		}
	}
}

func preflightCovers() func(*Pass) {
	let := map[visitor]bool{}
	return func(p *Pass) {
		asking := p.Request.Fields.Get("Origin")
		if asking == "" {
			return
		}
		who := visitor{p.origin(), asking}
		in := p.letsIn()
		let[who] = let[who] || in
		if !p.preflight() || p.Response.Status/100 != 2 || !speaksCORS(p.Response.Fields) {
			return
		}
		switch {
		case in:
			coversRequest(p)
		case let[who]:
			p.Report(Report{
				Path:     "headers." + allowOrigin,
				Message:  "the preflight " + p.line() + " is not told that " + quote(asking) + " is let in, as other answers tell it",
				Expected: asking, Actual: p.Response.Fields.Joined(allowOrigin),
			})
		}
	}
}

func coversRequest(p *Pass) {
	methods := p.Response.Fields.Tokens(allowMethods)
	method := p.Request.Fields.Get("Access-Control-Request-Method")
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, method) &&
		!slices.Contains(methods, method) && !slices.Contains(methods, "*") {
		p.Report(Report{
			Path:     "headers." + allowMethods,
			Message:  "the preflight " + p.line() + " asked for " + method + ", which " + allowMethods + " does not list",
			Expected: method, Actual: strings.Join(methods, ", "),
		})
	}
	allowed := p.Response.Fields.Tokens(allowHeaders)
	for _, name := range p.Request.Fields.Tokens("Access-Control-Request-Headers") {
		listed := slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) })
		all := slices.Contains(allowed, "*")
		if listed || all && !strings.EqualFold(name, "Authorization") {
			continue
		}
		message := "the preflight " + p.line() + " asked for the field " + name + ", which " + allowHeaders + " does not list"
		if all {
			message = "the preflight " + p.line() + " asked for the field " + name + ", for which the * of " + allowHeaders + " does not stand"
		}
		p.Report(Report{Path: "headers." + allowHeaders, Message: message, Expected: name, Actual: strings.Join(allowed, ", ")})
	}
	if age := p.Response.Fields.Joined("Access-Control-Max-Age"); age != "" && age != "-1" && !isDigits(age) {
		p.Reportf("headers.Access-Control-Max-Age", "Access-Control-Max-Age of %s is no whole number of seconds: %s", p.answer(), quote(age))
	}
}
