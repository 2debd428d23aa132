package rule

import (
	"net/http"
	"net/url"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var corsOrigins = []Rule{
	{
		ID:       "cors-reflects-origin",
		Topic:    CORS,
		Title:    "not every page may act for whoever is logged in",
		Severity: finding.Warning,
		Basis:    "security",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{`Fetch "CORS protocol and credentials"`, "OWASP REST Security sheet"},
		Text: "What was read is asked for with an Origin that nobody has, https://probe.invalid, with null, and with one that only begins like an origin that is let in. A server that sends it back together with Access-Control-Allow-Credentials: true " +
			"lets any page read and do what the visitor may. That is an error where browsers send credentials by themselves.",
		Silent: "A warning where neither a cookie nor Basic, Digest or Negotiate is seen, as no browser adds a token by itself. Info without Access-Control-Allow-Credentials, which is little more than *; null without it is left to cors-origin-value. * lets " +
			"no credentials in. Where the suite has nothing to do with CORS one target of the server stands for all.",
		Mend: "compare Origin with a list, whole and not by its beginning, and send no Access-Control field to all others",
		Bad:  "Origin: https://probe.invalid → Access-Control-Allow-Origin: https://probe.invalid + Access-Control-Allow-Credentials: true",
		Good: "Origin: https://probe.invalid → no Access-Control field",
		FollowUps: []FollowUp{{
			When: When{Classes: []int{2}, Methods: []string{http.MethodGet}},
			Judge: func(t *Trail) {
				if t.usesCORS() {
					corsReflects(t)
				}
			},
		}, {
			When: When{Classes: []int{2}, Methods: []string{http.MethodGet}},
			Once: OncePerOrigin,
			Judge: func(t *Trail) {
				if !t.usesCORS() {
					corsReflects(t)
				}
			},
		}},
	},
}

// Names below .invalid are nobody's (RFC 6761 §6.4).
const (
	strange     = "https://probe.invalid"
	strangeHost = ".probe.invalid"
)

// madeUp reports whether an origin is one that only follow-ups name.
func madeUp(origin string) bool {
	return origin == strange || origin == otherOrigin || origin == "null" || strings.HasSuffix(origin, strangeHost)
}

// usesCORS reports whether the exchange has to do with CORS.
func (p *Pass) usesCORS() bool {
	return p.Request.Fields.Has("Origin") || speaksCORS(p.Response.Fields)
}

func corsReflects(t *Trail) {
	if x := t.Get("", "Origin", "null"); x != nil && echoes(x, "null") && lendsCredentials(x) {
		t.reflects(x, "null")
	}
	x := t.Get("", "Origin", strange)
	if x == nil {
		return
	}
	if echoes(x, strange) {
		t.reflects(x, strange)
		return
	}
	if like := t.lookalike(); like != "" {
		if x := t.Get("", "Origin", like); x != nil && echoes(x, like) {
			t.reflects(x, like)
		}
	}
}

// echoes reports whether an answer lets the origin in that asked for it, by
// name.
func echoes(x *exchange.Exchange, origin string) bool {
	values := x.Response.Fields.Values(allowOrigin)
	return x.Response.Status/100 == 2 && len(values) == 1 && values[0] == origin
}

// lookalike gives an origin that begins like one that is let in, but is
// another; empty where none is known.
func (t *Trail) lookalike() string {
	known := t.Response.Fields.Get(allowOrigin)
	if known == "" || known == "*" || known == "null" || originFault(known) != "" {
		return ""
	}
	u, err := url.Parse(known)
	if err != nil || u.Hostname() == "" || strings.HasPrefix(u.Host, "[") {
		return ""
	}
	return u.Scheme + "://" + u.Hostname() + strangeHost
}

func lendsCredentials(x *exchange.Exchange) bool {
	return x.Response.Fields.Get(allowCredentials) == "true"
}

func (t *Trail) reflects(x *exchange.Exchange, origin string) {
	const path = "headers." + allowOrigin
	if !lendsCredentials(x) {
		t.reportAt(x, finding.Info, path, "%s gets that origin back, so that any page can read what %s got; without %s this lets in no more than * would", t.told(x), t.line(), allowCredentials)
		return
	}
	severity, harm := finding.Warning, "though no cookie was seen that a browser would send along"
	if lent(x) || lent(t.Exchange) {
		severity, harm = finding.Error, "so that any page may do what the visitor of "+t.line()+" may"
	}
	t.Report(Report{
		About: x, Severity: severity, Path: path, Expected: "no " + allowOrigin, Actual: origin,
		Message: t.told(x) + " gets that origin back with " + allowCredentials + ": true, " + harm,
	})
}

// lent reports whether an exchange has credentials that browsers send by
// themselves.
func lent(x *exchange.Exchange) bool {
	scheme, _, _ := strings.Cut(x.Request.Fields.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "basic", "digest", "negotiate", "ntlm":
		return true
	}
	return x.Request.Fields.Has("Cookie") || x.Response.Fields.Has("Set-Cookie")
}

// corsAgain asks without Origin, and as somebody else, after an answer for one
// origin. Where that one has no Vary, the comparison across the run tells.
func corsAgain(t *Trail) {
	value := t.Response.Fields.Get(allowOrigin)
	if value == "*" || value == "null" || originFault(value) != "" || !t.stored() {
		return
	}
	if !t.varies("Origin") {
		t.Get("", "Origin", strange)
	}
	x := t.Ask(Ask{Drop: []string{"Origin"}})
	if x == nil || !t.varies("Origin") || x.Response.Fields.Has(allowOrigin) {
		return
	}
	if p := t.read(x); x.Response.Status == http.StatusOK && p.stored() && !p.varies("Origin") {
		t.Reportf(x, "headers.Vary", "%s without Origin gets neither %s nor Origin in Vary, unlike %s with it: a cache hands that answer to pages, whose browser refuses it", t.told(x), allowOrigin, t.line())
	}
}
