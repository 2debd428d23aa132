package demo

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// uploadLimit is how many octets an upload may have.
const uploadLimit = 1 << 16

// upload is what is kept of something uploaded: not the octets.
type upload struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

func (a *API) upload(c *call) reply {
	sum := sha256.Sum256(c.body)
	id, kept := a.uploads.add(func(id string) upload {
		return upload{id, cmp.Or(c.mediaType(), "application/octet-stream"), len(c.body), hex.EncodeToString(sum[:])}
	})
	return content(http.StatusCreated, kept).tagged().with("Location", "/api/uploads/"+id)
}

func (a *API) readUpload(c *call) reply {
	kept, ok := a.uploads.get(c.vars["id"])
	if !ok {
		return failure(http.StatusNotFound, "NOT_FOUND", "Upload not found")
	}
	return content(http.StatusOK, kept).tagged().
		with("Cache-Control", "private, no-cache").with("Vary", "Authorization")
}

func (a *API) removeUpload(c *call) reply {
	kept, ok := a.uploads.get(c.vars["id"])
	if !ok {
		return failure(http.StatusNotFound, "NOT_FOUND", "Upload not found")
	}
	if r := writable(c, encode(kept)); r != nil {
		return *r
	}
	a.uploads.drop(c.vars["id"])
	return empty(http.StatusNoContent)
}
