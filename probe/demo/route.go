package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// action is what one method does on one resource, and what it demands.
type action struct {
	do    func(*call) reply
	who   role     // who may; the zero value is everyone
	takes []string // media types of the request's content; nil: content is not looked at
	limit int64    // octets of content; 0 is 1 MiB
	gives string   // media type of a success; empty: none worth negotiating

	upgrades bool // the answer is another protocol: HEAD makes no sense
}

type methods map[string]action

// route is a resource: a path, with {name} for a segment, and its methods.
type route struct {
	path    string
	methods methods
}

// router finds resources: those without variables at once, others in turn.
type router struct {
	fixed    map[string]route
	variable []route
	known    []string // methods that any resource has
}

func newRouter(table []route) router {
	r := router{fixed: map[string]route{}}
	for _, entry := range table {
		if strings.Contains(entry.path, "{") {
			r.variable = append(r.variable, entry)
		} else {
			r.fixed[entry.path] = entry
		}
		r.known = append(r.known, entry.methods.allowed()...)
	}
	slices.Sort(r.known)
	r.known = slices.Compact(r.known)
	return r
}

func (rt router) find(path string) (route, map[string]string, bool) {
	if found, ok := rt.fixed[path]; ok {
		return found, nil, true
	}
	segments := strings.Split(path, "/")
	for _, candidate := range rt.variable {
		if vars, ok := match(strings.Split(candidate.path, "/"), segments); ok {
			return candidate, vars, true
		}
	}
	return route{}, nil, false
}

func match(pattern, segments []string) (map[string]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range pattern {
		if name, variable := strings.CutPrefix(want, "{"); variable {
			value, err := url.PathUnescape(segments[i])
			if err != nil || value == "" {
				return nil, false
			}
			vars[strings.TrimSuffix(name, "}")] = value
		} else if want != segments[i] {
			return nil, false
		}
	}
	return vars, true
}

// allowed lists the methods in the order in which people name them.
func (m methods) allowed() []string {
	var out []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if _, ok := m[method]; ok {
			out = append(out, method)
			if method == http.MethodGet && !m[method].upgrades {
				out = append(out, http.MethodHead)
			}
		}
	}
	return append(out, http.MethodOptions)
}

// standard methods are known even where no resource has them (RFC 9110 §9.1).
var standard = []string{http.MethodTrace, http.MethodConnect}

// dispatch finds the action, lets the request pass its demands, and runs it.
func (a *API) dispatch(c *call) reply {
	if c.Method == http.MethodOptions && c.URL.Path == "*" {
		return empty(http.StatusNoContent).with("Allow", strings.Join(a.routes.known, ", "))
	}
	found, vars, ok := a.routes.find(c.URL.EscapedPath())
	if !ok {
		return failure(http.StatusNotFound, "NOT_FOUND", "There is nothing at this path")
	}
	c.vars = vars
	if c.Method == http.MethodOptions {
		return options(c, found.methods)
	}
	act, ok := found.methods.action(c.Method)
	if !ok {
		return a.refuseMethod(c, found.methods)
	}
	if refusal := a.admit(c, act); refusal != nil {
		return *refusal
	}
	return act.do(c)
}

// action gives what a method does; HEAD does what GET does.
func (m methods) action(method string) (action, bool) {
	if method == http.MethodHead && !m[http.MethodGet].upgrades {
		method = http.MethodGet
	}
	act, ok := m[method]
	return act, ok
}

func options(c *call, m methods) reply {
	r := preflight(c, empty(http.StatusNoContent).with("Allow", strings.Join(m.allowed(), ", ")), m.allowed())
	if patch, ok := m[http.MethodPatch]; ok {
		r = r.with("Accept-Patch", strings.Join(patch.takes, ", "))
	}
	return r
}

func (a *API) refuseMethod(c *call, m methods) reply {
	if !slices.Contains(a.routes.known, c.Method) && !slices.Contains(standard, c.Method) {
		return failure(http.StatusNotImplemented, "NOT_IMPLEMENTED", "This method is not known anywhere in the API")
	}
	allowed := strings.Join(m.allowed(), ", ")
	return failure(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "Allowed here: "+allowed).with("Allow", allowed)
}
