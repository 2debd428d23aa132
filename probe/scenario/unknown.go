package scenario

import (
	"regexp"
	"slices"
	"strings"

	"httpprobe/probe/source"
)

// The places of a file whose keys are looked up in each other.
const (
	inSuite    = "the suite"
	inScenario = "a scenario"
	inStep     = "a step"
	inExpect   = "expect"
	inDefaults = "defaults"
	inRetry    = "retry"
)

// guesses are words that users of other tools write, by place.
var guesses = map[string]map[string]string{
	inSuite: {
		"baseUrl": `write "base_url"`, "url": `write "base_url"`, "host": `write "base_url"`,
		"variables": `write "vars"`, "env": `write "vars"; ${env.NAME} reaches the environment`,
		"auth": `write "identities"`, "tests": `write "scenarios"`, "requests": `write "steps"`,
		"before": `write "setup"`, "after": `write "teardown"`, "version": "leave it out",
		"title": `write "name"`, "description": `write "name", or a comment`,
	},
	inScenario: {
		"variables": `write "vars"`, "tests": `write "steps"`, "requests": `write "steps"`,
		"before": `write "setup"`, "after": `write "teardown"`, "skip": `write "if" with the opposite condition`,
		"when": `write "if"`, "matrix": `write "each"`,
		"title": `write "name"`, "description": `write "name", or a comment`,
	},
	inStep: {
		"title": `write "name"`, "description": `write "name", or a comment`,
		"url": `the request line holds it: "request: GET /path -> 200"`, "path": `the request line holds it: "request: GET /path -> 200"`,
		"method": `the request line holds it: "request: GET /path -> 200"`, "params": `write "query"`,
		"body": `send one with "json", "form", "multipart", "text", "file" or "graphql"; expect one with "expect: { body: … }"`,
		"data": `write "json", "form" or "text"`, "payload": `write "json", "form" or "text"`,
		"auth": `write "as" and name an identity`, "tests": `write "expect"`, "asserts": `write "expect: { assert: … }"`,
		"response": `write "expect"`, "captures": `write "capture"`, "extract": `write "capture"`, "register": `write "capture"`,
		"skip": `write "if" with the opposite condition`, "when": `write "if"`, "sleep": `write "wait"`, "delay": `write "wait"`,
		"loop": `write "each"`, "matrix": `write "each"`, "cookies": `write "headers: { Cookie: … }"`,
		"tags": "tags belong to a scenario or the suite",
	},
	inExpect: {
		"json": `write "body"`, "code": `write "status"`, "duration": `write "time"`, "asserts": `write "assert"`,
		"header": `write "headers"`, "location": `the request line holds it: "-> 201 /path/{id}"`,
		"text": `write "body"`, "capture": `"capture" belongs to a step`,
	},
}

// homes are the keys of each place, for keys that stand in the wrong one.
var homes = []struct {
	place string
	keys  []string
}{
	{inSuite, keys(suiteFields)},
	{inScenario, keys(scenarioFields)},
	{inStep, keys(stepFields)},
	{inExpect, keys(expectFields)},
	{inRetry, keys(retryFields)},
	{inDefaults, keys(defaultsFields)},
}

var methodKey = regexp.MustCompile(`^([A-Z]+)( .*)?$`)

// explainUnknown turns the unknown keys that were met into problems.
func (r *reader) explainUnknown() {
	for _, u := range r.unknown {
		if len(r.problems) > 2*maxProblems {
			r.atText(u.member.Key, "", "unknown key %s in %s", quote(u.member.Key.Text), u.place)
			continue
		}
		r.atText(u.member.Key, u.hint(), "unknown key %s in %s", quote(u.member.Key.Text), u.place)
	}
}

func (u unknownKey) hint() string {
	key := u.member.Key.Text
	if g := guesses[u.place][key]; g != "" {
		return g
	}
	if m := methodKey.FindStringSubmatch(key); m != nil && u.place == inStep && slices.Contains(registeredMethods, m[1]) {
		line := key
		if u.member.Value.Kind == source.String {
			line += " " + shorten(u.member.Value.Text)
		}
		return `write "request: ` + line + `"`
	}
	if n := source.Nearest(key, u.known); n != "" {
		return `did you mean "` + n + `"?`
	}
	var places []string
	here := false
	for _, h := range homes {
		here = here || h.place == u.place
		if h.place != u.place && slices.Contains(h.keys, key) {
			places = append(places, h.place)
		}
	}
	if here && len(places) > 0 {
		return quote(key) + " belongs to " + strings.Join(places, " or ")
	}
	return source.DidYouMean(key, u.known)
}
