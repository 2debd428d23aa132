package rule

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// transient fields belong to one request, not to whoever makes it.
var transient = []string{
	"Expect", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range",
	"Idempotency-Key", "Prefer", "Connection", "Upgrade", "TE", "Trailer", "Transfer-Encoding", "Max-Forwards",
	"Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
	"Access-Control-Request-Method", "Access-Control-Request-Headers",
}

// NewRequest builds the request of an ask. It fails when the ask's reference
// leads to nothing that http can fetch. Cookies of a jar are not part of it:
// they are the sender's to add, except to requests as nobody or as broken.
func (t *Trail) NewRequest(a Ask) (exchange.Request, bool) {
	cause := &t.Request
	from, err := url.Parse(cause.URL)
	if err != nil {
		return exchange.Request{}, false
	}
	to, err := from.Parse(a.URL)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" || to.User != nil {
		return exchange.Request{}, false
	}
	to.Fragment, to.RawFragment = "", ""
	moved := origin(to.String()) != origin(cause.URL)
	who := a.Who
	if moved {
		who = AsNobody
	}
	t.credit(to, who)
	r := exchange.Request{Method: a.method(), URL: to.String(), Proto: "HTTP/1.1"}
	if a.Old {
		r.Proto = "HTTP/1.0"
	}
	for _, f := range cause.Fields {
		if moved && strings.EqualFold(f.Name, "Host") {
			f.Value = to.Host
		}
		if value, ok := t.keeps(&a, f, who); ok {
			r.Fields = append(r.Fields, exchange.Field{Name: f.Name, Value: value})
		}
	}
	r.Fields = append(r.Fields, a.Set...)
	if a.Keep {
		r.Body = cause.Body
		if a.Body != nil {
			r.Body = a.Body
		}
	}
	switch {
	case len(r.Body) > 0:
		r.Fields = append(r.Fields, exchange.Field{Name: "Content-Length", Value: strconv.Itoa(len(r.Body))})
	case slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch}, r.Method):
		r.Fields = append(r.Fields, exchange.Field{Name: "Content-Length", Value: "0"}) // RFC 9110 §8.6
	}
	return r, true
}

// keeps gives the value with which a field of the exchange's request is sent
// again, and whether it is.
func (t *Trail) keeps(a *Ask, f exchange.Field, who Who) (string, bool) {
	named := func(n string) bool { return strings.EqualFold(n, f.Name) }
	content := len(f.Name) > 8 && strings.EqualFold(f.Name[:8], "Content-")
	switch {
	case a.Set.Has(f.Name), slices.ContainsFunc(a.Drop, named), named("Content-Length"), named("Expect"), named("Transfer-Encoding"):
		return "", false
	case !a.Keep && (content || slices.ContainsFunc(transient, named)):
		return "", false
	}
	credential := named("Authorization") || slices.ContainsFunc(t.Identity.Fields, func(i exchange.Field) bool { return named(i.Name) })
	switch {
	case who == AsBefore:
		return f.Value, true
	case named("Cookie"):
		return "", false
	case !credential:
		return f.Value, true
	case who == AsNobody:
		return "", false
	}
	return brokenCredential(f.Value), true
}

// credit leaves the identity's query parameters out of a URL, or breaks them.
func (t *Trail) credit(u *url.URL, who Who) {
	if who == AsBefore || len(t.Identity.Query) == 0 || u.RawQuery == "" {
		return
	}
	var out []string
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		credential := err == nil && slices.ContainsFunc(t.Identity.Query, func(f exchange.Field) bool { return f.Name == plain })
		switch {
		case !credential:
			out = append(out, part)
		case who == AsBroken:
			if secret, err := url.QueryUnescape(value); err == nil {
				out = append(out, name+"="+url.QueryEscape(changed(secret)))
			}
		}
	}
	u.RawQuery = strings.Join(out, "&")
}

// brokenCredential changes one character in the middle of the part of a
// credential that proves something: the signature of a token in parts, the
// password of a pair.
func brokenCredential(value string) string {
	scheme, secret, ok := strings.Cut(value, " ")
	if !ok {
		return changed(value)
	}
	if strings.EqualFold(scheme, "Basic") {
		if pair, err := base64.StdEncoding.DecodeString(secret); err == nil {
			user, password, _ := strings.Cut(string(pair), ":")
			return scheme + " " + base64.StdEncoding.EncodeToString([]byte(user+":"+changed(password)))
		}
	}
	if dot := strings.LastIndexByte(secret, '.'); strings.Count(secret, ".") == 2 && dot < len(secret)-1 {
		return scheme + " " + secret[:dot+1] + changed(secret[dot+1:])
	}
	return scheme + " " + changed(secret)
}

// changed puts another character of the same kind into the middle. The last
// one of a text in base64 may carry no bits.
func changed(s string) string {
	if s == "" {
		return "x"
	}
	i := len(s) / 2
	other := byte('A')
	switch ch := s[i]; {
	case ch >= '0' && ch <= '9':
		other = '0' + (ch-'0'+5)%10
	case ch >= 'a' && ch <= 'z':
		other = 'a' + (ch-'a'+13)%26
	case ch >= 'A' && ch <= 'Z':
		other = 'A' + (ch-'A'+13)%26
	}
	return s[:i] + string(other) + s[i+1:]
}
