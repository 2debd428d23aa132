package demo

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// call is a request on its way through the API.
type call struct {
	*http.Request
	vars map[string]string // of the path
	who  identity          // of the bearer token; zero when there is none
	body []byte            // read when the action takes content

	writer http.ResponseWriter // of the answer
}

const defaultLimit = 1 << 20

// admit checks what the action demands, cheapest first, and reads the content
// last: who is refused need not send it. It gives the refusal, or nil.
func (a *API) admit(c *call, act action) *reply {
	early := func(r *reply) *reply {
		if r != nil && c.Header.Get("Expect") != "" {
			// The client may or may not send the content now.
			r.header.Set("Connection", "close")
		}
		return r
	}
	if r := expectation(c); r != nil {
		return early(r)
	}
	if c.Header.Get("Authorization") != "" && c.exposed() {
		return early(inClear())
	}
	if r := a.authorize(c, act.who); r != nil {
		return early(r)
	}
	if r := acceptable(c, act.gives); r != nil {
		return early(r)
	}
	if act.takes == nil {
		return nil
	}
	if r := early(announced(c, act)); r != nil {
		return r
	}
	return c.read(act)
}

// expectation refuses all but 100-continue. net/http does so itself, with no
// content; this is for other servers of the handler.
func expectation(c *call) *reply {
	expect := c.Header.Get("Expect")
	if expect == "" || strings.EqualFold(expect, "100-continue") {
		return nil
	}
	r := failure(http.StatusExpectationFailed, "EXPECTATION_FAILED", "The only expectation that can be met is 100-continue")
	return &r
}

// announced judges the content by the fields that describe it.
func announced(c *call, act action) *reply {
	if c.ContentLength == 0 {
		return missingContent()
	}
	if coding := c.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		r := failure(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Send the content without a content coding").
			with("Accept-Encoding", "identity")
		return &r
	}
	if !slices.Contains(act.takes, "*/*") && !slices.Contains(act.takes, c.mediaType()) {
		types := strings.Join(act.takes, ", ")
		name := "Accept"
		if c.Method == http.MethodPatch {
			name = "Accept-Patch"
		}
		r := failure(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Send the content as one of: "+types).with(name, types)
		return &r
	}
	if c.ContentLength > act.octets() {
		return tooLarge(act)
	}
	return nil
}

func (act action) octets() int64 {
	if act.limit == 0 {
		return defaultLimit
	}
	return act.limit
}

// read takes the content in. net/http sends the 100 Continue here.
func (c *call) read(act action) *reply {
	body, err := io.ReadAll(io.LimitReader(c.Body, act.octets()+1))
	switch {
	case int64(len(body)) > act.octets():
		return tooLarge(act)
	case err != nil:
		r := failure(http.StatusBadRequest, "INCOMPLETE_BODY", "The request's content did not arrive in full").with("Connection", "close")
		return &r
	case len(body) == 0:
		return missingContent()
	}
	c.body = body
	return nil
}

func missingContent() *reply {
	r := failure(http.StatusBadRequest, "MISSING_BODY", "This request needs content, and there was none")
	return &r
}

func tooLarge(act action) *reply {
	r := failure(http.StatusRequestEntityTooLarge, "CONTENT_TOO_LARGE",
		"The content may have at most "+strconv.FormatInt(act.octets(), 10)+" octets").with("Connection", "close")
	return &r
}

// mediaType gives the type of the content without parameters; empty when
// there is none or it cannot be read.
func (c *call) mediaType() string {
	parsed, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return parsed
}
