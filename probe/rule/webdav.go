package rule

import (
	"bytes"
	"net/http"
	"slices"
)

// webdavMethods are those of RFC 4918, RFC 3253, RFC 3648, RFC 3744, RFC 4791,
// RFC 5323 and RFC 5842.
var webdavMethods = []string{
	"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "BIND", "UNBIND", "REBIND", "SEARCH", "REPORT",
	"MKCALENDAR", "ORDERPATCH", "VERSION-CONTROL", "CHECKIN", "CHECKOUT", "UNCHECKOUT", "MERGE", "UPDATE", "LABEL",
	"MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL",
}

// speaksWebDAV reports whether either side shows that it speaks WebDAV.
func (p *Pass) speaksWebDAV() bool {
	return slices.Contains(webdavMethods, p.Request.Method) || p.Response.Fields.Has("DAV") || p.Response.Fields.Has("Lock-Token") ||
		slices.ContainsFunc([]string{"If", "Depth", "Destination", "Lock-Token", "Overwrite"}, p.Request.Fields.Has) ||
		bytes.Contains(p.Response.Content, []byte("DAV:"))
}

func webdavContext(p *Pass) {
	if p.speaksWebDAV() {
		return
	}
	switch status := p.Response.Status; status {
	case http.StatusAlreadyReported, http.StatusFailedDependency:
		p.Reportf("status", "%s is answered with %d, which is the status of a part within a multistatus or batch", p.line(), status)
	case http.StatusLocked:
		e, ok := p.ErrorBody()
		if ok && p.Request.Method != http.MethodHead && e.Code == nil && e.Details == nil && (len(p.Response.Content) == 0 || isPhrase(e.Message, status)) {
			p.Reportf("body", "the 423 to %s does not say what is locked", p.line())
		}
	case http.StatusInsufficientStorage:
		if isSafe(p.Request.Method) {
			p.Reportf("status", "%s is answered with 507, but it stores nothing", p.line())
		}
	case http.StatusLoopDetected:
		if !p.speaksOfCycle() {
			p.Reportf("status", "%s is answered with 508, but it neither has infinite depth nor names a link that leads back to itself", p.line())
		}
	}
}

// speaksOfCycle reports whether content that was read, or could not be, may
// explain a loop in more than the name of the status.
func (p *Pass) speaksOfCycle() bool {
	e, ok := p.ErrorBody()
	if !ok {
		return p.Request.Method != http.MethodHead
	}
	return mentions(p.visibleText(), "cycl", "circular", "recurs", "itself") ||
		mentions(p.visibleText(), "loop") && !isPhrase(e.Message, http.StatusLoopDetected)
}
