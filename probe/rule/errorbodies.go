package rule

import (
	"httpprobe/probe/finding"
)

var errorBodies = []Rule{
	{
		ID:       "error-media-type",
		Topic:    Errors,
		Title:    "errors come in the language of the successes",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{OneExchange, AcrossRun},
		Spec:     []string{"RFC 9205 §4.6", "RFC 9457 §1", "RFC 9110 §12.5.1"},
		Text: "When the API's successes are JSON, or the client accepts JSON alone, its errors are JSON too. The usual breach is a page of HTML made by the framework " +
			"or a proxy, on which a client's JSON parser fails before it sees the error.",
		Silent: "APIs whose successes are not JSON; requests that accept text/html, or name the type that came. One or two lines of text/plain are info as long as no error of " +
			"the run is JSON.",
		Mend:   "make the handlers for unknown paths, wrong methods and crashes answer in JSON as well",
		Bad:    "GET /api/x → 404 + Content-Type: text/html, in an API of JSON",
		Good:   "GET /api/x → 404 + Content-Type: application/problem+json",
		Across: errorMediaType,
	},
	{
		ID:       "error-shape-known",
		Topic:    Errors,
		Title:    "an error body is built so that a client finds the message",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"status-code guide (error format)", "RFC 9457 §3", "AIP-193", "Zalando #176", "Azure guidelines"},
		Text: "The JSON of an error is an object in one of the forms that are in use: a problem document, an error object with code and message, an error text, a message, a list " +
			"of errors, or a list of texts for each field. Arrays, bare texts and numbers, null, {} and objects without any message leave a client with nothing to show.",
		Silent: "Suites that declare a schema for errors, or errors: off.",
		Mend:   "send an object with a message for people and a code for programs",
		Bad:    `400 "bad email"`,
		Good:   `400 {"error":{"code":"INVALID_EMAIL","message":"That is not an e-mail address"}}`,
		When:   When{Classes: []int{4, 5}},
		Check:  errorShapeKnown,
	},
	{
		ID:       "error-shape-consistent",
		Topic:    Errors,
		Title:    "one API has one kind of error body",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{"status-code guide (error format)", "RFC 9457 §1", "Zalando #176", "AIP-193", "Azure guidelines"},
		Text: "A client that has learnt to read one error of an API can read all of them: they share a shape and a media type, and message and code stand under the same names. The first error of the " +
			"run sets the norm, unless the suite declares one. Each other form is reported once; where a shape is declared, every answer that differs is an error.",
		Silent: "HEAD, empty content, OAuth token endpoints, and 502, 503 or 504 that an intermediary wrote. Details that are there on one error and not on the next make no difference, " +
			"nor do further members.",
		Mend:   "produce all errors in one place, the framework's own for unknown paths and bad input included",
		Bad:    `400 {"error":"…"} and 422 {"errors":[…]}`,
		Good:   `400 and 422 {"error":{"code":…,"message":…}}`,
		When:   When{Classes: []int{4, 5}},
		Across: errorShapeConsistent,
	},
	{
		ID:       "error-message-and-code",
		Topic:    Errors,
		Title:    "an error speaks to people and to programs",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`status-code guide ("always include …")`, "AIP-193", "Azure guidelines", "RFC 9457 §3.1.1"},
		Text:     "Next to the message for people stands a code that programs can rely on when the wording changes: code, error.code, a reason, or the type of a problem other than about:blank.",
		Silent: "A plain error text without a code is info, and so is a message that only repeats the status. Problems of type about:blank whose status says it all (401, 404, 405), and OAuth " +
			"token endpoints, are right.",
		Mend:  "give each failure a stable code beside its message",
		Bad:   `409 {"error":{"message":"nope"}}`,
		Good:  `409 {"error":{"code":"ORDER_CLOSED","message":"The order is closed"}}`,
		When:  When{Classes: []int{4, 5}},
		Check: errorMessageAndCode,
	},
	{
		ID:       "error-status-agrees",
		Topic:    Errors,
		Title:    "a status that stands in the body is the one that was sent",
		Severity: finding.Error,
		Basis:    "MUST for problem details",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9457 §3.1.2", "AIP-193"},
		Text: "Some bodies repeat the status: status, statusCode or error.code between 400 and 599. If it is another than the real one, those who read the body and those who read the " +
			"status line draw different conclusions.",
		Silent: "A warning outside of problem documents. A code at the top counts only if it was the status in earlier errors of the run, since it is often a number of the application's own.",
		Mend:   "set status and body from one value",
		Bad:    `404 {"type":"about:blank","title":"Not Found","status":400}`,
		Good:   `404 {"type":"about:blank","title":"Not Found","status":404}`,
		When:   When{Classes: []int{4, 5}},
		Check:  errorStatusAgrees,
		Across: errorCodeIsStatus,
	},
	{
		ID:       "error-details-shape",
		Topic:    Errors,
		Title:    "the details of an error are alike",
		Severity: finding.Warning,
		Basis:    "guide",
		Seen:     []Sight{OneExchange, AcrossRun},
		Spec:     []string{"status-code guide (422, error format)", "RFC 9457 §3.2", "AIP-193"},
		Text: "Where an error lists details, errors, invalid-params or violations, each item is an object, the message has one name in all of them, and so has the field. They keep these names " +
			"throughout the run, and a 422 does not carry an empty list.",
		Silent: "Items with @type are several kinds by design and are not compared with each other. Info when a field is spelled otherwise than in the request.",
		Mend:   "build the items in one place, as {field, message}",
		Bad:    `422 {"error":{…,"details":["email is bad",{"field":"age"}]}}`,
		Good:   `422 {"error":{…,"details":[{"field":"age","message":"At least 18"}]}}`,
		When:   When{Classes: []int{4, 5}},
		Check:  errorDetailsShape,
		Across: errorDetailsAlike,
	},
}
