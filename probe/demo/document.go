package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is a JSON object as it came; numbers are json.Number.
type document map[string]any

// readDocument reads the request's content: 400 when it is not JSON, 422 when
// it is JSON but not an object.
func (c *call) readDocument() (document, *reply) {
	value, refusal := c.readJSON()
	if refusal != nil {
		return nil, refusal
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid([]detail{{"body", "Must be a JSON object"}})
	}
	return object, nil
}

func (c *call) readJSON() (any, *reply) {
	value, err := parseJSON(c.body)
	if err != nil {
		r := failure(http.StatusBadRequest, "MALFORMED_JSON", "The request's content is not well-formed JSON")
		return nil, &r
	}
	return value, nil
}

func parseJSON(octets []byte) (any, error) {
	if !utf8.Valid(octets) {
		return nil, errors.New("the text is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(octets))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return value, nil
}

func invalid(details []detail) *reply {
	r := failure(http.StatusUnprocessableEntity, "VALIDATION_ERROR", "Some fields are not valid", details...)
	return &r
}

// merge applies a JSON merge patch (RFC 7396).
func merge(target, patch document) document {
	out := maps.Clone(target)
	for name, value := range patch {
		if value == nil {
			delete(out, name)
			continue
		}
		if object, ok := value.(map[string]any); ok {
			inner, _ := out[name].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			out[name] = map[string]any(merge(inner, object))
			continue
		}
		out[name] = value
	}
	return out
}

// reading takes members out of a document and notes what is wrong with them.
type reading struct {
	doc     document
	seen    []string
	details []detail
}

func (r *reading) wrong(field, message string, args ...any) {
	r.details = append(r.details, detail{field, fmt.Sprintf(message, args...)})
}

func (r *reading) take(field string) (any, bool) {
	r.seen = append(r.seen, field)
	value, ok := r.doc[field]
	return value, ok
}

// text reads a required text.
func (r *reading) text(field string, longest int) string {
	value, ok := r.take(field)
	if !ok {
		r.wrong(field, "Is required")
		return ""
	}
	s, ok := value.(string)
	switch {
	case !ok:
		r.wrong(field, "Must be a string")
	case strings.TrimSpace(s) == "":
		r.wrong(field, "Must not be empty")
	case utf8.RuneCountInString(s) > longest:
		r.wrong(field, "Must have at most %d characters", longest)
	}
	return s
}

func (r *reading) email(field string) string {
	s := r.text(field, 254)
	if s == "" {
		return ""
	}
	if address, err := mail.ParseAddress(s); err != nil || address.Address != s {
		r.wrong(field, "Must be a valid email")
	}
	return s
}

// whole reads an integer between two bounds; nil when it is absent.
func (r *reading) whole(field string, least, greatest int64) *int64 {
	value, ok := r.take(field)
	if !ok {
		return nil
	}
	number, ok := value.(json.Number)
	if !ok {
		r.wrong(field, "Must be an integer")
		return nil
	}
	n, err := number.Int64()
	switch {
	case err != nil:
		r.wrong(field, "Must be an integer")
	case n < least:
		r.wrong(field, "Must be at least %d", least)
	case n > greatest:
		r.wrong(field, "Must be at most %d", greatest)
	}
	return &n
}

// required is whole for members that must be there.
func (r *reading) required(field string, least, greatest int64) int64 {
	if _, ok := r.doc[field]; !ok {
		r.seen = append(r.seen, field)
		r.wrong(field, "Is required")
		return 0
	}
	if n := r.whole(field, least, greatest); n != nil {
		return *n
	}
	return 0
}

// choice reads one of several words.
func (r *reading) choice(field, otherwise string, words []string) string {
	value, ok := r.take(field)
	if !ok {
		return otherwise
	}
	s, ok := value.(string)
	if !ok || !slices.Contains(words, s) {
		r.wrong(field, "Must be one of: %s", strings.Join(words, ", "))
	}
	return s
}

// choices reads a list of words, each once.
func (r *reading) choices(field string, otherwise, words []string) []string {
	value, ok := r.take(field)
	if !ok {
		return otherwise
	}
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		r.wrong(field, "Must be a list of at least one of: %s", strings.Join(words, ", "))
		return nil
	}
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok || !slices.Contains(words, s) || slices.Contains(out, s) {
			r.wrong(field, "Must hold each of these at most once and nothing else: %s", strings.Join(words, ", "))
			return nil
		}
		out = append(out, s)
	}
	return out
}

// done notes members that nobody asked for and gives all that is wrong, in
// the order of the fields' names.
func (r *reading) done() []detail {
	for name := range r.doc {
		if !slices.Contains(r.seen, name) {
			r.wrong(name, "Is not a field of this resource")
		}
	}
	slices.SortStableFunc(r.details, func(a, b detail) int { return strings.Compare(a.Field, b.Field) })
	return r.details
}
