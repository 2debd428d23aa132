package rule

import (
	"encoding/json"
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// relations are the names of other pages, as links and members have them.
var relations = map[string]string{"next": "next", "prev": "prev", "previous": "prev", "first": "first", "last": "last"}

// links finds where the pages around this one are: in Link fields (RFC 8288)
// first, then in the forms that APIs have in their content.
func (p *page) links(fields exchange.Fields, o map[string]any) {
	for _, l := range links(fields) {
		for _, r := range l.relations {
			p.add(onward{relation: relations[r], text: l.target, path: "headers.Link"})
		}
	}
	p.member(o, "", "next")
	for _, group := range [...]string{"links", "_links"} {
		if inner, ok := o[group].(map[string]any); ok {
			for _, name := range [...]string{"next", "prev", "previous", "first", "last"} {
				p.member(inner, group+".", name)
			}
		}
	}
	if _, paged := o["next"]; paged {
		for _, name := range [...]string{"prev", "previous", "first", "last"} {
			p.member(o, "", name)
		}
	}
	for _, name := range [...]string{"nextLink", "@odata.nextLink"} {
		p.reference("next", "body."+name, o[name])
	}
	for _, t := range [...]struct{ name, parameter string }{{"next_page_token", "page_token"}, {"nextPageToken", "pageToken"}} {
		if token, ok := o[t.name].(string); ok {
			p.add(onward{relation: "next", text: token, parameter: t.parameter, path: "body." + t.name})
		}
	}
}

// member takes a link from a member: the reference itself, or an object with
// it as href.
func (p *page) member(o map[string]any, group, name string) {
	value := o[name]
	path := "body." + group + name
	if link, ok := value.(map[string]any); ok && link["href"] != nil {
		value = link["href"]
		path += ".href"
	}
	p.reference(relations[name], path, value)
}

// reference takes in a value that may be a reference. A word or a number may
// be a token, of which nobody knows how it is to be sent.
func (p *page) reference(relation, path string, value any) {
	switch v := value.(type) {
	case nil:
	case string:
		known := strings.HasPrefix(v, "/") || strings.HasPrefix(v, "?") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://")
		if known {
			p.add(onward{relation: relation, text: v, path: path})
		} else if relation == "next" && v != "" {
			p.vague = true
		}
	case bool:
		p.vague = p.vague || relation == "next" && v
	default:
		p.vague = p.vague || relation == "next"
	}
}

// field names where a link stands, in messages.
func (o *onward) field() string { return fieldOf(o.path) }

func fieldOf(path string) string {
	_, name, _ := strings.Cut(path, ".")
	return name
}

func (o *onward) word() string {
	if o.relation == "prev" {
		return "previous"
	}
	return o.relation
}

// add keeps the first of each relation.
func (p *page) add(o onward) {
	switch {
	case o.relation == "" || o.text == "":
	case o.relation == "next":
		if p.next.text == "" {
			p.next = o
		}
	default:
		for _, known := range p.around {
			if known.relation == o.relation {
				return
			}
		}
		p.around = append(p.around, o)
	}
}

// total is how many items there are in all, as a page says.
type total struct {
	path  string
	value int
}

func (t *total) field() string { return fieldOf(t.path) }

func (p *page) count(fields exchange.Fields, o map[string]any) {
	if n, err := strconv.Atoi(fields.Get("X-Total-Count")); err == nil {
		p.totals = append(p.totals, total{"headers.X-Total-Count", n})
	}
	for _, name := range [...]string{"total", "count"} {
		if n, ok := o[name].(json.Number); ok {
			if value, err := strconv.Atoi(n.String()); err == nil {
				p.totals = append(p.totals, total{"body." + name, value})
			}
		}
	}
}
