package rule

import (
	"fmt"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// octets are the rules of framing that go by the octets as they came.
var octets = []Rule{
	{
		ID:       "status-line-syntax",
		Topic:    Framing,
		Title:    "the status line has the form that all clients read",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §4", "RFC 9112 §2.3"},
		Text: "A status line is the version, a space, three digits, a space, and a phrase that may be empty. Strict clients refuse any other line, and lenient ones differ in what they " +
			"make of it.",
		Silent:    "The wording of the phrase is free. A missing space after the digits is a warning, and HTTP/1.0 in answer to HTTP/1.1 is info.",
		Undecided: "A line in which no status can be read is no answer to judge: the step fails, and shows what came.",
		Mend:      "leave the status line to the HTTP library of the server",
		Bad:       "HTTP/1.1 200 without the second space",
		Good:      "HTTP/1.1 200 OK",
		needs:     faulty | old,
		Check: func(p *Pass) {
			p.reportFaults("status", exchange.StatusLineFault)
			if p.Request.Proto == "HTTP/1.1" && p.Response.Proto == "HTTP/1.0" {
				p.reportAt(finding.Info, "status", "%s is answered in HTTP/1.0, although HTTP/1.1 was spoken", p.line())
			}
		},
	},
	{
		ID:       "field-line-syntax",
		Topic:    Framing,
		Title:    "each field is a name, a colon and a clean value on one line",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9110 §5.1", "RFC 9110 §5.5", "RFC 9112 §5", "RFC 9112 §5.1", "RFC 9112 §5.2"},
		Text: "The name of a field is a token with the colon right behind it; the value is on the same line and free of controls. Space before the colon and folded lines are read differently by " +
			"proxies and clients, which attackers use to slip fields past one of them.",
		Silent: "Octets beyond ASCII are a warning; where a file name needs them, filename* is the way.",
		Mend:   "set fields through the server's library, and encode values that come from data",
		Bad:    "X-Total : 5",
		Good:   "X-Total: 5",
		needs:  faulty | nonASCII,
		Check: func(p *Pass) {
			p.reportFaults("headers", exchange.FieldLineFault)
			for _, fields := range []exchange.Fields{p.Response.Fields, p.Response.Trailers} {
				beyondASCII(p, fields)
			}
			for i := range p.Interims {
				beyondASCII(p, p.Interims[i].Fields)
			}
		},
	},
	{
		ID:       "line-structure",
		Topic:    Framing,
		Title:    "lines of a header section end in CRLF",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §2.1", "RFC 9112 §2.2"},
		Text: "Each line of a header section ends in CR and LF together, no CR stands alone, and nothing stands between the status line and the first field. Recipients that take other line ends " +
			"for the end of a field see another message than those that do not.",
		Silent: "LF without CR is a warning, since recipients may take it.",
		Mend:   "write CRLF at the end of each line",
		Bad:    "HTTP/1.1 200 OK, LF",
		Good:   "HTTP/1.1 200 OK, CRLF",
		needs:  faulty,
		Check:  func(p *Pass) { p.reportFaults("headers", exchange.LineEndFault) },
	},
	{
		ID:       "chunked-valid",
		Topic:    Framing,
		Title:    "a chunked body is whole, down to its last chunk",
		Severity: finding.Error,
		Basis:    "grammar",
		Seen:     []Sight{Octets},
		Spec:     []string{"RFC 9112 §7.1", "RFC 9112 §6.1"},
		Text: "Each chunk begins with its size in hex and ends with CRLF, the last one has size 0, and an empty line ends the message. chunked is named once, and last, in Transfer-Encoding, and HTTP/1.0 " +
			"does not know it. Without its last chunk a body that was cut off cannot be told from a whole one.",
		Silent: "A warning for what recipients may take: LF without CR, white space around a size.",
		Mend:   "leave chunking to the server's library, and close the connection only after the last chunk",
		Bad:    "5, hello, connection closed",
		Good:   "5, hello, 0, empty line",
		When:   When{Fields: []string{"Transfer-Encoding"}},
		Check: func(p *Pass) {
			p.reportFaults("headers.Transfer-Encoding", exchange.TransferFault)
			if p.Request.Proto == "HTTP/1.0" && p.Response.Proto != "HTTP/1.0" {
				p.Reportf("headers.Transfer-Encoding", "%s carries Transfer-Encoding, but was asked for in HTTP/1.0, which does not know it", p.answer())
			}
			if p.lengthDecided() || p.Failure != nil && p.Failure.Kind == exchange.FailedMessage {
				p.reportFaults("body", exchange.ChunkFault)
			}
		},
	},
}

// reportFaults reports what the reader noted, each kind of mistake once.
func (p *Pass) reportFaults(path string, kind exchange.FaultKind) {
	if len(p.Interims) == 0 && len(p.Response.Faults) == 0 {
		return
	}
	told := map[string]bool{}
	for i := range p.Interims {
		p.reportFaultsOf(p.Interims[i].Faults, p.Interims[i].Status, path, kind, told)
	}
	p.reportFaultsOf(p.Response.Faults, p.Response.Status, path, kind, told)
}

func (p *Pass) reportFaultsOf(faults []exchange.Fault, status int, path string, kind exchange.FaultKind, told map[string]bool) {
	for _, f := range faults {
		if f.Kind != kind || told[f.Text] {
			continue
		}
		told[f.Text] = true
		severity := p.rule.Severity
		if f.Mild {
			severity = finding.Warning
		}
		shown := ""
		if f.Octets != "" && f.Octets != `""` {
			shown = ": " + f.Octets
		}
		p.Report(Report{
			Severity: severity,
			Path:     path,
			Message:  fmt.Sprintf("in the %d to %s %s%s", status, p.line(), f.Text, shown),
			Actual:   f.Octets,
		})
	}
}

func beyondASCII(p *Pass, fields exchange.Fields) {
	for _, f := range fields {
		if !isASCII(f.Value) {
			p.reportAt(finding.Warning, "headers."+f.Name, "%s in the %d to %s holds octets beyond ASCII: %s", f.Name, p.Response.Status, p.line(), quote(f.Value))
		}
	}
}
