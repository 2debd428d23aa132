package demo

import (
	"fmt"
	"net/http"
	"regexp"
)

// rangeFaults break the rules about answers in parts.
func rangeFaults() []Fault {
	return []Fault{
		{
			Rule: "partial-only-if-requested",
			Text: "answers who asks for all of /files/video.bin with 206",
			// Another status than the one that a scenario wants.
			Entails: []string{"expectation"},
			begin: onReply(func(c *call, r *reply) {
				if c.is(http.MethodGet, "/files/video.bin") && r.status == http.StatusOK && c.Header.Get("Range") == "" {
					r.status = http.StatusPartialContent
					r.header.Set("Content-Range", span{0, videoSize}.contentRange(videoSize))
				}
			}),
		},
		{
			Rule:  "content-range-on-206",
			Text:  "leaves Content-Range out of a 206 to a request with If-Range",
			begin: onResumed(func(r *reply) { r.header.Del("Content-Range") }),
		},
		{
			Rule: "content-range-valid",
			Text: "counts one octet too many in Content-Range of a 206 to a request with If-Range",
			begin: onResumed(func(r *reply) {
				var first, last, length int
				if _, err := fmt.Sscanf(r.header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &length); err == nil {
					r.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last+1, length))
				}
			}),
		},
		{
			Rule: "range-416",
			Text: "leaves Content-Range out of a 416",
			// A scenario looks at it.
			Entails: []string{"expectation"},
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusRequestedRangeNotSatisfiable {
					r.header.Del("Content-Range")
				}
			}),
		},
		{
			Rule: "multipart-ranges-valid",
			Text: "leaves Content-Range out of the parts of a multipart/byteranges",
			begin: onReply(func(_ *call, r *reply) {
				if r.status == http.StatusPartialContent && r.header.Get("Content-Range") == "" {
					r.body = partLabel.ReplaceAll(r.body, nil)
				}
			}),
		},
	}
}

// partLabel is the line of a part that says which one it is.
var partLabel = regexp.MustCompile(`Content-Range: bytes [0-9/-]+\r\n`)

// onResumed is a fault in a 206 to a client that has the beginning and asks for
// more of the same version.
func onResumed(change func(*reply)) func() hooks {
	return onReply(func(c *call, r *reply) {
		if c.is(http.MethodGet, "/files/video.bin") && r.status == http.StatusPartialContent && c.Header.Get("If-Range") != "" && r.header.Get("Content-Range") != "" {
			change(r)
		}
	})
}
