package rule

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"httpprobe/probe/finding"
)

var validation = []Rule{
	{
		ID:       "validation-names-field",
		Topic:    ClientErrors,
		Title:    "who sends a bad value learns which one it is",
		Severity: finding.Info,
		Basis:    "guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"status-code guide (422, error format)", "RFC 9457 §3.2", "AIP-193"},
		Text: "When well-formed JSON is turned down with 400 or 422 because of what it says, the error names the place: a detail with a field, a path or a JSON pointer, or a " +
			"message that quotes the member. \"Validation failed\" alone leaves a form with nothing to mark.",
		Silent:    "JSON that is malformed, and messages that speak of something in particular, such as a rule across fields: only errors in general terms are reported. Endpoints of OAuth and GraphQL, and errors: off.",
		Undecided: "Scenarios do not say which value is wrong, so that an error which names another field is not noticed.",
		Mend:      "list what is wrong as details, each with the field and a message",
		Bad:       `422 {"error":"Validation failed"}`,
		Good:      `422 {"errors":[{"field":"quantity","message":"Must be positive"}]}`,
		When:      When{Statuses: []int{400, 422}},
		Check:     validationNamesField,
	},
}

func validationNamesField(p *Pass) {
	if len(p.Request.Body) == 0 || p.Settings.Errors == NoErrors || !isJSON(mediaType(p.Request.Fields.Get("Content-Type"))) {
		return
	}
	e, ok := p.ErrorBody()
	if !ok || e.Message == "" || p.fromTokenEndpoint(e) {
		return
	}
	general := p.mediaType() == "text/plain" && onlyGeneral(p.visibleText())
	if e.Shape != TextShape {
		body, parsed := p.parsedBody()
		general = parsed && speaksGenerally(body, 0)
	}
	if !general {
		return
	}
	switch sent, ok := p.requestBody(); sent.(type) {
	case map[string]any, []any:
		if ok && !p.isGraphQL() && !quotesMember(words(e.Message), sent) {
			p.Reportf("body", "the %d to %s does not name the field that is wrong: %s", p.Response.Status, p.line(), quote(e.Message))
		}
	}
}

// quotesMember reports whether one of the words is the name of a member.
func quotesMember(words []string, sent any) bool {
	switch v := sent.(type) {
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return quotesMember(words, item) })
	case map[string]any:
		for name, inner := range v {
			if slices.Contains(words, strings.ToLower(name)) || quotesMember(words, inner) {
				return true
			}
		}
	}
	return false
}

// Members of errors: those whose text is read, and those that say nothing
// about the request's content.
var (
	spokenMembers = []string{"message", "msg", "detail", "title", "reason", "description", "error", "errors", "error_description", "code",
		"type", "status", "details", "violations", "issues", "invalid-params", "error_code", "errorcode", "summary"}
	asideMembers = []string{"statuscode", "status_code", "timestamp", "time", "date", "request_id", "requestid", "trace_id", "traceid",
		"correlation_id", "correlationid", "instance", "help", "docs", "documentation_url", "success", "ok", "id", "version", "method", "url"}
)

// speaksGenerally reports whether an error body says nothing in particular:
// all of its texts are of words that fit any error of validation, and it has
// no member that could name a field.
func speaksGenerally(v any, depth int) bool {
	switch v := v.(type) {
	case string:
		return onlyGeneral(v)
	case json.Number, bool, nil:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !speaksGenerally(item, depth+1) })
	case map[string]any:
		for name, inner := range v {
			lower := strings.ToLower(name)
			switch {
			case slices.Contains(asideMembers, lower) || depth == 0 && lower == "path" || !filled(inner):
			case slices.Contains(spokenMembers, lower) || depth == 0 && lower == "name":
				if !speaksGenerally(inner, depth+1) {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

// generalWords occur in messages that fit any request.
var generalWords = func() map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq("a an and are argument arguments bad be been body can cannot check constraint constraints contain contains content could " +
		"data did do does entity err error errors exception fail failed fails failure field fields fix for form format given has have http https in incorrect " +
		"input inputs invalid is it its json malformed must no not of one or our param parameter parameters params payload please prob problem problems process " +
		"processed processing properties property provided request requests rfc schema semantic semantically server some sent submitted syntax syntactically " +
		"that the there this to try again unprocessable unable valid validate validated validation validations value values violation violations was were with " +
		"wrong you your about blank because by more correct errorcode client") {
		out[word] = true
	}
	return out
}()

// onlyGeneral reads sentences, codes such as VALIDATION_ERROR or
// ValidationError, and the last part of URIs.
func onlyGeneral(s string) bool {
	if strings.Contains(s, "://") {
		s = s[strings.LastIndexAny(strings.TrimRight(s, "/"), "/#")+1:]
	}
	for _, word := range words(s) {
		if !generalWords[word] {
			return false
		}
	}
	return true
}

// words splits at all but letters and before capitals that begin a word.
// Numbers are no words.
func words(s string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	lower := false
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
			end()
		case unicode.IsUpper(r) && lower:
			end()
			word.WriteRune(r)
		default:
			word.WriteRune(r)
		}
		lower = unicode.IsLower(r)
	}
	end()
	return out
}
