package probe

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/plan"
	"httpprobe/probe/secret"
)

// redirected turns a request into the one that a redirect asks for: method
// and body are kept on 307 and 308, a POST becomes GET on 301 and 302 as
// browsers do, and everything but HEAD becomes GET on 303 (RFC 9110 §15.4).
// Credentials, and fields with secrets in them, stay behind when the origin
// changes. It gives notes for people.
func redirected(b *plan.Bound, status int, to *url.URL, secrets *secret.Set) []string {
	var notes []string
	r := &b.Request
	r.Fields = slices.Clone(r.Fields)
	method := r.Method
	switch {
	case status == http.StatusSeeOther && method != http.MethodHead:
		method = http.MethodGet
	case (status == http.StatusMovedPermanently || status == http.StatusFound) && method == http.MethodPost:
		method = http.MethodGet
		notes = append(notes, fmt.Sprintf("POST became GET on the %d, as browsers do; 307 and 308 keep the method", status))
	}
	if method != r.Method {
		r.Method, r.Body = method, nil
		remove(r, "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location", "Expect")
	}
	moved := !plan.SameOrigin(b.URL, to)
	if moved {
		dropped := []string{"Authorization", "Cookie", "Proxy-Authorization"}
		for _, f := range b.Identity.Fields {
			dropped = append(dropped, f.Name)
		}
		before := len(r.Fields)
		remove(r, dropped...)
		leaveSecrets(r, secrets)
		if len(r.Fields) < before {
			notes = append(notes, "credentials were not sent along to "+to.Host)
		}
	}
	fragment := *to
	fragment.Fragment, fragment.RawFragment = "", ""
	for i, f := range r.Fields {
		if strings.EqualFold(f.Name, "Host") && (moved || strings.EqualFold(f.Value, b.URL.Host)) {
			r.Fields[i].Value = fragment.Host
		}
	}
	b.URL, r.URL, r.Target = &fragment, fragment.String(), ""
	return notes
}

func remove(r *exchange.Request, names ...string) {
	r.Fields = slices.DeleteFunc(r.Fields, func(f exchange.Field) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, f.Name) })
	})
}

// leaveSecrets removes the fields with secrets in them.
func leaveSecrets(r *exchange.Request, secrets *secret.Set) {
	r.Fields = slices.DeleteFunc(r.Fields, func(f exchange.Field) bool {
		return !strings.EqualFold(f.Name, "Host") && secrets.Mask(f.Value) != f.Value
	})
}

// circle reports whether a request was redirected before.
func circle(hops []hop, next *plan.Bound) bool {
	return slices.ContainsFunc(hops, func(h hop) bool {
		return h.method == next.Request.Method && h.from.String() == next.URL.String()
	})
}
