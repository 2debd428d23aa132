package rule

import (
	"net/http"
	"slices"

	"httpprobe/probe/finding"
)

// serves is what is known of a method at an origin.
type serves struct {
	url, place    string // where it worked first
	refusedURL    string // where it was the last to get 501 while it had worked nowhere
	refusedPlace  string
	toldElsewhere bool
}

func notImplemented() func(*Pass) {
	known := map[[2]string]*serves{}
	return func(p *Pass) {
		method, status := p.Request.Method, p.Response.Status
		refused := status == http.StatusNotImplemented
		switch {
		case !refused && !p.succeeded():
			return
		case method == http.MethodGet || method == http.MethodHead:
			if refused {
				p.reportAt(finding.Error, "status", "%s is answered with 501, but every server has to know %s", p.line(), method)
			}
			return
		}
		key := [2]string{p.origin(), method}
		s := known[key]
		if s == nil {
			s = new(serves)
			known[key] = s
		}
		switch {
		case !refused:
			if s.url == "" {
				s.url, s.place = p.Request.URL, p.place()
			}
			if s.refusedURL != "" && s.refusedURL != p.Request.URL && !s.toldElsewhere {
				s.toldElsewhere = true
				p.Reportf("status", "%s got 501, although %s is known here: %s is answered with %d, so 405 is meant there", s.refusedPlace, method, p.line(), status)
			}
		case s.url == "":
			s.refusedURL, s.refusedPlace = p.Request.URL, p.place()
			if slices.Contains(commonMethods, method) {
				p.reportAt(finding.Info, "status", "%s is answered with 501: that says that the server knows %s for no resource at all", p.line(), method)
			}
		case s.url != p.Request.URL:
			p.Reportf("status", "%s is answered with 501, although %s works in %s: 405 is meant", p.line(), method, s.place)
		}
	}
}
