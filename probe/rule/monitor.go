package rule

import (
	"net/http"
	"slices"
	"strings"
)

func acceptedHasMonitor(p *Pass) {
	if p.Request.Method == http.MethodHead || p.intake() {
		return
	}
	for _, f := range p.Response.Fields {
		// Operation-Location and Azure-AsyncOperation are in wide use.
		name := strings.ToLower(f.Name)
		if f.Value != "" && (strings.HasSuffix(name, "location") || strings.HasSuffix(name, "asyncoperation")) {
			return
		}
	}
	if slices.ContainsFunc(links(p.Response.Fields), func(l link) bool { return l.is("monitor", "status", "self") }) {
		return
	}
	if !p.whole() || p.linksSomewhere() {
		return
	}
	p.Reportf("headers.Location", "the 202 to %s does not say where to follow the work", p.line())
}

// intake reports whether an endpoint seems to take things in for good.
func (p *Pass) intake() bool {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	return mentions(path, "event", "log", "metric", "telemetry", "hook", "track", "collect", "ingest", "beacon", "ping", "analytic",
		"trace", "span", "audit", "report", "notif", "callback", "feedback")
}

// linksSomewhere reports whether the content holds a URL, or is of a kind that
// may hold one in a way that cannot be seen.
func (p *Pass) linksSomewhere() bool {
	body, ok := p.parsedBody()
	if !ok {
		return len(p.Response.Content) > 0 && (!strings.HasPrefix(p.mediaType(), "text/") || p.refersElsewhere())
	}
	return slices.ContainsFunc(appendStrings(nil, body), func(s string) bool {
		return strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.Contains(s, "://")
	})
}
