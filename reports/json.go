package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"httpprobe/probe/finding"
)

// JSONVersion is the version of the json format. Members may be added within
// a version; it grows when one is renamed, removed or changes its meaning.
//
// The report is one object. Each scenario is written on a line of its own as
// soon as it has ended; the summary comes last, so a report without one is of
// a run that broke off. Members whose value is unknown, empty, zero or false
// are left out, except those marked with *, which are always there.
//
//	format*           "probe"
//	version*          1
//	probe_version*    probe's own
//	base_url          the one given for the whole run
//	suites*           names, in file order
//	strict*           whether warnings failed their steps
//	started           RFC 3339, UTC
//	scenarios*        list, in file order
//	  suite*, name*   name is unique within the suite
//	  place           {file*, line, column}, both from 1
//	  tags            list
//	  base_url
//	  outcome*        passed, skipped, failed, error
//	  reason          why it was skipped or could not be begun
//	  started
//	  duration_ms*    milliseconds, with up to three decimals
//	  steps*          list, in the order they ran
//	    name*         unique within the scenario
//	    place
//	    phase         setup, steps, teardown
//	    line          the request line as written
//	    endpoint      method and templated target
//	    outcome*, reason, started, duration_ms*
//	    hint          what to try, beside reason
//	    findings*     list
//	      rule*       a rule's id, or expectation
//	      severity*   info, warning, error
//	      allowed     why the scenario accepts it; what it accepts fails
//	                  nothing and is in no count but allowed
//	      place, path
//	      message*    one line that makes sense alone
//	      expected, actual, title, mend
//	      cites       list of sections: "RFC 9110 §15.5.6"
//	      exchange    index into exchanges, from 0; absent when about none
//	    exchanges*    list, in the order they were made
//	      role*       request, retry, redirect, follow-up
//	      rule        that asked for the follow-up first
//	      started
//	      request*    {method*, url*, target, proto, fields*, body, withheld}
//	      interims    list of {proto, status*, reason, fields*, after_ms*, faults}
//	      response    {proto, status*, reason, fields*, trailers, framing,
//	                  body, content, codings, coding_fault, complete*, extra, faults}
//	      failure     {kind*, text*, hint}
//	      timing*     {dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms*}
//	      connection* {remote, reused, tls: {version, cipher, server_name,
//	                  protocol, certificate: {subject, issuer, names,
//	                  not_before, not_after}}}
//	    notes         list
//	groups*           list: the findings that are not allowed, those of one rule,
//	                  severity, endpoint and status (and, for an expectation,
//	                  path) as one; errors first, then as they were found; at
//	                  most 200 of each severity
//	  rule*, severity*
//	  endpoint, status, path
//	  message*, title, cites, mend
//	                  as of the first
//	  count*          findings
//	  steps*          steps that have one
//	  places*         list of the first 20 of these: {file, line, suite*,
//	                  scenario*, step*}
//	ungrouped         {error, warning, info}: how many findings are in no group,
//	                  since there were too many
//	summary*
//	  outcome*
//	  scenarios*, steps*, passed*, failed*, errors*, skipped*, warnings*,
//	  infos*, allowed*, requests* (follow-ups included), follow_ups*
//	  duration_ms*
//	  unreached       no request of the run reached its server
//	  interrupted     why the run was stopped early
//	  notes           list
//
// Fields are {name*, value*} in wire order with the names as they were
// written; a name or value that is not UTF-8 has its octets in name_base64 or
// value_base64 too. Faults are {kind*, text*, octets}. Bodies are
// {size*, text or base64, truncated}: size counts octets before trimming, text
// is given where the octets are UTF-8, truncated says that only the first of
// them are given. Content is the body after its codings were undone and is
// absent where that makes no difference. Elsewhere, octets that are not UTF-8
// stand as \xff in text.
const JSONVersion = 1

// jsonReport writes all that is known of a run.
type jsonReport struct {
	w      io.Writer
	any    bool // a scenario was written
	groups finding.Groups
}

func newJSON(w io.Writer, _ Options) Report { return &jsonReport{w: w} }

func (j *jsonReport) Begin(h finding.Header) error {
	head, err := encode(jsonHeader{
		Format: "probe", Version: JSONVersion, ProbeVersion: utf8Text(h.Version), BaseURL: utf8Text(h.BaseURL),
		Suites: utf8Texts(h.Suites), Strict: h.Strict, Started: instant(h.Started),
	})
	if err != nil {
		return err
	}
	// The object goes on with the scenarios.
	head = bytes.TrimSuffix(head, []byte("}"))
	return j.write(head, []byte(",\"scenarios\":["))
}

func (j *jsonReport) Scenario(s finding.Scenario) error {
	j.groups.Add(s)
	line, err := encode(toJSONScenario(s))
	if err != nil {
		return err
	}
	separator := ",\n"
	if !j.any {
		separator, j.any = "\n", true
	}
	return j.write([]byte(separator), line)
}

func (j *jsonReport) End(s finding.Summary) error {
	summary, err := encode(jsonSummary{
		Outcome: s.Outcome, Counts: s.Counts, Duration: millis(s.Duration), Unreached: s.Unreached,
		Interrupted: utf8Text(s.Interrupted), Notes: utf8Texts(s.Notes),
	})
	if err != nil {
		return err
	}
	groups, err := encode(toJSONGroups(&j.groups))
	if err != nil {
		return err
	}
	// The members of groups stand beside scenarios and summary.
	groups = bytes.TrimSuffix(bytes.TrimPrefix(groups, []byte("{")), []byte("}"))
	return j.write([]byte("\n],\n"), groups, []byte(",\n\"summary\":"), summary, []byte("}\n"))
}

func (j *jsonReport) write(parts ...[]byte) error {
	if _, err := j.w.Write(bytes.Join(parts, nil)); err != nil {
		return fmt.Errorf("write the json report: %w", err)
	}
	return nil
}

// encode gives the JSON of a value, fit to be printed to a terminal or a log.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the json report: %w", err)
	}
	return printable(bytes.TrimRight(b.Bytes(), "\n")), nil
}

// printable writes characters that are not seen, and the ## of commands to CI
// systems, as \u escapes. Both stand in strings only.
func printable(b []byte) []byte {
	if !bytes.ContainsFunc(b, func(r rune) bool { return r == '#' || r > '~' }) {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/8)
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == '#' && i > 0 && b[i-1] == '#', !shown(r) && r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		case !shown(r):
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = append(out, b[i:i+size]...)
		}
		i += size
	}
	return out
}
