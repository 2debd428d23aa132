package rule

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// belowApplication reports whether a refusal looks like that of the layer that
// reads requests, which knows of nothing but the message.
func (p *Pass) belowApplication() bool {
	switch p.Response.Status {
	case http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestHeaderFieldsTooLarge:
	default:
		return false
	}
	for _, f := range p.Response.Fields {
		switch strings.ToLower(f.Name) {
		case "connection", "content-type", "content-length", "cache-control", "server":
		default:
			return slices.ContainsFunc(p.Response.Fields.Tokens("Connection"), func(o string) bool { return strings.EqualFold(o, "close") })
		}
	}
	return true
}

// passedOn reports whether a response bears the mark of a cache or proxy.
func (p *Pass) passedOn() bool {
	return slices.ContainsFunc([]string{"Via", "Age", "Cache-Status", "X-Cache", "CF-Cache-Status", "X-Varnish", "X-Served-By", "Warning"},
		p.Response.Fields.Has)
}

func dateAccurate() func(*Pass) {
	told := map[string]bool{}
	return func(p *Pass) {
		fields := p.Response.Fields
		from := p.origin()
		if told[from] || p.Started.IsZero() || fields.Joined("Date") != fields.Get("Date") {
			return
		}
		date, ok := httpDateOf(fields.Get("Date"))
		if !ok {
			return
		}
		if fields.Has("Age") {
			age, err := strconv.ParseInt(fields.Joined("Age"), 10, 32)
			if err != nil || age < 0 {
				return
			}
			date = date.Add(time.Duration(age) * time.Second)
		}
		// Date has no fractions, so it may seem up to a second early.
		ahead, behind := date.Sub(p.Started.Add(p.Timing.Total)), p.Started.Sub(date)-time.Second
		direction := "ahead of"
		if behind > ahead {
			ahead, direction = behind, "behind"
			if !fields.Has("Age") && p.passedOn() {
				return
			}
		}
		if ahead <= p.Settings.Tolerance() {
			return
		}
		told[from] = true
		subject := "Date"
		if fields.Has("Age") {
			subject = "Date, with Age added,"
		}
		p.Report(Report{
			Path:     "headers.Date",
			Message:  p.of(subject).String() + " is " + ahead.Round(time.Second).String() + " " + direction + " the clock here: one of the two is wrong",
			Expected: p.Started.UTC().Format(http.TimeFormat),
			Actual:   fields.Get("Date"),
		})
	}
}

func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.Unmap().IsLoopback()
}
