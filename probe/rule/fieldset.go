package rule

import "httpprobe/probe/exchange"

// fieldSet is a set of field names that rules ask for, so that a rule whose
// fields are not there costs next to nothing.
type fieldSet [4]uint64

// always is in the set of any message.
const always = len(fieldSet{})*64 - 1

func (s *fieldSet) add(n int) { s[n>>6] |= 1 << (n & 63) }

func (s *fieldSet) has(n int) bool { return s[n>>6]&(1<<(n&63)) != 0 }

// meets reports whether two sets have a name in common.
func (s fieldSet) meets(t fieldSet) bool {
	return s[0]&t[0]|s[1]&t[1]|s[2]&t[2]|s[3]&t[3] != 0
}

// fieldNames numbers the names that rules ask for, in lower case.
type fieldNames map[string]int

// longestName is the length beyond which no name is asked for.
const longestName = 64

func (n fieldNames) add(names []string) {
	for _, name := range names {
		lower := string(lowered(new([longestName]byte), name))
		if _, known := n[lower]; !known {
			n[lower] = len(n)
		}
	}
}

func (n fieldNames) set(names []string) fieldSet {
	var out fieldSet
	for _, name := range names {
		out.add(n[string(lowered(new([longestName]byte), name))])
	}
	return out
}

// of gives the names that a message has, and whether it has one repeatedly.
func (n fieldNames) of(fields exchange.Fields) (out fieldSet, repeated bool) {
	out.add(always)
	var buffer [longestName]byte
	for i := range fields {
		if number, ok := n[string(lowered(&buffer, fields[i].Name))]; ok {
			repeated = repeated || out.has(number)
			out.add(number)
		}
	}
	return out, repeated
}

// lowered writes a name in lower case; nil for one that is too long.
func lowered(buffer *[longestName]byte, name string) []byte {
	if len(name) > longestName {
		return nil
	}
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buffer[i] = c
	}
	return buffer[:len(name)]
}
