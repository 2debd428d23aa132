package rule

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

// itemFields are the members by which an item of the details names a field.
var itemFields = []string{"field", "param", "pointer", "loc", "path", "target", "name", "source"}

// detailLists gives the lists of details of an error body, by path.
func (p *Pass) detailLists() (paths []string, lists [][]any) {
	if !p.whole() || p.Settings.Errors == NoErrors {
		return nil, nil
	}
	body, _ := p.parsedBody()
	o, _ := body.(map[string]any)
	inner, _ := o["error"].(map[string]any)
	for _, name := range []string{"details", "errors", "invalid-params", "violations"} {
		if list, ok := o[name].([]any); ok {
			paths, lists = append(paths, "body."+name), append(lists, list)
		}
		if list, ok := inner[name].([]any); ok {
			paths, lists = append(paths, "body.error."+name), append(lists, list)
		}
	}
	return paths, lists
}

func errorDetailsShape(p *Pass) {
	paths, lists := p.detailLists()
	for i, list := range lists {
		subject := fmt.Sprintf("the list %s in the %d to %s", strings.TrimPrefix(paths[i], "body."), p.Response.Status, p.line())
		if len(list) == 0 {
			if p.Response.Status == http.StatusUnprocessableEntity {
				p.Reportf(paths[i], "%s is empty: a 422 tells what is wrong with which field", subject)
			}
			continue
		}
		items, plain := plainItems(list)
		switch {
		case !plain:
			p.Reportf(paths[i], "%s has items that are not objects", subject)
		case mixed(items, itemMessages):
			p.Reportf(paths[i], "%s has its messages in different members: %s", subject, strings.Join(used(items, itemMessages), ", "))
		case mixed(naming(items), itemFields):
			p.Reportf(paths[i], "%s names fields in different members: %s", subject, strings.Join(used(items, itemFields), ", "))
		default:
			spelling(p, paths[i], subject, items)
		}
	}
}

// plainItems gives the items that have no kind of their own; it fails when one
// is no object.
func plainItems(list []any) (items []map[string]any, ok bool) {
	for _, item := range list {
		o, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		if _, typed := o["@type"]; !typed {
			items = append(items, o)
		}
	}
	return items, true
}

// naming gives the items that name a field; others may speak of several.
func naming(items []map[string]any) []map[string]any {
	return slices.DeleteFunc(slices.Clone(items), func(o map[string]any) bool {
		return len(used([]map[string]any{o}, itemFields)) == 0
	})
}

// mixed reports whether items have some of the members, but none in common.
func mixed(items []map[string]any, names []string) bool {
	return len(used(items, names)) > 0 && len(common(items, names)) == 0
}

func used(items []map[string]any, names []string) []string {
	var out []string
	for _, name := range names {
		if slices.ContainsFunc(items, func(o map[string]any) bool { return o[name] != nil }) {
			out = append(out, name)
		}
	}
	return out
}

func common(items []map[string]any, names []string) []string {
	var out []string
	for _, name := range names {
		if len(items) > 0 && !slices.ContainsFunc(items, func(o map[string]any) bool { return o[name] == nil }) {
			out = append(out, name)
		}
	}
	return out
}

// spelling compares the names of fields with the members of the request. A
// name that is not there at all may be what is missing.
func spelling(p *Pass, path, subject string, items []map[string]any) {
	body, _ := p.requestBody()
	sent, ok := body.(map[string]any)
	if !ok {
		return
	}
	for _, item := range items {
		named := text(item["field"])
		if _, exact := sent[named]; exact || named == "" {
			continue
		}
		for member := range sent {
			if folded(member) == folded(named) {
				p.reportAt(finding.Info, path, "%s speaks of %s, which the request calls %s", subject, quote(named), quote(member))
			}
		}
	}
}

// folded makes user_name, userName and User-Name the same.
func folded(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// itemForm is what the items of the first details of an origin looked like.
type itemForm struct {
	messages, fields []string
	place            string
}

func errorDetailsAlike() func(*Pass) {
	norms := map[string]itemForm{}
	told := map[string]bool{}
	return func(p *Pass) {
		paths, lists := p.detailLists()
		for i, list := range lists {
			items, plain := plainItems(list)
			if !plain || len(items) == 0 || mixed(items, itemMessages) || mixed(naming(items), itemFields) {
				continue
			}
			form := itemForm{common(items, itemMessages), common(naming(items), itemFields), p.place()}
			from := p.origin()
			first, known := norms[from]
			if !known {
				norms[from] = form
				continue
			}
			for _, pair := range [][2][]string{{first.messages, form.messages}, {first.fields, form.fields}} {
				key := from + "\n" + strings.Join(pair[1], " ")
				if !disjoint(pair[0], pair[1]) || told[key] {
					continue
				}
				told[key] = true
				p.Report(Report{
					Path: paths[i],
					Message: fmt.Sprintf("the details in the %d to %s use %s, where those in the answer to %s use %s",
						p.Response.Status, p.line(), strings.Join(pair[1], ", "), first.place, strings.Join(pair[0], ", ")),
					Expected: strings.Join(pair[0], ", "),
					Actual:   strings.Join(pair[1], ", "),
				})
			}
		}
	}
}

func disjoint(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
