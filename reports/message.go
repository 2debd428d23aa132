package reports

import (
	"fmt"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// exchange writes an exchange as it was on the wire: "> " before what was
// sent, "< " before what came, "* " before what is known besides, "! " before
// what went wrong. No line begins with what a server wrote.
func (p *printer) exchange(x finding.Exchange, limit limits, details bool) {
	if details {
		p.connection(x)
	}
	p.request(x, limit)
	for _, i := range x.Interims {
		p.head(i.Proto, i.Status, i.Reason, i.Fields)
		p.line(p.faint("* after "), duration(i.After))
		p.faults(i.Faults)
	}
	if x.Response != nil {
		p.response(x, limit)
	}
	p.failure(x.Failure)
}

func (p *printer) failure(f *exchange.Failure) {
	if f == nil {
		return
	}
	p.line(p.bad("! "), visible(f.Text))
	if f.Hint != "" && f.Hint != p.told {
		p.line(p.faint("! try: "), visible(f.Hint))
	}
}

func (p *printer) request(x finding.Exchange, limit limits) {
	r := x.Request
	target := r.Target
	if target == "" {
		target = r.URL
	}
	p.line(p.key("> "), p.bold(visible(strings.TrimSpace(r.Method+" "+target+" "+r.Proto))))
	p.fields("> ", r.Fields)
	p.body("> ", bodyLines(r.Body, x.RequestSize, r.Fields.Get("Content-Type"), limit))
	if r.Withheld {
		p.line(p.faint("* the body was not sent: a final response came first"))
	}
}

func (p *printer) head(proto string, status int, reason string, fields exchange.Fields) {
	line := strings.TrimSpace(fmt.Sprintf("%s %03d %s", proto, status, reason))
	p.line(p.key("< "), p.bold(visible(line)))
	p.fields("< ", fields)
}

func (p *printer) response(x finding.Exchange, limit limits) {
	r := x.Response
	p.head(r.Proto, r.Status, r.Reason, r.Fields)
	content, size := r.Content, x.ContentSize
	if r.CodingFault != "" || len(r.Codings) == 0 {
		content, size = r.Body, x.BodySize
	}
	p.body("< ", bodyLines(content, size, r.Fields.Get("Content-Type"), limit))
	if len(r.Trailers) > 0 {
		p.line(p.faint("* trailers"))
		p.fields("< ", r.Trailers)
	}
	switch {
	case r.CodingFault != "":
		p.line(p.bad("! "), "the content coding could not be undone: ", visible(r.CodingFault))
	case len(r.Codings) > 0:
		p.line(p.faint("* shown after undoing "), visible(strings.Join(r.Codings, ", ")), p.faint(": "+count(x.BodySize, "octet")+" as sent"))
	}
	if !r.Complete && x.Failure == nil {
		p.line(p.bad("! "), "the message did not end as its framing says it ends")
	}
	if len(r.Extra) > 0 {
		p.line(p.bad("! "), count(len(r.Extra), "octet"), " after the end of the message:")
		p.body("< ", bodyLines(r.Extra, len(r.Extra), "", limit))
	}
	p.faults(r.Faults)
}

func (p *printer) faults(faults []exchange.Fault) {
	for _, f := range faults {
		text := visible(f.Text)
		if f.Octets != "" {
			text += ": " + visible(f.Octets)
		}
		p.line(p.bad("! "), text)
	}
}

func (p *printer) fields(gutter string, fields exchange.Fields) {
	for _, f := range fields {
		p.line(p.key(gutter), visible(f.Name), p.faint(":"), " ", clip(visible(f.Value), noWider))
	}
}

// noWider is how many characters of a field's value are shown.
const noWider = 1000

func (p *printer) body(gutter string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line(p.key(gutter))
	for _, l := range lines {
		p.line(p.key(gutter), l)
	}
}

// connection writes how an exchange was made and how long it took.
func (p *printer) connection(x finding.Exchange) {
	parts := []string{role(x)}
	if x.Conn.Remote != "" {
		parts = append(parts, visible(x.Conn.Remote))
	}
	if x.Conn.Reused {
		parts = append(parts, "connection reused")
	}
	for _, t := range []struct {
		name string
		d    time.Duration
	}{
		{"DNS", x.Timing.DNS}, {"connect", x.Timing.Connect}, {"TLS", x.Timing.TLS},
		{"first octet", x.Timing.FirstByte}, {"total", x.Timing.Total},
	} {
		if t.d > 0 {
			parts = append(parts, t.name+" "+duration(t.d))
		}
	}
	p.line(p.faint("* " + strings.Join(parts, " · ")))
	if t := x.Conn.TLS; t != nil {
		p.line(p.faint("* " + session(t)))
	}
}

// role says why an exchange was made.
func role(x finding.Exchange) string {
	if x.Rule == "" {
		return visible(string(x.Role))
	}
	return visible(string(x.Role) + " of " + x.Rule)
}

func session(t *exchange.TLS) string {
	parts := []string{t.Version, t.Cipher}
	if t.Protocol != "" {
		parts = append(parts, "ALPN "+t.Protocol)
	}
	if t.ServerName != "" {
		parts = append(parts, "for "+t.ServerName)
	}
	if c := t.Leaf; c != nil {
		parts = append(parts, "certificate of "+c.Subject+" by "+c.Issuer+" until "+c.NotAfter.UTC().Format(time.DateOnly))
	}
	return visible(strings.Join(parts, " · "))
}

// brief gives an exchange in one line.
func brief(x finding.Exchange) string {
	target := x.Request.Target
	if target == "" {
		target = x.Request.URL
	}
	text := x.Request.Method + " " + target + " → "
	switch {
	case x.Response != nil:
		text += strings.TrimSpace(fmt.Sprintf("%03d %s", x.Response.Status, x.Response.Reason))
		if l := x.Response.Fields.Get("Location"); l != "" {
			text += ", Location: " + l
		}
	case x.Failure != nil:
		text += x.Failure.Text
	default:
		text += "nothing came"
	}
	return clip(visible(text+" ("+string(x.Role)+", "+duration(x.Timing.Total)+")"), noWider)
}
