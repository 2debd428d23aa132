package rule

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

// weakDigests are algorithms that no longer tell whether content was tampered
// with (RFC 9530 §5).
var weakDigests = []string{"md5", "sha", "sha-1", "sha1", "unixsum", "unixcksum", "adler", "crc32c"}

func digestCorrect(p *Pass) {
	for _, name := range []string{"Content-Digest", "Repr-Digest"} {
		for _, fields := range []exchange.Fields{p.Response.Fields, p.Response.Trailers} {
			if fields.Has(name) {
				checkDigest(p, name, fields.Values(name))
			}
		}
	}
}

func checkDigest(p *Pass, name string, lines []string) {
	path := "headers." + name
	subject := p.of(name)
	digests, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil {
		p.Report(Report{
			Path: path, Message: subject.String() + " is not a list of algorithm=:base64:, as " + quote(strings.Join(lines, ", ")),
			Expected: "sha-256=:…base64…:", Actual: strings.Join(lines, ", "),
		})
		return
	}
	for _, algorithm := range digests.Names() {
		member, _ := digests.Get(algorithm)
		item, _ := member.(httpsfv.Item)
		octets, ok := item.Value.([]byte)
		switch {
		case !ok:
			p.Report(Report{
				Path: path, Message: fmt.Sprintf("%s gives for %s no octets in base64 between colons", subject, algorithm),
				Expected: algorithm + "=:…base64…:", Actual: strings.Join(lines, ", "),
			})
		case slices.Contains(weakDigests, algorithm):
			p.reportAt(finding.Info, path, "%s uses %s, which is out of use: it does not protect from tampering", subject, algorithm)
		default:
			compareDigest(p, name, algorithm, octets)
		}
	}
}

// compareDigest hashes the content as it came, its codings on. For Repr-Digest
// that is the representation only when all of it answers a GET.
func compareDigest(p *Pass, name, algorithm string, want []byte) {
	r := p.Response
	if !r.Complete || p.bodiless() || name == "Repr-Digest" && (p.Request.Method != http.MethodGet || r.Status != http.StatusOK) {
		return
	}
	var got []byte
	switch algorithm {
	case "sha-256":
		sum := sha256.Sum256(r.Body)
		got = sum[:]
	case "sha-512":
		sum := sha512.Sum512(r.Body)
		got = sum[:]
	default:
		return
	}
	if slices.Equal(got, want) {
		return
	}
	p.Report(Report{
		Path:     "headers." + name,
		Message:  fmt.Sprintf("%s is not the %s of the content: %s", p.of(name), algorithm, inBase64(algorithm, want)),
		Expected: inBase64(algorithm, got),
		Actual:   inBase64(algorithm, want),
	})
}

func inBase64(algorithm string, octets []byte) string {
	return algorithm + "=:" + base64.StdEncoding.EncodeToString(octets) + ":"
}
