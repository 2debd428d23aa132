package rule

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// refusal is a 401 to credentials that were accepted before.
type refusal struct {
	at     string // the endpoint
	place  string
	when   time.Time
	demand string // its challenge
	before bool   // the credentials were accepted earlier
}

// caller is someone whose credentials were seen.
type caller struct {
	origin, credentials string
	accepted            []acceptance
	refused             []refusal
}

type acceptance struct {
	demand string
	when   time.Time
}

// Callers and what is kept of each are few: what lies further apart is not
// shortly before or after.
const (
	mostCallers  = 32
	mostRefusals = 8
)

// validCredentials waits for the same credentials to be accepted on both sides
// of a 401. Only endpoints that were seen to refuse others count: what is open
// to all accepts whatever it is shown.
func validCredentials() func(*Pass) {
	guarded := map[string]string{} // the challenge with which others were refused
	told := map[string]bool{}
	var callers []caller
	return func(p *Pass) {
		unauthorized := p.Response.Status == http.StatusUnauthorized
		if !unauthorized && (p.Response.Status/100 != 2 || len(guarded) == 0) {
			return
		}
		here := p.endpoint()
		demand, guards := guarded[here]
		if !unauthorized && !guards {
			return
		}
		from, who := p.origin(), p.credentials()
		if who == "" {
			if unauthorized && !p.bringsLogin() {
				guarded[here] = p.demand()
			}
			return
		}
		i := slices.IndexFunc(callers, func(c caller) bool { return c.origin == from && c.credentials == who })
		if i < 0 {
			if len(callers) == mostCallers {
				callers = callers[1:]
			}
			callers = append(callers, caller{origin: from, credentials: who})
			i = len(callers) - 1
		}
		c := &callers[i]
		if !unauthorized {
			c.accept(p, demand, told)
			return
		}
		if len(c.refused) < mostRefusals && !told[here] && p.refusesKnown() {
			r := refusal{here, p.place(), p.Started, p.demand(), false}
			r.before = slices.ContainsFunc(c.accepted, func(a acceptance) bool { return a.demand == r.demand && !a.when.After(r.when) })
			c.refused = append(c.refused, r)
		}
	}
}

// accept takes in that credentials were accepted, and reports the 401s that
// this proves wrong.
func (c *caller) accept(p *Pass, demand string, told map[string]bool) {
	when := p.Started
	c.refused = slices.DeleteFunc(c.refused, func(r refusal) bool {
		switch {
		case r.demand != demand:
			return false
		case r.before && !when.Before(r.when):
			if !told[r.at] {
				told[r.at] = true
				meant := "403 says what is missing"
				if p.Settings.HideForbidden {
					meant = "404 hides what they may not see"
				}
				p.Reportf("status", "%s got 401, although the same credentials were accepted before it and are accepted here, by %s: they are valid, and %s", r.place, p.line(), meant)
			}
			return true
		}
		return false
	})
	for i := range c.refused {
		r := &c.refused[i]
		r.before = r.before || r.demand == demand && !when.After(r.when)
	}
	for i := range c.accepted {
		if a := &c.accepted[i]; a.demand == demand {
			if when.Before(a.when) {
				a.when = when
			}
			return
		}
	}
	if len(c.accepted) < mostRefusals {
		c.accepted = append(c.accepted, acceptance{demand, when})
	}
}

// demand is what a challenge asks for: its schemes and realms.
func (p *Pass) demand() string {
	list, _ := challenges(p.Response.Fields.Joined("WWW-Authenticate"))
	var out strings.Builder
	for i := range list {
		realm, _ := list[i].param("realm")
		out.WriteString(list[i].scheme + " " + realm + "\n")
	}
	return out.String()
}

// refusesKnown reports whether a 401 speaks of the credentials of the request,
// and does not ask for others beside them.
func (p *Pass) refusesKnown() bool {
	challenge := p.Response.Fields.Joined("WWW-Authenticate")
	return !strings.Contains(challenge, "insufficient_user_authentication") && !strings.Contains(challenge, "use_dpop_nonce") && !p.bringsLogin()
}

// bringsLogin reports whether a request has something in it, beside its
// credentials, that a 401 may be about.
func (p *Pass) bringsLogin() bool {
	if mentions(p.Request.Target, "login", "signin", "sign-in", "session", "token", "auth", "password", "verify", "2fa", "mfa", "otp", "sudo") {
		return true
	}
	return mentions(string(p.Request.Body[:min(len(p.Request.Body), 16<<10)]), "password", "passwd", "passphrase", "secret", "token", "otp", `"code"`, `"pin"`, "mfa")
}

func mentions(s string, words ...string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
