package rule

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// page is what is known of one page of a list. The content itself is not kept.
type page struct {
	*exchange.Exchange
	list   bool    // it holds a list
	root   string  // what kind of value its JSON is; "" when it is not JSON
	unread bool    // its content is not known to its end
	items  []entry // none when they cannot be told from other lists in it
	next   onward
	vague  bool     // there may be a next page, though next is empty
	around []onward // the first, previous and last page
	totals []total
}

// entry is one item of a page. Both are empty for what has no id.
type entry struct {
	id    string
	value [sha256.Size]byte // tells items apart, but for volatile members
}

// onward is where another page is said to be.
type onward struct {
	relation  string // next, prev, first or last
	text      string // a URI reference, or a token; "" for none
	parameter string // in the query, that takes the token; "" for a reference
	path      string // of the page: headers.Link, body.next
}

// page reads a page of a list.
func (t *Trail) page(x *exchange.Exchange) *page {
	if known := t.lists[x]; known != nil {
		return known
	}
	out := t.newPage(x)
	if t.lists == nil {
		t.lists = map[*exchange.Exchange]*page{}
	}
	t.lists[x] = out
	return out
}

func (t *Trail) newPage(x *exchange.Exchange) *page {
	p := t.read(x)
	out := &page{Exchange: x, unread: !p.whole() && !p.bodiless()}
	d := p.json()
	if d == nil {
		return out
	}
	body, ok := d.body()
	if !ok {
		return out
	}
	o, _ := body.(map[string]any)
	switch body.(type) {
	case []any:
		out.root = "a JSON list"
	case map[string]any:
		out.root = "a JSON object"
	default:
		out.root = "a single JSON value"
	}
	items, list := listIn(body)
	out.list = list
	out.links(x.Response.Fields, o)
	out.count(x.Response.Fields, o)
	// Most lists name no other page: then nobody compares their items.
	if first := x == t.Exchange && out.next.text == ""; !first {
		for _, item := range items {
			out.items = append(out.items, t.entry(item))
		}
	}
	return out
}

// itemNames are the names under which APIs put the items of a page, if there
// is more than one list in it.
var itemNames = []string{"items", "data", "results", "value", "entries", "records", "content", "rows", "resources", "hits", "elements"}

// listIn gives the items of a page, and whether it holds a list at all.
func listIn(body any) (items []any, list bool) {
	if all, ok := body.([]any); ok {
		return all, true
	}
	o, _ := body.(map[string]any)
	for _, name := range itemNames {
		if all, ok := o[name].([]any); ok {
			return all, true
		}
	}
	if inner, ok := o["_embedded"].(map[string]any); ok {
		o = inner
	}
	lists := 0
	for _, member := range o {
		if all, ok := member.([]any); ok {
			items, lists = all, lists+1
		}
	}
	if lists > 1 {
		items = nil
	}
	return items, lists > 0
}

// idNames are the names of members that tell items apart, the surest first.
var idNames = []string{"id", "_id", "uuid", "guid", "@id", "@odata.id", "href", "url", "self"}

// kindNames are those of members that say what an id is the id of.
var kindNames = []string{"type", "kind", "object", "resourceType", "@type", "@odata.type"}

func (t *Trail) entry(item any) entry {
	o, _ := item.(map[string]any)
	id := itemID(item)
	if id == "" {
		return entry{}
	}
	for _, name := range kindNames {
		id += " " + scalar(o[name])
	}
	// Names are sorted, and what was parsed can be written.
	octets, _ := json.Marshal(t.steady(item))
	return entry{strings.TrimSpace(id), sha256.Sum256(octets)}
}

// scalar gives a text that is not empty, or a number.
func scalar(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return text(v)
}

// steady gives a value without the members that change with each reading.
func (t *Trail) steady(v any) any {
	if len(t.Settings.Volatile) == 0 {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = t.steady(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			if !slices.Contains(t.Settings.Volatile, name) {
				out[name] = t.steady(member)
			}
		}
		return out
	}
	return v
}

// kind says what a page's content is.
func (p *page) kind() string {
	if p.root == "" {
		return "no JSON"
	}
	return p.root
}

// named reports whether the items of a page have ids that tell them apart.
func (p *page) named() bool {
	ids := map[string]bool{}
	for _, e := range p.items {
		if e.id == "" || ids[e.id] {
			return false
		}
		ids[e.id] = true
	}
	return len(ids) > 0
}
