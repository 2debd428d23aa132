package rule

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
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

// monitorAt gives the reference that most clearly says where the work can be
// followed; empty where there is none.
func (p *Pass) monitorAt() string {
	for _, name := range []string{"Operation-Location", "Azure-AsyncOperation"} {
		if value := p.Response.Fields.Get(name); value != "" {
			return value
		}
	}
	list := links(p.Response.Fields)
	if i := slices.IndexFunc(list, func(l link) bool { return l.is("monitor", "status") }); i >= 0 {
		return list[i].target
	}
	for _, name := range []string{"Location", "Content-Location"} {
		if value := p.Response.Fields.Get(name); value != "" {
			return value
		}
	}
	if i := slices.IndexFunc(list, func(l link) bool { return l.is("self") }); i >= 0 {
		return list[i].target
	}
	if d := p.json(); d != nil {
		body, _ := d.body()
		o, _ := body.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if s := text(o[name]); isURL(s) && mentions(name, "monitor", "status", "operation", "poll", "job") {
				return s
			}
		}
	}
	return ""
}

func monitorAnswers(t *Trail) {
	at := t.monitorAt()
	if at == "" || t.Request.Method == http.MethodHead || t.intake() {
		return
	}
	refused := func(status int) bool {
		return status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusGone
	}
	x := t.Get(at)
	if x == nil || !refused(x.Response.Status) {
		return
	}
	if x = t.Ask(Ask{URL: at, Nth: 1, After: time.Second}); x == nil || !refused(x.Response.Status) {
		return
	}
	if origin(x.Request.URL) != origin(t.Request.URL) && x.Response.Status != http.StatusMethodNotAllowed {
		return
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "2xx or 3xx", Actual: fmt.Sprint(x.Response.Status),
		Message: fmt.Sprintf("%s gets %d, though the 202 to %s sends clients there to follow the work", t.told(x), x.Response.Status, t.line()),
	})
}
