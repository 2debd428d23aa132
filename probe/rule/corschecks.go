package rule

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

func corsOriginValue(p *Pass) {
	const path = "headers." + allowOrigin
	subject := p.of(allowOrigin)
	values := p.Response.Fields.Values(allowOrigin)
	if len(values) > 1 {
		p.Reportf(path, "%s stands on %d lines: browsers take one", subject, len(values))
		return
	}
	value, asked := values[0], p.Request.Fields.Get("Origin")
	switch fault := originFault(value); {
	case value == "*":
	case value == "null":
		p.reportAt(finding.Warning, path, "%s is null, which lets in the sandboxed pages of anyone", subject)
	case fault != "":
		p.Report(Report{Path: path, Message: subject.String() + " " + fault + ": " + quote(value), Expected: "one origin, such as https://app.example", Actual: value})
	case asked != "" && value != asked && !madeUp(asked):
		p.reportAt(finding.Info, path, "%s lets in %s, not %s, which asked", subject, quote(value), quote(asked))
	}
}

// originFault says why a value is no origin as browsers serialise it.
func originFault(value string) string {
	scheme, authority, found := strings.Cut(value, "://")
	_, port, _ := strings.Cut(authority[strings.LastIndexByte(authority, ']')+1:], ":")
	switch {
	case value == "":
		return "is empty"
	case strings.ContainsAny(value, ", "):
		return "holds more than one value"
	case strings.Contains(value, "*"):
		return "holds a pattern, and browsers know none but * alone"
	case !found || scheme == "" || authority == "":
		return "is no origin"
	case strings.HasSuffix(authority, "/"):
		return "ends in a slash, which no browser sends"
	case strings.ContainsAny(authority, `/?#@\`):
		return "holds more than scheme, host and port"
	case strings.ToLower(value) != value:
		return "has capitals, which no browser sends"
	case scheme == "https" && port == "443", scheme == "http" && port == "80":
		return "names the usual port, which browsers leave away"
	}
	return ""
}

func corsCredentials(p *Pass) {
	fields := p.Response.Fields
	subject := p.of(allowCredentials)
	switch value := fields.Joined(allowCredentials); value {
	case "true":
	case "false":
		p.reportAt(finding.Info, "headers."+allowCredentials, "%s is false, which means no more than leaving it away", subject)
		return
	default:
		p.Report(Report{Path: "headers." + allowCredentials, Message: subject.String() + " is " + quote(value) + ": browsers know true alone", Expected: "true", Actual: value})
		return
	}
	for _, name := range [...]string{allowOrigin, allowMethods, allowHeaders, exposeHeaders} {
		switch {
		case !slices.Contains(fields.Tokens(name), "*"):
		case name == allowOrigin:
			p.Reportf("headers."+name, "%s is *, which browsers refuse for requests with credentials, and those are allowed", p.of(name))
		default:
			p.Reportf("headers."+name, "%s has *, which stands for nothing else in requests with credentials, and those are allowed", p.of(name))
		}
	}
}

// letsIn reports whether the response lets in the origin that the request
// names.
func (p *Pass) letsIn() bool {
	values := p.Response.Fields.Values(allowOrigin)
	return len(values) == 1 && (values[0] == "*" || values[0] == p.Request.Fields.Get("Origin"))
}

// policy is what a resource answered to earlier requests.
type policy struct {
	value  string // of Access-Control-Allow-Origin; "" for none
	place  string // of the first cacheable answer for one origin without Vary; "" for none
	differ bool   // there were different values
	told   bool
}

func corsVaryOrigin() func(*Pass) {
	policies := map[string]*policy{}
	return func(p *Pass) {
		value := p.Response.Fields.Get(allowOrigin)
		if status := p.Response.Status; value == "*" || status >= 300 && status != http.StatusNotModified {
			return
		}
		here := p.endpoint()
		known := policies[here]
		if known == nil {
			known = &policy{value: value}
			policies[here] = known
		}
		known.differ = known.differ || known.value != value
		one := value != "" && value != "null" && originFault(value) == ""
		if !one && !known.differ {
			return
		}
		// An answer without the field is as wrong for the next who asks.
		unmarked := p.stored() && !p.varies("Origin")
		if known.differ && !known.told && unmarked && (one || known.place != "") {
			known.told = true
			if one {
				p.Reportf("headers.Vary", "Vary of %s does not list Origin, although %s differs between the answers of this resource", p.answer(), allowOrigin)
			} else {
				p.Reportf("headers.Vary", "Vary of %s does not list Origin, and neither does that of the answer to %s, although only the latter lets an origin in", p.answer(), known.place)
			}
		}
		if one && unmarked && known.place == "" {
			known.place = p.place()
		}
	}
}

// stored reports whether a cache, be it a browser's, may keep the response.
func (p *Pass) stored() bool {
	c := p.cacheControl()
	return c.fault == "" && !c.has("no-store") && (slices.Contains(heuristic, p.Response.Status) || p.reusable(false))
}

// forScripts are the fields that scripts look for; a name that ends in - stands for
// all that begin so.
var forScripts = []string{
	"Location", "ETag", "Retry-After", "Link", "Content-Range", "RateLimit", "RateLimit-", "X-RateLimit-",
	"X-Total-Count", "X-Total", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page",
}

func corsExposeHeaders(p *Pass) {
	if p.preflight() || !p.letsIn() && p.Request.Fields.Has("Origin") {
		return
	}
	exposed := p.Response.Fields.Tokens(exposeHeaders)
	if slices.Contains(exposed, "*") && p.Response.Fields.Get(allowCredentials) != "true" {
		return
	}
	var hidden []string
	for _, f := range p.Response.Fields {
		same := func(name string) bool { return strings.EqualFold(name, f.Name) }
		wanted := func(name string) bool {
			if strings.HasSuffix(name, "-") && len(f.Name) > len(name) {
				return strings.EqualFold(f.Name[:len(name)], name)
			}
			return same(name)
		}
		if slices.ContainsFunc(forScripts, wanted) && !slices.ContainsFunc(exposed, same) && !slices.ContainsFunc(hidden, same) {
			hidden = append(hidden, f.Name)
		}
	}
	if len(hidden) > 0 {
		p.Reportf("headers."+exposeHeaders, "scripts of another origin cannot read %s in %s", strings.Join(hidden, ", "), p.answer())
	}
}

// visitor is an origin that asks a server.
type visitor struct{ server, origin string }

func corsOnErrors() func(*Pass) {
	type successes struct {
		with, without int
		first         string // the place of the first that let the origin in
	}
	seen := map[visitor]*successes{}
	return func(p *Pass) {
		asking := p.Request.Fields.Get("Origin")
		if asking == "" || p.preflight() {
			return
		}
		who := visitor{p.origin(), asking}
		known := seen[who]
		if known == nil {
			known = new(successes)
			seen[who] = known
		}
		status := p.Response.Status
		switch {
		case status/100 == 2 && p.letsIn():
			if known.with++; known.with == 1 {
				known.first = p.place()
			}
		case status/100 == 2:
			known.without++
		case known.with > 0 && known.without == 0 && !p.Response.Fields.Has(allowOrigin) && !p.refusesOrigin():
			severity := finding.Warning
			if e, ok := p.ErrorBody(); status == http.StatusBadGateway || status == http.StatusGatewayTimeout || ok && p.fromIntermediary(e) {
				severity = finding.Info
			}
			p.reportAt(severity, "headers."+allowOrigin, "%s has no %s, unlike the answer to %s: a script cannot see this error", p.answer(), allowOrigin, known.first)
		}
	}
}

// refusesOrigin reports whether an error may be about the origin that asked.
func (p *Pass) refusesOrigin() bool {
	return p.Response.Status == http.StatusForbidden && mentions(string(p.Response.Content[:min(len(p.Response.Content), 4096)]), "origin", "cors", "cross")
}
