package rule

import (
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

func TestOtherKey(t *testing.T) {
	for key, form := range map[string]string{
		"order-7":                              "order-7-probe-1",
		`"order-7"`:                            `"order-7-probe-1"`,
		"8e03978e-40d5-43e8-bc93-6894a57f9324": "",
	} {
		one, two := otherKey(key, 1), otherKey(key, 2)
		if one == key || one == two || form != "" && one != form {
			t.Errorf("%s: %s, %s", key, one, two)
		}
		if isUUID(key) && (!isUUID(one) || one[14] != '4' || one != strings.ToLower(one)) {
			t.Errorf("%s: %s", key, one)
		}
	}
}

func TestNobody(t *testing.T) {
	for from, want := range map[string]bool{
		"https://api.example/users/42":                                   true,
		"https://api.example/users/42?fields=name":                       true,
		"https://api.example/users/8e03978e-40d5-43e8-bc93-6894a57f9324": true,
		"https://api.example/users/ada":                                  false,
		"https://api.example/users/":                                     false,
		"https://10.0.0.1":                                               false,
		"https://api.example/42":                                         true,
	} {
		trail := &Trail{Pass: &Pass{Exchange: &exchange.Exchange{Request: exchange.Request{URL: from}}}}
		got, ok := trail.nobody()
		_, query, _ := strings.Cut(from, "?")
		if ok != want || ok && (got == from || !strings.HasPrefix(got, "https://api.example/") || !strings.HasSuffix(got, query)) {
			t.Errorf("%s: %s, %t", from, got, ok)
		}
	}
}

// TestNoContentIsNotTheSameContent: an ask with empty content is not one that
// takes over what was sent.
func TestNoContentIsNotTheSameContent(t *testing.T) {
	kept, empty := Ask{Method: "POST", Keep: true}, Ask{Method: "POST", Keep: true, Body: []byte{}}
	if kept.same(&empty) || !kept.same(&kept) {
		t.Error("they are told apart by more than their octets")
	}
	trail := &Trail{Pass: &Pass{Exchange: &exchange.Exchange{Request: exchange.Request{Method: "POST", URL: "https://api.example/", Body: []byte("x")}}}}
	if r, ok := trail.NewRequest(empty); !ok || len(r.Body) != 0 || r.Fields.Get("Content-Length") != "0" {
		t.Errorf("%+v", r)
	}
}
