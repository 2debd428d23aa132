package rule

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"httpprobe/probe/exchange"
)

// walk is what came of following the links from each page of a list to the
// next one.
type walk struct {
	pages []*page // with the one it began at
	end   walkEnd
	via   onward             // what could not be followed, or led to what failed
	to    string             // the URL that it stands for
	back  int                // walkRepeats: the page that via leads back to
	fault *exchange.Exchange // walkBroken: the answer that is no page
}

// walkEnd says why a walk stopped.
type walkEnd uint8

// The ends.
const (
	walkPending walkEnd = iota // an answer is not there, or will never be
	walkNone                   // where it began is no list, or names no next page
	walkEnded                  // the last page names no next one
	walkLimited                // there were as many pages as allowed, and there are more
	walkRepeats                // a page leads to one that was there before
	walkStalls                 // the last page has the items of the one before it
	walkBroken                 // there is no page where the next one should be
	walkUnclear                // it leads to another server, or proves nothing
)

// pages walks from the exchange over at most that many pages, itself included.
func (t *Trail) pages(limit int) walk { return t.walk(t.Exchange, limit, 0) }

// walk begins at a page. Asking for the next nth is walking anew.
func (t *Trail) walk(first *exchange.Exchange, limit, nth int) walk {
	w := walk{pages: []*page{t.page(first)}}
	if !w.pages[0].list || w.pages[0].next.text == "" {
		w.end = walkNone
		return w
	}
	visited := []string{plainURL(first.Request.URL)}
	proven := false // the parameter for tokens is the right one
	for {
		last := w.pages[len(w.pages)-1]
		w.via = last.next
		to, ok := t.follow(first, last, w.via)
		switch back := slices.Index(visited, to); {
		case w.via.text == "" && last.vague:
			w.end = walkUnclear
		case w.via.text == "":
			w.end = walkEnded
		case !ok, back >= 0 && len(last.items) == 0, back >= 0 && !proven && w.via.parameter != "":
			w.end = walkUnclear // a feed that is asked again and again, or a token that is not understood
		case back >= 0:
			w.end, w.back = walkRepeats, back
		case len(w.pages) >= limit:
			w.end = walkLimited
		}
		w.to = to
		if w.end != walkPending {
			return w
		}
		x := t.Ask(Ask{URL: to, Nth: nth})
		if x == nil {
			return w
		}
		proven = proven || w.via.parameter == "" || hasParameter(first.Request.URL, w.via.parameter)
		next := t.page(x)
		if w.end = next.follows(last); w.end != walkPending {
			if !proven && (w.end == walkStalls || x.Response.Status/100 == 4) {
				w.end = walkUnclear // perhaps the token is to be sent in another way
			}
			if w.end == walkBroken {
				w.fault = x
			}
			if w.end == walkStalls {
				w.pages = append(w.pages, next)
			}
			return w
		}
		proven = proven || next.next != last.next && !bytes.Equal(x.Response.Content, last.Response.Content)
		visited = append(visited, to)
		w.pages = append(w.pages, next)
	}
}

// follows judges what came as the next page: walkPending when it is one.
func (p *page) follows(before *page) walkEnd {
	switch status := p.Response.Status; {
	case status == http.StatusNoContent:
		return walkEnded
	case provesNothing(p.Exchange):
		return walkUnclear
	case status != http.StatusOK:
		return walkBroken
	case p.root != before.root && !p.unread:
		return walkBroken
	case !p.list:
		return walkUnclear
	case p.repeats(before):
		return walkStalls
	}
	return walkPending
}

// provesNothing reports whether an answer says nothing of the resource: the
// client has to wait, what is behind a gateway has failed, or the resource is
// elsewhere.
func provesNothing(x *exchange.Exchange) bool {
	status := x.Response.Status
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests ||
		status >= http.StatusBadGateway && status <= http.StatusGatewayTimeout ||
		status/100 == 3 || status/100 == 2 && status != http.StatusOK || x.Response.Fields.Has("Retry-After")
}

// repeats reports whether a page has the very items of another.
func (p *page) repeats(other *page) bool {
	return len(p.items) > 0 && p.named() && slices.Equal(p.items, other.items)
}

// follow gives the URL that another page stands for, if it is of the same
// server as the first one. What the identity adds to the query of requests is
// in it, as links do not repeat credentials.
func (t *Trail) follow(first *exchange.Exchange, from *page, o onward) (string, bool) {
	base, err := url.Parse(from.Request.URL)
	if o.parameter != "" {
		base, err = url.Parse(first.Request.URL)
	}
	if err != nil || o.text == "" {
		return "", false
	}
	to := base
	if o.parameter != "" {
		to.RawQuery = withParameter(base.RawQuery, o.parameter, o.text)
	} else if to, err = base.Parse(o.text); err != nil {
		return "", false
	}
	for _, f := range t.Identity.Query {
		if value, ok := queryValue(first.Request.URL, f.Name); ok && !hasParameter(to.String(), f.Name) {
			to.RawQuery = withParameter(to.RawQuery, f.Name, value)
		}
	}
	out := plainURL(to.String())
	return out, strings.EqualFold(origin(out), origin(first.Request.URL))
}

// plainURL gives a URL without a fragment, as far as it can be read.
func plainURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

func hasParameter(rawURL, name string) bool {
	_, ok := queryValue(rawURL, name)
	return ok
}

// queryValue gives the value of a query parameter.
func queryValue(rawURL, name string) (string, bool) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", false
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil || !values.Has(name) {
		return "", false
	}
	return values.Get(name), true
}

// withParameter gives a query in which a parameter has one value, and all
// others stand as they stood.
func withParameter(query, name, value string) string {
	var out []string
	for part := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(key); part != "" && (err != nil || plain != name) {
			out = append(out, part)
		}
	}
	return strings.Join(append(out, url.QueryEscape(name)+"="+url.QueryEscape(value)), "&")
}
