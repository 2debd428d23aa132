package rule

import (
	"testing"

	"httpprobe/probe/exchange"
)

func TestNextPage(t *testing.T) {
	for name, c := range map[string]struct {
		link, body string
		want       onward
		vague      bool
	}{
		"link field":           {link: `</a?page=2>; rel="last next"`, body: `[]`, want: onward{"next", "/a?page=2", "", "headers.Link"}},
		"link field first":     {link: `</a>; rel=next`, body: `{"items":[],"next":"/b"}`, want: onward{"next", "/a", "", "headers.Link"}},
		"other link":           {link: `</a>; rel=describedby`, body: `[]`},
		"next":                 {body: `{"items":[],"next":"https://api.example/a?page=2"}`, want: onward{"next", "https://api.example/a?page=2", "", "body.next"}},
		"next as query":        {body: `{"items":[],"next":"?page=2"}`, want: onward{"next", "?page=2", "", "body.next"}},
		"next with href":       {body: `{"items":[],"next":{"href":"/a"}}`, want: onward{"next", "/a", "", "body.next.href"}},
		"nextLink":             {body: `{"value":[],"nextLink":"/a"}`, want: onward{"next", "/a", "", "body.nextLink"}},
		"odata":                {body: `{"value":[],"@odata.nextLink":"/a"}`, want: onward{"next", "/a", "", "body.@odata.nextLink"}},
		"json:api":             {body: `{"data":[],"links":{"next":"/a"}}`, want: onward{"next", "/a", "", "body.links.next"}},
		"json:api with object": {body: `{"data":[],"links":{"next":{"href":"/a"}}}`, want: onward{"next", "/a", "", "body.links.next.href"}},
		"hal":                  {body: `{"_embedded":{"a":[]},"_links":{"next":{"href":"/a"}}}`, want: onward{"next", "/a", "", "body._links.next.href"}},
		"snake token":          {body: `{"users":[],"next_page_token":"x"}`, want: onward{"next", "x", "page_token", "body.next_page_token"}},
		"camel token":          {body: `{"users":[],"nextPageToken":"x"}`, want: onward{"next", "x", "pageToken", "body.nextPageToken"}},
		"empty token":          {body: `{"users":[],"nextPageToken":""}`},
		"null":                 {body: `{"users":[],"next":null}`},
		"empty":                {body: `{"users":[],"next":""}`},
		"false":                {body: `{"users":[],"next":false}`},
		"a word":               {body: `{"users":[],"next":"MTIz"}`, vague: true},
		"a number":             {body: `{"users":[],"next":2}`, vague: true},
		"an object":            {body: `{"users":[],"next":{"page":2}}`, vague: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := pageOf(t, c.link, c.body)
			if !p.list || p.next != c.want || p.vague != c.vague {
				t.Errorf("%+v, vague %t, list %t", p.next, p.vague, p.list)
			}
		})
	}
}

func TestItemsOfAPage(t *testing.T) {
	for body, want := range map[string]struct {
		list, named bool
		items       int
	}{
		`[{"id":1},{"id":2}]`:                       {true, true, 2},
		`[{"id":1},{"id":1}]`:                       {true, false, 2},
		`[{"id":1,"type":"a"},{"id":1,"type":"b"}]`: {true, true, 2},
		`[1,2]`:                            {true, false, 2},
		`[]`:                               {true, false, 0},
		`{"users":[{"uuid":"a"}]}`:         {true, true, 1},
		`{"users":[{"id":1}],"errors":[]}`: {true, false, 0},
		`{"items":[{"id":1}],"facets":[]}`: {true, true, 1},
		`{"_embedded":{"orders":[{"id":1}]},"curies":[1,2]}`: {true, true, 1},
		`{"name":"Ada"}`: {},
		`"text"`:         {},
	} {
		p := pageOf(t, "", body)
		if p.list != want.list || len(p.items) != want.items || p.named() != want.named {
			t.Errorf("%s: list %t, %d items, named %t", body, p.list, len(p.items), p.named())
		}
	}
}

func pageOf(t *testing.T, link, body string) *page {
	t.Helper()
	response := "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: auto\n"
	if link != "" {
		response += "Link: " + link + "\n"
	}
	x := readExchange(t, "GET /a HTTP/1.1\nHost: api.example\n", response+"\n"+body)
	trail := &Trail{Pass: NewPass(new(exchange.Exchange), Subject{}, Settings{})}
	return trail.page(x)
}

func TestFollow(t *testing.T) {
	for _, c := range []struct {
		from   string
		to     onward
		want   string
		follow bool
	}{
		{"https://api.example/a", onward{text: "/a?page=2"}, "https://api.example/a?page=2", true},
		{"https://api.example/a?x=1#top", onward{text: "?page=2#list"}, "https://api.example/a?page=2", true},
		{"https://api.example/a?key=k&x=1", onward{text: "?page=2"}, "https://api.example/a?page=2&key=k", true},
		{"https://api.example/a?key=k", onward{text: "?page=2&key=k"}, "https://api.example/a?page=2&key=k", true},
		{"https://api.example/a", onward{text: "https://API.example/b"}, "https://API.example/b", true},
		{"https://api.example/a", onward{text: "http://api.example/b"}, "", false},
		{"https://api.example/a", onward{text: "//other.example/b"}, "", false},
		{"https://api.example/a", onward{text: "https://api.example:8443/b"}, "", false},
		{"https://api.example/a", onward{text: "/%zz"}, "", false},
		{"https://api.example/a", onward{}, "", false},
		{"https://api.example/a?page_token=old&x=1", onward{text: "new&", parameter: "page_token"}, "https://api.example/a?x=1&page_token=new%26", true},
	} {
		x := &exchange.Exchange{Request: exchange.Request{URL: c.from}}
		trail := &Trail{Pass: NewPass(x, Subject{}, Settings{}), Identity: Identity{Query: []exchange.Field{{Name: "key", Value: "k"}}}}
		got, ok := trail.follow(x, &page{Exchange: x}, c.to)
		if ok != c.follow || ok && got != c.want {
			t.Errorf("%s from %s: %s %t", c.to.text, c.from, got, ok)
		}
	}
}
