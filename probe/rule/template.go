package rule

import "strings"

// endpoint tells the endpoints of a run apart: by origin, method and templated
// target, or by path where no template is known.
func (p *Pass) endpoint() string {
	if p.route == "" {
		line := p.Subject.Endpoint
		if line == "" {
			line = p.line()
		}
		p.route = p.origin() + " " + line
	}
	return p.route
}

// template gives the path with {} for each identifier, so that what it names
// is one kind of resource. It fails where a variable of the step's target
// holds more than an identifier, as the name of a collection or the whole
// path, and where the exchange is not one with that target.
func (p *Pass) template() (string, bool) {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	if p.Subject.Endpoint == "" {
		segments := strings.Split(path, "/")
		for i, s := range segments {
			if identifies(s) {
				segments[i] = "{}"
			}
		}
		return strings.Join(segments, "/"), true
	}
	_, target, _ := strings.Cut(p.Subject.Endpoint, " ")
	if !strings.ContainsAny(target, "{}") {
		before, ends := strings.CutSuffix(path, target)
		if !ends || before != "" && target != "" && target[0] != '/' && !strings.HasSuffix(before, "/") {
			return "", false
		}
		return path, true
	}
	segments, pattern := strings.Split(path, "/"), splitTarget(target)
	base := len(segments) - len(pattern) // what the base URL adds in front
	if base < 0 {
		return "", false
	}
	for i, want := range pattern {
		got := &segments[base+i]
		before, _, variable := strings.Cut(want, "{")
		before = strings.TrimSuffix(before, "$") // of ${…}
		after := want[strings.LastIndexByte(want, '}')+1:]
		switch {
		case !variable:
			if *got != want && (i > 0 || want != "") {
				return "", false
			}
		case len(*got) < len(before)+len(after) || !strings.HasPrefix(*got, before) || !strings.HasSuffix(*got, after) ||
			!identifies((*got)[len(before):len(*got)-len(after)]):
			return "", false
		default:
			*got = before + "{}" + after
		}
	}
	return strings.Join(segments, "/"), true
}

// splitTarget splits at the slashes outside of braces.
func splitTarget(target string) []string {
	var out []string
	begin, depth := 0, 0
	for i := range len(target) {
		switch target[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '/':
			if depth == 0 {
				out = append(out, target[begin:i])
				begin = i + 1
			}
		}
	}
	return append(out, target[begin:])
}

// identifies reports whether a segment is a number, a UUID or the like. Short
// ones with letters, such as v2, may be anything.
func identifies(segment string) bool {
	const shortest = 8
	digits := 0
	for i := range len(segment) {
		switch c := segment[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '-', c == '_':
		default:
			return false
		}
	}
	return digits > 0 && (digits == len(segment) || len(segment) >= shortest)
}
