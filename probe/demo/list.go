package demo

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// page is a part of a list.
type page[T any] struct {
	Items  []T `json:"items"`
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

// list gives a page of the items that the query selects, with links to the
// pages around it.
func (s *collection[T]) list(c *call) reply {
	query := c.URL.Query()
	var details []detail
	limit := count(query, "limit", 20, 1, 100, &details)
	offset := count(query, "offset", 0, 0, 1<<31-1, &details)
	if len(details) > 0 {
		return failure(http.StatusBadRequest, "INVALID_QUERY", "Some query parameters are not valid", details...)
	}
	p := page[T]{Items: []T{}, Limit: limit, Offset: offset}
	s.lock.RLock()
	for _, row := range s.rows {
		if !s.listed(row, query) {
			continue
		}
		if p.Total >= offset && len(p.Items) < limit {
			p.Items = append(p.Items, row)
		}
		p.Total++
	}
	s.lock.RUnlock()
	r := content(http.StatusOK, p).tagged()
	if links := pageLinks(c.URL, p.Total, limit, offset); links != "" {
		r = r.with("Link", links)
	}
	return r
}

func count(query url.Values, name string, otherwise, least, greatest int, details *[]detail) int {
	if !query.Has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least || n > greatest {
		*details = append(*details, detail{name, "Must be an integer between " + strconv.Itoa(least) + " and " + strconv.Itoa(greatest)})
	}
	return n
}

// pageLinks names the pages around one (RFC 8288); relative, so that they
// lead to wherever the client found this one.
func pageLinks(at *url.URL, total, limit, offset int) string {
	link := func(rel string, offset int) string {
		query := at.Query()
		query.Set("limit", strconv.Itoa(limit))
		query.Set("offset", strconv.Itoa(offset))
		return "<" + at.EscapedPath() + "?" + query.Encode() + `>; rel="` + rel + `"`
	}
	var links []string
	if offset+limit < total {
		links = append(links, link("next", offset+limit))
	}
	if offset > 0 && total > 0 {
		links = append(links, link("prev", max(0, offset-limit)), link("first", 0))
	}
	return strings.Join(links, ", ")
}
