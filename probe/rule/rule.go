// Package rule is the rulebook: what the HTTP standards, and the status-code
// guide, demand of an answer. A rule is a literal in its topic's file, with its check
// and all its texts.
package rule

import (
	"iter"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// Topic is a group of rules; its name can stand for all of them in settings.
type Topic string

// The topics.
const (
	Status         Topic = "status"
	Informational  Topic = "informational"
	Success        Topic = "success"
	Redirects      Topic = "redirects"
	ClientErrors   Topic = "client-errors"
	ServerErrors   Topic = "server-errors"
	Errors         Topic = "errors"
	Framing        Topic = "framing"
	Content        Topic = "content"
	Caching        Topic = "caching"
	Ranges         Topic = "ranges"
	Conditional    Topic = "conditional"
	Negotiation    Topic = "negotiation"
	Authentication Topic = "authentication"
	CORS           Topic = "cors"
	Security       Topic = "security"
	Deprecation    Topic = "deprecation"
	Pagination     Topic = "pagination"
	Limits         Topic = "limits"
	WebSocket      Topic = "websocket"
	Resources      Topic = "resources"
)

// topics is every topic, in the order of the book.
var topics = []Topic{
	Status, Informational, Success, Redirects, ClientErrors, ServerErrors, Errors,
	Framing, Content, Caching, Ranges, Conditional, Negotiation, Authentication, CORS,
	Security, Deprecation, Pagination, Limits, WebSocket, Resources,
}

// Sight says how an outsider observes a rule.
type Sight string

// The ways of observing.
const (
	OneExchange    Sight = "a"  // one exchange is enough
	Octets         Sight = "b"  // needs the octets of the message
	SafeFollowUp   Sight = "c"  // needs a safe request more
	WritingRequest Sight = "c!" // needs a request that writes
	AcrossRun      Sight = "s"  // compares exchanges of the run
)

// sights says the ways of observing in words.
var sights = map[Sight]struct{ word, text string }{
	OneExchange:    {"exchange", "in one exchange"},
	Octets:         {"octets", "in the octets of one message"},
	SafeFollowUp:   {"follow-up", "with a request that follows it and only reads (verify: true)"},
	WritingRequest: {"write", "with a request that follows it and writes (verify: write)"},
	AcrossRun:      {"run", "across the exchanges of a run"},
}

// Word names the way of observing in tables and documents: exchange, octets,
// follow-up, write or run.
func (s Sight) Word() string { return sights[s].word }

// SeenWhere says how the rule is observed, as what follows "seen": "in one
// exchange, or across the exchanges of a run".
func (r *Rule) SeenWhere() string {
	var texts []string
	for _, s := range r.Seen {
		texts = append(texts, sights[s].text)
	}
	return strings.Join(texts, ", or ")
}

// Rule is one demand.
type Rule struct {
	ID       string
	Topic    Topic
	Title    string // a sentence that is true of a correct server: "the bearer of a 405 learns what is allowed"
	Severity finding.Severity
	Basis    string // MUST, SHOULD, grammar, definition, guide, security, practice; several joined by " + " or ", "
	Seen     []Sight
	Spec     []string // sections: "RFC 9110 §15.5.6"
	Text     string   // what is checked and why, for people; one paragraph
	Silent   string   // where it keeps silent or is milder; may be empty
	// Undecided says why a part of the demand, or all of it, is not decided;
	// empty where all of it is. A rule without Check, Across and FollowUps has
	// it; see State.
	Undecided string
	Mend      string // what to change in the service, one sentence
	Bad       string // a wrong exchange on one line
	Good      string // the right one

	// Optional rules are off until a suite or a step sets a severity for their
	// id. That of their topic, and the profile, turn none of them on.
	Optional bool

	// RFC is the severity in profile rfc, where it is not what Basis says.
	RFC *finding.Severity

	When When
	// Check judges one exchange. It must not keep the pass.
	Check func(*Pass)
	// needs are traits of which an exchange has one, if Check has anything to
	// say of it; acrossNeeds the same for Across, also if it has anything to
	// remember. None: it is asked about all that When selects.
	needs, acrossNeeds trait
	// Across begins a run and gives a function that is called for each
	// exchange that When selects, one at a time and in the order of the
	// files; it may remember what it needs, but not the pass.
	Across func() func(*Pass)
	// Once is set where Across judges each exchange by itself and remembers
	// only what it has told.
	Once bool
	// FollowUps are the parts that need more requests than a scenario makes.
	FollowUps []FollowUp
}

// When says which exchanges a rule applies to, so that the others need not be
// looked at. Each part that is given must hold. A rule is only asked about
// exchanges with a final response.
type When struct {
	Statuses []int    // one of these
	Classes  []int    // status/100 is one of these
	Methods  []string // the request's method is one of these
	Fields   []string // the response has one of these
}

// Answers reports whether answers with that status are among them.
func (w *When) Answers(status int) bool {
	return (len(w.Statuses) == 0 || slices.Contains(w.Statuses, status)) &&
		(len(w.Classes) == 0 || slices.Contains(w.Classes, status/100))
}

// Book is all rules, topic by topic.
func Book() []Rule {
	return slices.Concat(
		status, informational, success, created, redirects, hops, clientErrors, retries, unknowns, refusals, unreadable, validation, methods, heads, fitting, serverErrors,
		gateways, errorBodies, errorCodes, problems, framing, octets, endings, mirrors, content, jsonContent, caching, validators,
		ranges, partial, conditional, revalidation, preconditions, negotiation, variants, authentication, guards, cors, corsOrigins, preflights, security, cookies, urls, deprecation, linkFields, pagination, limits, idempotency, webSocket, handshakes, resources, readings,
		refusedWrites, invalidData, listing, deletions, puts, readback, unchanged,
	)
}

// ByTopic gives the topics that have rules among the given, in the order of
// the book, each with its rules in their order.
func ByTopic(rules []Rule) iter.Seq2[Topic, []Rule] {
	return func(yield func(Topic, []Rule) bool) {
		for _, t := range topics {
			of := slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.Topic != t })
			if len(of) > 0 && !yield(t, of) {
				return
			}
		}
	}
}

// Find gives the rule of that id.
func Find(id string) (Rule, bool) {
	book := Book()
	i := slices.IndexFunc(book, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return book[i], true
}

// Known gives the names that settings may use: the ids of all rules and all
// topics, each sorted.
func Known() (ids, groups []string) {
	for _, r := range Book() {
		ids = append(ids, r.ID)
	}
	for _, t := range topics {
		groups = append(groups, string(t))
	}
	slices.Sort(ids)
	slices.Sort(groups)
	return ids, groups
}
