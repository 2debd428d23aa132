package demo

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
)

func TestConditionalGet(t *testing.T) {
	s := start(t, Options{})
	file := s.do("GET /files/video.bin", "").status(200)
	modified, fileTag := file.Header.Get("Last-Modified"), file.Header.Get("ETag")
	tag := s.do("GET /api/users/1", "").Header.Get("ETag")
	for _, c := range []struct {
		path   string
		fields []string
		status int
	}{
		{"/api/users/1", []string{"If-None-Match: " + tag}, 304},
		{"/api/users/1", []string{"If-None-Match: W/" + tag}, 304},
		{"/api/users/1", []string{`If-None-Match: "a,b" , ` + tag}, 304},
		{"/api/users/1", []string{"If-None-Match: *"}, 304},
		{"/api/users/1", []string{`If-None-Match: "other"`}, 200},
		{"/api/users/1", []string{"If-None-Match: " + strings.Trim(tag, `"`)}, 200},
		{"/api/users/1", []string{"If-None-Match: " + tag, "Accept-Encoding: gzip"}, 200},
		{"/api/users/1", []string{"If-Modified-Since: " + modified}, 200},
		{"/api/users/1", []string{`If-Match: "other"`}, 412},
		{"/api/users/99999", []string{"If-None-Match: *"}, 404},
		{"/files/video.bin", []string{"If-None-Match: " + fileTag}, 304},
		{"/files/video.bin", []string{"If-Modified-Since: " + modified}, 304},
		{"/files/video.bin", []string{"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"}, 200},
		{"/files/video.bin", []string{"If-Modified-Since: yesterday"}, 200},
		{"/files/video.bin", []string{`If-None-Match: "other"`, "If-Modified-Since: " + modified}, 200},
		{"/files/video.bin", []string{"If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"}, 412},
		{"/files/video.bin", []string{"If-Unmodified-Since: " + modified}, 200},
		{"/files/video.bin", []string{"If-None-Match: " + fileTag, "Range: bytes=0-9"}, 304},
	} {
		for _, method := range []string{"GET ", "HEAD "} {
			if method == "HEAD " && strings.HasPrefix(c.fields[len(c.fields)-1], "Range") {
				continue
			}
			got := s.do(method+c.path, "", c.fields...).status(c.status)
			if c.status != 304 {
				continue
			}
			whole := s.do("GET "+c.path, "")
			for _, name := range []string{"ETag", "Cache-Control", "Vary"} {
				got.field(name, whole.Header.Get(name))
			}
			// Where there is a tag, the date is of no use (RFC 9110 §15.4.5).
			got.field("Content-Type", "").field("Content-Length", "").field("Last-Modified", "")
		}
	}
}

func TestGzip(t *testing.T) {
	s := start(t, Options{})
	plain := s.do("GET /api/users", "").status(200).field("Content-Encoding", "").field("Vary", "Accept-Encoding")
	for asked, coded := range map[string]bool{
		"gzip": true, "br, gzip;q=0.5": true, "*": true, "GZIP": true,
		"identity": false, "gzip;q=0": false, "*, gzip;q=0": false, "br": false, "gzip;q=x": false,
	} {
		got := s.do("GET /api/users", "", "Accept-Encoding: "+asked).status(200).field("Vary", "Accept-Encoding")
		if (got.Header.Get("Content-Encoding") == "gzip") != coded {
			t.Errorf("Accept-Encoding: %s gives Content-Encoding %q", asked, got.Header.Get("Content-Encoding"))
			continue
		}
		if !coded {
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(got.content))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(body, plain.content) {
			t.Errorf("Accept-Encoding: %s: %v: %s", asked, err, body)
		}
		if got.Header.Get("ETag") == plain.Header.Get("ETag") {
			t.Error("both codings have one strong tag")
		}
		s.do("GET /api/users", "", "Accept-Encoding: "+asked, "If-None-Match: "+got.Header.Get("ETag")).
			status(304).field("ETag", got.Header.Get("ETag"))
	}
	s.do("GET /files/video.bin", "", "Accept-Encoding: gzip").status(200).field("Content-Encoding", "").field("Vary", "")
}

func TestAccept(t *testing.T) {
	s := start(t, Options{})
	for accept, status := range map[string]int{
		"application/json": 200, "*/*": 200, "application/*": 200, "text/html, */*;q=0.1": 200, "Application/JSON": 200,
		"application/xml": 406, "text/*": 406, "application/json;q=0, */*": 406, "application/x-none": 406,
	} {
		if got := s.do("GET /api/users", "", "Accept: "+accept).status(status); status == 406 {
			got.failed(406, "NOT_ACCEPTABLE")
		}
	}
	s.do("POST /api/users", `{"name":"A","email":"n@example.com"}`, asAdmin, "Accept: text/html").status(406)
	if p := decoded[page[user]](s.do("GET /api/users", "")); p.Total != 3 {
		t.Error("a 406 created a user")
	}
	s.do("GET /files/video.bin", "", "Accept: application/json").status(406)
}

func TestRanges(t *testing.T) {
	s := start(t, Options{})
	whole := s.do("GET /files/video.bin", "").status(200).field("Accept-Ranges", "bytes")
	if len(whole.content) != videoSize || !bytes.Equal(whole.content, video()) {
		t.Fatalf("the file has %d octets", len(whole.content))
	}
	tag, modified := whole.Header.Get("ETag"), whole.Header.Get("Last-Modified")
	part := func(from, to int) string { return string(whole.content[from : to+1]) }
	for _, c := range []struct {
		fields []string
		status int
		said   string
		body   string
	}{
		{[]string{"Range: bytes=0-1023"}, 206, "bytes 0-1023/146515", part(0, 1023)},
		{[]string{"Range: Bytes=70000-70009"}, 206, "bytes 70000-70009/146515", part(70000, 70009)},
		{[]string{"Range: bytes=146510-"}, 206, "bytes 146510-146514/146515", part(146510, 146514)},
		{[]string{"Range: bytes=146510-999999999999999999999"}, 206, "bytes 146510-146514/146515", part(146510, 146514)},
		{[]string{"Range: bytes=-5"}, 206, "bytes 146510-146514/146515", part(146510, 146514)},
		{[]string{"Range: bytes=-999999"}, 206, "bytes 0-146514/146515", part(0, 146514)},
		{[]string{"Range: bytes=200000-, 5-6"}, 206, "bytes 5-6/146515", part(5, 6)},
		{[]string{"Range: bytes=0-9", "If-Range: " + tag}, 206, "bytes 0-9/146515", part(0, 9)},
		{[]string{"Range: bytes=0-9", "If-Range: " + modified}, 206, "bytes 0-9/146515", part(0, 9)},
		{[]string{"Range: bytes=0-9", `If-Range: "other"`}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=0-9", "If-Range: W/" + tag}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=0-9", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=200000-", `If-Range: "other"`}, 200, "", part(0, 146514)},
		{[]string{"Range: lines=0-9"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=9-0"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=a-b"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes="}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=-"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=0-, 0-"}, 200, "", part(0, 146514)},
		{[]string{"Range: bytes=146515-"}, 416, "bytes */146515", ""},
		{[]string{"Range: bytes=-0"}, 416, "bytes */146515", ""},
	} {
		got := s.do("GET /files/video.bin", "", c.fields...).status(c.status).field("Content-Range", c.said)
		if c.status == 416 {
			got.failed(416, "RANGE_NOT_SATISFIABLE")
			continue
		}
		got.field("ETag", tag).field("Cache-Control", "max-age=3600").field("Last-Modified", modified)
		if string(got.content) != c.body {
			t.Errorf("%v: the wrong %d octets", c.fields, len(got.content))
		}
	}
}

func TestSeveralRanges(t *testing.T) {
	s := start(t, Options{})
	got := s.do("GET /files/video.bin", "", "Range: bytes=0-9, 20-29,-5").status(206).field("Content-Range", "")
	kind, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" {
		t.Fatalf("%v: %s", err, got.Header.Get("Content-Type"))
	}
	octets := video()
	parts := multipart.NewReader(bytes.NewReader(got.content), params["boundary"])
	for _, want := range []struct {
		said string
		body []byte
	}{
		{"bytes 0-9/146515", octets[:10]}, {"bytes 20-29/146515", octets[20:30]}, {"bytes 146510-146514/146515", octets[146510:]},
	} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil || part.Header.Get("Content-Range") != want.said || !bytes.Equal(body, want.body) {
			t.Errorf("part %q (%v) has %d octets, want %q", part.Header.Get("Content-Range"), err, len(body), want.said)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the last part: %v", err)
	}
}
