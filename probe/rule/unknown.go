package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// unknowns is about asking for what does not exist.
var unknowns = []Rule{
	{
		ID:       "unknown-resource-404",
		Topic:    ClientErrors,
		Title:    "an item that does not exist is answered 404",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.5.5", "RFC 9110 §15.5.11", "guide (404)"},
		Text: "Beside an item that was read another one is asked for, with an identifier of the same kind that nobody has: a number for a number, a UUID for a UUID. 404 or 410 tells clients that it is not there. 200 or 204, often with null, {} or an error " +
			"in it, sends them on with nothing; so does a redirect to a page above it, and 400 or 403 blames them for something else. 5xx is an error.",
		Silent: "Items are JSON objects that name the last part of the path as their identifier, or link to themselves. Identifiers other than numbers and UUIDs may have a check digit: 400 is right there. " +
			"401; 403 where the project hides what one may not see, or slows clients down by it; 422, 429 and other redirects. A success counts if two identifiers have it.",
		Undecided: "What other paths stand for is not known: names and short words may be anything, and a number may as well be something to compute with.",
		Mend:      "answer 404 when the lookup finds nothing, before anything else is done with the result",
		Bad:       "GET /users/99999 → 200 null",
		Good:      "GET /users/99999 → 404",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: unknownResource,
		}},
	},
	{
		ID:       "unknown-path-404",
		Topic:    ClientErrors,
		Title:    "a path that nobody has made is answered 404",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 9110 §15.5.5"},
		Text: "A path of random letters below the base URL is asked for, once. A success means that some page catches everything: a client with a typing error in its path gets it as its data. 5xx is an error. " +
			"The content of the 404 is compared with other errors by error-shape-consistent.",
		Silent: "All but 2xx and 5xx: 401 and 403 where everything needs a login, redirects, 400, 405. It is not asked after a page of HTML, and one in answer counts only if it comes below the first part of the API's own paths too: one application for browsers may well own the rest.",
		Mend:   "end the list of routes with one that answers 404 in the format of the API's errors",
		Bad:    "GET /api/x9f3 → 200 + a page of HTML",
		Good:   `GET /api/x9f3 → 404 {"error":{"code":"NOT_FOUND"}}`,
		FollowUps: []FollowUp{{
			Once:  OncePerOrigin,
			Judge: unknownPath,
		}},
	},
}

func unknownResource(t *Trail) {
	id, sibling, ok := t.item()
	if !ok {
		return
	}
	strange := stranger(id, t.Request.URL)
	x := t.Ask(Ask{URL: sibling(strange), Provokes: true})
	if x == nil {
		return
	}
	status := x.Response.Status
	what := ""
	switch {
	case status/100 == 5:
		t.Report(Report{
			About: x, Severity: finding.Error, Path: "status", Expected: "404", Actual: fmt.Sprint(status),
			Message: fmt.Sprintf("%s, which does not exist, makes the server fail with %d", t.told(x), status),
		})
		return
	case status == http.StatusOK || status == http.StatusNoContent:
		// Some lists are so dense that every number is taken.
		other := t.Ask(Ask{URL: sibling(stranger(id, t.Request.URL+"#")), Provokes: true})
		if other == nil || other.Response.Status != status {
			return
		}
		what = t.softly(x)
	case redirected(status):
		if to, ok := target(x); !ok || !above(to, x.Request.URL) {
			return
		}
		what = ": a redirect to " + quote(x.Response.Fields.Get("Location"))
	case status == http.StatusBadRequest:
		if !isDigits(id) && !isUUID(id) {
			return
		}
	case status == http.StatusForbidden:
		if t.Settings.HideForbidden || x.Response.Fields.Has("Retry-After") || t.read(x).namesReset() {
			return
		}
	default:
		return
	}
	t.Report(Report{
		About: x, Path: "status", Expected: "404", Actual: fmt.Sprint(status),
		Message: fmt.Sprintf("%s, which does not exist, gets %d%s", t.told(x), status, what),
	})
}

// softly says how a success tells that there is nothing.
func (t *Trail) softly(x *exchange.Exchange) string {
	p := t.read(x)
	body, ok := p.parsedBody()
	o, isObject := body.(map[string]any)
	switch {
	case x.Response.Status == http.StatusNoContent, len(x.Response.Content) == 0:
		return ", empty: a soft 404"
	case !ok:
		return ""
	case body == nil:
		return " and null: a soft 404"
	case isObject && len(o) == 0:
		return " and {}: a soft 404"
	case bareFailure(o) != "":
		return " and an error, " + bareFailure(o) + ": a soft 404"
	}
	return ""
}

// item reports whether the answer is an item of a collection, one that names
// the last part of the path as its own. It gives that part, and what makes the
// URL of another item.
func (t *Trail) item() (id string, sibling func(id string) string, ok bool) {
	u, err := url.Parse(t.Request.URL)
	if err != nil || t.Response.Status != http.StatusOK {
		return "", nil, false
	}
	path := u.EscapedPath()
	cut := strings.LastIndexByte(path, '/') + 1
	id = path[cut:]
	body, ok := t.value(t.Exchange)
	o, isObject := body.(map[string]any)
	if !ok || !isObject || !identifies(id) || !namesItself(o, id, 2) {
		return "", nil, false
	}
	return id, func(id string) string {
		other := *u
		other.Path, other.RawPath = path[:cut]+id, ""
		if plain, err := url.PathUnescape(path[:cut]); err == nil && plain != path[:cut] {
			other.Path, other.RawPath = plain+id, path[:cut]+id
		}
		return other.String()
	}, true
}

// namesItself reports whether an object, or one of few within it, has an
// identifier or a link that is that of the path.
func namesItself(o map[string]any, id string, depth int) bool {
	for name, v := range o {
		value := ""
		if s := fmt.Sprint(v); isNumber(v) || text(v) != "" {
			value = s
		}
		switch lower := strings.ToLower(name); {
		case value == "":
		case strings.HasSuffix(lower, "id"), lower == "key", lower == "number", lower == "code", lower == "slug", lower == "name":
			if strings.EqualFold(value, id) {
				return true
			}
		case lower == "self", lower == "href", lower == "url", lower == "uri":
			path, _, _ := strings.Cut(value, "?")
			if strings.HasSuffix(path, "/"+id) {
				return true
			}
		}
		inner, ok := v.(map[string]any)
		if ok && depth > 0 && namesItself(inner, id, depth-1) {
			return true
		}
	}
	return false
}

// above reports whether one URL is that of a page above another.
func above(page, item string) bool {
	if origin(page) != origin(item) {
		return false
	}
	dir := strings.TrimRight(pathOf(page), "/")
	return strings.HasPrefix(pathOf(item), dir+"/")
}

// stranger gives an identifier of the same kind that nobody has: it is made of
// the hash of a seed.
func stranger(id, seed string) string {
	sum := sha256.Sum256([]byte(seed + id))
	hash := hex.EncodeToString(sum[:])
	if isDigits(id) && len(id) < 9 {
		id = "999999999" // a number of 32 bits
	}
	most := byte('8') // as the first digit: more may be too large for a number of 64 bits
	if len(id) == 10 {
		most = '1' // of 32 bits
	}
	from := strings.LastIndexByte(id, '_') + 1 // a prefix tells the kind
	out := []byte(id)
	for i := from; i < len(out); i++ {
		n := hash[i%len(hash)]
		value := n - '0'
		if n >= 'a' {
			value = n - 'a' + 10
		}
		switch c := out[i]; {
		case i == from && c >= '0' && c <= '9':
			out[i] = min(c, most)
		case isUUID(id) && (i == 14 || i == 19): // version and variant
		case c >= '0' && c <= '9':
			out[i] = '0' + value%10
		case c >= 'a' && c <= 'z':
			out[i] = 'a' + value%6 // hexadecimal, if the others are
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + value%6
		}
	}
	return string(out)
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}

func unknownPath(t *Trail) {
	here := strings.TrimPrefix(t.Request.URL, t.Base+"/")
	if t.Base == "" || here == t.Request.URL || t.isPage(t.Exchange) || strings.Contains(t.Base, "?") ||
		t.Response.Status == http.StatusTooManyRequests || t.Response.Status/100 == 5 {
		return
	}
	sum := sha256.Sum256([]byte(t.Base))
	token := "x" + hex.EncodeToString(sum[:8])
	x := t.Ask(Ask{URL: t.Base + "/" + token, Provokes: true})
	if x == nil {
		return
	}
	severity := finding.Warning
	switch status := x.Response.Status; {
	case status/100 == 5:
		severity = finding.Error
	case status/100 != 2:
		return
	case t.isPage(x):
		end := strings.IndexAny(here, "/?")
		if end < 0 || here[end] == '?' {
			return
		}
		if below := t.Ask(Ask{URL: t.Base + "/" + here[:end+1] + token}); below == nil || below.Response.Status/100 != 2 || !t.isPage(below) {
			return
		}
	}
	t.Report(Report{
		About: x, Severity: severity, Path: "status", Expected: "404", Actual: fmt.Sprint(x.Response.Status),
		Message: fmt.Sprintf("%s, a path of random letters, gets %d", t.told(x), x.Response.Status),
	})
}

// isPage reports whether an answer is one for browsers.
func (t *Trail) isPage(x *exchange.Exchange) bool {
	media := t.read(x).mediaType()
	return media == "text/html" || media == "application/xhtml+xml"
}
