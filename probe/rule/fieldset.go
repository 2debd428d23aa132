package rule

import "httpprobe/probe/exchange"

// fieldSet is a set of field names that rules ask for, so that a rule whose
// fields are not there costs next to nothing.
type fieldSet [4]uint64

func (s *fieldSet) add(n int) { s[n>>6] |= 1 << (n & 63) }

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

// of gives the names that a message has.
func (n fieldNames) of(fields exchange.Fields) fieldSet {
	var out fieldSet
	var buffer [longestName]byte
	for _, f := range fields {
		if number, ok := n[string(lowered(&buffer, f.Name))]; ok {
			out.add(number)
		}
	}
	return out
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
