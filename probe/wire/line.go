package wire

import (
	"strconv"
	"strings"

	"httpprobe/probe/exchange"
)

// leading drops the empty lines that stand before a status line.
func (f *faults) leading(text string) string {
	rest := strings.TrimLeft(text, "\r\n")
	if len(rest) < len(text) {
		f.mild(exchange.LineEndFault, "an empty line stands before the status line", text[:len(text)-len(rest)])
	}
	return rest
}

// lineEnd takes what stands before LF and gives the line without its CR.
func (f *faults) lineEnd(line string) string {
	bare, crlf := strings.CutSuffix(line, "\r")
	if !crlf {
		f.loneLF(line)
	}
	trimmed := strings.TrimRight(bare, "\r")
	if len(trimmed) < len(bare) {
		f.add(exchange.LineEndFault, "a line ends in more than one CR", line)
	}
	return trimmed
}

// loneLF notes the first line of a message that lacks its CR: mostly all do.
func (f *faults) loneLF(line string) {
	const text = "a line ends in LF without CR"
	for _, known := range *f {
		if known.Text == text {
			return
		}
	}
	f.mild(exchange.LineEndFault, text, line+"\n")
}

// statusLine reads RFC 9112 §4 into resp and reports whether there is a status
// code to be found. The line begins with HTTP/ in any case.
func (f *faults) statusLine(line string, resp *exchange.Response) bool {
	proto, rest, crack := line, "", strings.IndexAny(line, " \t")
	if crack < 0 {
		return false
	}
	proto, rest = line[:crack], line[crack:]
	resp.Proto = proto
	if !version(proto) {
		f.add(exchange.StatusLineFault, "the version is not of the form HTTP/1.1", line)
	}
	code := strings.TrimLeft(rest, " \t")
	if rest[:len(rest)-len(code)] != " " {
		f.add(exchange.StatusLineFault, "not one space but other white space stands before the status code", line)
	}
	n := 0
	for n < len(code) && digit(code[n]) {
		n++
	}
	status, err := strconv.Atoi(code[:n])
	if err != nil {
		return false
	}
	resp.Status = status
	reason := code[n:]
	if n != 3 {
		if reason != "" && reason[0] != ' ' {
			return false
		}
		f.add(exchange.StatusLineFault, "the status code has not three digits", line)
	}
	f.reason(line, reason, resp)
	return true
}

func (f *faults) reason(line, after string, resp *exchange.Response) {
	reason, spaced := strings.CutPrefix(after, " ")
	switch {
	case spaced:
	case after == "":
		f.mild(exchange.StatusLineFault, "the space after the status code is missing", line)
	default:
		f.add(exchange.StatusLineFault, "not a space but something else follows the status code", line)
		reason = strings.TrimLeft(after, "\t")
	}
	if controlled(reason) {
		f.add(exchange.StatusLineFault, "the reason has control characters", line)
	}
	resp.Reason = reason
}

// section reads the field lines of text (RFC 9112 §5) up to the empty line.
func (f *faults) section(text string) exchange.Fields {
	fields := make(exchange.Fields, 0, strings.Count(text, "\n"))
	open := false // whether the last line gave a field that can be continued
	for first := true; text != ""; first = false {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		line = f.lineEnd(line)
		switch {
		case line == "":
			return fields
		case folded(line) && first:
			f.add(exchange.LineEndFault, "white space stands before the first field line", line)
		case folded(line) && open:
			last := &fields[len(fields)-1]
			last.Value, text = f.unfold(*last, line, text)
		case folded(line):
			f.fold(line)
		default:
			var field exchange.Field
			if field, open = f.fieldLine(line); open {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

func folded(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

func (f *faults) fold(line string) {
	f.add(exchange.FieldLineFault, "a field is folded over several lines", line)
}

// unfold takes line and those of text that continue field as well, at once,
// since adding them one by one would take quadratic time. It gives the whole
// value and the rest of text.
func (f *faults) unfold(field exchange.Field, line, text string) (string, string) {
	value := []byte(field.Value)
	for {
		f.fold(line)
		f.controls(field.Name, line)
		if piece := strings.Trim(line, " \t"); piece != "" {
			if len(value) > 0 {
				value = append(value, ' ')
			}
			value = append(value, piece...)
		}
		if !folded(text) {
			return string(value), text
		}
		next, rest, _ := strings.Cut(text, "\n")
		line, text = f.lineEnd(next), rest
	}
}

func (f *faults) fieldLine(line string) (exchange.Field, bool) {
	name, value, colon := strings.Cut(line, ":")
	if !colon {
		f.add(exchange.FieldLineFault, "a field line has no colon", line)
		return exchange.Field{}, false
	}
	if !token(name) {
		bare := strings.TrimRight(name, " \t")
		switch {
		case bare == "":
			f.add(exchange.FieldLineFault, "a field line has no name", line)
			return exchange.Field{}, false
		case bare != name && token(bare):
			f.add(exchange.FieldLineFault, "white space stands between field name and colon", line)
		default:
			f.add(exchange.FieldLineFault, "a field name has characters that no name may have", line)
		}
		name = bare
	}
	value = strings.Trim(value, " \t")
	f.controls(name, value)
	return exchange.Field{Name: name, Value: value}, true
}

func (f *faults) controls(name, value string) {
	if !controlled(value) {
		return
	}
	text := "the value of " + name + " has control characters"
	if !token(name) {
		text = "a field value has control characters"
	}
	if strings.Contains(value, "\r") {
		f.add(exchange.LineEndFault, "a CR stands inside a field value", value)
		return
	}
	f.add(exchange.FieldLineFault, text, value)
}

// controlled reports control characters other than tab (RFC 9110 §5.5).
func controlled(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}
