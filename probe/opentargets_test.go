package probe

import (
	"crypto/tls"
	"slices"
	"testing"

	"httpprobe/probe/rule"
)

func TestOpenTargets(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1", map[string]string{"a.yaml": `
identities:
  ada: { bearer: ada-secret }
vars: { id: 1 }
steps:
  - GET /open -> 200
  - GET /items/{id} -> 2xx
  - GET /refused -> 401
  - GET /either -> 200|401
  - POST /written -> 201
  - request: GET /guarded -> 200
    as: ada
  - request: GET /keyed -> 200
    headers: { X-Api-Key: abc }
`, "b.yaml": `
identities:
  ada: { bearer: ada-secret }
defaults: { as: ada }
steps:
  - GET /open -> 200
  - GET /items/7 -> 200
  - GET /refused -> 200
  - GET /either -> 200
  - GET /written -> 200
  - GET /guarded -> 200
  - GET /keyed -> 200
`})
	open := openIn(p.files)
	suite := p.files[1].suite
	var got []string
	for _, s := range suite.Scenarios[0].Steps {
		if s.As == nil {
			t.Fatalf("%s has no identity", s.Endpoint)
		}
		if open.has(suite, s) {
			got = append(got, s.Endpoint)
		}
	}
	if want := []string{"GET /open", "GET /items/7"}; !slices.Equal(got, want) {
		t.Errorf("open are %v, want %v", got, want)
	}
}

func TestPagesAreVerifiedBesideTheirList(t *testing.T) {
	p := prepare(t, "http://127.0.0.1:1", map[string]string{"a.yaml": `
verify: true
steps:
  - GET /users?q=a -> 200
  - GET /users -> 200
  - GET /users?limit=2 -> 200
  - GET /users?limit=3 -> 200
  - request: GET /users -> 200
    query: { Per_Page: 2 }
`})
	chosen := newVerifying(p.files, rule.NoFollowUps, rule.NewIndex(nil), nil).steps
	var got []int
	for i, s := range p.files[0].suite.Scenarios[0].Steps {
		if chosen[s] {
			got = append(got, i)
		}
	}
	if want := []int{0, 2}; !slices.Equal(got, want) {
		t.Errorf("verified are the steps %v, want %v", got, want)
	}
}

func TestClientCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		tls  *tls.Config
		want bool
	}{
		"no TLS":     {},
		"none":       {tls: &tls.Config{}},
		"one":        {tls: &tls.Config{Certificates: []tls.Certificate{{}}}, want: true},
		"on request": {tls: &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return nil, nil }}, want: true},
	} {
		r := &runner{options: Options{TLS: c.tls}}
		if got := r.shows(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
