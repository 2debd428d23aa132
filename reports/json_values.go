package reports

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
	"httpprobe/probe/source"
)

// millis is a duration that JSON holds as milliseconds.
type millis time.Duration

// MarshalJSON gives milliseconds with as many of three decimals as are needed.
func (m millis) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(m)/float64(time.Millisecond), 'f', 3, 64)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// utf8Text gives a text with the octets that are not UTF-8 written as \xff.
func utf8Text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// each converts a list; it gives an empty list, not nil, for none.
func each[T, U any](list []T, convert func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func utf8Texts(list []string) []string { return each(list, utf8Text) }

func toJSONPlace(p source.Pos) *jsonPlace {
	if p.File == "" {
		return nil
	}
	return &jsonPlace{utf8Text(p.File), p.Line, p.Column}
}

func toJSONScenario(s finding.Scenario) jsonScenario {
	return jsonScenario{
		Suite: utf8Text(s.Suite), Name: utf8Text(s.Name), Place: toJSONPlace(s.Pos), Tags: utf8Texts(s.Tags),
		BaseURL: utf8Text(s.BaseURL), Outcome: s.Outcome, Reason: utf8Text(s.Reason), Started: instant(s.Started),
		Duration: millis(s.Duration), Steps: each(s.Steps, toJSONStep),
	}
}

func toJSONStep(s finding.Step) jsonStep {
	return jsonStep{
		Name: utf8Text(s.Name), Place: toJSONPlace(s.Pos), Phase: string(s.Phase), Line: utf8Text(s.Line),
		Endpoint: utf8Text(s.Endpoint), Outcome: s.Outcome, Reason: utf8Text(s.Reason), Hint: utf8Text(s.Hint),
		Started: instant(s.Started), Duration: millis(s.Duration),
		Findings: each(s.Findings, toJSONFinding), Exchanges: each(s.Exchanges, toJSONExchange), Notes: utf8Texts(s.Notes),
	}
}

func toJSONFinding(f finding.Finding) jsonFinding {
	out := jsonFinding{
		Rule: utf8Text(f.Rule), Severity: f.Severity, Allowed: utf8Text(f.Allowed), Place: toJSONPlace(f.Pos), Path: utf8Text(f.Path),
		Message: utf8Text(f.Message), Expected: utf8Text(f.Expected), Actual: utf8Text(f.Actual),
		Title: utf8Text(f.Title), Cites: utf8Texts(f.Cites), Mend: utf8Text(f.Mend),
	}
	if f.Exchange >= 0 {
		out.Exchange = &f.Exchange
	}
	return out
}

func toJSONExchange(x finding.Exchange) jsonExchange {
	out := jsonExchange{
		Role: string(x.Role), Rule: utf8Text(x.Rule), Started: instant(x.Started),
		Request: jsonRequest{
			Method: utf8Text(x.Request.Method), URL: utf8Text(x.Request.URL), Target: utf8Text(x.Request.Target),
			Proto: utf8Text(x.Request.Proto), Fields: each(x.Request.Fields, toJSONField),
			Body: toJSONBody(x.Request.Body, x.RequestSize), Withheld: x.Request.Withheld,
		},
		Interims: each(x.Interims, toJSONInterim),
		Timing: jsonTiming{
			DNS: millis(x.Timing.DNS), Connect: millis(x.Timing.Connect), TLS: millis(x.Timing.TLS),
			FirstByte: millis(x.Timing.FirstByte), Total: millis(x.Timing.Total),
		},
		Connection: jsonConnection{Remote: utf8Text(x.Conn.Remote), Reused: x.Conn.Reused, Resent: x.Conn.Resent, TLS: toJSONTLS(x.Conn.TLS)},
	}
	if x.Response != nil {
		out.Response = toJSONResponse(x)
	}
	if f := x.Failure; f != nil {
		out.Failure = &jsonFailure{string(f.Kind), utf8Text(f.Text), utf8Text(f.Hint)}
	}
	return out
}

func toJSONInterim(i exchange.Interim) jsonInterim {
	return jsonInterim{
		Proto: utf8Text(i.Proto), Status: i.Status, Reason: utf8Text(i.Reason),
		Fields: each(i.Fields, toJSONField), After: millis(i.After), Faults: each(i.Faults, toJSONFault),
	}
}

func toJSONResponse(x finding.Exchange) *jsonResponse {
	r := x.Response
	out := &jsonResponse{
		Proto: utf8Text(r.Proto), Status: r.Status, Reason: utf8Text(r.Reason), Fields: each(r.Fields, toJSONField),
		Trailers: each(r.Trailers, toJSONField), Framing: string(r.Framing), Body: toJSONBody(r.Body, x.BodySize),
		Codings: utf8Texts(r.Codings), CodingFault: utf8Text(r.CodingFault), Complete: r.Complete,
		Extra: toJSONBody(r.Extra, len(r.Extra)), Faults: each(r.Faults, toJSONFault),
	}
	if len(r.Codings) > 0 {
		out.Content = toJSONBody(r.Content, x.ContentSize)
	}
	return out
}

func toJSONField(f exchange.Field) jsonField {
	out := jsonField{Name: utf8Text(f.Name), Value: utf8Text(f.Value)}
	if !utf8.ValidString(f.Name) {
		out.NameOctets = base64.StdEncoding.EncodeToString([]byte(f.Name))
	}
	if !utf8.ValidString(f.Value) {
		out.Octets = base64.StdEncoding.EncodeToString([]byte(f.Value))
	}
	return out
}

func toJSONFault(f exchange.Fault) jsonFault {
	return jsonFault{string(f.Kind), utf8Text(f.Text), utf8Text(f.Octets)}
}

func toJSONBody(b []byte, size int) *jsonBody {
	size = max(size, len(b))
	if size == 0 {
		return nil
	}
	out := &jsonBody{Size: size, Truncated: size > len(b)}
	if utf8.Valid(b) {
		out.Text = string(b)
	} else if whole := wholeRunes(b); out.Truncated && utf8.Valid(whole) {
		out.Text = string(whole)
	} else {
		out.Base64 = b
	}
	return out
}

func toJSONTLS(t *exchange.TLS) *jsonTLS {
	if t == nil {
		return nil
	}
	out := &jsonTLS{
		Version: utf8Text(t.Version), Cipher: utf8Text(t.Cipher),
		ServerName: utf8Text(t.ServerName), Protocol: utf8Text(t.Protocol),
	}
	if c := t.Leaf; c != nil {
		out.Certificate = &jsonCertificate{
			Subject: utf8Text(c.Subject), Issuer: utf8Text(c.Issuer), Names: utf8Texts(c.Names),
			NotBefore: instant(c.NotBefore), NotAfter: instant(c.NotAfter),
		}
	}
	return out
}

func toJSONGroups(groups *finding.Groups) jsonGroups {
	out := jsonGroups{Groups: []jsonGroup{}}
	for _, g := range groups.All() {
		group := jsonGroup{
			Rule: utf8Text(g.Rule), Severity: g.Severity, Endpoint: utf8Text(g.Endpoint), Status: g.Status, Path: utf8Text(g.Path),
			Message: utf8Text(g.First.Message), Title: utf8Text(g.First.Title), Cites: utf8Texts(g.First.Cites), Mend: utf8Text(g.First.Mend),
			Count: g.Count, Steps: g.Steps,
		}
		for _, at := range g.Places {
			group.Places = append(group.Places, jsonStepPlace{
				File: utf8Text(at.Pos.File), Line: at.Pos.Line, Suite: utf8Text(at.Suite), Scenario: utf8Text(at.Scenario), Step: utf8Text(at.Step),
			})
		}
		out.Groups = append(out.Groups, group)
	}
	left := jsonUngrouped{groups.Beyond(finding.Error), groups.Beyond(finding.Warning), groups.Beyond(finding.Info)}
	if left != (jsonUngrouped{}) {
		out.Ungrouped = &left
	}
	return out
}
