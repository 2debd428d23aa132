package rule

import (
	"slices"
	"testing"

	"httpprobe/probe/exchange"
)

func trailOf(fields exchange.Fields, identity Identity) *Trail {
	x := &exchange.Exchange{
		Request:  exchange.Request{Method: "GET", URL: "https://api.example/users/1?key=abcdef&page=2", Target: "/users/1?key=abcdef&page=2", Proto: "HTTP/1.1", Fields: fields},
		Response: &exchange.Response{Status: 200},
	}
	return &Trail{Pass: NewPass(x, Subject{}, Settings{}), Identity: identity}
}

// TestWhoAsks: nobody, and whoever has wrong credentials, brings nothing else
// that tells who they are, be it the step's own.
func TestWhoAsks(t *testing.T) {
	fields := exchange.Fields{
		{Name: "Accept", Value: "application/json"}, {Name: "authorization", Value: "Bearer abcdef"},
		{Name: "X-Api-Key", Value: "abcdef"}, {Name: "Cookie", Value: "session=abcdef"},
	}
	trail := trailOf(fields, Identity{Fields: exchange.Fields{{Name: "X-API-Key"}}, Query: []exchange.Field{{Name: "key", Value: "abcdef"}}})
	const same, elsewhere = "https://api.example/users/1?", "https://other.example/users/1?key=abcdef"
	for _, test := range []struct {
		ask  Ask
		url  string
		want []string
	}{
		{Ask{}, same + "key=abcdef&page=2", []string{"Accept: application/json", "authorization: Bearer abcdef", "X-Api-Key: abcdef", "Cookie: session=abcdef"}},
		{Ask{Who: AsNobody}, same + "page=2", []string{"Accept: application/json"}},
		{Ask{Who: AsBroken}, same + "key=abcqef&page=2", []string{"Accept: application/json", "authorization: Bearer abcqef", "X-Api-Key: abcqef"}},
		{Ask{URL: elsewhere}, "https://other.example/users/1", []string{"Accept: application/json"}},
	} {
		r, ok := trail.NewRequest(test.ask)
		var got []string
		for _, f := range r.Fields {
			got = append(got, f.Name+": "+f.Value)
		}
		if !ok || r.URL != test.url || !slices.Equal(got, test.want) {
			t.Errorf("%s %q, want %s %q", r.URL, got, test.url, test.want)
		}
	}
}

// TestAsksAreSharedUntilSomethingIsWritten: what safe follow-ups ask for alike
// is sent once; those that write read anew.
func TestAsksAreSharedUntilSomethingIsWritten(t *testing.T) {
	read := func(t *Trail) { t.Get("") }
	trail := trailOf(nil, Identity{})
	ix := NewIndex([]Rule{{ID: "one", FollowUps: []FollowUp{{Judge: read}, {Writes: true, Judge: read}}}, {ID: "two", FollowUps: []FollowUp{{Writes: true, Judge: read}, {Judge: read}}}})
	var got []int
	for _, u := range ix.Pursue(trail, WritingFollowUps) {
		n := 0
		for asks := u.Next(); len(asks) > 0; asks = u.Next() {
			n += len(asks)
			for _, ask := range asks {
				trail.Answer(ask, trail.Exchange)
			}
		}
		got = append(got, n)
	}
	if want := []int{1, 0, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}
