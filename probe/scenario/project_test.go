package scenario

import (
	"strings"
	"testing"

	"httpprobe/probe/source"
)

func TestParseSettings(t *testing.T) {
	file := source.File{Name: "probe.yaml", Data: []byte("\ufeff# defaults\r\nparallel: 4\r\nreport: [junit=a.xml, \"html=b.html\"]\r\nstrict: true\r\nrate: 20/s\r\n")}
	settings, problems := ParseSettings(file)
	if len(problems) > 0 {
		t.Fatalf("%s", write(t, problems))
	}
	var got []string
	for _, s := range settings {
		for _, v := range s.Values {
			got = append(got, s.Name.Text+"="+v.Text+" "+v.Pos.String())
		}
	}
	want := "parallel=4 probe.yaml:2:11\nreport=junit=a.xml probe.yaml:3:10\nreport=html=b.html probe.yaml:3:24\nstrict=true probe.yaml:4:9\nrate=20/s probe.yaml:5:7"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestParseSettingsProblems(t *testing.T) {
	for data, want := range map[string]string{
		"":                   "",
		"# nothing\n":        "",
		"- a\n":              "probe.yaml:1:1: settings must be a mapping, not a list\n",
		"a: { b: c }\n":      "probe.yaml:1:4: \"a\" must be a value or a list of values, not a mapping\n",
		"a:\n":               "probe.yaml:1:1: \"a\" has no value; it must be text\n",
		"a: []\n":            "probe.yaml:1:4: \"a\" is an empty list\n",
		"a: [x, [y]]\n":      "probe.yaml:1:8: an entry of \"a\" must be text, not a list\n",
		"a: 1\na: 2\n":       "probe.yaml:2:1: the key \"a\" is given twice\n",
		"a: [\n":             "probe.yaml:2: the file ends within a [ ] or { }\n",
		"a: 1\n---\nb: 2\n":  "probe.yaml:2:1: a second YAML document begins here; only one is read from a file\n",
		"a: \"x\nb: 1\nc: 2": "probe.yaml:1: the quoted text that begins here is not closed\n",
	} {
		_, problems := ParseSettings(source.File{Name: "probe.yaml", Data: []byte(data)})
		var got strings.Builder
		for _, p := range problems {
			got.WriteString(p.Error() + "\n")
		}
		if got.String() != want {
			t.Errorf("%q:\ngot  %swant %s", data, got.String(), want)
		}
	}
}
