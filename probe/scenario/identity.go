package scenario

import (
	"strings"

	"httpprobe/probe/source"
)

var identityFields = []field[Identity]{
	{"bearer", func(r *reader, i *Identity, m source.Member) { i.Bearer = r.text(m) }},
	{"basic", func(r *reader, i *Identity, m source.Member) { i.Basic = r.basic(m) }},
	{"header", func(r *reader, i *Identity, m source.Member) { i.Headers = r.credentials(m); r.fieldNames(m) }},
	{"query", func(r *reader, i *Identity, m source.Member) { i.Query = r.credentials(m) }},
	{"oauth2", nil},
	{"login", nil},
}

var basicFields = []field[Basic]{
	{"user", func(r *reader, b *Basic, m source.Member) { b.User = r.text(m) }},
	{"password", func(r *reader, b *Basic, m source.Member) { b.Password = r.text(m) }},
}

const identityExample = `write { bearer: "${env.TOKEN}" }`

func (r *reader) identities(m source.Member) []Identity {
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping of names to credentials", `write { admin: { bearer: "${env.TOKEN}" } }`)
		return nil
	}
	var out []Identity
	for _, entry := range m.Value.Members {
		out = append(out, r.identity(entry))
	}
	return out
}

// identity reads who a step can act as. It is kept also when it is wrong, so
// that steps which name it are not in error as well.
func (r *reader) identity(m source.Member) Identity {
	out := Identity{Name: m.Key}
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping with bearer, basic, header or query", identityExample)
		return out
	}
	fill(r, "an identity", m.Value, &out, identityFields)
	var kinds []string
	for _, f := range identityFields {
		if _, ok := m.Value.Get(f.key); ok {
			kinds = append(kinds, f.key)
		}
	}
	switch {
	case len(m.Value.Members) == 0:
		r.at(m.Value, identityExample, "the identity %s has no credentials", quote(m.Key.Text))
	case len(kinds) > 1:
		r.atText(m.Key, "keep one of them", "the identity %s has %s", quote(m.Key.Text), strings.Join(kinds, " and "))
	}
	return out
}

func (r *reader) basic(m source.Member) *Basic {
	out := &Basic{}
	if m.Value.Kind != source.Object {
		r.wrong(m, "a mapping with user and password", "write { user: …, password: … }")
		return out
	}
	fill(r, "basic", m.Value, out, basicFields)
	for _, key := range []string{"user", "password"} {
		if _, ok := m.Value.Get(key); !ok {
			r.problem(m.Value.Pos, 1, "write { user: …, password: … }", "basic has no %s", key)
		}
	}
	return out
}

// credentials reads the fields or parameters of an identity.
func (r *reader) credentials(m source.Member) []Param {
	out := r.params(m, false)
	if m.Value.Kind == source.Object && len(m.Value.Members) == 0 {
		r.at(m.Value, "write { name: value }", "%s is empty", quote(m.Key.Text))
	}
	return out
}
