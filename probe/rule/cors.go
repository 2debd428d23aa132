package rule

import (
	"net/http"

	"httpprobe/probe/finding"
)

var cors = []Rule{
	{
		ID:       "cors-origin-value",
		Topic:    CORS,
		Title:    "the origin that is let in is written as browsers write it",
		Severity: finding.Error,
		Basis:    "browsers reject",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`Fetch "HTTP new-header syntax"`, `Fetch "CORS check"`},
		Text: "Access-Control-Allow-Origin is one line with *, null, or one origin: scheme, host, and a port that is not the usual one, in lower case and without a path or a slash at its end. Browsers compare it octet by octet " +
			"with their own Origin, and refuse lists and patterns.",
		Silent: "Info when another origin is let in than the one that asked. A warning for null, which lets sandboxed pages of anyone in.",
		Mend:   "compare Origin with a list in the service, and send back the one that matched",
		Bad:    "Access-Control-Allow-Origin: https://a.example, https://b.example",
		Good:   "Access-Control-Allow-Origin: https://a.example",
		When:   When{Fields: []string{allowOrigin}},
		Check:  corsOriginValue,
	},
	{
		ID:       "cors-credentials",
		Topic:    CORS,
		Title:    "credentials are let in so that browsers go along",
		Severity: finding.Warning,
		Basis:    "browsers reject",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`Fetch "CORS protocol and credentials"`, `Fetch "CORS check"`},
		Text: "Access-Control-Allow-Credentials has the one value true, in lower case. With it, * stands for nothing but itself: as an origin it is refused, and in the lists of methods, request fields and exposed fields it is a name that " +
			"nobody uses.",
		Silent: "false does no harm and no good, and is info.",
		Mend:   "send true with the origin, methods and fields spelt out, or leave the field away",
		Bad:    "Access-Control-Allow-Origin: * + Access-Control-Allow-Credentials: true",
		Good:   "Access-Control-Allow-Origin: https://a.example + Access-Control-Allow-Credentials: true",
		When:   When{Fields: []string{allowCredentials}},
		Check:  corsCredentials,
	},
	{
		ID:       "cors-vary-origin",
		Topic:    CORS,
		Title:    "caches learn that an answer depends on who asks",
		Severity: finding.Warning,
		Basis:    "should (Fetch)",
		Seen:     []Sight{OneExchange, AcrossRun, SafeFollowUp},
		Spec:     []string{`Fetch "CORS protocol and HTTP caches"`, "RFC 9110 §12.5.5"},
		Text: "Where Access-Control-Allow-Origin changes with the Origin of the request, or is left away without one, every cacheable answer of the resource lists Origin in Vary. Otherwise a cache hands the answer that was made for one " +
			"origin to another, whose browser refuses it. After an answer that lets one origin in, the same is asked for without Origin, and with one that is nobody's.",
		Silent: "One origin that never changes needs no Vary, so the run must have shown two different answers of the resource. What is marked no-store is not cached.",
		Mend:   "add Vary: Origin to all answers of the resource, those to requests without Origin too",
		Bad:    "Origin: https://a.example → Access-Control-Allow-Origin: https://a.example, and without Origin no such field",
		Good:   "the same, each with Vary: Origin",
		When:   When{Methods: []string{"GET", "HEAD"}},
		Across: corsVaryOrigin,
		FollowUps: []FollowUp{{
			When:  When{Methods: []string{http.MethodGet}, Fields: []string{allowOrigin}},
			Judge: corsAgain,
		}},
	},
	{
		ID:       "cors-expose-headers",
		Topic:    CORS,
		Title:    "scripts can read the fields that they need",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{`Fetch "CORS-safelisted response-header name"`},
		Text: "A script of another origin sees Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified and Pragma, and what Access-Control-Expose-Headers lists. Location, ETag, Retry-After, Link and the " +
			"numbers of pages and limits are lost on it otherwise.",
		Silent: "Preflights, redirects and 304, whose fields are for the browser itself. * exposes everything, but not together with Access-Control-Allow-Credentials.",
		Mend:   "list these fields in Access-Control-Expose-Headers",
		Bad:    "201 + Access-Control-Allow-Origin: * + Location: /users/42",
		Good:   "201 + Access-Control-Allow-Origin: * + Location: /users/42 + Access-Control-Expose-Headers: Location",
		When:   When{Classes: []int{2, 4, 5}, Fields: []string{allowOrigin}},
		Check:  corsExposeHeaders,
	},
	{
		ID:       "cors-on-errors",
		Topic:    CORS,
		Title:    "scripts see errors as they see successes",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{AcrossRun},
		Spec:     []string{`Fetch "CORS check"`},
		Text: "Where the successes of an API let an origin in, its errors do so too. A browser hides an error without Access-Control-Allow-Origin from the script, which then sees a failed network and neither the status nor the " +
			"message.",
		Silent:      "Info for 502 and 504, and for other errors of an intermediary. APIs of which some successes let the origin in and some do not, and a 403 that is about the origin itself.",
		Undecided:   "An error before the first success that lets the same origin in is not judged.",
		Mend:        "add the CORS fields before anything can fail, in the gateway or the outermost handler",
		Bad:         "200 + Access-Control-Allow-Origin, 401 without",
		Good:        "200 and 401 + Access-Control-Allow-Origin",
		When:        When{Classes: []int{2, 4, 5}},
		acrossNeeds: crossOrigin,
		Across:      corsOnErrors,
	},
}

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
)
