package expression

import (
	"crypto/hmac"
	crand "crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"
	"time"
)

// functions are those that are not about collections.
var functions = []function{
	{name: "uuid", usage: "uuid()", result: "", call: func(*Language, []any) (any, error) { return uuid(), nil }},
	{name: "now", usage: "now()", args: []kind{zone}, result: time.Time{}, call: (*Language).now},
	{name: "rand", usage: "rand(), rand(n) or rand(a, b)", args: []kind{whole, whole}, call: random},
	{name: "base64", usage: "base64(text)", required: 1, args: []kind{text}, result: "", call: func(_ *Language, args []any) (any, error) {
		return base64.StdEncoding.EncodeToString([]byte(args[0].(string))), nil
	}},
	{name: "sha256", usage: "sha256(text)", required: 1, args: []kind{text}, result: "", call: func(_ *Language, args []any) (any, error) {
		sum := sha256.Sum256([]byte(args[0].(string)))
		return hex.EncodeToString(sum[:]), nil
	}},
	{name: "hmac", usage: `hmac(key, text) or hmac(key, text, "sha512")`, required: 2, args: []kind{text, text, text}, result: "", call: mac},
	{name: "urlencode", usage: "urlencode(text)", required: 1, args: []kind{text}, result: "", call: func(_ *Language, args []any) (any, error) {
		return percentEncode(args[0].(string)), nil
	}},
	{name: "regex", usage: `regex(text, "pattern")`, required: 2, args: []kind{text, compiled}, call: match},
	{name: "file", usage: `file("name")`, required: 1, args: []kind{text}, result: "", call: func(l *Language, args []any) (any, error) {
		return l.read(args[0].(string))
	}},
	{name: "header", usage: `header("Name")`, required: 1, args: []kind{text}},
	{name: "cookie", usage: `cookie("name")`, required: 1, args: []kind{text}},
	{name: "string", usage: "string(value)", required: 1, args: []kind{anything}, result: "", call: func(_ *Language, args []any) (any, error) {
		return Render(usual(args[0])), nil
	}},
	{name: "repeat", usage: "repeat(text, n)", required: 2, args: []kind{text, whole}, result: "", call: repeat},
	{name: "replace", usage: "replace(text, old, new)", required: 3, args: []kind{text, text, text, whole}, result: "", call: replace},
}

func uuid() string {
	var b [16]byte
	crand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (l *Language) now(args []any) (any, error) {
	now := time.Now
	if l.Now != nil {
		now = l.Now
	}
	if len(args) == 0 {
		return now().UTC(), nil
	}
	where, ok := args[0].(*time.Location)
	if !ok {
		return nil, faultf(`now takes nothing or a time zone, as in now(timezone("Europe/Berlin")), not %s`, describe(args[0]))
	}
	return now().In(where), nil
}

func random(_ *Language, args []any) (any, error) {
	from, to := 0, 0
	switch len(args) {
	case 0:
		return rand.Float64(), nil
	case 1:
		to = args[0].(int)
	case 2:
		from, to = args[0].(int), args[1].(int)
	}
	if from > to {
		return nil, faultf("there is no whole number from %d to %d", from, to)
	}
	// The distance of two ints always fits a uint64.
	distance := uint64(to) - uint64(from)
	if distance+1 == 0 {
		return int(rand.Uint64()), nil
	}
	return int(uint64(from) + rand.Uint64N(distance+1)), nil
}

func mac(_ *Language, args []any) (any, error) {
	algorithms := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
	name := "sha256"
	if len(args) == 3 {
		name = args[2].(string)
	}
	algorithm, ok := algorithms[name]
	if !ok {
		return nil, faultf(`hmac knows no algorithm %q; it has "sha1", "sha256" and "sha512"`, name)
	}
	h := hmac.New(algorithm, []byte(args[0].(string)))
	io.WriteString(h, args[1].(string)) // never fails
	return hex.EncodeToString(h.Sum(nil)), nil
}

// percentEncode encodes all but unreserved characters (RFC 3986 §2.3).
func percentEncode(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func match(_ *Language, args []any) (any, error) {
	re, ok := args[1].(*regexp.Regexp)
	if !ok {
		pattern, ok := args[1].(string)
		if !ok {
			return nil, faultf("the pattern of regex must be text, not %s", describe(args[1]))
		}
		var err error
		if re, err = regexp.Compile(pattern); err != nil {
			return nil, fault(patternFault(err))
		}
	}
	s := args[0].(string)
	found := re.FindStringSubmatchIndex(s)
	group := found
	if len(found) > 2 {
		group = found[2:]
	}
	if found == nil || group[0] < 0 {
		return nil, nil
	}
	return s[group[0]:group[1]], nil
}

// maxFile is the size up to which file() reads.
const maxFile = 16 << 20

func (l *Language) open(name string) (fs.File, error) {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if l.Files == nil {
		return nil, sentence("no files can be read here")
	}
	if !fs.ValidPath(clean) || clean == "." {
		return nil, sentence(fmt.Sprintf("file %q is not below the suite's folder", name))
	}
	f, err := l.Files.Open(clean)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, sentence(fmt.Sprintf("there is no file %q in the suite's folder", name))
	case err != nil:
		return nil, sentence(fmt.Sprintf("file %q cannot be read", name))
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, sentence(fmt.Sprintf("%q is not a file that can be read", name))
	} else if info.Size() > maxFile {
		f.Close()
		return nil, sentence(fmt.Sprintf("file %q has more than 16 MB", name))
	}
	return f, nil
}

// present checks at load that a file can be read.
func (l *Language) present(name string) error {
	f, err := l.open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

func (l *Language) read(name string) (any, error) {
	f, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, sentence(fmt.Sprintf("file %q cannot be read", name))
	case len(b) > maxFile:
		return nil, sentence(fmt.Sprintf("file %q has more than 16 MB", name))
	}
	return string(b), nil
}

func repeat(_ *Language, args []any) (any, error) {
	s, n := args[0].(string), args[1].(int)
	if n < 0 {
		return nil, faultf("a text cannot be repeated %d times", n)
	}
	if s != "" && n > maxWeight/len(s) {
		return nil, errTooLarge
	}
	return strings.Repeat(s, n), nil
}

func replace(_ *Language, args []any) (any, error) {
	s, old, with, n := args[0].(string), args[1].(string), args[2].(string), -1
	if len(args) == 4 {
		n = args[3].(int)
	}
	count := strings.Count(s, old)
	if n >= 0 {
		count = min(count, n)
	}
	if count > 0 && len(with) > maxWeight/count {
		return nil, errTooLarge
	}
	return strings.Replace(s, old, with, n), nil
}
