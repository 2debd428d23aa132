package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/rule"
)

// tidy deletes what writing follow-ups have created, from that exchange on.
func (v *verification) tidy(ctx context.Context, first int) {
	v.rule = ""
	told := map[string]bool{} // that they were created
	for _, x := range v.a.sent[first:] {
		at := created(&x.Exchange)
		if at == "" || v.made[at] || told[at] {
			continue
		}
		told[at] = true
		d := v.send(ctx, rule.Ask{Method: http.MethodDelete, URL: at, Nth: first})
		gone := d != nil && d.Response != nil && (d.Response.Status/100 == 2 || d.Response.Status == http.StatusNotFound || d.Response.Status == http.StatusGone)
		if !gone {
			v.notes = append(v.notes, fmt.Sprintf("a follow-up created %s, which could not be deleted", at))
		}
	}
}

// created gives the URL of the resource that an exchange created; empty: none.
// What was asked, and what is above it, was there before, whatever Location says.
func created(x *exchange.Exchange) string {
	if x.Response == nil || x.Response.Status != http.StatusCreated {
		return ""
	}
	at, err := url.Parse(x.Request.URL)
	if err != nil {
		return ""
	}
	if location := x.Response.Fields.Get("Location"); location != "" {
		if at, err = at.Parse(location); err != nil {
			return ""
		}
		asked, there := pathOf(x.Request.URL), strings.TrimRight(at.EscapedPath(), "/")
		same := strings.TrimRight(asked, "/") == there
		if same && x.Request.Method != http.MethodPut || !same && strings.HasPrefix(asked, there+"/") {
			return ""
		}
	} else if x.Request.Method != http.MethodPut {
		return ""
	}
	at.Fragment, at.RawFragment = "", ""
	return at.String()
}
