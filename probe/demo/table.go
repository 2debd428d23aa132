package demo

import (
	"net/http"
)

const patchType = "application/merge-patch+json"

// table is the whole API: every resource, its methods, and what they demand.
func (a *API) table() []route {
	json := []string{jsonType}
	patches := []string{patchType, jsonType}
	table := []route{
		{"/api/users", methods{
			"GET":  {do: a.users.list, gives: jsonType},
			"POST": {do: a.users.create, who: admin, takes: json, gives: jsonType},
		}},
		{"/api/users/{id}", methods{
			"GET":    {do: a.users.read, gives: jsonType},
			"PUT":    {do: a.users.replace, who: admin, takes: json, gives: jsonType},
			"PATCH":  {do: a.users.patch, who: admin, takes: patches, gives: jsonType},
			"DELETE": {do: a.users.remove, who: admin},
		}},
		{"/api/admin/users/{id}", methods{
			"GET":    {do: a.users.read, who: admin, gives: jsonType},
			"DELETE": {do: a.users.remove, who: admin},
		}},
		{"/api/orders", methods{
			"GET":  {do: a.orders.list, gives: jsonType},
			"POST": {do: a.ledger.once(a.orders.create), who: member, takes: json, gives: jsonType},
		}},
		{"/api/orders/{id}", methods{
			"GET":    {do: a.orders.read, gives: jsonType},
			"PUT":    {do: a.orders.replace, who: member, takes: json, gives: jsonType},
			"PATCH":  {do: a.orders.patch, who: member, takes: patches, gives: jsonType},
			"DELETE": {do: a.orders.remove, who: member},
		}},
		{"/api/profile", methods{"GET": {do: a.profile, who: member, gives: jsonType}}},
		{"/api/session", methods{
			"GET":    {do: a.readSession, gives: jsonType},
			"POST":   {do: a.startSession, takes: json, gives: jsonType},
			"DELETE": {do: a.endSession},
		}},
		{"/api/uploads", methods{"POST": {do: a.upload, who: member, takes: []string{"*/*"}, limit: uploadLimit, gives: jsonType}}},
		{"/api/uploads/{id}", methods{
			"GET":    {do: a.readUpload, who: member, gives: jsonType},
			"DELETE": {do: a.removeUpload, who: member},
		}},
		{"/api/jobs", methods{"POST": {do: a.startJob, gives: jsonType}}},
		{"/api/jobs/{id}", methods{"GET": {do: a.readJob, gives: jsonType}}},
		{"/api/limited", methods{"GET": {do: a.limits.limited, gives: jsonType}}},
		{"/api/echo", methods{
			"GET":    {do: a.echo, gives: jsonType},
			"POST":   {do: a.echo, takes: []string{"*/*"}, gives: jsonType},
			"PUT":    {do: a.echo, takes: []string{"*/*"}, gives: jsonType},
			"PATCH":  {do: a.echo, takes: []string{"*/*"}, gives: jsonType},
			"DELETE": {do: a.echo, gives: jsonType},
		}},
		{"/api/forms", methods{"POST": {do: a.form, takes: []string{"application/x-www-form-urlencoded", "multipart/form-data"}, gives: jsonType}}},
		{"/graphql", methods{"POST": {do: a.graphql, takes: json, gives: jsonType}}},
		{"/files/video.bin", methods{"GET": {do: download("video.bin", video()), gives: "application/octet-stream"}}},
		{"/ws", methods{"GET": {do: a.socket, upgrades: true}}},
	}
	table = append(table, a.redirects()...)
	table = append(table, a.outages()...)
	return append(table, index())
}

// redirects are the ways of sending a client elsewhere, and where it ends up.
func (a *API) redirects() []route {
	json := []string{jsonType}
	return []route{
		{"/old-page", methods{"GET": {do: redirect(http.StatusMovedPermanently, "/new-page")}}},
		{"/new-page", methods{"GET": {do: static(map[string]string{"page": "new"}), gives: jsonType}}},
		{"/promo", methods{"GET": {do: redirect(http.StatusFound, "/seasonal-sale")}}},
		{"/seasonal-sale", methods{"GET": {do: static(map[string]string{"page": "seasonal sale"}), gives: jsonType}}},
		{"/api/searches", methods{"POST": {do: a.search, takes: json}}},
		{"/api/submit", methods{"POST": {do: redirect(http.StatusTemporaryRedirect, "/api/v2/submit")}}},
		{"/api/v2/submit", methods{"POST": {do: a.submit, takes: json, gives: jsonType}}},
		{"/api/old", methods{"POST": {do: redirect(http.StatusPermanentRedirect, "/api/new")}}},
		{"/api/new", methods{"POST": {do: a.submit, takes: json, gives: jsonType}}},
	}
}

// outages are failures on request.
func (a *API) outages() []route {
	return []route{
		{"/api/crash", methods{"GET": {do: func(*call) reply { panic("crash on request") }}}},
		{"/api/maintenance", methods{"GET": {do: maintenance}}},
		{"/api/gateway/{upstream}", methods{"GET": {do: a.gateway.forward, gives: jsonType}}},
	}
}

// index names where to begin.
func index() route {
	type link struct {
		Href string `json:"href"`
	}
	return route{"/", methods{"GET": {gives: jsonType, do: static(map[string]any{
		"name":  "probe demo API",
		"links": []link{{"/api/users"}, {"/api/orders"}, {"/files/video.bin"}, {"/old-page"}, {"/promo"}},
	})}}}
}

func static(v any) func(*call) reply {
	return func(*call) reply { return content(http.StatusOK, v).tagged() }
}

func redirect(status int, location string) func(*call) reply {
	return func(*call) reply {
		r := empty(status).with("Location", location)
		if status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect {
			return r.with("Cache-Control", "max-age=3600")
		}
		return r
	}
}

func maintenance(*call) reply {
	return failure(http.StatusServiceUnavailable, "MAINTENANCE", "The service is under maintenance").with("Retry-After", "300")
}
