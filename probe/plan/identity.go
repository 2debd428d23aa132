package plan

import (
	"encoding/base64"

	"httpprobe/probe/exchange"
	"httpprobe/probe/expression"
	"httpprobe/probe/scenario"
)

// Identity is someone that a step acts as.
type Identity struct {
	Name           string
	bearer         *expression.Template
	user, password *expression.Template
	headers, query []Param
}

// Credentials are what an identity adds to a request. Secrets are the values
// in it that no output may show.
type Credentials struct {
	Fields  exchange.Fields
	Query   []exchange.Field
	Secrets []string
}

func (c *compiler) identity(in scenario.Identity, s scope) *Identity {
	out := &Identity{Name: in.Name.Text}
	if in.Bearer.Given() {
		out.bearer = c.template(in.Bearer, s)
	}
	if in.Basic != nil {
		out.user, out.password = c.template(in.Basic.User, s), c.template(in.Basic.Password, s)
	}
	out.headers, out.query = c.params(in.Headers, s), c.params(in.Query, s)
	return out
}

// shortPassword is the length in octets below which a password may not be
// found within other text.
const shortPassword = 8

// Bind gives the credentials for the variables of a scenario.
func (i *Identity) Bind(vars expression.Vars) (Credentials, error) {
	var out Credentials
	authorization := func(scheme, value string) {
		out.Fields = append(out.Fields, exchange.Field{Name: "Authorization", Value: scheme + " " + value})
	}
	switch {
	case i.bearer != nil:
		token, err := i.bearer.String(vars, nil)
		if err != nil {
			return out, err
		}
		authorization("Bearer", token)
		out.Secrets = append(out.Secrets, token)
	case i.user != nil:
		user, err := i.user.String(vars, nil)
		if err != nil {
			return out, err
		}
		password, err := i.password.String(vars, nil)
		if err != nil {
			return out, err
		}
		pair := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
		authorization("Basic", pair)
		out.Secrets = append(out.Secrets, password)
		// A longer one is found within the pair. The pair may differ from
		// scenario to scenario, and a run should not collect secrets.
		if len(password) < shortPassword {
			out.Secrets = append(out.Secrets, pair)
		}
	}
	for _, list := range []struct {
		params []Param
		into   func(exchange.Field)
	}{
		{i.headers, func(f exchange.Field) { out.Fields = append(out.Fields, f) }},
		{i.query, func(f exchange.Field) { out.Query = append(out.Query, f) }},
	} {
		fields, err := bind(list.params, vars)
		if err != nil {
			return out, err
		}
		for _, f := range fields {
			list.into(f)
			out.Secrets = append(out.Secrets, f.Value)
		}
	}
	return out, nil
}

// bind gives each value of each parameter, in order. A template that gives a
// list repeats the parameter, as a list in the file does.
func bind(params []Param, vars expression.Vars) (exchange.Fields, error) {
	var out exchange.Fields
	for _, p := range params {
		for _, v := range p.Values {
			texts, err := v.Texts(vars)
			if err != nil {
				return nil, err
			}
			for _, text := range texts {
				out = append(out, exchange.Field{Name: p.Name, Value: text})
			}
		}
	}
	return out, nil
}
