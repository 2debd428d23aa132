package rule

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"httpprobe/probe/finding"
)

var negotiation = []Rule{
	{
		ID:       "accept-honoured",
		Topic:    Negotiation,
		Title:    "a client gets a format that it can read",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 9110 §12.5.1", "RFC 9110 §12.4.1"},
		Text:     "Where Accept does not have */*, the type of a success is one that it lists, by name or with a star, and not with a weight of 0. What the client cannot read is of no use to it, and 406 would tell it so.",
		Silent: "A server may pass over Accept, so it is info as long as the resource has shown no other format in the run, and also when application/json was asked for and a +json type came. Errors come in the API's own format. " +
			"Follow-ups ask for formats that there may not be, so that of their answers only those count that are not in a format which the run has seen there.",
		Mend:        "choose the format by Accept, and answer 406 where there is none that fits",
		Bad:         "Accept: application/xml → 200 + Content-Type: application/json, where the resource also has XML",
		Good:        "Accept: application/xml → 406, or XML",
		When:        When{Classes: []int{2}, Fields: []string{"Content-Type"}},
		acrossNeeds: choosing,
		Across:      acceptHonoured,
	},
	{
		ID:       "preference-applied",
		Topic:    Negotiation,
		Title:    "a preference counts as met only where it was asked for and is met",
		Severity: finding.Warning,
		Basis:    "grammar + definition",
		Seen:     []Sight{OneExchange},
		Spec:     []string{"RFC 7240 §2", "RFC 7240 §3", "RFC 7240 §4.1", "RFC 7240 §4.2"},
		Text: "Preference-Applied repeats preferences of the request's Prefer, with their values. After return=minimal comes no representation, after return=representation there is one, and respond-async means 202. Where return shapes a cacheable answer to " +
			"GET, Vary lists Prefer.",
		Silent: "A preference may be passed over, and then the field stays away. Parameters in the field, which has values alone, are an error.",
		Mend:   "name in Preference-Applied what was really done of what the request asked for",
		Bad:    "Preference-Applied: return=minimal, without Prefer in the request",
		Good:   "Prefer: return=minimal → 204 + Preference-Applied: return=minimal",
		When:   When{Fields: []string{"Preference-Applied"}},
		Check:  preferenceApplied,
	},
}

func acceptHonoured() func(*Pass) {
	const most = 4 // formats kept of each resource
	formats := map[string][]string{}
	return func(p *Pass) {
		if accept := p.Request.Fields.Joined("Accept"); accept == "" || accept == "*/*" {
			return
		}
		media := p.mediaType()
		if len(p.Response.Body) == 0 || p.Response.Status == http.StatusPartialContent || !isMediaType(media) {
			return
		}
		ranges := p.Request.Fields.Tokens("Accept")
		if len(ranges) == 0 || accepts(ranges, "*/*") {
			return
		}
		here := p.endpoint()
		known := formats[here]
		if !slices.Contains(known, media) && len(known) < most {
			known = append(known, media)
			formats[here] = known
		}
		available := slices.ContainsFunc(known, func(other string) bool { return accepts(ranges, other) })
		if accepts(ranges, media) || p.Subject.FollowUp && !available {
			return
		}
		severity := finding.Warning
		if len(known) < 2 || nearly(ranges, media) {
			severity = finding.Info
		}
		p.Report(Report{
			Severity: severity, Path: "headers.Content-Type", Message: p.answer().String() + " is " + media + ", which its Accept does not list",
			Expected: p.Request.Fields.Joined("Accept"), Actual: p.Response.Fields.Get("Content-Type"),
		})
	}
}

func isMediaType(s string) bool {
	kind, subtype, ok := strings.Cut(s, "/")
	return ok && isToken(kind) && isToken(subtype)
}

// accepts reports whether a list of ranges takes in a type, as far as the most
// exact range says (RFC 9110 §12.5.1). What cannot be read takes in all.
func accepts(ranges []string, media string) bool {
	kind, _, _ := strings.Cut(media, "/")
	exactness, taken := 0, false
	for _, r := range ranges {
		weight := 1.0
		if q, ok := parameterOf(r, "q"); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				return true
			}
		}
		level := 0
		switch named := mediaType(r); {
		case named == "*/*" && weight > 0, !isMediaType(named):
			return true
		case sameFormat(named, media):
			level = 2
		case named == kind+"/*":
			level = 1
		}
		// Ranges with parameters may take in only some of the type, so that
		// the one that takes in more counts.
		if level > exactness || level == exactness && level > 0 && weight > 0 {
			exactness, taken = level, weight > 0
		}
	}
	return taken
}

// sameFormat compares types, of which XML and JavaScript have two.
func sameFormat(a, b string) bool {
	plain := func(s string) string {
		switch s {
		case "text/xml":
			return "application/xml"
		case "application/javascript", "application/x-javascript":
			return "text/javascript"
		case "text/yaml", "application/x-yaml", "text/x-yaml":
			return "application/yaml"
		}
		return s
	}
	return plain(a) == plain(b)
}

// nearly reports whether the general format was asked for of which the type is
// a kind.
func nearly(ranges []string, media string) bool {
	for _, named := range accepted(ranges) {
		if named == "application/json" && strings.HasSuffix(media, "+json") ||
			sameFormat(named, "application/xml") && strings.HasSuffix(media, "+xml") {
			return true
		}
	}
	return false
}

func preferenceApplied(p *Pass) {
	const path = "headers.Preference-Applied"
	var asked []parameter
	for _, one := range p.Request.Fields.Tokens("Prefer") {
		pair, _, _ := strings.Cut(one, ";")
		asked = append(asked, preference(pair))
	}
	for _, one := range p.Response.Fields.Tokens("Preference-Applied") {
		pair, rest, more := strings.Cut(one, ";")
		if more && strings.Trim(rest, " \t;") != "" {
			p.reportAt(finding.Error, path, "%s has parameters, which only Prefer has: %s", p.of("Preference-Applied"), quote(one))
		}
		applied := preference(pair)
		if !slices.ContainsFunc(asked, func(a parameter) bool {
			return a.name == applied.name && (a.value == applied.value || applied.value == "")
		}) {
			p.Report(Report{
				Path: path, Message: p.of("Preference-Applied").String() + " names " + quote(pair) + ", which the request did not ask for",
				Expected: p.Request.Fields.Joined("Prefer"), Actual: one,
			})
			continue
		}
		if fault := p.unmet(applied); fault != "" {
			p.Reportf(path, "%s names %s, but %s", p.of("Preference-Applied"), quote(pair), fault)
		}
	}
}

// preference reads token [= value]; the value may stand in quotes.
func preference(pair string) parameter {
	name, value, _ := strings.Cut(pair, "=")
	value = strings.Trim(value, " \t")
	if text, length := parameterValue(value); length == len(value) {
		value = text
	}
	return parameter{strings.ToLower(strings.Trim(name, " \t")), value}
}

// unmet says in what an answer is not as a preference that it claims to have
// met, or "".
func (p *Pass) unmet(applied parameter) string {
	r := p.Response
	if r.Status/100 != 2 || !r.Complete {
		return ""
	}
	switch {
	case applied.name == "respond-async" && r.Status != http.StatusAccepted:
		return "the status is not 202"
	case applied.name != "return":
	case applied.value == "representation" && len(r.Body) == 0 && p.Request.Method != http.MethodHead:
		return "there is no content"
	case applied.value == "minimal" && p.repeatsRequest():
		return "the content is the whole representation"
	case reads(p.Request.Method) && slices.Contains(heuristic, r.Status) && !p.cacheControl().has("no-store") && !p.varies("Prefer"):
		return "Vary does not list Prefer, so that a cache hands the answer to others"
	}
	return ""
}

// repeatsRequest reports whether the content has every member that the request
// had, two at least.
func (p *Pass) repeatsRequest() bool {
	sent, _ := p.requestBody()
	given, ok := sent.(map[string]any)
	body, _ := p.parsedBody()
	returned, is := body.(map[string]any)
	if !ok || !is || len(given) < 2 {
		return false
	}
	for name := range given {
		if _, there := returned[name]; !there {
			return false
		}
	}
	return true
}
