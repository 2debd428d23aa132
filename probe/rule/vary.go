package rule

import (
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// variesOnAll reports whether Vary says that no other request gets the same
// answer.
func (p *Pass) variesOnAll() bool {
	return slices.Contains(p.Response.Fields.Tokens("Vary"), "*")
}

func varyValid(p *Pass) {
	const path = "headers.Vary"
	names := p.Response.Fields.Tokens("Vary")
	subject := p.of("Vary")
	for _, name := range names {
		if !isToken(name) {
			p.Report(Report{
				Severity: finding.Error, Path: path, Message: subject.String() + " holds what is no field name: " + quote(name),
				Expected: "field names, separated by commas", Actual: p.Response.Fields.Joined("Vary"),
			})
			return
		}
	}
	everything := slices.Contains(names, "*")
	if everything && len(names) > 1 {
		p.Reportf(path, "%s names fields beside *, which stands for all of them: %s", subject, quote(strings.Join(names, ", ")))
		return
	}
	if maxAge, _ := p.cacheControl().seconds("max-age"); !p.reusable(true) || everything && maxAge > 0 {
		return // nothing is lost, or cache-control-conflict tells
	}
	for _, name := range names {
		switch strings.ToLower(name) {
		case "*", "user-agent", "cookie":
			p.reportAt(finding.Info, path, "%s has %s, with which caches hardly ever find an answer to reuse", subject, name)
		}
	}
}

func varyCoversNegotiation(p *Pass) {
	codings := p.codings()
	if len(codings) == 0 || p.varies("Accept-Encoding") || !p.asksFor(codings) {
		return
	}
	if !slices.Contains(heuristic, p.Response.Status) && !p.reusable(false) && !p.reusable(true) {
		return
	}
	p.reportAt(p.sharing(), "headers.Vary", "%s is coded with %s because the request accepts it, but Vary does not name Accept-Encoding",
		p.answer(), strings.Join(codings, ", "))
}

// sharing says how much it weighs that caches mix up an answer with another
// one: less where those that many users share keep neither.
func (p *Pass) sharing() finding.Severity {
	c := p.cacheControl()
	sharable := c.has("public") || c.has("s-maxage") || c.has("must-revalidate")
	if c.has("no-store") || c.whole("private") || p.Request.Fields.Has("Authorization") && !sharable {
		return finding.Info
	}
	return finding.Warning
}
