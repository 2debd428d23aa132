package rule

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// Shape is how an error body is built.
type Shape string

// The shapes, in the order in which they are tried.
const (
	ProblemShape   Shape = "problem"   // RFC 9457
	EnvelopeShape  Shape = "envelope"  // {"error":{"code":…,"message":…,"details":[…]}}
	FrameworkShape Shape = "framework" // {"statusCode":404,"error":…,"message":…}
	FlatShape      Shape = "flat"      // {"error":"text"}
	MessageShape   Shape = "message"   // {"message":"text"}, also detail and msg
	ListShape      Shape = "list"      // {"errors":[{"message":…}]}
	FieldMapShape  Shape = "field-map" // {"email":["is taken"]}
	ArrayShape     Shape = "array"     // […]
	TextShape      Shape = "text"      // not JSON
	EmptyShape     Shape = "empty"     // no content
	UnknownShape   Shape = "unknown"   // JSON without anything that tells what went wrong
	BrokenShape    Shape = "broken"    // labelled JSON, but it is not
)

// ErrorBody is what the content of an error says, whatever its shape.
type ErrorBody struct {
	Shape   Shape
	Message string
	Code    any // string or json.Number; nil without one
	Details any // []any or map[string]any; nil without
	// The members that hold these: "error.message"; "" without.
	MessageAt, CodeAt, DetailsAt string
}

// ErrorBody gives what the content says when taken as an error. It fails for
// content that is not there from beginning to end, HEAD included.
func (p *Pass) ErrorBody() (ErrorBody, bool) {
	if !p.whole() {
		return ErrorBody{}, false
	}
	if p.errorBody == nil {
		var e ErrorBody
		if d := p.json(); d != nil {
			if body, ok := d.body(); ok {
				e = RecogniseError(body, p.Response.Status, p.mediaType())
			} else {
				e.Shape = BrokenShape
			}
		} else {
			e = ReadError(p.Response.Content, p.Response.Status, p.mediaType())
		}
		p.errorBody = &e
	}
	return *p.errorBody, true
}

// ReadError reads the content of an error; mediaType is in lower case and
// without parameters. JSON is read as such under any label; of other content
// the message is the first line of text.
func ReadError(content []byte, status int, mediaType string) ErrorBody {
	text := bytes.TrimSpace(bytes.TrimPrefix(content, byteOrderMark))
	if len(text) == 0 {
		return ErrorBody{Shape: EmptyShape}
	}
	if isJSON(mediaType) || text[0] == '{' || text[0] == '[' {
		if body, err := exchange.ParseJSON(text); err == nil {
			return RecogniseError(body, status, mediaType)
		}
		if isJSON(mediaType) {
			return ErrorBody{Shape: BrokenShape}
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(plainText(text)), "\n")
	return ErrorBody{Shape: TextShape, Message: strings.TrimSpace(first)}
}

// RecogniseError reads a body as exchange.ParseJSON gives it. mediaType is in
// lower case and without parameters.
func RecogniseError(body any, status int, mediaType string) ErrorBody {
	if _, ok := body.([]any); ok {
		return ErrorBody{Shape: ArrayShape}
	}
	if o, ok := body.(map[string]any); ok {
		for _, r := range recognisers {
			if e, ok := r.read(o, status, mediaType); ok {
				e.Shape = r.shape
				return e
			}
		}
	}
	return ErrorBody{Shape: UnknownShape}
}

// recognisers are tried in this order; the first that knows the object names
// its shape.
var recognisers = []struct {
	shape Shape
	read  func(o map[string]any, status int, mediaType string) (ErrorBody, bool)
}{
	{ProblemShape, readProblem},
	{EnvelopeShape, readEnvelope},
	{FrameworkShape, readFramework},
	{FlatShape, readFlat},
	{MessageShape, readMessage},
	{ListShape, readList},
	{FieldMapShape, readFieldMap},
}

func readProblem(o map[string]any, _ int, mediaType string) (e ErrorBody, ok bool) {
	known := 0
	for _, name := range []string{"type", "title", "detail", "instance"} {
		if _, is := o[name].(string); is {
			known++
		}
	}
	_, typed := o["type"].(string)
	_, titled := o["title"].(string)
	if _, is := integer(o["status"]); is {
		known++
	}
	if mediaType != problemType && (known < 2 || !typed && !titled) {
		return e, false
	}
	e.take(o, "", []string{"detail", "title"}, nil, []string{"errors", "invalid-params", "violations"})
	if t, _ := o["type"].(string); t != "" && t != "about:blank" {
		e.Code, e.CodeAt = t, "type"
	} else {
		e.takeCode(o, "", "code")
	}
	for _, name := range membersOf(o) {
		if list, is := o[name].([]any); is && e.Details == nil {
			e.Details, e.DetailsAt = list, name
		}
	}
	return e, true
}

var upperSnake = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

func readEnvelope(o map[string]any, status int, _ string) (e ErrorBody, ok bool) {
	inner, is := o["error"].(map[string]any)
	if !is || text(inner["message"]) == "" {
		return e, false
	}
	e.take(inner, "error.", []string{"message"}, []string{"code"}, []string{"details"})
	if n, is := integer(e.Code); is && n == status || e.Code == nil {
		if s := text(inner["status"]); upperSnake.MatchString(s) {
			e.Code, e.CodeAt = s, "error.status"
		} else if reason := firstText(e.Details, "reason"); reason != "" {
			e.Code, e.CodeAt = reason, "error.details[].reason"
		}
	}
	return e, true
}

func readFramework(o map[string]any, status int, _ string) (e ErrorBody, ok bool) {
	for _, name := range []string{"title", "type"} {
		if _, is := o[name]; is {
			return e, false
		}
	}
	outer, isOuter := integer(o["statusCode"])
	inner, isInner := integer(o["status"])
	if (!isOuter || outer != status) && (!isInner || inner != status) {
		return e, false
	}
	e.take(o, "", []string{"message", "error"}, []string{"code"}, []string{"errors"})
	return e, e.Message != ""
}

func readFlat(o map[string]any, _ int, _ string) (e ErrorBody, ok bool) {
	if text(o["error"]) == "" {
		return e, false
	}
	e.take(o, "", []string{"error_description", "message"}, nil, []string{"details"})
	if e.Message != "" {
		e.Code, e.CodeAt = o["error"], "error"
		return e, true
	}
	e.take(o, "", []string{"error"}, []string{"code"}, nil)
	return e, true
}

func readMessage(o map[string]any, _ int, _ string) (e ErrorBody, ok bool) {
	e.take(o, "", []string{"message", "detail", "msg"}, []string{"code"}, []string{"errors", "details"})
	return e, e.Message != ""
}

// itemMessages are the members that hold the message of one detail.
var itemMessages = []string{"message", "detail", "title", "msg", "reason"}

func readList(o map[string]any, _ int, _ string) (e ErrorBody, ok bool) {
	for _, name := range []string{"errors", "detail", "issues", "violations"} {
		items, is := o[name].([]any)
		if !is || len(items) == 0 || slices.ContainsFunc(items, lacksMessage) {
			continue
		}
		e.take(items[0].(map[string]any), name+"[].", itemMessages, nil, nil)
		e.Details, e.DetailsAt = items, name
		for _, item := range items {
			if e.Code == nil {
				e.takeCode(item.(map[string]any), name+"[].", "code")
			}
		}
		return e, true
	}
	return e, false
}

func lacksMessage(item any) bool {
	o, ok := item.(map[string]any)
	return !ok || !slices.ContainsFunc(itemMessages, func(name string) bool { return text(o[name]) != "" })
}

func readFieldMap(o map[string]any, _ int, _ string) (e ErrorBody, ok bool) {
	if inner, is := o["errors"].(map[string]any); is && isFieldMap(inner) {
		return ErrorBody{Details: inner, DetailsAt: "errors"}, true
	}
	return ErrorBody{Details: o}, isFieldMap(o)
}

func isFieldMap(o map[string]any) bool {
	for _, v := range o {
		list, ok := v.([]any)
		if !ok || slices.ContainsFunc(list, func(item any) bool { return text(item) == "" }) {
			return false
		}
	}
	return len(o) > 0
}

// take fills in what is found under the first of the names; prefix is the path
// of o.
func (e *ErrorBody) take(o map[string]any, prefix string, messages, codes, details []string) {
	for _, name := range messages {
		if s := text(o[name]); s != "" && e.Message == "" {
			e.Message, e.MessageAt = s, prefix+name
		}
	}
	for _, name := range codes {
		e.takeCode(o, prefix, name)
	}
	for _, name := range details {
		switch o[name].(type) {
		case []any, map[string]any:
			if e.Details == nil {
				e.Details, e.DetailsAt = o[name], prefix+name
			}
		}
	}
}

func (e *ErrorBody) takeCode(o map[string]any, prefix, name string) {
	switch c := o[name].(type) {
	case json.Number:
		e.Code, e.CodeAt = c, prefix+name
	case string:
		if c != "" {
			e.Code, e.CodeAt = c, prefix+name
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return strings.TrimSpace(s)
}

func integer(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil
}

func firstText(items any, name string) string {
	list, _ := items.([]any)
	for _, item := range list {
		if o, ok := item.(map[string]any); ok {
			if s := text(o[name]); s != "" {
				return s
			}
		}
	}
	return ""
}
