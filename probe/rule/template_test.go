package rule

import (
	"testing"

	"httpprobe/probe/exchange"
)

func TestTemplate(t *testing.T) {
	for _, test := range []struct{ endpoint, target, want string }{
		{"GET /users", "/users?page=2", "/users"},
		{"GET /users/{id}", "/users/42", "/users/{}"},
		{"GET /users/{id}", "/api/users/42", "/api/users/{}"},
		{"GET /users/{id}/orders/${order.id}", "/users/42/orders/4f1c2a77-0b6e-4f0e-9a52-6f0a2f3f9c11", "/users/{}/orders/{}"},
		{"GET /files/report-{n}.csv", "/files/report-7.csv", "/files/report-{}.csv"},
		{"GET /${rows[a / b]}", "/42", "/{}"},
		{"GET /users/{id}", "/users/me", ""},
		{"GET /{version}/users", "/v2/users", ""},
		{"GET /{collection}", "/users", ""},
		{"GET ${location}", "/users/42", "/users/{}"},
		{"GET /users/{id}", "/home", ""},
		{"GET /users/{id}", "/orders/42", ""},
		{"GET /users/42", "/users/43", ""},
		{"GET /a/${x ", "/a/1", ""},
		{"", "/users/42/orders/x", "/users/{}/orders/x"},
	} {
		x := &exchange.Exchange{Request: exchange.Request{Target: test.target}}
		got, ok := NewPass(x, Subject{Endpoint: test.endpoint}, Settings{}).template()
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%q, %s: got %q, %v, want %q", test.endpoint, test.target, got, ok, test.want)
		}
	}
}

func TestNamesIdentifier(t *testing.T) {
	for name, want := range map[string]bool{
		"id": true, "ID": true, "Id": true, "user_id": true, "userId": true, "userID": true, "USER_ID": true, "$id": true, "x-id": true,
		"paid": false, "PAID": false, "userid": false, "total": false, "d": false, "": false, "0": false,
	} {
		if got := namesIdentifier(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// TestContentOverTheLimitIsNotWhole: the rules must not judge the end of what
// was cut off while its coding was undone.
func TestContentOverTheLimitIsNotWhole(t *testing.T) {
	x := exchangeOf(t, "GET", "/a", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":[1")
	x.Failure = &exchange.Failure{Kind: exchange.FailedTooLarge}
	rule, _ := Find("json-wellformed")
	if reports := NewIndex([]Rule{rule}).Judge(NewPass(x, Subject{}, Settings{})); len(reports) > 0 {
		t.Errorf("reported: %v", messages(reports))
	}
}
