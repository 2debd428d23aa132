package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// echo tells what came. Credentials are left out: an answer may end up in
// logs and reports.
func (a *API) echo(c *call) reply {
	fields := c.Header.Clone()
	for _, secret := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		fields.Del(secret)
	}
	out := map[string]any{
		"method":  c.Method,
		"path":    c.URL.Path,
		"query":   c.URL.Query(),
		"headers": fields,
	}
	if c.body != nil {
		out["body"] = c.described()
		out["size"] = len(c.body)
	}
	return content(http.StatusOK, out).with("Cache-Control", "no-store").with("Vary", "*")
}

// described gives the content as JSON where it is JSON, otherwise as text, or
// as nothing when it is neither.
func (c *call) described() any {
	if kind := c.mediaType(); kind == jsonType || strings.HasSuffix(kind, "+json") {
		if value, refusal := c.readJSON(); refusal == nil {
			return value
		}
	}
	if utf8.Valid(c.body) {
		return string(c.body)
	}
	return nil
}

// submitted is what a form held.
type submitted struct {
	Fields map[string][]string `json:"fields"`
	Files  []submittedFile     `json:"files"`
}

type submittedFile struct {
	Field    string `json:"field"`
	Filename string `json:"filename"`
	Type     string `json:"type"`
	Size     int    `json:"size"`
	SHA256   string `json:"sha256"`
}

// form tells what a form held, however it was sent.
func (a *API) form(c *call) reply {
	read := urlencoded
	if c.mediaType() == "multipart/form-data" {
		read = formData
	}
	out, err := read(c)
	if err != nil {
		return failure(http.StatusBadRequest, "MALFORMED_FORM", "The form cannot be read as the media type it was sent as")
	}
	return content(http.StatusOK, out)
}

func urlencoded(c *call) (submitted, error) {
	values, err := url.ParseQuery(string(c.body))
	return submitted{Fields: values, Files: []submittedFile{}}, err
}

func formData(c *call) (submitted, error) {
	out := submitted{Fields: map[string][]string{}, Files: []submittedFile{}}
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return out, errors.New("there is no boundary")
	}
	// The reader takes a body that breaks off between parts for a whole one.
	if !bytes.Contains(c.body, []byte("--"+params["boundary"]+"--")) {
		return out, errors.New("the last boundary is missing")
	}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		octets, err := io.ReadAll(part)
		if err != nil {
			return out, err
		}
		if part.FileName() == "" {
			out.Fields[part.FormName()] = append(out.Fields[part.FormName()], string(octets))
			continue
		}
		sum := sha256.Sum256(octets)
		out.Files = append(out.Files, submittedFile{
			Field: part.FormName(), Filename: part.FileName(), Type: part.Header.Get("Content-Type"),
			Size: len(octets), SHA256: hex.EncodeToString(sum[:]),
		})
	}
}

// graphql repeats a GraphQL request as data.
func (a *API) graphql(c *call) reply {
	doc, refusal := c.readDocument()
	if refusal != nil {
		return *refusal
	}
	in := &reading{doc: doc}
	in.text("query", 10_000)
	in.take("variables")
	in.take("operationName")
	in.take("extensions")
	if details := in.done(); len(details) > 0 {
		return *invalid(details)
	}
	return content(http.StatusOK, map[string]any{"data": map[string]any{"echo": doc}})
}

// submit acknowledges what was sent to it.
func (a *API) submit(c *call) reply {
	value, refusal := c.readJSON()
	if refusal != nil {
		return *refusal
	}
	return content(http.StatusOK, map[string]any{"received": value})
}

// search sends the client on to the result of what it posted (RFC 9110
// §15.4.4).
func (a *API) search(c *call) reply {
	doc, refusal := c.readDocument()
	if refusal != nil {
		return *refusal
	}
	in := &reading{doc: doc}
	wanted := in.text("q", 100)
	if details := in.done(); len(details) > 0 {
		return *invalid(details)
	}
	return empty(http.StatusSeeOther).with("Location", "/api/users?"+url.Values{"q": {wanted}}.Encode())
}
