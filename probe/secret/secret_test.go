package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"strings"
	"sync"
	"testing"
)

var planted = []string{
	"hunter22",
	"p4$$ w+rd/&<>\"'%=",
	`C:\share\\deep "x"`,
	"pässwörd-日本-😀",
	"tab\tline\nend",
	"-----BEGIN KEY-----",
	"AAAA",
}

// leaks are the ways in which a secret is written by others.
func leaks(s string) map[string]string {
	var escaped bytes.Buffer
	if err := xml.EscapeText(&escaped, []byte(s)); err != nil {
		panic(err)
	}
	quoted, _ := json.Marshal(s)
	twice, _ := json.Marshal(string(quoted))
	thrice, _ := json.Marshal(string(twice))
	var units, references, percent strings.Builder
	for _, r := range s {
		if r > 0xffff {
			fmt.Fprintf(&units, `\u%04X\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		} else {
			fmt.Fprintf(&units, `\u%04x`, r)
		}
		fmt.Fprintf(&references, "&#x%x;", r)
	}
	for _, c := range []byte(s) {
		fmt.Fprintf(&percent, "%%%02x", c)
	}
	out := map[string]string{
		"raw": s, "path": url.PathEscape(s), "query": url.QueryEscape(s),
		"lower": lowerHex(url.QueryEscape(s)), "every octet": percent.String(),
		"twice percent": url.PathEscape(url.PathEscape(s)),
		"json":          string(quoted[1 : len(quoted)-1]), "json in json": string(twice), "three deep": string(thrice),
		"units": units.String(), "xml": escaped.String(), "html": html.EscapeString(s), "references": references.String(),
		"slashes": strings.ReplaceAll(string(quoted[1:len(quoted)-1]), "/", `\/`),
		"hex":     hex.EncodeToString([]byte(s)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(s))),
	}
	for _, before := range []string{"", "u", "us", "usr", "user:"} {
		for _, after := range []string{"", "x", "xy"} {
			for name, alphabet := range map[string]*base64.Encoding{
				"std": base64.StdEncoding, "raw": base64.RawStdEncoding, "url": base64.URLEncoding, "rawurl": base64.RawURLEncoding,
			} {
				encoded := alphabet.EncodeToString([]byte(before + s + after))
				key := fmt.Sprintf("base64 %s %q %q", name, before, after)
				out[key] = encoded
				if strings.ContainsAny(encoded, "+/=") {
					out[key+" escaped"] = url.QueryEscape(encoded)
				}
			}
		}
	}
	return out
}

func lowerHex(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '%' {
			copy(b[i:i+3], bytes.ToLower(b[i:i+3]))
		}
	}
	return string(b)
}

func TestMaskHidesEveryForm(t *testing.T) {
	for _, s := range planted {
		set := NewSet(s)
		for name, leak := range leaks(s) {
			for _, frame := range []string{"%s", "before %s after", `{"a":"%s"}`, "é%s😀", "\\%s"} {
				text := strings.Replace(frame, "%s", leak, 1)
				got := set.Mask(text)
				if !strings.Contains(got, Mask) {
					t.Errorf("%q as %s in %q is not hidden: %q", s, name, frame, got)
				}
				if strings.Contains(got, leak) {
					t.Errorf("%q as %s in %q is still there: %q", s, name, frame, got)
				}
			}
			if text, bytes := set.Mask(leak), string(set.MaskBytes([]byte(leak))); text != bytes {
				t.Errorf("octets of %q become %q, text becomes %q", leak, bytes, text)
			}
		}
	}
}

func TestMaskIsExact(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("bob:hunter22"))
	tests := []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"nothing known", nil, "hunter22", "hunter22"},
		{"nothing there", []string{"hunter22"}, "hunter 22, hunter2", "hunter 22, hunter2"},
		{"case counts", []string{"hunter22"}, "Hunter22", "Hunter22"},
		{"each occurrence", []string{"hunter22"}, "hunter22 hunter22", "••• •••"},
		{"one within the other", []string{"hunter22", "my-hunter22-x"}, "my-hunter22-x hunter22", "••• •••"},
		{"one begins the other", []string{"hunter22", "hunter2233"}, "hunter2233 hunter22", "••• •••"},
		{"overlapping", []string{"abcdef", "defghi"}, "<abcdefghi>", "<•••>"},
		{"overlapping chain", []string{"abcd", "cdef", "efgh", "abcdefgh"}, "abcdefgh", "•••"},
		{"side by side", []string{"abcd", "efgh"}, "abcdefgh", "••••••"},
		{"overlaps itself", []string{"aaaa"}, "aaaaaaa", "•••"},
		{"empty ignored", []string{""}, "a b", "a b"},
		{"white space trimmed", []string{"hunter22\n"}, "x hunter22 y", "x ••• y"},
		{"white space kept when there", []string{" hunter22\n"}, "x hunter22\n", "x•••"},
		{"basic", []string{"hunter22"}, "Basic " + basic + "\r\n", "Basic " + basic[:5] + "•••\r\n"},
		{"mixed percent", []string{"hunter22"}, "q=h%75nter%32%32z", "q=•••z"},
		{"plus is a space", []string{"pass word"}, "q=pass+word", "q=•••"},
		{"short inside a word", []string{"a"}, "database a_b _a aé éa a1", "database a_b _a aé éa a1"},
		{"short as a word", []string{"a"}, "password: a, (a) a", "password: •••, (•••) •••"},
		{"short after escapes", []string{"abc"}, `x%3Dabc&y="\nabc" &quot;abc&quot;`, `x%3D•••&y="\n•••" &quot;•••&quot;`},
		{"short after an escaped letter", []string{"abc"}, `x%41abc`, `x%41abc`},
		{"short base64 as a word", []string{"abc"}, "YWJj xYWJj", "••• xYWJj"},
		{"short non-ascii", []string{"äöü"}, "äöü äöüx %C3%A4%C3%B6%C3%BC", "••• äöüx •••"},
		{"four is long", []string{"abcd"}, "xabcdy", "x•••y"},
		{"broken escapes", []string{"hunter22"}, `% %2 %zz \ \u \u12 & &# &#x; &#xd800; \ud83d \ud83d\u0041 +`, `% %2 %zz \ \u \u12 & &# &#x; &#xd800; \ud83d \ud83d\u0041 +`},
		{"bad utf-8 around", []string{"hunter22"}, "\xffhunter22\xc3", "\xff•••\xc3"},
		{"looks like base64", []string{"test"}, "dGVzdA== dGVz", "••• dGVz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewSet(tt.secrets...).Mask(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	var none *Set
	if !none.Empty() || none.Mask("x") != "x" || !NewSet().Empty() || !NewSet("", "").Empty() {
		t.Error("a set without secrets is not empty")
	}
	s := NewSet("")
	s.Add("hunter22")
	if s.Empty() || s.Mask("hunter22") != Mask {
		t.Error("an added secret is not hidden")
	}
	s.Add("other-one")
	if got := s.Mask("hunter22 other-one"); got != "••• •••" {
		t.Errorf("after Add: %q", got)
	}
}

func TestNothingFoundCopiesNothing(t *testing.T) {
	s := NewSet("hunter22", "another secret")
	text := strings.Repeat(`{"name":"Bob","path":"a\/b %41 &amp;"}`, 100)
	if n := testing.AllocsPerRun(20, func() { s.Mask(text) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	b := []byte(text)
	if got := s.MaskBytes(b); &got[0] != &b[0] {
		t.Error("the octets were copied")
	}
}

func TestManyBackslashesTakeNoTime(t *testing.T) {
	run := strings.Repeat(`\`, 64)
	s := NewSet(run + "end")
	if got := s.Mask(strings.Repeat(run, 8) + "x"); strings.Contains(got, Mask) {
		t.Errorf("hidden without reason: %q", got)
	}
	if got := s.Mask(run + run + "end"); !strings.Contains(got, Mask) {
		t.Errorf("not hidden: %q", got)
	}
}

func TestConcurrent(t *testing.T) {
	s := NewSet("hunter22")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				v := fmt.Sprintf("secret-%d-%d", i, j)
				s.Add(v)
				if got := s.Mask(v + " hunter22"); strings.Contains(got, v) || strings.Contains(got, "hunter22") {
					t.Errorf("%q shows", got)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzMask(f *testing.F) {
	f.Add("hunter22", `a\u0068unter22 %68unter22`)
	f.Fuzz(func(t *testing.T, value, text string) {
		if len(value) < 8 || len(value) > 64 || strings.Contains(Mask, value) {
			t.Skip()
		}
		got := NewSet(value).Mask(text + value + text)
		if !strings.Contains(got, Mask) {
			t.Errorf("%q is not hidden", value)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	s := NewSet("hunter22", "eyJhbGciOiJIUzI1NiJ9.e30.abcdefgh", "another-secret-value", "zz9-plural-z-alpha")
	plain := strings.Repeat(`{"id":17,"name":"Bob","email":"bob@example.com","roles":["admin","user"]},`, 230)[:16<<10]
	escapes := strings.Repeat(`%7B%22a%22%3A%22\"x\"&quot;`, 800)[:16<<10]
	holding := plain[:8<<10] + "hunter22" + plain[8<<10:]
	for name, text := range map[string]string{"plain": plain, "escapes": escapes, "holding": holding} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Mask(text)
			}
		})
	}
}

// TestOwn hides secrets of both sets, and as one where they overlap.
func TestOwn(t *testing.T) {
	shared := NewSet("token-abc")
	own := shared.Own()
	own.Add("abc-xyz", "mine")
	shared.Add("later")
	for text, want := range map[string]string{
		"a token-abc-xyz b": "a ••• b",
		"mine later":        "••• •••",
		"token-abc, mine":   "•••, •••",
		"nothing":           "nothing",
	} {
		if got := own.Mask(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := shared.Mask("mine"); got != "mine" {
		t.Errorf("the shared set hides %q", got)
	}
	if own.Empty() || !NewSet().Own().Empty() {
		t.Error("Empty does not see the other set")
	}
}
