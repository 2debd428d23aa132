package rule

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

func multistatus(p *Pass) {
	if !p.whole() {
		return
	}
	media := p.mediaType()
	switch {
	case len(p.Response.Content) == 0:
		p.Reportf("body", "the 207 to %s has no content: how each part went stays unknown", p.line())
	case media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml"):
		if fault := davFault(p.Response.Content); fault != "" {
			p.Reportf("body", "the 207 to %s is no multistatus: %s", p.line(), fault)
		}
	default:
		if d := p.json(); d != nil {
			if body, ok := d.body(); ok {
				if fault := itemsFault(body); fault != "" {
					p.Reportf("body", "the 207 to %s does not tell how each part went: %s", p.line(), fault)
				}
			}
		}
	}
}

// davFault says why a document is not the multistatus of RFC 4918 §13. One
// that cannot be read is not accused.
func davFault(content []byte) string {
	const dav = "DAV:"
	d := xml.NewDecoder(bytes.NewReader(content))
	responses, told, depth := 0, false, 0
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			name := xml.Name{Space: dav, Local: t.Name.Local}
			switch {
			case depth == 1 && t.Name != xml.Name{Space: dav, Local: "multistatus"}:
				return fmt.Sprintf("its root is %s in the namespace %q", t.Name.Local, t.Name.Space)
			case depth == 2 && t.Name == name && name.Local == "response":
				responses, told = responses+1, false
			case depth == 3 && t.Name == name && (name.Local == "status" || name.Local == "propstat"):
				told = true
			}
		case xml.EndElement:
			if depth == 2 && t.Name == (xml.Name{Space: dav, Local: "response"}) && !told {
				return fmt.Sprintf("response %d has neither status nor propstat", responses)
			}
			depth--
		}
	}
}

// itemsFault says what a batch in JSON leaves open.
func itemsFault(body any) string {
	lists, grouped := listsOf(body, 3)
	switch {
	case len(lists) > 1 || grouped:
		return "" // a list for each outcome
	case len(lists) == 0:
		if o, ok := body.(map[string]any); ok && keyed(o) {
			return ""
		}
		return "it lists no parts"
	}
	for i, item := range lists[0] {
		if !tellsOutcome(item, 2) {
			return fmt.Sprintf("item %d has no status", i)
		}
	}
	return ""
}

// listsOf gives the lists that a value holds, down to some depth of objects,
// and whether one has a name that says how its items went.
func listsOf(v any, depth int) (lists [][]any, grouped bool) {
	switch v := v.(type) {
	case []any:
		return [][]any{v}, false
	case map[string]any:
		for name, inner := range v {
			if depth == 0 {
				break
			}
			more, within := listsOf(inner, depth-1)
			lists = append(lists, more...)
			grouped = grouped || within || len(more) > 0 && mentions(name, "succe", "fail", "error", "invalid", "reject", "created", "updated", "deleted", "ok")
		}
	}
	return lists, grouped
}

// keyed reports whether an object holds parts under their names, or holds one
// that does.
func keyed(o map[string]any) bool {
	for _, v := range o {
		if inner, ok := v.(map[string]any); ok && (tellsOutcome(inner, 1) || keyed(inner)) {
			return true
		}
	}
	return false
}

// outcomes are parts of the names of members that tell how something went.
var outcomes = []string{"status", "code", "success", "error", "state", "outcome", "result", "fail", "http"}

func tellsOutcome(v any, depth int) bool {
	o, ok := v.(map[string]any)
	if !ok {
		return false
	}
	for name, inner := range o {
		name = strings.ToLower(name)
		if name == "ok" || slices.ContainsFunc(outcomes, func(part string) bool { return strings.Contains(name, part) }) {
			return true
		}
		if depth > 0 && tellsOutcome(inner, depth-1) {
			return true
		}
	}
	return false
}
