package rule

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"httpprobe/probe/exchange"
)

func paginationConsistent(t *Trail) {
	limit := t.Settings.Pages()
	w := t.pages(limit)
	if w.end != walkEnded {
		return
	}
	t.consistentLimit(w)
	id, page, twice := w.twice()
	counted, stated, differs := t.miscount(&w)
	if !twice && !differs {
		return
	}
	// A list may change while it is read.
	first := t.plain(onceMore)
	if first == nil {
		return
	}
	second := t.walk(first, limit, onceMore)
	if second.end != walkEnded {
		return
	}
	begin := "the pages that begin with " + t.line()
	if again, _, ok := second.twice(); twice && ok && again == id {
		t.Reportf(w.pages[page].Exchange, "body", "%s have the item with the id %s twice: the second time on number %d", begin, quote(id), page+1)
	}
	if again, _, ok := t.miscount(&second); differs && ok && again == counted {
		last := w.pages[len(w.pages)-1]
		t.Report(Report{
			About: last.Exchange, Path: stated.path, Expected: strconv.Itoa(counted), Actual: strconv.Itoa(stated.value),
			Message: fmt.Sprintf("%s have %d items, but %s says %d", begin, counted, stated.field(), stated.value),
		})
	}
}

// twice gives the id of an item that stands on two pages, and the later page.
func (w *walk) twice() (id string, page int, found bool) {
	seen := map[entry]bool{}
	for i, p := range w.pages {
		if !p.named() {
			continue
		}
		for _, e := range p.items {
			if seen[e] {
				return e.id, i, true
			}
			seen[e] = true
		}
	}
	return "", 0, false
}

// miscount compares the number of items with what all pages say it is.
func (t *Trail) miscount(w *walk) (counted int, stated total, differs bool) {
	first := w.pages[0]
	if !t.begins(first) {
		return 0, stated, false
	}
	lengths := 0 // pages whose number of items is that
	for _, p := range w.pages {
		counted += len(p.items)
	}
	for _, candidate := range first.totals {
		lengths = 0
		for _, p := range w.pages {
			if !slices.Contains(p.totals, candidate) {
				lengths = len(w.pages) // it is not there, or it changed
			} else if len(p.items) == candidate.value {
				lengths++
			}
		}
		if candidate.value != counted && candidate.value != len(w.pages) && lengths < len(w.pages)-1 {
			return counted, candidate, true
		}
	}
	return counted, stated, false
}

// sizes are the names of query parameters that say how long a page is, and
// select nothing.
var sizes = []string{"limit", "per_page", "perPage", "page_size", "pageSize", "size", "$top", "first", "max_results", "maxResults"}

// begins reports whether a page is the first one of all that there is: its
// query selects no part of the list.
func (t *Trail) begins(p *page) bool {
	if slices.ContainsFunc(p.around, func(o onward) bool { return o.relation == "prev" }) {
		return false
	}
	u, err := url.Parse(p.Request.URL)
	if err != nil {
		return false
	}
	for name := range u.Query() {
		identity := slices.ContainsFunc(t.Identity.Query, func(f exchange.Field) bool { return f.Name == name })
		if !identity && !slices.Contains(sizes, name) {
			return false
		}
	}
	return len(p.items) > 0
}

// consistentLimit asks for two items where the list has a limit.
func (t *Trail) consistentLimit(w walk) {
	const name, two = "limit", 2
	here, known := queryValue(t.Request.URL, name)
	if !known {
		here, known = queryValue(w.pages[1].Request.URL, name)
	}
	u, err := url.Parse(t.Request.URL)
	if !known || !isDigits(here) || err != nil {
		return
	}
	u.RawQuery = withParameter(u.RawQuery, name, strconv.Itoa(two))
	x := t.Ask(Ask{URL: plainURL(u.String())})
	if x == nil || x.Response.Status != http.StatusOK {
		return
	}
	if p := t.page(x); p.list && len(p.items) > two {
		t.Report(Report{
			About: x, Path: "body", Expected: "at most 2 items", Actual: fmt.Sprintf("%d items", len(p.items)),
			Message: fmt.Sprintf("%s with limit=2 in its query gives %d items, although %s knows a limit", t.told(x), len(p.items), t.line()),
		})
	}
}
