package rule

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// CloseLimit is how long a server may take to close a connection that it has
// to close.
const CloseLimit = 5 * time.Second

// closes reports whether a message says that its connection closes after it.
func closes(fields exchange.Fields) bool {
	return slices.ContainsFunc(fields.Tokens("Connection"), func(o string) bool { return strings.EqualFold(o, "close") })
}

// closeHonoured tells once for each origin, since it is not looked at for each
// exchange.
func closeHonoured() func(*Pass) {
	told := map[string]bool{}
	return func(p *Pass) {
		if p.Conn.LeftOpen < CloseLimit || !closes(p.Response.Fields) {
			return
		}
		if from := origin(p.Request.URL); !told[from] {
			told[from] = true
			p.Reportf("headers.Connection", "%s says Connection: close, but the connection was still open %s after it",
				p.answer(), p.Conn.LeftOpen.Round(time.Second))
		}
	}
}

// earlyFinal judges what becomes of the connection when content is answered
// before it was read (RFC 9112 §9.3).
func earlyFinal(p *Pass) {
	request, r := &p.Request, p.Response
	if len(request.Body) == 0 || request.Proto != "HTTP/1.1" || r.Proto != "HTTP/1.1" || r.Framing == exchange.ByClose ||
		r.Status < 200 || closes(request.Fields) || closes(r.Fields) {
		return
	}
	follows := statusOf(r.Extra)
	switch {
	case request.Early && follows >= 200 && follows != http.StatusRequestTimeout:
		p.reportAt(finding.Error, "headers.Connection", "%s comes before its content was sent, and a %d that nobody asked for follows: the rest of the content was taken for a request",
			p.answer(), follows)
	case !request.Withheld && r.Status >= 400 && slices.Contains(misread, follows):
		p.Reportf("headers.Connection", "%s keeps the connection, and a %d that nobody asked for follows, as if the content were the next request",
			p.answer(), follows)
	case request.Partial && p.Conn.LeftOpen >= CloseLimit:
		p.Reportf("headers.Connection", "%s comes before its content was sent; in the %s after it the server neither read the rest nor closed the connection",
			p.answer(), p.Conn.LeftOpen.Round(time.Second))
	case (request.Early || request.Withheld) && p.Conn.Closed:
		p.reportAt(finding.Info, "headers.Connection", "%s comes before its content was sent, and the connection closes behind it without Connection: close", p.answer())
	}
}

// misread are the statuses with which servers answer what is no request at all.
var misread = []int{http.StatusBadRequest, http.StatusNotImplemented, http.StatusHTTPVersionNotSupported}

// statusOf gives the status of a response that begins with these octets; 0 for
// other octets.
func statusOf(octets []byte) int {
	rest, ok := bytes.CutPrefix(octets, []byte("HTTP/1."))
	if !ok || len(rest) < 5 || rest[1] != ' ' {
		return 0
	}
	status := 0
	for _, digit := range rest[2:5] {
		if digit < '0' || digit > '9' {
			return 0
		}
		status = status*10 + int(digit-'0')
	}
	return status
}
