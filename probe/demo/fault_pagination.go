package demo

import "strings"

// paginationFaults break the rules about links between pages.
func paginationFaults() []Fault {
	return []Fault{{
		Rule: "link-syntax",
		Text: "leaves the angle brackets out of the links of the last page",
		begin: onReply(func(c *call, r *reply) {
			if links := r.header.Get("Link"); c.is("GET", "/api/users") && !strings.Contains(links, `rel="next"`) {
				r.header.Set("Link", strings.NewReplacer("<", "", ">", "").Replace(links))
			}
		}),
	}}
}
