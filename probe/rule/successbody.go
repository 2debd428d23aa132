package rule

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

func successBodyIsError(p *Pass) {
	if p.mediaType() == problemType && p.whole() && len(p.Response.Content) > 0 {
		p.Reportf("body", "the %d to %s has a problem document as its content", p.Response.Status, p.line())
		return
	}
	d := p.json()
	if d == nil {
		return
	}
	// Most content need not be parsed for this, and if it is, need not be searched.
	suspect := func() bool {
		return bytes.Contains(d.text, []byte("error")) || bytes.Contains(d.text, []byte("status"))
	}
	if !d.content.Parsed() && !suspect() {
		return
	}
	body, _ := d.body()
	o, _ := body.(map[string]any)
	if what := bareFailure(o); what != "" && suspect() && !p.isGraphQL() && !p.validates() {
		p.Reportf("body", "the %d to %s says that the request failed: %s", p.Response.Status, p.line(), what)
	}
}

// failureMembers may stand in a body that is an error and nothing else.
var failureMembers = []string{
	"error", "errors", "error_description", "error_uri", "message", "msg", "detail", "details", "code", "reason",
	"status", "statusCode", "success", "ok", "type", "title", "instance", "path", "timestamp",
	"request_id", "requestId", "trace_id", "traceId", "correlation_id", "correlationId",
}

// bareFailure quotes the part of an object that says that a request failed, if
// the object says nothing else.
func bareFailure(o map[string]any) string {
	if len(o) == 0 {
		return ""
	}
	for name, v := range o {
		if v != nil && !slices.Contains(failureMembers, name) {
			return ""
		}
	}
	for _, name := range []string{"status", "statusCode"} {
		if n, ok := integer(o[name]); ok && n >= 400 && n < 600 {
			e := RecogniseError(o, n, "")
			if e.Message != "" {
				return name + " is " + o[name].(json.Number).String()
			}
		}
	}
	if _, ok := o["status"].(string); ok {
		return "" // the state of something, most likely
	}
	switch e := RecogniseError(o, 0, ""); e.Shape {
	case EnvelopeShape, FlatShape, ListShape:
		if e.Shape != ListShape || e.DetailsAt == "errors" {
			return quote(e.Message)
		}
	}
	for _, name := range []string{"success", "ok"} {
		if o[name] == false && (filled(o["error"]) || filled(o["errors"])) {
			return name + " is false"
		}
	}
	return ""
}

func filled(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return v != nil && v != false && v != ""
}

// validates reports whether the endpoint's very result is a list of mistakes.
func (p *Pass) validates() bool {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	return slices.ContainsFunc(words(path), func(word string) bool {
		return strings.Contains(word, "valid") || strings.Contains(word, "verif") || strings.HasSuffix(word, "check") ||
			slices.Contains([]string{"lint", "linter", "checks", "checker"}, word)
	})
}
