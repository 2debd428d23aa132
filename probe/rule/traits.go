package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// trait is something that ordinary exchanges do not have. A rule that has
// nothing to say of an exchange without certain traits names them, so as not to
// be asked: to come back from most rules empty-handed takes longer than to ask
// the others.
type trait uint64

// The traits.
const (
	oddStatus    trait = 1 << iota // outside of the five classes
	besides200                     // another status than 200
	failing                        // 4xx, 5xx
	interims                       // 1xx responses, or a 101
	old                            // HTTP/1.0, on either side
	uploading                      // content in the request
	notReading                     // another method than GET and HEAD
	asksOptions                    // OPTIONS
	faulty                         // breaches of the message grammar
	nonASCII                       // octets beyond ASCII in fields of any section
	repeating                      // fields that stand there twice, or trailers
	trailing                       // trailers
	overlong                       // octets after the message
	endless                        // content that ends with the connection
	closing                        // Connection, in request or response
	withAllow                      // Allow
	digested                       // Content-Digest or Repr-Digest, or trailers
	undated                        // no Date
	misdated                       // a Date that does not look right, or may not be
	dating                         // fields with dates that are not a plain Date
	measured                       // a Content-Length that is not plainly that of the content
	encoded                        // Content-Encoding, or octets that look like it
	labelled                       // another Content-Type than JSON, in UTF-8 if it says so
	qualified                      // parameters of such a type
	doubtfulJSON                   // called JSON, but not known to be read alike by all
	linking                        // what may be a URL, in fields or content
	directing                      // a Cache-Control of more than no-cache or no-store
	sharable                       // shared caches may reuse it
	unbounded                      // neither Cache-Control nor Expires
	choosing                       // an Accept that does not take everything
	crossOrigin                    // Origin in the request
	speakingCORS                   // Access-Control fields in the response, or crossOrigin
	securing                       // https, or Strict-Transport-Security
	admitting                      // Authorization in the request, or Set-Cookie
)

// fieldTraits are those that a response has by its fields.
var fieldTraits = []struct {
	trait trait
	names []string
}{
	{closing, []string{"Connection"}},
	{withAllow, []string{"Allow"}},
	{digested, []string{"Content-Digest", "Repr-Digest"}},
	{encoded, []string{"Content-Encoding"}},
	{linking, []string{"Location", "Content-Location", "Link", "Refresh"}},
	{securing, []string{"Strict-Transport-Security"}},
	{admitting, []string{"Set-Cookie"}},
	{dating, []string{"Last-Modified", "Retry-After", "Sunset", "Expires"}},
	{misdated, []string{"Age"}},
	{measured, []string{"Transfer-Encoding"}},
}

// marks are what fieldTraits look like in an index.
type marks struct {
	fields        []fieldSet // by place in fieldTraits
	date, bounded fieldSet
}

func (n fieldNames) marks() marks {
	set := func(names ...string) fieldSet {
		n.add(names)
		return n.set(names)
	}
	out := marks{date: set("Date"), bounded: set("Cache-Control", "Expires")}
	for _, f := range fieldTraits {
		out.fields = append(out.fields, set(f.names...))
	}
	return out
}

// traits gives what an exchange has; repeated says whether a field does that
// rules ask for.
func (m *marks) traits(p *Pass, present fieldSet, repeated bool) trait {
	var out trait
	has := func(t trait, given bool) {
		if given {
			out |= t
		}
	}
	for i, fields := range m.fields {
		has(fieldTraits[i].trait, fields.meets(present))
	}
	has(undated, !m.date.meets(present))
	has(unbounded, !m.bounded.meets(present))
	r := p.Response
	has(oddStatus, r.Status < statusBegin || r.Status >= statusEnd)
	has(besides200, r.Status != http.StatusOK)
	has(failing, isError(r.Status))
	has(interims, len(p.Interims) > 0 || r.Status == http.StatusSwitchingProtocols)
	has(faulty, len(r.Faults) > 0 || slices.ContainsFunc(p.Interims, func(i exchange.Interim) bool { return len(i.Faults) > 0 }))
	has(nonASCII, isBeyondASCII(r.Fields) || isBeyondASCII(r.Trailers) ||
		slices.ContainsFunc(p.Interims, func(i exchange.Interim) bool { return isBeyondASCII(i.Fields) }))
	has(repeating, repeated || len(r.Trailers) > 0)
	has(trailing|digested, len(r.Trailers) > 0)
	has(overlong, len(r.Extra) > 0)
	has(endless, r.Framing == exchange.ByClose)
	has(old, r.Proto == "HTTP/1.0")
	has(speakingCORS, speaksCORS(r.Fields))
	has(measured, repeated || r.Fields.Get("Content-Length") != string(strconv.AppendInt(make([]byte, 0, 20), int64(len(r.Body)), 10)))
	if m.date.meets(present) {
		date := r.Fields.Get("Date")
		t, ok := fixDateOf(date)
		has(dating, repeated || !ok || t.Weekday().String()[:3] != date[:3])
		within := p.Settings.Tolerance()
		has(misdated, !ok || t.Sub(p.Started.Add(p.Timing.Total)) > within || p.Started.Sub(t) > within)
	}
	return out | p.askedTraits() | p.contentTraits()
}

func isBeyondASCII(fields exchange.Fields) bool {
	for i := range fields {
		if !isASCII(fields[i].Value) {
			return true
		}
	}
	return false
}

// askedTraits gives what the request tells.
func (p *Pass) askedTraits() (out trait) {
	q := &p.Request
	if q.Proto == "HTTP/1.0" {
		out |= old
	}
	if len(q.Body) > 0 {
		out |= uploading
	}
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		out |= notReading
	}
	if q.Method == http.MethodOptions {
		out |= asksOptions
	}
	if accept := q.Fields.Joined("Accept"); accept != "" && accept != "*/*" {
		out |= choosing
	}
	if q.Fields.Has("Origin") {
		out |= crossOrigin | speakingCORS
	}
	if q.Fields.Has("Connection") {
		out |= closing
	}
	if q.Fields.Has("Authorization") {
		out |= admitting
	}
	if strings.HasPrefix(p.origin(), "https://") {
		out |= securing
	}
	return out
}

// contentTraits gives what the content tells, and the fields that are about it.
func (p *Pass) contentTraits() (out trait) {
	r := p.Response
	switch kind := r.Fields.Get("Content-Type"); kind {
	case "application/json", "application/json; charset=utf-8", "application/json;charset=utf-8", "application/json; charset=UTF-8", "application/json;charset=UTF-8":
	default:
		out |= labelled
		if strings.Contains(kind, ";") {
			out |= qualified
		}
	}
	if isJSON(p.mediaType()) {
		if d := p.json(); d == nil || d.bom || !d.content.Brief() {
			out |= doubtfulJSON
		}
	}
	if len(r.Body) > 0 && packed(r.Body) != "" {
		out |= encoded
	}
	if bytes.IndexByte(r.Content, '?') >= 0 || bytes.Contains(r.Content, []byte(`"http`)) {
		out |= linking
	}
	switch told := r.Fields.Joined("Cache-Control"); told {
	case "no-cache", "no-store":
		return out
	case "":
	default:
		out |= directing
	}
	if p.reusable(true) {
		out |= sharable
	}
	return out
}
