package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// contentFaults break the rules about content and the fields that describe it.
func contentFaults() []Fault { return slices.Concat(representationFaults(), jsonFaults()) }

func representationFaults() []Fault {
	return []Fault{
		{
			Rule: "content-type-present",
			Text: "leaves Content-Type out of /api/gateway/healthy",
			begin: onForwarded(func(r *reply) {
				r.header["Content-Type"] = nil // without the name net/http guesses
			}),
		},
		{
			Rule:  "content-type-syntax",
			Text:  "calls the content of /api/gateway/healthy json, which is no media type",
			begin: onForwarded(func(r *reply) { r.header.Set("Content-Type", "json") }),
		},
		{
			Rule:  "content-type-matches-body",
			Text:  "calls the JSON of /api/gateway/healthy text/html",
			begin: onForwarded(func(r *reply) { r.header.Set("Content-Type", "text/html; charset=utf-8") }),
		},
		{
			Rule: "charset-valid",
			Text: "writes Latin-1 into a text of /api/gateway/healthy that it calls UTF-8",
			begin: onForwarded(func(r *reply) {
				r.header.Set("Content-Type", "text/plain; charset=utf-8")
				r.body = []byte("all is sch\xf6n\n")
			}),
		},
		{
			Rule:  "content-coding-valid",
			Text:  "names a charset in Content-Encoding of /api/gateway/healthy",
			begin: onForwardedReply(func(r *reply) { r.header.Add("Content-Encoding", "UTF-8") }),
		},
		{
			Rule: "content-coding-accepted",
			Text: "overlooks that gzip;q=0 in Accept-Encoding rules gzip out",
			begin: onRequest(func(c *call) {
				if strings.Contains(c.Header.Get("Accept-Encoding"), "gzip") {
					c.Header.Set("Accept-Encoding", "gzip")
				}
			}),
		},
		{
			Rule:  "content-location-valid",
			Text:  "puts a fragment into Content-Location of /api/gateway/healthy",
			begin: onForwarded(func(r *reply) { r.header.Set("Content-Location", "/api/gateway/healthy#state") }),
		},
		{
			Rule: "digest-correct",
			Text: "hashes the content of /api/gateway/healthy without its last octet",
			begin: onForwarded(func(r *reply) {
				sum := sha256.Sum256(r.body[:len(r.body)-1])
				r.header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
			}),
		},
		{
			Rule: "content-disposition-valid",
			Text: "puts a path into the file name of /files/video.bin",
			begin: onAnswer(func(c *call, r *reply) {
				if c.URL.Path == "/files/video.bin" && r.header.Get("Content-Disposition") != "" {
					r.header.Set("Content-Disposition", `attachment; filename="/srv/files/video.bin"`)
				}
			}),
		},
	}
}

func jsonFaults() []Fault {
	return []Fault{
		{
			Rule:  "json-wellformed",
			Text:  "puts a comma before the closing brace of /api/gateway/healthy",
			begin: onForwarded(func(r *reply) { r.body = []byte(`{"upstream":"well",}`) }),
		},
		{
			Rule:  "json-utf8",
			Text:  "writes the JSON of /api/gateway/healthy in Latin-1",
			begin: onForwarded(func(r *reply) { r.body = []byte("{\"upstream\":\"sch\xf6n\"}") }),
		},
		{
			Rule:  "json-duplicate-keys",
			Text:  "gives one name to two members of /api/gateway/healthy",
			begin: onForwarded(func(r *reply) { r.body = []byte(`{"upstream":"well","upstream":"up"}`) }),
		},
		{
			Rule:  "json-interoperable",
			Text:  "sends a number in /api/gateway/healthy that JavaScript rounds",
			begin: onForwarded(func(r *reply) { r.body = []byte(`{"upstream":"well","octets":9007199254740993}`) }),
		},
		{
			Rule: "json-root-stable",
			Text: "answers /api/limited with an empty list when no requests remain, otherwise with an object",
			begin: onAnswer(func(c *call, r *reply) {
				if c.URL.Path == "/api/limited" && bytes.Equal(r.body, encode(map[string]int{"remaining": 0})) {
					r.body = encode([]int{})
				}
			}),
		},
	}
}

// forwarded is where most of these faults are: no scenario looks at more than
// its status.
const forwarded = "/api/gateway/healthy"

// onForwarded is a fault in what is passed on there. The tag follows the
// octets.
func onForwarded(change func(*reply)) func() hooks {
	return onAnswer(func(c *call, r *reply) {
		if c.URL.Path == forwarded && r.status == http.StatusOK {
			change(r)
			r.header.Set("ETag", tagOf(r.body))
		}
	})
}

// onForwardedReply is the same in what is about to be written.
func onForwardedReply(change func(*reply)) func() hooks {
	return onReply(func(c *call, r *reply) {
		if c.URL.Path == forwarded && r.status == http.StatusOK {
			change(r)
		}
	})
}
