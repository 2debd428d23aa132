package rule

import (
	"fmt"
	"slices"
	"strings"

	"httpprobe/probe/finding"
)

var (
	timeDirectives    = []string{"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"}
	flagDirectives    = []string{"no-store", "must-revalidate", "public", "no-transform", "proxy-revalidate", "must-understand", "immutable"}
	requestDirectives = []string{"max-stale", "min-fresh", "only-if-cached"}
)

func cacheControlSyntax(p *Pass) {
	const path = "headers.Cache-Control"
	c := p.cacheControl()
	subject := p.of("Cache-Control")
	if c.fault != "" {
		p.Report(Report{
			Path: path, Message: subject.String() + " cannot be read: " + c.fault,
			Expected: "name or name=value, separated by commas", Actual: p.Response.Fields.Joined("Cache-Control"),
		})
		return
	}
	for i, d := range c.list {
		switch {
		case slices.Contains(timeDirectives, d.name):
			if fault := d.timeFault(); fault != "" {
				p.Report(Report{Path: path, Message: subject.String() + ": " + fault, Expected: d.name + "=60", Actual: d.String()})
			} else if j := slices.IndexFunc(c.list[:i], d.contradicts); j >= 0 {
				p.reportAt(finding.Warning, path, "%s has both %s and %s", subject, c.list[j], d)
			}
		case d.valued && slices.Contains(flagDirectives, d.name):
			p.reportAt(finding.Warning, path, "%s gives a value to %s, which takes none: %s", subject, d.name, quote(d.value))
		case slices.Contains(requestDirectives, d.name):
			p.reportAt(finding.Info, path, "%s has %s, which only requests know", subject, d.name)
		}
	}
}

func (d directive) String() string {
	switch {
	case !d.valued:
		return d.name
	case d.quoted:
		return d.name + `="` + d.value + `"`
	}
	return d.name + "=" + d.value
}

// timeFault says why the value is not the whole number of seconds that it
// should be.
func (d directive) timeFault() string {
	switch {
	case !d.valued:
		return d.name + " has no number of seconds"
	case d.quoted:
		return fmt.Sprintf("the value of %s stands in quotes: %q", d.name, d.value)
	case !isDigits(d.value):
		return fmt.Sprintf("%s is not a whole number of seconds: %s", d.name, quote(d.value))
	}
	return ""
}

func (d directive) contradicts(e directive) bool {
	return d.name == e.name && e.timeFault() == "" && wholeSeconds(d.value) != wholeSeconds(e.value)
}

func cacheControlConflict(p *Pass) {
	const path = "headers.Cache-Control"
	c := p.cacheControl()
	if c.fault != "" {
		return
	}
	subject := p.of("Cache-Control")
	maxAge, _ := c.seconds("max-age")
	noStore, private := c.has("no-store"), c.whole("private")
	clash := func(with string, names ...string) {
		names = slices.DeleteFunc(names, func(name string) bool {
			n, timed := c.seconds(name)
			return !c.has(name) || timed && slices.Contains(timeDirectives, name) && n == 0
		})
		if len(names) > 0 {
			p.Reportf(path, "%s has %s together with %s", subject, with, strings.Join(names, " and "))
		}
	}
	if private {
		clash("private", "public", "s-maxage")
	}
	if noStore && !c.has("must-understand") {
		clash("no-store", "public", "immutable", "max-age")
	}
	if c.has("immutable") && !noStore && !c.whole("no-cache") && !p.fresh() {
		p.Reportf(path, "%s has immutable, but no time for which the answer is fresh", subject)
	}
	if c.has("must-understand") && !noStore {
		p.Reportf(path, "%s has must-understand without no-store, which is for the caches that do not understand it", subject)
	}
	if maxAge > 0 && !noStore && p.variesOnAll() {
		p.Reportf(path, "%s allows reuse for %d s, but Vary: * keeps every cache from it", subject, maxAge)
	}
	expiresDiffers(p)
}

// fresh reports whether the response may be reused for any time.
func (p *Pass) fresh() bool {
	own, _ := p.lifetime(false)
	shared, _ := p.lifetime(true)
	return own > 0 || shared > 0
}

// expiresDiffers compares Expires with the max-age that takes its place. Some
// seconds may lie between the making of the two, and beyond a year both mean
// for ever.
func expiresDiffers(p *Pass) {
	const slack = 5
	c := p.cacheControl()
	maxAge, given := c.seconds("max-age")
	if !given || !p.Response.Fields.Has("Expires") || c.has("no-store") || c.whole("no-cache") {
		return
	}
	if _, dated := httpDateOf(p.Response.Fields.Get("Date")); !dated {
		return
	}
	if expiry, _ := p.expiry(); min(maxAge, expiry) < year && max(maxAge-expiry, expiry-maxAge) > slack {
		p.reportAt(finding.Info, "headers.Expires", "%s gives %d s, max-age %d s: Expires is ignored", p.of("Expires"), expiry, maxAge)
	}
}
