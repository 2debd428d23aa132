package rule

import (
	"strings"
	"testing"

	"httpprobe/probe/exchange"
)

func parsed(t *testing.T, text string) any {
	t.Helper()
	v, err := exchange.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestChanges(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{`{"a":1,"b":[{"c":true}]}`, `{"b":[{"c":true}],"a":1}`, ""},
		{`{"n":1}`, `{"n":2}`, "n was 1 and is 2"},
		{`{"status":"open"}`, `{"status":"paid"}`, `status was "open" and is "paid"`},
		{`{"a":{"b":"x"}}`, `{"a":{}}`, `a.b was "x" and is absent`},
		{`{"a":{}}`, `{"a":null}`, `a was {} and is null`},
		{`{"tags":["a"]}`, `{"tags":["a","b"]}`, "tags was 1 item and is 2 items"},
		{`{"tags":["a","b"]}`, `{"tags":["b","a"]}`, ""},
		{`{"history":["a"],"auditLog":[]}`, `{"history":["a","b"],"auditLog":[1]}`, ""},
		{`{"updatedAt":1,"version":1,"_rev":"1-a","__v":0}`, `{"updatedAt":2,"version":2,"_rev":"2-b","__v":1}`, ""},
		{`{"due":"2026-11-22"}`, `{"due":"2026-11-23"}`, ""},
		{`{"request_id":"a","last_modified":null}`, `{"request_id":"b","last_modified":"2026-11-22T09:30:00Z"}`, ""},
		{`{"at":"home"}`, `{"at":"work"}`, `at was "home" and is "work"`},
		{`{"file":"https://f.example/a?sig=1"}`, `{"file":"https://f.example/a?sig=2"}`, ""},
		{`{"file":"https://f.example/a"}`, `{"file":"https://f.example/b"}`, `file was "https://f.example/a" and is "https://f.example/b"`},
		{`{"load":1}`, `{"load":2}`, ""},
		{`{"a":1,"b":1,"c":1,"d":1}`, `{"a":2,"b":2,"c":2,"d":2}`, "a was 1 and is 2, b was 1 and is 2, c was 1 and is 2, …"},
	} {
		trail := &Trail{Pass: &Pass{Settings: Settings{Volatile: []string{"load"}}}}
		if got := tellChanges(trail.changes(parsed(t, c.before), parsed(t, c.after))); got != c.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", c.before, c.after, got, c.want)
		}
	}
}

func TestSentChange(t *testing.T) {
	for _, c := range []struct {
		before, after, sent string
		want                bool
	}{
		{`{"n":1}`, `{"n":2}`, `{"n":2.0}`, true},
		{`{"n":1}`, `{"n":2}`, `{"n":3}`, false},
		{`{"n":1}`, `{"n":2}`, `{"m":2}`, false},
		{`{"a":{"n":1}}`, `{"a":{"n":2}}`, `{"data":{"a":{"n":2}}}`, true},
		{`{"n":1}`, `{}`, `{"n":null}`, true},
		{`{"n":1}`, `{}`, `{"n":1}`, false},
		{`{}`, `{"n":{"m":1}}`, `{"n":{"m":1}}`, true},
		{`{"l":[1]}`, `{"l":[1,2]}`, `{"l":[2,1]}`, true},
		{`{"l":[1]}`, `{"l":[1,2]}`, `{"l":[2]}`, false},
		{`{"n":1}`, `{"n":2}`, `[{"op":"replace","path":"/n","value":2}]`, true},
		{`{"n":1}`, `{"n":2}`, `[{"op":"replace","path":"/m","value":2}]`, false},
		{`{"n":1}`, `{}`, `[{"op":"remove","path":"/n"}]`, true},
		{`{"n":1}`, `{}`, `[{"op":"test","path":"/n","value":1}]`, false},
		{`{"n":1}`, `{"n":2}`, `"2"`, false},
	} {
		changed := new(Trail{Pass: &Pass{}}).changes(parsed(t, c.before), parsed(t, c.after))
		if len(changed) != 1 {
			t.Errorf("%s, %s: %d changes", c.before, c.after, len(changed))
			continue
		}
		if got := sentChange(changed[0], parsed(t, c.sent)); got != c.want {
			t.Errorf("%s, %s, sent %s: %t", c.before, c.after, c.sent, got)
		}
	}
}

func TestSameInAnotherForm(t *testing.T) {
	for _, c := range []struct {
		sent, got string
		want      bool
	}{
		{`"Bo"`, `"bo"`, true},
		{`"Bo"`, `"Al"`, false},
		{`"Bo"`, `"Bob"`, false},
		{`"Bo"`, `""`, false},
		{`"Bo"`, `null`, false},
		{`""`, `null`, true},
		{`""`, `"Bo"`, false},
		{`"é"`, `"é"`, true},
		{`"!"`, `"?"`, false},
		{`"a &amp; b"`, `"a & b"`, true},
		{`"<b>a</b><script>b</script>"`, `"<b>a</b>"`, true},
		{`"4111 1111"`, `"***1111"`, true},
		{`"5"`, `5`, true},
		{`"5"`, `"5.0"`, true},
		{`"5"`, `"6"`, false},
		{`"5"`, `{"id":5}`, true},
		{`3.14159`, `3.14`, true},
		{`3.7`, `4`, true},
		{`3.7`, `5`, false},
		{`16777217.5`, `16777218`, true},
		{`3`, `4`, false},
		{`1000001`, `1000002`, false},
		{`5`, `"5"`, true},
		{`5`, `null`, false},
		{`0`, `null`, true},
		{`false`, `true`, false},
		{`false`, `null`, true},
		{`true`, `"yes"`, true},
		{`["a","b"]`, `["b","a","a"]`, true},
		{`["a"]`, `["b"]`, false},
		{`["a","b"]`, `["a"]`, false},
		{`["a"]`, `[]`, false},
		{`[]`, `["a"]`, false},
		{`["a"]`, `[{"name":"a"}]`, true},
		{`[{"n":1}]`, `[{"n":1,"id":7}]`, true},
		{`[{"n":1}]`, `[{"n":2,"id":7}]`, false},
		{`["a"]`, `"a"`, true},
		{`{"id":5}`, `"5"`, true},
		{`"2026-12-01T10:00:00+02:00"`, `"2026-12-01T08:00:00Z"`, true},
		{`"2026-12-01T10:00:00+02:00"`, `"2026-12-01T10:00:00Z"`, false},
		{`"2026-12-01T10:00:30Z"`, `"2026-12-01T10:00:00Z"`, true},
		{`"2026-12-01 10:00:00"`, `"2026-12-01T08:00:00Z"`, true},
		{`"2026-12-01"`, `"2026-12-01T00:00:00Z"`, true},
		{`"2026-12-01"`, `"2026-12-02"`, false},
		{`"2026-12-01"`, `"2026-11-01"`, false},
	} {
		if got := sameInAnotherForm(parsed(t, c.sent), parsed(t, c.got)); got != c.want {
			t.Errorf("%s, %s: %t", c.sent, c.got, got)
		}
	}
}

// The order of lists means nothing, but finding that out takes as long as there
// are levels above them, and a server can make thousands.
func TestListsThatStandInEachOther(t *testing.T) {
	for levels, want := range map[int]int{1: 0, mostWithin: 0, 2000: 2} {
		list := func(items string) any {
			return parsed(t, strings.Repeat("[", levels)+items+strings.Repeat("]", levels))
		}
		trail := &Trail{Pass: &Pass{}}
		if found := trail.differences(list(`"a","b"`), list(`"b","a"`)); len(found) != want {
			t.Errorf("%d levels: %d differences, want %d", levels, len(found), want)
		}
	}
}
