package demo

import (
	"bytes"
	"strings"
)

// pageFaults break the rules about going from page to page.
func pageFaults() []Fault {
	return []Fault{
		{
			Rule: "next-page-retrievable",
			Text: "leads from later pages to a first one that it refuses",
			begin: onReply(func(c *call, r *reply) {
				if links := r.header.Get("Link"); c.URL.Path == "/api/users" && links != "" {
					r.header.Set("Link", strings.Replace(links, `offset=0>; rel="first"`, `offset=first>; rel="first"`, 1))
				}
			}),
		},
		{
			Rule: "pagination-terminates",
			Text: "names the second page as the one after it",
			begin: onReply(func(c *call, r *reply) {
				if c.URL.Path == "/api/users" && c.URL.RawQuery == secondPage {
					r.header.Set("Link", "<"+c.URL.RequestURI()+`>; rel="next"`)
				}
			}),
		},
		{
			Rule: "pagination-consistent",
			Text: "begins the second page with the last item of the first one",
			begin: func() hooks {
				const shifted = "limit=2&offset=1"
				return hooks{
					request: func(c *call) {
						if c.URL.Path == "/api/users" && c.URL.RawQuery == secondPage {
							c.URL.RawQuery = shifted
						}
					},
					answer: func(c *call, r *reply) {
						if c.URL.Path == "/api/users" && c.URL.RawQuery == shifted {
							r.body = bytes.Replace(r.body, []byte(`"offset":1`), []byte(`"offset":2`), 1)
							*r = r.tagged()
						}
					},
				}
			},
		},
	}
}

// secondPage is the query of the page after the first one of two items.
const secondPage = "limit=2&offset=2"
