package rule

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// directives are what Cache-Control of a response says (RFC 9111 §5.2).
type directives struct {
	list  []directive
	fault string // why the field cannot be read to its end
}

type directive struct {
	name   string // in lower case
	value  string // unquoted
	valued bool
	quoted bool
}

// cacheControl gives the directives of the response; none without the field.
func (p *Pass) cacheControl() *directives {
	if !p.known.caching {
		p.known.caching = true
		if value := p.Response.Fields.Joined("Cache-Control"); value != "" {
			p.caching.list, p.caching.fault = readDirectives(value)
		}
	}
	return &p.caching
}

func readDirectives(rest string) (list []directive, fault string) {
	for {
		rest = strings.TrimLeft(rest, ", \t")
		if rest == "" {
			return list, ""
		}
		end := 0
		for end < len(rest) && tokenOctet(rest[end]) {
			end++
		}
		if end == 0 {
			return list, quote(rest) + " is not a directive"
		}
		d := directive{name: strings.ToLower(rest[:end])}
		rest = rest[end:]
		if value, valued := strings.CutPrefix(rest, "="); valued {
			text, length := parameterValue(value)
			if length == 0 {
				return list, d.name + " has no valid value after the equals sign"
			}
			d.value, d.valued, d.quoted = text, true, value[0] == '"'
			rest = value[length:]
		}
		list = append(list, d)
		rest = strings.TrimLeft(rest, " \t")
		if rest != "" && rest[0] != ',' {
			return list, quote(rest) + " follows " + d.name + " without a comma"
		}
	}
}

func (c *directives) has(name string) bool {
	return slices.ContainsFunc(c.list, func(d directive) bool { return d.name == name })
}

// whole reports whether a directive is there that stands for the response as a
// whole, not only for the fields that its value lists.
func (c *directives) whole(name string) bool {
	return slices.ContainsFunc(c.list, func(d directive) bool { return d.name == name && !d.valued })
}

// seconds is the time that a directive gives. One that cannot be read counts
// as none at all: RFC 9111 §4.2.1 has caches take it for expired.
func (c *directives) seconds(name string) (n int64, given bool) {
	i := slices.IndexFunc(c.list, func(d directive) bool { return d.name == name })
	if i < 0 {
		return 0, false
	}
	return wholeSeconds(c.list[i].value), true
}

// wholeSeconds reads delta-seconds (RFC 9111 §1.2.2); 0 for what is none.
func wholeSeconds(s string) int64 {
	if !isDigits(s) {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return math.MaxInt64
	}
	return n
}

// lifetime is for how many seconds the server lets its response be reused
// (RFC 9111 §4.2.1), if it says so.
func (p *Pass) lifetime(shared bool) (seconds int64, told bool) {
	c := p.cacheControl()
	if shared {
		if n, given := c.seconds("s-maxage"); given {
			return n, true
		}
	}
	if n, given := c.seconds("max-age"); given {
		return n, true
	}
	return p.expiry()
}

// expiry is the lifetime that Expires gives; what is no date has passed
// (RFC 9111 §5.3).
func (p *Pass) expiry() (seconds int64, told bool) {
	if !p.Response.Fields.Has("Expires") {
		return 0, false
	}
	expires, ok := httpDateOf(p.Response.Fields.Get("Expires"))
	now, slack := p.servedAt()
	if !ok || now.IsZero() {
		return 0, true
	}
	return max(0, int64(expires.Sub(now.Add(slack))/time.Second)), true
}

// reusable reports whether the server declares that caches, private ones or
// those that many users share, may reuse its response without asking again.
func (p *Pass) reusable(shared bool) bool {
	c := p.cacheControl()
	if c.fault != "" || c.has("no-store") || c.whole("no-cache") || shared && c.whole("private") {
		return false
	}
	seconds, told := p.lifetime(shared)
	return seconds > 0 || !told && c.has("public")
}

// heuristic are the statuses that caches may reuse although nothing was said
// (RFC 9110 §15.1).
var heuristic = []int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}

// varies reports whether Vary names a field, or everything.
func (p *Pass) varies(on string) bool {
	return slices.ContainsFunc(p.Response.Fields.Tokens("Vary"), func(name string) bool {
		return name == "*" || strings.EqualFold(name, on)
	})
}
