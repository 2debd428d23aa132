package demo

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is a way to break the API in one respect. The zero value breaks
// nothing.
type Fault struct {
	// Rule is the id of the rule that the fault breaks.
	Rule string
	// Text says what the server does wrong, as what follows "the demo API":
	// "leaves Allow out of a 405".
	Text string
	// Entails are the ids of other rules that the same fault breaks, since one
	// follows from the other; "expectation" where answers differ so much that
	// a scenario notices.
	Entails []string
	// Secure is set where the fault shows only over https.
	Secure bool
	// Public is set where the fault shows only at an address of the internet:
	// on the machine itself and in private networks nothing is wrong with it.
	Public bool

	begin func() hooks
}

// hooks are the places at which a fault goes to work; those not given do
// nothing. They are called by several requests at once.
type hooks struct {
	request func(*call)         // before the request is answered
	answer  func(*call, *reply) // before the answer is held against conditions, coded and cut into parts
	reply   func(*call, *reply) // before the answer is written
}

// Faults gives every fault, in the order of the topics of the rules.
func Faults() []Fault {
	return slices.Concat(
		statusFaults(), informationalFaults(), successFaults(), redirectFaults(), clientErrorFaults(), serverErrorFaults(), errorFaults(),
		framingFaults(), contentFaults(), cachingFaults(), rangeFaults(), conditionalFaults(), negotiationFaults(), validatorFaults(),
		authenticationFaults(), guardFaults(), corsFaults(), originFaults(), securityFaults(), deprecationFaults(),
		paginationFaults(), pageFaults(), limitFaults(), webSocketFaults(), handshakeFaults(),
		resourceFaults(), resourceFollowUpFaults(), readingFaults(), writeFaults(),
	)
}

// FindFault gives the fault that breaks the rule of that id.
func FindFault(rule string) (Fault, bool) {
	all := Faults()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.Rule == rule })
	if i < 0 {
		return Fault{}, false
	}
	return all[i], true
}

// onRequest is a fault that misreads requests.
func onRequest(f func(*call)) func() hooks {
	return func() hooks { return hooks{request: f} }
}

// onAnswer is a fault in what answers hold.
func onAnswer(f func(*call, *reply)) func() hooks {
	return func() hooks { return hooks{answer: f} }
}

// onReply is a fault in answers as they are about to be written.
func onReply(f func(*call, *reply)) func() hooks {
	return func() hooks { return hooks{reply: f} }
}

// is reports whether this is a request with that method and path.
func (c *call) is(method, path string) bool { return c.Method == method && c.URL.Path == path }

// octets makes the answer one whose octets a fault writes itself: edit gets
// those that net/http would write, and gives what goes out. The connection is
// closed afterwards, which the answer announces.
func (r *reply) octets(edit func(message []byte) []byte) {
	r.header.Set("Connection", "close")
	whole := *r
	r.takeover = func(w http.ResponseWriter, q *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return // nobody is there any more
		}
		defer conn.Close()
		// A client that is gone cannot be told.
		_, _ = conn.Write(edit(whole.message(q.Method)))
	}
}

// message gives the octets of the answer in HTTP/1.1.
func (r *reply) message(method string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	h := r.header.Clone()
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	complete(h)
	if r.status != http.StatusNoContent && r.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	_ = h.Write(&b) // to memory
	b.WriteString("\r\n")
	if method != http.MethodHead {
		b.Write(r.body)
	}
	return b.Bytes()
}

// inserted gives an edit that puts lines, each with its line end, at the end
// of the header section.
func inserted(lines string) func([]byte) []byte {
	return func(message []byte) []byte {
		return []byte(strings.Replace(string(message), "\r\n\r\n", "\r\n"+lines+"\r\n", 1))
	}
}
