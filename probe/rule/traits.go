package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// trait is something that ordinary exchanges do not have. A rule that has
// nothing to say of an exchange without certain traits names them, so as not to
// be asked: to come back from a hundred rules empty-handed would take longer
// than to judge an exchange.
type trait uint32

// The traits.
const (
	oddStatus    trait = 1 << iota // outside of the five classes
	failing                        // 4xx, 5xx
	interims                       // 1xx responses, or a 101
	old                            // HTTP/1.0, on either side
	uploading                      // content in the request
	notReading                     // another method than GET and HEAD, or a 501
	asksOptions                    // OPTIONS
	faulty                         // breaches of the message grammar
	beyondOctets                   // fields with octets beyond ASCII, in any section
	repeating                      // fields that stand there twice, or trailers
	trailing                       // trailers
	overlong                       // octets after the message
	endless                        // content that ends with the connection
	closing                        // Connection in request or response
	withAllow                      // Allow
	digested                       // Content-Digest or Repr-Digest, in any section
	qualified                      // parameters of the media type
	doubtfulJSON                   // called JSON, but not known to be read alike by all
	linking                        // what may be a URL, in fields or content
	sharable                       // shared caches may reuse it
	unbounded                      // neither Cache-Control nor Expires
	choosing                       // an Accept that does not take everything
	crossOrigin                    // Origin in the request
	speakingCORS                   // Access-Control fields in the response, or Origin in the request
	securing                       // https, or Strict-Transport-Security
	admitting                      // Authorization, or Set-Cookie in the response
)

// traitsOf gives what an exchange has; repeated says whether a field does that
// rules ask for.
func traitsOf(p *Pass, repeated bool) trait {
	var out trait
	has := func(t trait, given bool) {
		if given {
			out |= t
		}
	}
	q, r := &p.Request, p.Response
	status := r.Status
	has(oddStatus, status < statusBegin || status >= statusEnd)
	has(failing, isError(status))
	has(interims, len(p.Interims) > 0 || status == http.StatusSwitchingProtocols)
	has(old, q.Proto == "HTTP/1.0" || r.Proto == "HTTP/1.0")
	has(uploading, len(q.Body) > 0)
	has(notReading, q.Method != http.MethodGet && q.Method != http.MethodHead || status == http.StatusNotImplemented)
	has(asksOptions, q.Method == http.MethodOptions)
	has(faulty, len(r.Faults) > 0 || slices.ContainsFunc(p.Interims, func(i exchange.Interim) bool { return len(i.Faults) > 0 }))
	has(beyondOctets, isBeyondASCII(r.Fields) || isBeyondASCII(r.Trailers) ||
		slices.ContainsFunc(p.Interims, func(i exchange.Interim) bool { return isBeyondASCII(i.Fields) }))
	has(repeating, repeated || len(r.Trailers) > 0)
	has(trailing, len(r.Trailers) > 0)
	has(overlong, len(r.Extra) > 0)
	has(endless, r.Framing == exchange.ByClose)
	has(closing, q.Fields.Has("Connection") || r.Fields.Has("Connection"))
	has(withAllow, r.Fields.Has("Allow"))
	has(digested, len(r.Trailers) > 0 || r.Fields.Has("Content-Digest") || r.Fields.Has("Repr-Digest"))
	out |= p.contentTraits() | p.askedTraits()
	has(sharable, p.reusable(true))
	has(unbounded, !r.Fields.Has("Cache-Control") && !r.Fields.Has("Expires"))
	has(securing, strings.HasPrefix(p.origin(), "https://") || r.Fields.Has("Strict-Transport-Security"))
	return out
}

func isBeyondASCII(fields exchange.Fields) bool {
	return slices.ContainsFunc(fields, func(f exchange.Field) bool { return !isASCII(f.Value) })
}

func (p *Pass) contentTraits() (out trait) {
	fields, content := p.Response.Fields, p.Response.Content
	if strings.Contains(fields.Get("Content-Type"), ";") {
		out |= qualified
	}
	if isJSON(p.mediaType()) {
		if d := p.json(); d == nil || d.bom || !d.content.Brief() {
			out |= doubtfulJSON
		}
	}
	if fields.Has("Location") || fields.Has("Content-Location") || fields.Has("Link") || fields.Has("Refresh") ||
		bytes.IndexByte(content, '?') >= 0 || bytes.Contains(content, []byte(`"http`)) {
		out |= linking
	}
	return out
}

// askedTraits gives what the fields of the request tell.
func (p *Pass) askedTraits() (out trait) {
	asked := p.Request.Fields
	if accept := asked.Joined("Accept"); accept != "" && accept != "*/*" {
		out |= choosing
	}
	if asked.Has("Origin") {
		out |= crossOrigin | speakingCORS
	}
	if speaksCORS(p.Response.Fields) {
		out |= speakingCORS
	}
	if asked.Has("Authorization") || p.Response.Fields.Has("Set-Cookie") {
		out |= admitting
	}
	return out
}
