package rule

import (
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// refusals are statuses that tell a client what to send instead.
var refusals = []Rule{
	{
		ID:       "accept-on-415",
		Topic:    ClientErrors,
		Title:    "whoever gets a 415 is told which formats would do",
		Severity: finding.Info,
		Basis:    "PATCH: SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 5789 §2.2", "RFC 9110 §15.5.16", "RFC 9110 §12.5.3"},
		Text: "A 415 turns down the format of the content, or its coding. Accept-Patch on a PATCH, Accept otherwise, and Accept-Encoding if the request had a " +
			"Content-Encoding, tell what to send instead. Accept-Encoding to a request without a coding is an error: it blames the one thing that was not at fault.",
		Silent: "A PATCH without Accept-Patch is a warning. For other methods the names of media types in the body will do, and so will Accept-Post and Accept-Query. " +
			"Content that cannot be read may hold them.",
		Mend:  "add Accept-Patch, or Accept, with the media types that the resource takes",
		Bad:   "PATCH /users/1 → 415",
		Good:  "PATCH /users/1 → 415 + Accept-Patch: application/merge-patch+json",
		When:  When{Statuses: []int{http.StatusUnsupportedMediaType}},
		Check: acceptOn415,
	},
	{
		ID:       "upgrade-on-426",
		Topic:    ClientErrors,
		Title:    "a 426 says which protocol to come back with",
		Severity: finding.Error,
		Basis:    "MUST",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §15.5.22", "RFC 9110 §7.8"},
		Text: "A 426 refuses the protocol of the request, so it lists in Upgrade what the client may switch to. Connection names upgrade, as it does wherever that field is sent, or " +
			"proxies pass on what was meant for them.",
		Silent: "HTTP/2 and later, in which neither field can be sent.",
		Mend:   "send Upgrade: <protocol> and Connection: Upgrade with the 426",
		Bad:    "GET /chat → 426",
		Good:   "GET /chat → 426 + Upgrade: websocket + Connection: Upgrade",
		When:   When{Statuses: []int{http.StatusUpgradeRequired}},
		Check: func(p *Pass) {
			if p.Response.Proto != "HTTP/1.1" && p.Response.Proto != "HTTP/1.0" {
				return
			}
			if len(p.Response.Fields.Tokens("Upgrade")) == 0 {
				p.Reportf("headers.Upgrade", "the 426 to %s names no protocol in Upgrade", p.line())
			}
			if !slices.ContainsFunc(p.Response.Fields.Tokens("Connection"), isUpgrade) {
				p.Reportf("headers.Connection", "the 426 to %s does not list upgrade in Connection", p.line())
			}
		},
	},
	{
		ID:       "precondition-required-428",
		Topic:    ClientErrors,
		Title:    "a 428 goes to a write that had no precondition",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange, WritingRequest},
		Spec:     []string{"RFC 6585 §3"},
		Text: "With 428 a server refuses to overwrite what the client may not have seen; the client reads the resource again and sends If-Match with its tag. That cures " +
			"nothing for a request that changes no state, or one that already had If-Match, If-None-Match or If-Unmodified-Since. A write that got 428 on something that the run created is sent again with If-Match, " +
			"and a tag that the resource never had, lest it take place: it gets another answer, as a rule 412.",
		Silent: "Whether the body says how to go on is looked at by error-explained.",
		Mend:   "ask for a precondition on writes only, and answer a false one with 412",
		Bad:    "GET /users → 428",
		Good:   "PUT /users/1 without If-Match → 428",
		When:   When{Statuses: []int{http.StatusPreconditionRequired}},
		Check: func(p *Pass) {
			if isSafe(p.Request.Method) {
				p.Reportf("status", "%s is answered with 428, but %s changes nothing that a precondition could protect", p.line(), p.Request.Method)
				return
			}
			for _, name := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since"} {
				if p.Request.Fields.Get(name) != "" {
					p.Reportf("status", "%s is answered with 428, but it has a precondition: %s", p.line(), name)
					return
				}
			}
		},
		FollowUps: []FollowUp{{
			When:   When{Statuses: []int{http.StatusPreconditionRequired}, Methods: []string{http.MethodPut, http.MethodPatch, http.MethodDelete}},
			Writes: true,
			Judge:  curedByPrecondition,
		}},
	},
	{
		ID:       "legal-451",
		Topic:    ClientErrors,
		Title:    "a 451 names the one who blocks",
		Severity: finding.Warning,
		Basis:    "SHOULD",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 7725 §3", "RFC 7725 §4"},
		Text: "Who withholds something because the law demands it names itself in a Link with the relation blocked-by. That is the one who carries out the block, which need not be the one " +
			"who demanded it.",
		Silent: "Whether the body explains the demand is looked at by error-explained.",
		Mend:   `add Link: <https://…>; rel="blocked-by" to the 451`,
		Bad:    "GET /film → 451",
		Good:   `GET /film → 451 + Link: <https://isp.example>; rel="blocked-by"`,
		When:   When{Statuses: []int{http.StatusUnavailableForLegalReasons}},
		Check: func(p *Pass) {
			if !slices.ContainsFunc(links(p.Response.Fields), func(l link) bool { return l.is("blocked-by") }) {
				p.Reportf("headers.Link", "the 451 to %s has no Link with the relation blocked-by", p.line())
			}
		},
	},
}

// isSafe follows RFC 9110 §9.2.1; QUERY is safe by its draft.
func isSafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "QUERY", "PROPFIND", "REPORT", "SEARCH":
		return true
	}
	return false
}

func acceptOn415(p *Pass) {
	fields := p.Response.Fields
	coded := slices.ContainsFunc(p.Request.Fields.Tokens("Content-Encoding"), func(c string) bool { return !strings.EqualFold(c, "identity") })
	if fields.Has("Accept-Encoding") {
		if !coded {
			p.reportAt(finding.Error, "headers.Accept-Encoding", "the 415 to %s carries Accept-Encoding, but the request had no coding: "+
				"the field tells the client to change what was right", p.line())
		} else {
			return
		}
	}
	patch := p.Request.Method == http.MethodPatch
	if fields.Get("Accept-Patch") != "" {
		return
	}
	switch names := fields.Get("Accept") != "" || fields.Get("Accept-Post") != "" || fields.Get("Accept-Query") != ""; {
	case patch && !coded:
		p.reportAt(finding.Warning, "headers.Accept-Patch", "the 415 to %s has no Accept-Patch", p.line())
	case names || !p.readable() || p.namesFormats():
	case coded:
		p.Reportf("headers.Accept-Encoding", "the 415 to %s says neither which codings nor which media types would be accepted", p.line())
	default:
		p.Reportf("headers.Accept", "the 415 to %s does not say which media types would be accepted", p.line())
	}
}

// readable reports whether all that an answer says is known.
func (p *Pass) readable() bool {
	return p.whole() && p.Request.Method != http.MethodHead
}

// namesFormats reports whether the content names a media type other than the
// one that was refused.
func (p *Pass) namesFormats() bool {
	refused := mediaType(p.Request.Fields.Get("Content-Type"))
	words := strings.FieldsFunc(strings.ToLower(p.visibleText()), func(r rune) bool {
		return r > 0x7f || !tokenOctet(byte(r)) && r != '/' || strings.ContainsRune("'`*|", r)
	})
	for _, word := range words {
		kind, subtype, ok := strings.Cut(strings.TrimRight(word, "."), "/")
		if ok && subtype != "" && kind+"/"+subtype != refused && slices.Contains(mediaKinds, kind) {
			return true
		}
	}
	return false
}

var mediaKinds = []string{"application", "audio", "font", "image", "message", "model", "multipart", "text", "video"}
