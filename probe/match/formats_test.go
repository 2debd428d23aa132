package match

import (
	"encoding/json"
	"strings"
	"testing"

	"httpprobe/probe/source"
)

var formatCases = map[string]struct{ valid, invalid []string }{
	"$uuid": {
		valid: []string{
			"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
			"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-42D3-A456-426614174000",
			"01890a5d-ac96-774b-bcce-b302099a8057",
		},
		invalid: []string{
			"", "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
			"urn:uuid:123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-42661417400g",
			"123e4567-e89b-12d3-a456-426614174000\n",
		},
	},
	"$email": {
		valid: []string{
			"a@b.c", "ada.lovelace+tag@example.co.uk", "x@localhost", "o'brien@example.com", `"john doe"@example.com`,
			`"a\"b"@example.com`, "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", strings.Repeat("a", 64) + "@example.com",
		},
		invalid: []string{
			"", "n/a", "a", "@b.c", "a@", "a@b@c", ".a@b.c", "a.@b.c", "a..b@c.d", "a b@c.d", "a@b_c.d", "a@-b.c", "a@b..c",
			"a@b.c.", "a@192.0.2.1", "a@[192.0.2]", "a@[192.0.2.1", "Ada <a@b.c>", `"a"b"@c.d`, "a@b.c\n",
			strings.Repeat("a", 65) + "@example.com",
		},
	},
	"$uri": {
		valid: []string{
			"http://example.com", "https://user:pw@example.com:8080/a/b;c?d=e/f?g#h?i", "HTTP://EXAMPLE.COM/", "urn:isbn:0451450523",
			"mailto:ada@example.com", "http://[2001:db8::1]:80/", "http://192.0.2.1/", "file:///etc/hosts", "data:,a%20b", "tel:+49-1",
			"http://example.com/a%C3%A4", "ftp://example.com/;type=a",
		},
		invalid: []string{
			"", "/users/1", "users", "//example.com/a", "example.com", "http://", "http:///a", "http:", "https:a", "http://exa mple.com",
			"http://example.com/a b", "http://example.com/ä", "http://example.com/%zz", "http://example.com/%4", "http://example.com/<a>",
			"http://example.com/#a#b", "http://example.com/[a]", "http://[::1", "http://[zz]/", "http://example.com:80a/", "1a:b", ":a", "http://a\\b",
			"http://example.com/{id}", "http://example.com/\n",
		},
	},
	"$date": {
		valid:   []string{"2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01"},
		invalid: []string{"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-1-1", "24-01-01", "2024-01-01T00:00:00Z", "2024/01/01", " 2024-01-01", "2024-01-01\n", "20240101"},
	},
	"$date-time": {
		valid: []string{
			"2024-02-29T12:00:00Z", "2024-02-29t12:00:00z", "2024-02-29T12:00:00.123456789012Z", "2024-02-29T23:59:59+23:59", "2024-02-29T12:00:00-00:00",
			"1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "2016-12-31T23:59:60.5Z",
		},
		invalid: []string{
			"", "2024-02-29", "2024-02-29T12:00:00", "2024-02-29 12:00:00Z", "2024-02-30T12:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z",
			"2024-02-29T12:00:61Z", "2024-02-29T12:00:60Z", "2024-02-28T23:59:60Z", "2024-02-29T12:00Z", "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00,5Z",
			"2024-02-29T12:00:00+24:00", "2024-02-29T12:00:00+02", "2024-02-29T12:00:00+0200", "2024-02-29T1:00:00Z", "2024-02-29T12:00:00Z\n",
		},
	},
	"$http-date": {
		valid: []string{"Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 12:00:00 GMT", "Sat, 31 Dec 2016 23:59:60 GMT"},
		invalid: []string{
			"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
			"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 +0000",
			"Thu, 30 Feb 2024 12:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sat, 31 Dec 2016 12:00:60 GMT", "1994-11-06T08:49:37Z",
		},
	},
	"$ipv4": {
		valid:   []string{"0.0.0.0", "192.0.2.1", "255.255.255.255"},
		invalid: []string{"", "192.0.2", "192.0.2.256", "192.0.02.1", "192.0.2.1.1", "192.0.2.1/24", "::ffff:192.0.2.1", "0x7f.0.0.1", " 192.0.2.1"},
	},
	"$ipv6": {
		valid:   []string{"::", "::1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::ffff:192.0.2.1"},
		invalid: []string{"", "192.0.2.1", "fe80::1%eth0", "[::1]", "2001:db8", "1::2::3", "::12345", "::1/64"},
	},
	"$hostname": {
		valid: []string{
			"localhost", "example.com", "a-b.example.com", "1and1.com", "xn--bcher-kva.example", "EXAMPLE.com", "3com",
			strings.Repeat("a", 63) + ".com", strings.Repeat("a.", 126) + "a",
		},
		invalid: []string{
			"", ".", "example.com.", ".com", "a..b", "-a.com", "a-.com", "a_b.com", "192.0.2.1", "a b", "bücher.example", "http://a", "a:80",
			strings.Repeat("a", 64) + ".com", strings.Repeat("a.", 127) + "a",
		},
	},
	"$semver": {
		valid: []string{"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0A.is.legal", "1.0.0--", "1.0.0+001", "1.0.0-rc.1+build.5", "99999999999999999999.0.0"},
		invalid: []string{
			"", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3+a+b", "1.2.3-ä", " 1.2.3", "1.2.3\n",
		},
	},
	"$jwt": {
		valid: []string{
			"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
			"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
			"eyJhbGciOiJIUzI1NiIsImN0eSI6IkpXVCJ9.YQ.c2ln",
		},
		invalid: []string{
			"", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.",
			"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln", "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.c2ln", "W10.eyJzdWIiOiIxIn0.c2ln",
			"eyJhbGciOiJIUzI1NiJ9.W10.c2ln", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln=", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lu.a",
			"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2+n", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln\n",
		},
	},
	"$base64": {
		valid:   []string{"aGVsbG8=", "aGVsbA==", "aGVs", "+/+/"},
		invalid: []string{"", "aGVsbG8", "aGVsbG9=", "-_-_", "aGVs\naGVs", "aGVs ", "=", "a", "aGVsbG8=aGVs"},
	},
}

func TestFormats(t *testing.T) {
	for _, w := range formats {
		cases, ok := formatCases[w.name]
		if !ok {
			t.Errorf("no cases for %s", w.name)
		}
		m, problems := compiler(false, nil).Compile(source.Value{Kind: source.String, Text: w.name})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for _, s := range cases.valid {
			if found := m.Match("body", s, Input{}); len(found) > 0 {
				t.Errorf("%s refuses %q", w.name, s)
			}
		}
		for _, s := range cases.invalid {
			if found := m.Match("body", s, Input{}); len(found) != 1 {
				t.Errorf("%s takes %q", w.name, s)
			}
		}
		for _, v := range []any{nil, true, json.Number("1"), []any{"a"}, map[string]any{}} {
			if found := m.Match("body", v, Input{}); len(found) != 1 {
				t.Errorf("%s takes %v", w.name, v)
			}
		}
	}
}
