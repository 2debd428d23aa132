package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

const jsonType = "application/json"

// reply is an answer that has not been written yet.
type reply struct {
	status   int
	header   http.Header
	body     []byte
	modified time.Time // of the representation; zero when not known
	ranges   bool      // parts may be asked for
	takeover func(http.ResponseWriter, *http.Request)
}

// detail is what is wrong with one field of a request.
type detail struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type envelope struct {
	Error struct {
		Code    string   `json:"code"`
		Message string   `json:"message"`
		Details []detail `json:"details,omitempty"`
	} `json:"error"`
}

// empty is an answer without content.
func empty(status int) reply { return reply{status: status, header: http.Header{}} }

// content is an answer with a body in JSON.
func content(status int, v any) reply {
	return empty(status).with("Content-Type", jsonType).containing(encode(v))
}

// failure is an error in the one shape that all errors have.
func failure(status int, code, message string, details ...detail) reply {
	var e envelope
	e.Error.Code, e.Error.Message, e.Error.Details = code, message, details
	return content(status, e).with("Cache-Control", "no-store")
}

func (r reply) with(name, value string) reply {
	r.header.Set(name, value)
	return r
}

func (r reply) containing(body []byte) reply {
	r.body = body
	return r
}

// tagged gives the answer a strong entity tag that follows its octets.
func (r reply) tagged() reply { return r.with("ETag", tagOf(r.body)) }

func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// encode writes values of our own types, which JSON can always hold.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// finish turns what an action made into what the request asked for: a coding,
// a 304, a part.
func finish(c *call, r reply) reply {
	if r.takeover != nil {
		return r
	}
	r = compress(c, withCaching(c, r))
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	if reading && r.status == http.StatusOK {
		r = conditional(c, r)
	}
	if c.Method == http.MethodGet && r.status == http.StatusOK && r.ranges {
		r = partial(c, r)
	}
	return r
}

// withCaching says how long an answer may be reused where its action did not.
func withCaching(c *call, r reply) reply {
	if r.header.Get("Cache-Control") != "" {
		return r
	}
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	if reading && r.status < 300 {
		return r.with("Cache-Control", "no-cache")
	}
	return r.with("Cache-Control", "no-store")
}

// lingering is how long content is still read after a refusal that closes the
// connection, so that a client that sends it all the same sees the answer.
const lingering = 250 * time.Millisecond

// send writes an answer. The length is always said, so that a cut-off answer
// can be told from a whole one; where there can be no content it is not.
func send(w http.ResponseWriter, r *http.Request, rep reply) {
	h := w.Header()
	for name, values := range rep.header {
		h[name] = values
	}
	complete(h)
	if rep.status != http.StatusNoContent && rep.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(rep.body)))
	}
	if h.Get("Connection") == "close" {
		// net/http closes only when it has read content to its end, which a
		// client that was refused need not send. Other servers of the handler
		// have no deadlines.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingering))
	}
	w.WriteHeader(rep.status)
	if r.Method == http.MethodHead || len(rep.body) == 0 {
		return
	}
	// A client that is gone cannot be told.
	_, _ = w.Write(rep.body)
}
