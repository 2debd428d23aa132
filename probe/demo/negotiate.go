package demo

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// preferences reads a list of choices with weights (RFC 9110 §12.4.2), names
// in lower case. Several lines of the field are one list.
func preferences(lines []string) map[string]float64 {
	out := map[string]float64{}
	for _, item := range strings.Split(strings.Join(lines, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		out[name] = weight(params)
	}
	return out
}

func weight(params string) float64 {
	for _, param := range strings.Split(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil {
			return 0
		}
		return q
	}
	return 1
}

// acceptable refuses a request whose Accept excludes what the action gives.
func acceptable(c *call, gives string) *reply {
	lines := c.Header.Values("Accept")
	if gives == "" || len(lines) == 0 {
		return nil
	}
	wanted := preferences(lines)
	kind, _, _ := strings.Cut(gives, "/")
	for _, candidate := range []string{gives, kind + "/*", "*/*"} {
		if q, ok := wanted[candidate]; ok {
			if q > 0 {
				return nil
			}
			break
		}
	}
	r := failure(http.StatusNotAcceptable, "NOT_ACCEPTABLE", "This resource comes only as "+gives)
	return &r
}

// compress applies gzip to JSON when it is asked for. The coded form is
// another representation, so its strong tag is another one.
func compress(c *call, r reply) reply {
	if r.header.Get("Content-Type") != jsonType {
		return r
	}
	if r.header.Get("Vary") != "*" {
		vary := append(slices.Clone(r.header.Values("Vary")), "Accept-Encoding")
		r.header.Set("Vary", strings.Join(vary, ", "))
	}
	wanted := preferences(c.Header.Values("Accept-Encoding"))
	q, named := wanted["gzip"]
	if !named {
		q = wanted["*"]
	}
	if q <= 0 {
		return r
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(r.body); err != nil {
		return r
	}
	if err := z.Close(); err != nil {
		return r
	}
	if tag := r.header.Get("ETag"); tag != "" {
		r.header.Set("ETag", codedTag(tag))
	}
	r.header.Set("Content-Encoding", "gzip")
	return r.containing(b.Bytes())
}

// codedTag is the tag of the compressed form of what has the given tag.
func codedTag(tag string) string { return strings.TrimSuffix(tag, `"`) + `-gzip"` }
