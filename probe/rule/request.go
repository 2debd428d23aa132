package rule

import (
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// origin gives scheme and authority of an absolute URL.
func origin(rawURL string) string {
	begin := strings.Index(rawURL, "://")
	if begin < 0 {
		return rawURL
	}
	begin += len("://")
	if end := strings.IndexAny(rawURL[begin:], "/?#"); end >= 0 {
		return rawURL[:begin+end]
	}
	return rawURL
}

// origin is scheme and authority of the request's URL.
func (p *Pass) origin() string {
	if p.server == "" {
		p.server = origin(p.Request.URL)
	}
	return p.server
}

// place says where an exchange was seen, for messages about a later one.
func (p *Pass) place() string { return p.sighting().String() }

// sighting is where an exchange was seen, to be put into words when needed.
type sighting struct{ method, target, place string }

func (p *Pass) sighting() sighting {
	return sighting{p.Request.Method, p.Request.Target, p.Subject.Place}
}

func (s sighting) String() string {
	path, _, _ := strings.Cut(s.target, "?")
	line := s.method + " " + path
	if s.place == "" {
		return line
	}
	return line + " (" + s.place + ")"
}

// requestBody is the parsed JSON of the request.
func (p *Pass) requestBody() (any, bool) {
	if len(p.Request.Body) == 0 {
		return nil, false
	}
	body, err := exchange.ParseJSON(p.Request.Body)
	return body, err == nil
}

// credentials tells requests of different identities apart.
func (p *Pass) credentials() string {
	var out strings.Builder
	for _, f := range p.Request.Fields {
		switch name := strings.ToLower(f.Name); name {
		case "authorization", "cookie", "x-api-key", "api-key", "x-auth-token":
			out.WriteString(name + ": " + f.Value + "\n")
		}
	}
	return out.String()
}

func (p *Pass) lastSegment() string {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	path = strings.TrimRight(path, "/")
	return strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
}

// oauthErrors are the codes of RFC 6749 §5.2 and RFC 8628 §3.5.
var oauthErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
	"invalid_scope", "authorization_pending", "slow_down", "access_denied", "expired_token",
	"unsupported_token_type", "invalid_token",
}

// fromTokenEndpoint reports whether an error follows OAuth, whose shape is not
// for the API to choose.
func (p *Pass) fromTokenEndpoint(e ErrorBody) bool {
	code, _ := e.Code.(string)
	if e.Code == nil {
		code = e.Message
	}
	if e.Shape != FlatShape || !slices.Contains(oauthErrors, code) {
		return false
	}
	switch p.lastSegment() {
	case "token", "revoke", "introspect", "device_authorization":
		return true
	}
	form, err := url.ParseQuery(string(p.Request.Body))
	return err == nil && form.Has("grant_type")
}

// isGraphQL reports whether the request is one of GraphQL, which tells of
// failures within a 200.
func (p *Pass) isGraphQL() bool {
	if strings.Contains(p.lastSegment(), "graphql") || strings.HasPrefix(p.mediaType(), "application/graphql") {
		return true
	}
	body, _ := p.requestBody()
	o, _ := body.(map[string]any)
	return text(o["query"]) != ""
}
