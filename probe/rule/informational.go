package rule

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var informational = []Rule{
	{
		ID:       "interim-no-content",
		Topic:    Informational,
		Title:    "a 1xx consists of its header section and nothing more",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §15.2", "RFC 9110 §8.6", "RFC 9112 §6.1", "RFC 9112 §6.3"},
		Text: "A 1xx ends at the blank line, so it announces no length and no transfer coding. A client that believed such a field " +
			"would take the beginning of the final response for content.",
		Undecided: "Octets between a 1xx and the final response make the answer unreadable: then the step fails, and shows what came.",
		Mend:      "send 1xx responses without Content-Length and Transfer-Encoding",
		Bad:       "HTTP/1.1 100 Continue + Content-Length: 0",
		Good:      "HTTP/1.1 100 Continue, blank line, HTTP/1.1 200 OK",
		needs:     interims,
		Check: func(p *Pass) {
			for i := range p.Interims {
				interimLength(p, p.Interims[i].Status, p.Interims[i].Fields)
			}
			if p.Response.Status == http.StatusSwitchingProtocols {
				interimLength(p, p.Response.Status, p.Response.Fields)
			}
		},
	},
	{
		ID:       "final-after-interim",
		Topic:    Informational,
		Title:    "a 1xx is followed by a final response, and goes to clients that know of it",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange, SafeFollowUp},
		Spec:     []string{"RFC 9110 §15", "RFC 9110 §15.2", "RFC 9110 §10.1.1", "RFC 9112 §9.2"},
		Text: "A 1xx is a word in between, and the answer comes after it. HTTP/1.0 has no such words: a client that speaks it takes a 1xx for the answer, and what comes after for " +
			"garbage. With verify, a GET that led to a 1xx is sent again in HTTP/1.0. A step to which no final response comes fails by itself.",
		Silent: "A 100 that nobody asked for is allowed. A 101 is judged by switch-only-to-offered.",
		Mend:   "send 1xx to requests in HTTP/1.1 and later only",
		Bad:    "GET /a HTTP/1.0 → 103, then 200",
		Good:   "GET /a HTTP/1.1 → 103, then 200",
		needs:  interims,
		Check: func(p *Pass) {
			if len(p.Interims) > 0 && p.Request.Proto == "HTTP/1.0" {
				p.Reportf("informational", "a %d comes before the %d to %s, which was sent as HTTP/1.0: that version knows no 1xx",
					p.Interims[0].Status, p.Response.Status, p.line())
			}
		},
		FollowUps: []FollowUp{{
			When: When{Methods: []string{http.MethodGet}},
			Judge: func(t *Trail) {
				// Check judges the answer.
				if len(t.Interims) > 0 {
					t.Ask(Ask{Old: true})
				}
			},
		}},
	},
	{
		ID:       "continue-or-final-promptly",
		Topic:    Informational,
		Title:    "a client that asks before it sends gets an answer before it sends",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §10.1.1", "RFC 9110 §15.2.1", "RFC 9110 §7.8"},
		Text: "With Expect: 100-continue a client holds its content back until it hears 100 or a final status. A server that stays silent makes each such request wait for as long as the client's patience lasts, 3 s here unless continue-wait says otherwise. " +
			"Where the connection is upgraded as well, the 100 comes before the 101.",
		Silent: "Responses marked HTTP/1.0, and those that came through a proxy. A final status at once, 417 included, is a full answer.",
		Mend:   "send 100 Continue, or the final status, as soon as the header section has been read",
		Bad:    "POST /upload + Expect: 100-continue → nothing until the content comes",
		Good:   "POST /upload + Expect: 100-continue → 100, then 201",
		needs:  uploading,
		Check:  continuePromptly,
	},
	{
		ID:       "early-final-declares-close",
		Topic:    Informational,
		Title:    "an answer that comes before the content was read leaves no doubt about the connection",
		Severity: finding.Warning,
		Basis:    "SHOULD + MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §10.1.1", "RFC 9112 §9.3", "RFC 9112 §9.6"},
		Text: "A server may refuse before it has read the content. Either it says Connection: close and closes, or it reads the rest all the same and takes what comes after it for the next request. " +
			"What it leaves unread on a connection that stays open is taken for a request, and the client gets answers that belong to nobody. " +
			"The rest of content is sent on for 5 s at most where an answer does not announce the close.",
		Silent: "An answer in the middle of the content that nobody asked for is an error. A server that just closes, without saying so, is info: a client sees that it is gone. HTTP/1.0, and content whose end is the end of the connection.",
		Undecided: "Content that Expect: 100-continue held back is not sent once it was refused, so whether the server would have read it is not known. " +
			"Content that fits into the buffers of the network is gone before the answer comes: that it was left unread is seen only where an answer to it follows at once.",
		Mend:  "send Connection: close with a refusal and close, or read what the client still sends",
		Bad:   "POST /upload → 413 without Connection: close, then 400 for octets of the content",
		Good:  "POST /upload → 413 + Connection: close, then the end of the connection",
		needs: uploading,
		Check: earlyFinal,
	},
	{
		ID:       "upgrade-on-101",
		Topic:    Informational,
		Title:    "a 101 tells which protocol comes next, hop by hop",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.2.2", "RFC 9110 §7.8"},
		Text: "The Upgrade field of a 101 lists the protocol that is spoken from here on, and Connection lists the option upgrade, since " +
			"the field is meant for this connection alone. Without either, client and proxies do not know what the octets to come are.",
		Mend: "send both Upgrade: <protocol> and Connection: Upgrade with the 101",
		Bad:  "HTTP/1.1 101 Switching Protocols + Upgrade: websocket",
		Good: "HTTP/1.1 101 Switching Protocols + Connection: Upgrade + Upgrade: websocket",
		When: When{Statuses: []int{http.StatusSwitchingProtocols}},
		Check: func(p *Pass) {
			if len(p.Response.Fields.Tokens("Upgrade")) == 0 {
				p.Reportf("headers.Upgrade", "the 101 to %s names no protocol in Upgrade", p.line())
			}
			if !slices.ContainsFunc(p.Response.Fields.Tokens("Connection"), isUpgrade) {
				p.Reportf("headers.Connection", "the 101 to %s does not list upgrade in Connection", p.line())
			}
		},
	},
	{
		ID:       "switch-only-to-offered",
		Topic:    Informational,
		Title:    "the protocol of a 101 is one that the client offered",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §7.8", "RFC 9113 §8.6"},
		Text: "A server may change the protocol only when the request carried Upgrade, and only to something in that list; names are compared " +
			"without case. HTTP/2 has no 101, and a client that speaks HTTP/1.0 does not know it.",
		Undecided: "That a 101 does not answer HTTP/2 is not looked at: probe speaks HTTP/1.1 so far.",
		Mend:      "answer requests without a matching Upgrade as plain HTTP, with 426 if another protocol is needed",
		Bad:       "GET / without Upgrade → 101",
		Good:      "GET /chat + Upgrade: websocket → 101 + Upgrade: websocket",
		When:      When{Statuses: []int{http.StatusSwitchingProtocols}},
		Check: func(p *Pass) {
			if proto := p.Request.Proto; proto == "HTTP/1.0" || strings.HasPrefix(proto, "HTTP/2") {
				p.Reportf("status", "a 101 to %s, which was sent as %s: that version cannot switch", p.line(), proto)
				return
			}
			offered := p.Request.Fields.Tokens("Upgrade")
			if len(offered) == 0 {
				p.Reportf("status", "a 101 to %s, which asked for no other protocol", p.line())
				return
			}
			for _, chosen := range p.Response.Fields.Tokens("Upgrade") {
				if !slices.ContainsFunc(offered, func(o string) bool { return sameProtocol(o, chosen) }) {
					p.Report(Report{
						Path:     "headers.Upgrade",
						Message:  "the 101 to " + p.line() + " switches to " + quote(chosen) + ", which was not offered",
						Expected: strings.Join(offered, ", "),
						Actual:   chosen,
					})
				}
			}
		},
	},
	{
		ID:       "early-hints-useful",
		Topic:    Informational,
		Title:    "early hints name something to fetch",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 8297 §2"},
		Text: "A 103 is sent ahead so that a client can begin to fetch or to connect while the answer is in the making. It needs a Link with a relation, such as preload or " +
			"preconnect; a 103 without one costs time and gains none.",
		Mend:  "put the Link fields of the final response into the 103, or leave it out",
		Bad:   "HTTP/1.1 103 Early Hints without fields",
		Good:  "HTTP/1.1 103 Early Hints + Link: </app.css>; rel=preload; as=style",
		needs: interims,
		Check: func(p *Pass) {
			for i := range p.Interims {
				if hint := &p.Interims[i]; hint.Status == http.StatusEarlyHints && !slices.ContainsFunc(links(hint.Fields), link.related) {
					p.Reportf("informational", "the 103 to %s has no Link with a relation: there is nothing to act on", p.line())
				}
			}
		},
	},
}

func continuePromptly(p *Pass) {
	r := p.Response
	if p.Request.Proto != "HTTP/1.1" || len(p.Request.Body) == 0 || r.Proto == "HTTP/1.0" || r.Fields.Has("Via") ||
		!slices.ContainsFunc(p.Request.Fields.Tokens("Expect"), func(s string) bool { return strings.EqualFold(s, "100-continue") }) {
		return
	}
	continued := slices.ContainsFunc(p.Interims, func(i exchange.Interim) bool { return i.Status == http.StatusContinue })
	switch {
	case p.Request.Unprompted:
		p.Reportf("informational", "%s asked with Expect: 100-continue, but no answer came before its content was sent", p.line())
	case r.Status == http.StatusSwitchingProtocols && !continued && !p.Request.Withheld:
		p.Reportf("informational", "%s is answered with 101 before 100, although it asked with Expect: 100-continue", p.line())
	}
}

func interimLength(p *Pass, status int, fields exchange.Fields) {
	for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
		if fields.Has(name) {
			p.Reportf("headers."+name, "the %d to %s carries %s, but a 1xx has no content", status, p.line(), name)
		}
	}
}

func isUpgrade(option string) bool { return strings.EqualFold(option, "upgrade") }

// sameProtocol compares names without case; versions count where both say one.
func sameProtocol(a, b string) bool {
	nameA, versionA, okA := strings.Cut(a, "/")
	nameB, versionB, okB := strings.Cut(b, "/")
	return strings.EqualFold(nameA, nameB) && (!okA || !okB || strings.EqualFold(versionA, versionB))
}
