package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestUserIsCreatedReadChangedAndDeleted(t *testing.T) {
	s := start(t, Options{})
	created := s.do("POST /api/users", `{"name":"Eve","email":"eve@example.com"}`, asAdmin).status(201)
	created.field("Location", "/api/users/42")
	read := s.do("GET /api/users/42", "").status(200)
	if string(read.content) != string(created.content) || read.Header.Get("ETag") != created.Header.Get("ETag") {
		t.Errorf("the 201 says %s, reading says %s", created.content, read.content)
	}
	put := s.do("PUT /api/users/42", `{"id":42,"name":"Eva","email":"eve@example.com","age":20}`, asAdmin).status(200)
	if put.field("ETag", ""); decoded[user](put).Name != "Eva" {
		t.Errorf("PUT gave %s", put.content)
	}
	patched := s.do("PATCH /api/users/42", `{"age":null,"name":"Ev"}`, asAdmin, "Content-Type: application/merge-patch+json").status(200)
	if got := decoded[user](patched); got.Age != nil || got.Name != "Ev" || got.Email != "eve@example.com" {
		t.Errorf("PATCH gave %s", patched.content)
	}
	s.do("GET /api/users/42", "").status(200).field("ETag", patched.Header.Get("ETag"))
	gone := s.do("DELETE /api/users/42", "", asAdmin).status(204).field("Content-Length", "").field("Content-Type", "")
	if len(gone.TransferEncoding) > 0 {
		t.Errorf("a 204 with Transfer-Encoding %v", gone.TransferEncoding)
	}
	s.do("GET /api/users/42", "").failed(404, "NOT_FOUND")
	s.do("DELETE /api/users/42", "", asAdmin).failed(404, "NOT_FOUND")
}

func TestInvalidContent(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		name, line, body string
		status           int
		code             string
		fields           []string
	}{
		{"malformed", "POST /api/users", `{"a":`, 400, "MALFORMED_JSON", nil},
		{"trailing text", "POST /api/users", `{} x`, 400, "MALFORMED_JSON", nil},
		{"not UTF-8", "POST /api/users", "\"\xe9\"", 400, "MALFORMED_JSON", nil},
		{"missing", "POST /api/users", "", 400, "MISSING_BODY", nil},
		{"not an object", "POST /api/users", `[]`, 422, "VALIDATION_ERROR", []string{"body"}},
		{"all required", "POST /api/users", `{}`, 422, "VALIDATION_ERROR", []string{"email", "name"}},
		{"bad values", "POST /api/users", `{"name":" ","email":"not-an-email","age":-5,"roles":["king"]}`, 422, "VALIDATION_ERROR", []string{"age", "email", "name", "roles"}},
		{"wrong types", "POST /api/users", `{"name":1,"email":"a@b.c","age":1.5,"roles":"admin"}`, 422, "VALIDATION_ERROR", []string{"age", "name", "roles"}},
		{"unknown field", "POST /api/users", `{"name":"A","email":"a@b.c","id":7,"x":1}`, 422, "VALIDATION_ERROR", []string{"id", "x"}},
		{"duplicate", "POST /api/users", `{"name":"A","email":"ALICE@example.com"}`, 409, "DUPLICATE", []string{"email"}},
		{"duplicate by update", "PATCH /api/users/2", `{"email":"alice@example.com"}`, 409, "DUPLICATE", []string{"email"}},
		{"required removed", "PATCH /api/users/2", `{"name":null}`, 422, "VALIDATION_ERROR", []string{"name"}},
		{"id changed", "PUT /api/users/2", `{"id":3,"name":"A","email":"a@b.c"}`, 422, "VALIDATION_ERROR", []string{"id"}},
		{"order", "POST /api/orders", `{"user_id":1,"quantity":-5,"status":"lost"}`, 422, "VALIDATION_ERROR", []string{"quantity", "status"}},
		{"order of nobody", "POST /api/orders", `{"user_id":99999,"quantity":1}`, 422, "VALIDATION_ERROR", []string{"user_id"}},
		{"order without all", "POST /api/orders", `{}`, 422, "VALIDATION_ERROR", []string{"quantity", "user_id"}},
		{"no such user", "PATCH /api/users/99999", `{"name":"A"}`, 404, "NOT_FOUND", nil},
		{"not a number", "PATCH /api/users/01", `{"name":"A"}`, 404, "NOT_FOUND", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := site{t, s.url, s.client}
			before := s.do("GET /api/users", "").content
			if got := s.do(c.line, c.body, asAdmin).failed(c.status, c.code); !slices.Equal(got, c.fields) {
				t.Errorf("named %v, want %v", got, c.fields)
			}
			if after := s.do("GET /api/users", "").content; string(after) != string(before) {
				t.Errorf("a refused write changed the users to %s", after)
			}
		})
	}
}

func TestUserWithOrdersCannotBeDeleted(t *testing.T) {
	s := start(t, Options{})
	s.do("DELETE /api/users/1", "", asAdmin).failed(409, "IN_USE")
	s.do("DELETE /api/orders/1", "", asUser).status(204)
	s.do("DELETE /api/users/1", "", asAdmin).status(204)
}

func TestPreconditionsOfWrites(t *testing.T) {
	s := start(t, Options{})
	tag := s.do("GET /api/users/3", "").Header.Get("ETag")
	coded := s.do("GET /api/users/3", "", "Accept-Encoding: gzip").Header.Get("ETag")
	for _, c := range []struct {
		line, body, field string
		status            int
	}{
		{"PATCH /api/users/3", `{"name":"X"}`, `If-Match: "never"`, 412},
		{"PATCH /api/users/3", `{"name":"X"}`, `If-Match: W/` + tag, 412},
		{"PATCH /api/users/3", `{"name":"X"}`, `If-Match: never`, 412},
		{"PUT /api/users/3", `{"name":"X","email":"x@example.com"}`, `If-Match: "never"`, 412},
		{"PUT /api/users/3", `{"name":"X","email":"x@example.com"}`, `If-None-Match: *`, 412},
		{"DELETE /api/users/3", "", `If-Match: "never"`, 412},
		// Without the condition these would fail, so it does not count.
		{"DELETE /api/users/99999", "", `If-Match: "never"`, 404},
		{"PATCH /api/users/3", `{"age":1}`, `If-Match: "never"`, 422},
		{"DELETE /api/users/1", "", `If-Match: "never"`, 409},
	} {
		got := s.do(c.line, c.body, asAdmin, c.field).status(c.status)
		if c.status == 412 {
			got.failed(412, "PRECONDITION_FAILED")
		}
		s.do("GET /api/users/3", "").status(200).field("ETag", tag)
	}
	s.do("PATCH /api/users/3", `{"name":"C"}`, asAdmin, `If-Match: "a,b", `+coded).status(200)
	s.do("PATCH /api/users/3", `{"name":"D"}`, asAdmin, `If-Match: *`).status(200)
	tag = s.do("GET /api/users/3", "").Header.Get("ETag")
	s.do("DELETE /api/users/3", "", asAdmin, `If-Match: `+tag).status(204)
}

func TestPagesOfAList(t *testing.T) {
	s := start(t, Options{})
	first := s.do("GET /api/users?limit=2", "").status(200).
		field("Link", `</api/users?limit=2&offset=2>; rel="next"`)
	if p := decoded[page[user]](first); len(p.Items) != 2 || p.Total != 3 || p.Items[0].ID != 1 {
		t.Errorf("first page: %s", first.content)
	}
	last := s.do("GET /api/users?limit=2&offset=2", "").status(200).
		field("Link", `</api/users?limit=2&offset=0>; rel="prev", </api/users?limit=2&offset=0>; rel="first"`)
	if p := decoded[page[user]](last); len(p.Items) != 1 || p.Items[0].ID != 3 {
		t.Errorf("last page: %s", last.content)
	}
	s.do("GET /api/users?q=ali&limit=1", "").status(200).field("Link", "")
	if none := s.do("GET /api/users?q=nobody", "").status(200); !strings.Contains(string(none.content), `"items":[]`) {
		t.Errorf("an empty list is %s", none.content)
	}
	if got := s.do("GET /api/users?limit=0&offset=x", "").failed(400, "INVALID_QUERY"); !slices.Equal(got, []string{"limit", "offset"}) {
		t.Errorf("named %v", got)
	}
	if p := decoded[page[order]](s.do("GET /api/orders?status=open", "")); len(p.Items) != 1 || p.Items[0].ID != 2 {
		t.Errorf("open orders: %+v", p)
	}
}

func TestManyWritersGetDifferentIDs(t *testing.T) {
	s := start(t, Options{})
	var group sync.WaitGroup
	locations := make([]string, 20)
	for i := range locations {
		group.Go(func() {
			body := fmt.Sprintf(`{"name":"N","email":"n%d@example.com"}`, i)
			request, _ := http.NewRequest("POST", s.url+"/api/users", strings.NewReader(body))
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+AdminToken)
			response, err := s.client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			locations[i] = response.Header.Get("Location")
		})
	}
	group.Wait()
	slices.Sort(locations)
	if got := slices.Compact(locations); len(got) != 20 || got[0] == "" {
		t.Errorf("locations: %v", got)
	}
}
