package reports

import (
	"cmp"
	"path"
	"strconv"
	"strings"
	"time"

	"httpprobe/probe/finding"
)

// Readers refuse texts of 10 MB, and show the first lines of long ones.
const (
	maxMessage = 1000
	maxText    = 256 << 10
)

// capped cuts a text at a line end well below what readers take.
func capped(s string) string {
	if len(s) <= maxText {
		return s
	}
	head := s[:maxText]
	if end := strings.LastIndexByte(head, '\n'); end > 0 {
		head = head[:end+1]
	}
	return head + "… " + commas(len(s)-len(head)) + " more octets left out\n"
}

// names holds the names that are taken, each with the number from which on one
// is free: a step that is repeated thousands of times has one name.
type names map[string]int

// unique gives the name, or the name with the first number that makes it one.
func (n names) unique(name string) string {
	const first = 2
	free, i := name, max(first, n[name])
	for ; ; i++ {
		if _, taken := n[free]; !taken {
			break
		}
		free = name + " (" + strconv.Itoa(i) + ")"
	}
	n[name] = i
	if free != name {
		n[free] = first
	}
	return free
}

// className gives a scenario's class as dotted names: the folders and the file
// of its suite, without extension, and the scenario. Dots within one become _,
// since readers take what stands before the last dot for the package.
func className(s finding.Scenario) string {
	file := strings.ReplaceAll(s.Pos.File, `\`, "/")
	file = strings.TrimSuffix(file, path.Ext(file))
	var parts []string
	for part := range strings.SplitSeq(file, "/") {
		if part != "" && part != "." && part != ".." {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 && s.Suite != "" {
		parts = append(parts, s.Suite)
	}
	if s.Name != "" {
		parts = append(parts, s.Name)
	}
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(visible(part), ".", "_")
	}
	return cmp.Or(strings.Join(parts, "."), "scenario")
}

// seconds gives a duration in seconds with three decimals.
func seconds(d time.Duration) string { return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 3, 64) }

// timestamp gives a time as xs:dateTime in UTC, without a zone as the schemas
// want it, or nothing for the zero time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}
