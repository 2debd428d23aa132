package rule

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// guards are the rules about what is not for everyone.
var guards = []Rule{
	{
		ID:       "missing-credentials-401",
		Topic:    Authentication,
		Title:    "who does not say who they are is asked with a 401",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §11.4", "RFC 9110 §15.5.2", "RFC 9110 §15.5.4", "RFC 9110 §15.5.5", "guide (401)", "guide (403)"},
		Text: "What was read with an identity is asked for without it. Only a 401 tells a client that credentials would help, and WWW-Authenticate which: 403 says that they would not, 404 that nothing is there, 400 and 422 that the " +
			"request is malformed, and a redirect to a login page is followed by programs that then take the page for data. A 5xx is an error.",
		Silent: "404 where the suite says that the API hides what one may not see. Redirects of services that know their users by a cookie alone, and to places that do not look like a login. A 503, 502 or 504, and answers with Retry-After. A " +
			"refusal that the identity gets, too, when it asks again, and connections with a certificate of the client. What is given without credentials is left to credentials-enforced. Services with API keys often mean 403: lower it there.",
		Mend: "look for credentials before anything else, and answer 401 with WWW-Authenticate if there are none",
		Bad:  "GET /profile without Authorization → 403",
		Good: `GET /profile without Authorization → 401 + WWW-Authenticate: Bearer realm="api"`,
		FollowUps: []FollowUp{{
			When:  When{Classes: []int{2}, Methods: []string{http.MethodGet}},
			Judge: missingCredentials,
		}},
	},
	{
		ID:       "credentials-enforced",
		Topic:    Authentication,
		Title:    "no credentials, or wrong ones, open nothing",
		Severity: finding.Error,
		Basis:    "security",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §11.4", "OWASP Authorization sheet", "OWASP REST Security sheet"},
		Text: "What was read with an identity is asked for without it and, where that is refused, with credentials in which one character of the secret is another: neither gives the same content. A token that is decoded but not verified, " +
			"or a route that is not behind the check, lets everyone in.",
		Silent: "What is for everyone: a step without an identity that reads the same target with 2xx says so, and so does Cache-Control: public or s-maxage. Other content than the identity got is info, as there may be a public view. Wrong " +
			"credentials are tried once for each identity and run, so that no account is locked, where the request without any was refused.",
		Undecided: "A wrong cookie is not tried, as many services give a new session to whoever brings one. Nothing is said where probe shows a certificate of its own, or where the step itself adds another field that may tell who asks, such as X-Api-Key.",
		Mend:      "verify the whole of the credentials before each protected route; declare what is public by a step without an identity",
		Bad:       "GET /profile + Authorization: Bearer x → 200 and the profile",
		Good:      "GET /profile + Authorization: Bearer x → 401",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: withoutCredentials,
		}, {
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Once:  OncePerIdentity,
			Judge: wrongCredentials,
		}},
	},
}

// anonymous is the request of the exchange without what tells who asks.
var anonymous = Ask{Who: AsNobody, Provokes: true}

// identified reports whether an identity added something to the request, and
// nothing else tells who asks.
func (t *Trail) identified() bool {
	return len(t.Identity.Fields)+len(t.Identity.Query) > 0 && !t.Identity.Certificate
}

// keepsSecret reports whether a request still has a field or parameter that
// may tell who asks: one that the step itself wrote.
func keepsSecret(x *exchange.Exchange) bool {
	named := func(name string) bool {
		ends := func(w string) bool { return strings.HasSuffix(w, "key") || strings.HasSuffix(w, "auth") } // not keyword, not author
		return slices.ContainsFunc(words(name), ends) ||
			mentions(name, "authoriz", "authentic", "token", "cookie", "session", "secret", "signature", "credential", "password")
	}
	if u, err := url.Parse(x.Request.URL); err == nil {
		for name := range u.Query() {
			if named(name) {
				return true
			}
		}
	}
	return slices.ContainsFunc(x.Request.Fields, func(f exchange.Field) bool { return named(f.Name) })
}

// cookieOnly reports whether a cookie is all that tells who asks.
func (t *Trail) cookieOnly() bool {
	for _, f := range t.Identity.Fields {
		if !strings.EqualFold(f.Name, "Cookie") {
			return false
		}
	}
	return len(t.Identity.Query) == 0
}

func missingCredentials(t *Trail) {
	if !t.identified() {
		return
	}
	x := t.Ask(anonymous)
	if x == nil || provesNothing(x) && !toLogin(x) {
		return
	}
	severity := finding.Warning
	switch status := x.Response.Status; {
	case status/100 == 5:
		severity = finding.Error
	case status/100 == 3:
		if t.cookieOnly() {
			return
		}
	case status == http.StatusNotFound:
		if t.Settings.HideForbidden {
			return
		}
	case status == http.StatusBadRequest, status == http.StatusForbidden, status == http.StatusUnprocessableEntity:
	default:
		return
	}
	// It may be gone by now, or all requests may be refused.
	again := t.Ask(Ask{Nth: onceMore})
	if again == nil || again.Response.Status/100 != 2 {
		return
	}
	status := x.Response.Status
	t.Report(Report{
		About: x, Severity: severity, Path: "status", Expected: "401", Actual: fmt.Sprint(status),
		Message: fmt.Sprintf("%s gets %d, where 401 would ask for them: %s with them got %d", t.told(x), status, t.line(), t.Response.Status),
	})
}

// toLogin reports whether a redirect leads to where people log in.
func toLogin(x *exchange.Exchange) bool {
	if x.Response.Status/100 != 3 || x.Response.Fields.Has("Retry-After") {
		return false
	}
	return mentions(x.Response.Fields.Get("Location"), "login", "log-in", "signin", "sign-in", "sign_in", "auth", "sso", "saml", "oidc", "session")
}

// guarded reports whether the exchange has content that ought not be given to
// just anyone.
func (t *Trail) guarded() bool {
	c := t.cacheControl()
	return t.identified() && !t.Public && !c.has("public") && !c.has("s-maxage") && t.whole() && len(t.Response.Content) > 0
}

func withoutCredentials(t *Trail) {
	if !t.guarded() {
		return
	}
	if x := t.Ask(anonymous); x != nil && !keepsSecret(x) {
		t.lets(x)
	}
}

// wrongCredentials spends the one try where it is known that others are
// refused.
func wrongCredentials(t *Trail) {
	if !t.guarded() || t.cookieOnly() {
		return
	}
	nobody, known := t.answered(&anonymous)
	if !known || nobody == nil || nobody.Response.Status/100 != 4 || provesNothing(nobody) {
		return
	}
	if x := t.Ask(Ask{Who: AsBroken}); x != nil {
		t.lets(x)
	}
}

// lets judges what was given to somebody else.
func (t *Trail) lets(x *exchange.Exchange) {
	status := x.Response.Status
	if status/100 != 2 || len(x.Response.Content) == 0 || !t.read(x).whole() {
		return
	}
	if !t.sameContent(x) {
		t.reportAt(x, finding.Info, "body", "%s gets %d and other content than %s got: is that a view for everyone?", t.told(x), status, t.line())
		return
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "401", Actual: fmt.Sprint(status),
		Message: fmt.Sprintf("%s gets %d and the same content as %s with them", t.told(x), status, t.line()),
	})
}

// sameContent reports whether an answer has the content of the exchange, but
// for volatile members.
func (t *Trail) sameContent(x *exchange.Exchange) bool {
	if bytes.Equal(t.Response.Content, x.Response.Content) {
		return true
	}
	mine, ok := t.value(t.Exchange)
	other, also := t.value(x)
	return ok && also && reflect.DeepEqual(t.steady(mine), t.steady(other))
}
