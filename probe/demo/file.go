package demo

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// videoSize is how many octets /files/video.bin has.
const videoSize = 146_515

// video gives octets that are the same in every demo and compress badly, as a
// video would.
func video() []byte {
	source := rand.NewChaCha8([32]byte([]byte("octets of a video that is no one")))
	out := make([]byte, videoSize)
	// ChaCha8 never fails.
	_, _ = source.Read(out)
	return out
}

// download serves the octets, in parts if asked for.
func download(name string, octets []byte) func(*call) reply {
	tag := tagOf(octets)
	modified := time.Date(2026, time.January, 5, 9, 30, 0, 0, time.UTC)
	return func(*call) reply {
		r := empty(http.StatusOK).
			with("Content-Type", "application/octet-stream").
			with("Content-Disposition", `attachment; filename="`+name+`"`).
			with("Cache-Control", "max-age=3600").
			with("Accept-Ranges", "bytes").
			with("Last-Modified", modified.Format(http.TimeFormat)).
			with("ETag", tag).
			containing(octets)
		r.modified, r.ranges = modified, true
		return r
	}
}
