package rule

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var problems = []Rule{
	{
		ID:       "problem-media-type",
		Topic:    Errors,
		Title:    "a problem document is called one",
		Severity: finding.Warning,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9457 §3"},
		Text: "A body with the members of a problem document (type, title, status, detail, instance) is sent as application/problem+json, so that clients know how to read it. " +
			"The other way round, what is sent under that type is a JSON object.",
		Silent: "An error if the type is given to something that is no object. {} is a valid problem, and the type need not be in Accept.",
		Mend:   "set Content-Type: application/problem+json where problems are written",
		Bad:    `409 + Content-Type: application/json {"type":"https://api.example/problems/stock","title":"Out of stock","status":409}`,
		Good:   "409 + Content-Type: application/problem+json with the same content",
		When:   When{Classes: []int{4, 5}},
		Check: func(p *Pass) {
			e, ok := p.ErrorBody()
			labelled := p.mediaType() == problemType
			switch {
			case !ok:
			case e.Shape == ProblemShape && !labelled:
				p.Reportf("headers.Content-Type", "the %d to %s is a problem document, but is sent as %s", p.Response.Status, p.line(), orNothing(p.mediaType()))
			case labelled && e.Shape != ProblemShape && e.Shape != EmptyShape:
				p.reportAt(finding.Error, "body", "the %d to %s is sent as %s, but is not a JSON object", p.Response.Status, p.line(), problemType)
			}
		},
	},
	{
		ID:       "problem-members-valid",
		Topic:    Errors,
		Title:    "the members of a problem document are of the right kind",
		Severity: finding.Error,
		Basis:    "definition",
		Seen:     []Sight{OneExchange},
		Spec: []string{"RFC 9457 §3.1", "RFC 9457 §3.1.1", "RFC 9457 §3.1.2", "RFC 9457 §3.1.3", "RFC 9457 §3.1.4",
			"RFC 9457 §3.1.5", "RFC 9457 §4.2.1"},
		Text: "type, title, detail and instance are texts, status is an integer, type and instance are URI references. Clients have to pass over a member of another kind, " +
			"so what it says is lost.",
		Silent: "A warning for null in place of a member, for a type that is relative, for an about:blank whose title is not the name of the status, and for titles that differ between problems of " +
			"one type (translations apart). No member is required, and further ones are free.",
		Mend:  "write the members as the standard types them, and leave out what is not known",
		Bad:   `404 {"type":404,"status":"404"}`,
		Good:  `404 {"type":"https://api.example/problems/not-found","title":"Not found","status":404}`,
		When:  When{Classes: []int{4, 5}, Fields: []string{"Content-Type"}},
		Check: problemMembersValid,

		Across: problemTitles,
	},
}

func orNothing(mediaType string) string {
	if mediaType == "" {
		return "content of no type"
	}
	return mediaType
}

// problem is the object of a body that is labelled a problem document.
func (p *Pass) problem() (map[string]any, bool) {
	if p.mediaType() != problemType {
		return nil, false
	}
	d := p.json()
	if d == nil {
		return nil, false
	}
	body, _ := d.body()
	o, ok := body.(map[string]any)
	return o, ok
}

func problemMembersValid(p *Pass) {
	o, ok := p.problem()
	if !ok {
		return
	}
	subject := fmt.Sprintf("of the problem sent as %d to %s", p.Response.Status, p.line())
	for _, name := range []string{"type", "title", "detail", "instance", "status"} {
		v, given := o[name]
		_, isText := v.(string)
		kind := "a text"
		if name == "status" {
			kind, isText = "an integer", isInteger(v)
		}
		switch {
		case !given || isText:
		case v == nil:
			p.reportAt(finding.Warning, "body."+name, "%s %s is null: leave it out, or make it %s", name, subject, kind)
		default:
			p.Reportf("body."+name, "%s %s is not %s", name, subject, kind)
		}
	}
	for _, name := range []string{"type", "instance"} {
		s, _ := o[name].(string)
		if s == "" {
			continue
		}
		u, err := url.Parse(s)
		switch {
		case err != nil || strings.ContainsAny(s, " \"<>\\^`{|}"):
			p.Reportf("body."+name, "%s %s is not a URI: %s", name, subject, quote(s))
		case name == "type" && !u.IsAbs():
			p.reportAt(finding.Warning, "body.type", "type %s is relative: %s", subject, quote(s))
		}
	}
	blank, given := o["type"]
	if title := text(o["title"]); title != "" && (!given || blank == "about:blank") && !p.translated() && !isName(title, p.Response.Status) {
		p.reportAt(finding.Warning, "body.title", "title %s, whose type is about:blank, is not the name of the status: %s", subject, quote(title))
	}
}

// isInteger also takes numbers such as 4.04e2, whose value is one.
func isInteger(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	f, err := n.Float64()
	return err == nil && f == float64(int64(f))
}

func isName(title string, status int) bool {
	names := statusNames(status)
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, title) })
}

// translated reports whether texts may be in another language than English.
func (p *Pass) translated() bool {
	language := p.Response.Fields.Get("Content-Language")
	return language != "" && !strings.HasPrefix(strings.ToLower(language), "en")
}

// titled is the title that a type of problem had first.
type titled struct{ title, place string }

func problemTitles() func(*Pass) {
	const most = 256 // types kept: some services make one up for each problem
	seen := map[string]titled{}
	return func(p *Pass) {
		o, ok := p.problem()
		kind, title := text(o["type"]), text(o["title"])
		if !ok || kind == "" || kind == "about:blank" || title == "" {
			return
		}
		key := p.Response.Fields.Get("Content-Language") + "\n" + kind
		before, known := seen[key]
		if !known && len(seen) < most {
			seen[key] = titled{title, p.place()}
		}
		if known && before.title != title {
			p.Report(Report{
				Severity: finding.Warning,
				Path:     "body.title",
				Message:  "problems of type " + quote(kind) + " have different titles: " + quote(title) + " in the answer to " + p.line() + ", " + quote(before.title) + " in that to " + before.place,
				Expected: before.title,
				Actual:   title,
			})
		}
	}
}
