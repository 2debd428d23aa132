package rule

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"httpprobe/probe/finding"
)

var limits = []Rule{
	{
		ID:       "ratelimit-valid",
		Topic:    Limits,
		Title:    "a client can work out how much it may still ask",
		Severity: finding.Warning,
		Basis:    "draft",
		Seen:     []Sight{OneExchange},
		Spec: []string{"draft-ietf-httpapi-ratelimit-headers-10 §3", "draft-ietf-httpapi-ratelimit-headers-10 §4",
			"draft-ietf-httpapi-ratelimit-headers-10 §6"},
		Text: "RateLimit is a list of named items with r, what remains, and t, the seconds until there is more; RateLimit-Policy names the same items with the quota q and the window w. The older fields, with or without X-, hold whole numbers, and no more remains than the " +
			"limit allows. A 429 has nothing left, and its Retry-After is not sooner than t.",
		Silent: "X-RateLimit-Reset is counted in seconds by some and since 1970 by others, so that any number will do; -1 stands for no limit. Fields in the form of drafts before the eighth are not held against the later one.",
		Mend:   `send RateLimit: "default";r=50;t=30 with whole numbers, and the same names in RateLimit-Policy`,
		Bad:    `RateLimit: "default";r=-1`,
		Good:   `RateLimit-Policy: "default";q=100;w=60 + RateLimit: "default";r=50;t=30`,
		When: When{Fields: []string{"RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
			"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}},
		Check: func(p *Pass) {
			rateLimit(p)
			countedLimit(p, "RateLimit-")
			countedLimit(p, "X-RateLimit-")
		},
	},
}

// quota is one item of RateLimit or RateLimit-Policy.
type quota struct {
	name   string
	params *httpsfv.Params
}

// whole gives a parameter that is a whole number and not negative; given is
// whether it is there at all.
func (q quota) whole(name string) (n int64, given, ok bool) {
	v, given := q.params.Get(name)
	n, ok = v.(int64)
	return n, given, ok && n >= 0
}

// quotas reads a list of named items. The fault says why it is none, or is "";
// old is set for the forms of earlier drafts.
func quotas(lines []string) (list []quota, old bool, fault string) {
	if d, err := httpsfv.UnmarshalDictionary(lines); err == nil && slices.Contains(d.Names(), "limit") {
		return nil, true, ""
	}
	members, err := httpsfv.UnmarshalList(lines)
	if err != nil {
		return nil, false, "is no list of items"
	}
	for _, m := range members {
		item, ok := m.(httpsfv.Item)
		if !ok {
			return nil, false, "has a list within the list"
		}
		switch v := item.Value.(type) {
		case string:
			list = append(list, quota{v, item.Params})
		case httpsfv.Token:
			return nil, false, "has a name without quotes: " + quote(string(v))
		case int64:
			return nil, true, "" // the quota itself, as in 100;w=60
		default:
			return nil, false, "has an item that is no name"
		}
	}
	return list, false, ""
}

func rateLimit(p *Pass) {
	lines, policyLines := p.Response.Fields.Values("RateLimit"), p.Response.Fields.Values("RateLimit-Policy")
	policies, oldPolicy, policyFault := quotas(policyLines)
	if policyFault != "" {
		p.reportField("RateLimit-Policy", policyFault)
	}
	for _, q := range policies {
		if _, _, ok := q.whole("q"); !ok {
			p.reportField("RateLimit-Policy", "gives "+quote(q.name)+" no quota q that is a whole number")
		}
		if _, given, ok := q.whole("w"); given && !ok {
			p.reportField("RateLimit-Policy", "gives "+quote(q.name)+" a window w that is no whole number of seconds")
		}
	}
	list, old, fault := quotas(lines)
	if fault != "" {
		p.reportField("RateLimit", fault)
	}
	if fault != "" || old || len(list) == 0 {
		return
	}
	named := len(policyLines) > 0 && policyFault == "" && !oldPolicy
	for _, q := range list {
		if _, _, ok := q.whole("r"); !ok {
			p.reportField("RateLimit", "gives "+quote(q.name)+" no remainder r that is a whole number, zero or more")
		}
		if _, given, ok := q.whole("t"); given && !ok {
			p.reportField("RateLimit", "gives "+quote(q.name)+" a time t that is no whole number of seconds")
		}
		if named && !slices.ContainsFunc(policies, func(other quota) bool { return other.name == q.name }) {
			p.reportField("RateLimit", "has "+quote(q.name)+", which RateLimit-Policy does not know")
		}
	}
	if p.Response.Status == http.StatusTooManyRequests {
		exhausted(p, list)
	}
}

// exhausted judges a 429 by what RateLimit says of it.
func exhausted(p *Pass, list []quota) {
	soonest, left := int64(-1), true
	for _, q := range list {
		r, _, ok := q.whole("r")
		if !ok {
			return
		}
		if r > 0 {
			continue
		}
		left = false
		if t, _, ok := q.whole("t"); ok && (soonest < 0 || t < soonest) {
			soonest = t
		}
	}
	if left {
		p.reportField("RateLimit", "says that something remains")
	}
	wait, ok := p.retryAfter()
	if ok && soonest > 0 && wait < time.Duration(soonest)*time.Second {
		p.Reportf("headers.Retry-After", "%s is sooner than RateLimit says, which is %d seconds", p.of("Retry-After"), soonest)
	}
}

// retryAfter is how long Retry-After asks to wait, at the most that it can mean.
func (p *Pass) retryAfter() (time.Duration, bool) {
	value := p.Response.Fields.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	date, ok := httpDateOf(value)
	if now, slack := p.servedAt(); ok && !now.IsZero() {
		return date.Sub(now) + slack + time.Second, true // dates have no fractions
	}
	return 0, false
}

// countedLimit judges the fields of earlier days, which hold a number each.
func countedLimit(p *Pass, prefix string) {
	number := func(name string) (n int64, told bool) {
		value := p.Response.Fields.Get(prefix + name)
		if i := strings.IndexAny(value, ",;"); i >= 0 {
			value = strings.TrimRight(value[:i], " \t") // windows follow
		}
		if value == "" || value == "-1" {
			return 0, false
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			p.reportField(prefix+name, "is no whole number: "+quote(value))
		}
		return n, err == nil && n >= 0
	}
	limit, limited := number("Limit")
	remaining, told := number("Remaining")
	if limited && told && remaining > limit {
		p.reportField(prefix+"Remaining", "is "+strconv.FormatInt(remaining, 10)+", more than the limit of "+strconv.FormatInt(limit, 10))
	}
	if told && remaining > 0 && p.Response.Status == http.StatusTooManyRequests {
		p.reportField(prefix+"Remaining", "is "+strconv.FormatInt(remaining, 10)+", though nothing can be left")
	}
	if reset := p.Response.Fields.Get(prefix + "Reset"); reset != "" {
		value, _, _ := strings.Cut(reset, ";")
		if _, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil {
			p.reportField(prefix+"Reset", "is no number: "+quote(reset))
		}
	}
}

// reportField reports what is wrong with one field.
func (p *Pass) reportField(name, fault string) {
	p.Report(Report{Path: "headers." + name, Message: p.of(name).String() + " " + fault, Actual: p.Response.Fields.Joined(name)})
}
