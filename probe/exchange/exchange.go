// Package exchange holds what went over the wire: one request and everything
// that came back for it, as plain data. Nothing here is tidied: names, order
// and repeats of fields are those of the octets.
package exchange

import "time"

// Request is a request as it was, or is to be, sent.
type Request struct {
	Method string
	URL    string // absolute, without fragment
	Proto  string // as sent: "HTTP/1.1"
	Target string // the request-target of the request line: "/api/users?page=2"
	Fields Fields // all of them in the order sent, Host included
	Body   []byte // the content; nil for none
	// ContinueWait is how long the body is held back for 100 Continue at most,
	// where the request asks with Expect; 0 is one second.
	ContinueWait time.Duration
	// Withheld is set when the body was not sent because a final response
	// came while waiting for 100 Continue (RFC 9110 §10.1.1).
	Withheld bool
	// Unprompted is set when the body was sent though no answer came to
	// Expect: 100-continue in all of ContinueWait. Where the time of the whole
	// exchange is too short for that it stays unset.
	Unprompted bool
	// Early is set when the final response had come whole while the body was
	// still being sent.
	Early bool
	// Partial is set when it was Early and the rest of the body was not sent.
	Partial bool
}

// Response is a final response (or a 101), as it came.
type Response struct {
	Proto    string // of the status line: "HTTP/1.1", "HTTP/1.0"
	Status   int
	Reason   string
	Fields   Fields
	Trailers Fields
	Head     []byte // the octets of status line and header section, blank line included
	Framing  Framing
	Body     []byte // the content as framed, codings still applied
	Content  []byte // Body after Content-Encoding is undone; Body itself when there is none
	// Codings are the content codings that were undone, in the order of the
	// Content-Encoding field; CodingFault says why undoing them failed.
	Codings     []string
	CodingFault string
	// Complete is set when the message ended as its framing says it ends.
	Complete bool
	// Extra are octets that came after the end of the message while no
	// request was outstanding: after a 204, 304 or an answer to HEAD, or
	// beyond Content-Length. At most ExtraLimit of them are kept.
	Extra  []byte
	Faults []Fault // breaches of the message grammar, in the order of the octets
}

// ExtraLimit is how many octets after the end of a message are kept.
const ExtraLimit = 4096

// Interim is a 1xx response that came before the final one.
type Interim struct {
	Proto  string
	Status int
	Reason string
	Fields Fields
	Head   []byte
	After  time.Duration // since the request was begun
	Faults []Fault
}

// Framing says how the end of a message is found (RFC 9112 §6.3).
type Framing string

// The ways of RFC 9112 §6.3.
const (
	NoBody   Framing = "none"    // HEAD, 1xx, 204, 304
	ByLength Framing = "length"  // Content-Length
	ByChunks Framing = "chunked" // Transfer-Encoding: chunked
	ByClose  Framing = "close"   // until the connection closes
)

// Fault is one breach of the message grammar that the reader got over.
type Fault struct {
	Kind   FaultKind
	Text   string // what is wrong, in one clause
	Octets string // the octets in question, quoted and trimmed
	// Mild is set where the RFC lets a recipient take it without complaint,
	// as a line that ends in LF alone.
	Mild bool
}

// FaultKind groups faults by what is broken.
type FaultKind string

// The kinds of faults.
const (
	StatusLineFault FaultKind = "status-line" // RFC 9112 §4
	FieldLineFault  FaultKind = "field-line"  // RFC 9112 §5
	LineEndFault    FaultKind = "line-end"    // RFC 9112 §2.2
	LengthFault     FaultKind = "length"      // RFC 9112 §6.2
	ChunkFault      FaultKind = "chunk"       // RFC 9112 §7.1
	TransferFault   FaultKind = "transfer"    // RFC 9112 §6.1
)

// Exchange is one request and what came back.
type Exchange struct {
	Request  Request
	Interims []Interim
	Response *Response // nil when no final response came
	Failure  *Failure  // why the exchange is not whole; may stand beside a Response
	Started  time.Time
	Timing   Timing
	Conn     Conn
}

// Timing says how long each part took; zero where a part did not happen (a
// reused connection has no DNS, Connect and TLS).
type Timing struct {
	DNS, Connect, TLS time.Duration
	FirstByte         time.Duration // from the start of the exchange to the first octet of the answer
	// Total is until the answer had come whole, or the exchange failed. What
	// was waited for afterwards, to see how the connection ends, is not in it.
	Total time.Duration
}

// Conn is the connection that an exchange went over.
type Conn struct {
	Remote string // address and port
	Reused bool
	// Resent is set when a kept connection broke before any octet of the
	// answer and the request, being idempotent, was sent a second time over
	// a fresh one (RFC 9112 §9.3.1).
	Resent bool
	// Closed is set when the server had closed its side by the end of the
	// exchange.
	Closed bool
	// LeftOpen is how long it was waited, to no avail, for a server that had
	// to close the connection: it announced that (RFC 9112 §9.6), or it did
	// not read the rest of the body after an Early response (§9.3). Zero where
	// it closed, and where nothing was waited for.
	LeftOpen time.Duration
	TLS      *TLS // nil for plain text
}

// TLS is what was negotiated.
type TLS struct {
	Version    string // "TLS 1.3"
	Cipher     string
	ServerName string
	Protocol   string // ALPN
	Leaf       *Certificate
}

// Certificate is the server's own certificate.
type Certificate struct {
	Subject, Issuer     string
	Names               []string
	NotBefore, NotAfter time.Time
}

// Failure is why an exchange could not be carried out, or not to its end.
type Failure struct {
	Kind FailureKind
	Text string // one clear sentence, lower case, no full stop
	Hint string // what to try
}

// FailureKind groups failures.
type FailureKind string

// The kinds of failures.
const (
	FailedRequest   FailureKind = "request"    // the request cannot be sent as asked
	FailedHost      FailureKind = "host"       // the host is not one that may be reached
	FailedLookup    FailureKind = "lookup"     // the name does not resolve
	FailedConnect   FailureKind = "connect"    // refused or unreachable
	FailedTLS       FailureKind = "tls"        // handshake or certificate
	FailedTimeout   FailureKind = "timeout"    // the step's limit
	FailedCanceled  FailureKind = "canceled"   // the run was stopped
	FailedClosed    FailureKind = "closed"     // closed or reset before a final response
	FailedTruncated FailureKind = "truncated"  // closed or reset within the content
	FailedTooLarge  FailureKind = "too-large"  // head or content over the limit
	FailedMessage   FailureKind = "unreadable" // not HTTP, or framing that cannot be followed
)

// Unreached reports whether no connection to the server could be made at all.
func (f *Failure) Unreached() bool {
	if f == nil {
		return false
	}
	return f.Kind == FailedLookup || f.Kind == FailedConnect || f.Kind == FailedTLS
}
