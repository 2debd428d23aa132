package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const schemaFile = "jenkins-junit.xsd"

// schema is as much of XML Schema as the file in testdata needs.
type schema struct {
	types    map[string]*regexp.Regexp
	elements map[string]element
}

type element struct {
	children   *regexp.Regexp // over "name " of each child; nil: none but text
	text       bool
	attributes []schemaAttribute
}

type schemaAttribute struct {
	Name string `xml:"name,attr"`
	Type string `xml:"type,attr"`
	Use  string `xml:"use,attr"`
}

type particle struct {
	XMLName   xml.Name
	Ref       string     `xml:"ref,attr"`
	Min       string     `xml:"minOccurs,attr"`
	Max       string     `xml:"maxOccurs,attr"`
	Particles []particle `xml:",any"`
}

// pattern gives the regular expression of a particle.
func (p particle) pattern() string {
	var parts []string
	for _, c := range p.Particles {
		parts = append(parts, c.pattern())
	}
	text := ""
	switch p.XMLName.Local {
	case "element":
		text = regexp.QuoteMeta(p.Ref) + " "
	case "choice":
		text = strings.Join(parts, "|")
	default:
		text = strings.Join(parts, "")
	}
	quantifiers := map[[2]string]string{{"", ""}: "", {"0", ""}: "?", {"0", "unbounded"}: "*", {"", "unbounded"}: "+"}
	return "(?:" + text + ")" + quantifiers[[2]string{p.Min, p.Max}]
}

func loadSchema(t *testing.T) schema {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", schemaFile))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Types []struct {
			Name    string `xml:"name,attr"`
			Pattern struct {
				Value string `xml:"value,attr"`
			} `xml:"restriction>pattern"`
		} `xml:"simpleType"`
		Elements []struct {
			Name    string `xml:"name,attr"`
			Type    string `xml:"type,attr"`
			Complex struct {
				Mixed      bool              `xml:"mixed,attr"`
				Sequence   particle          `xml:"sequence"`
				Attributes []schemaAttribute `xml:"attribute"`
			} `xml:"complexType"`
		} `xml:"element"`
	}
	if err := xml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	out := schema{types: make(map[string]*regexp.Regexp), elements: make(map[string]element)}
	for _, ty := range file.Types {
		out.types[ty.Name] = regexp.MustCompile("^(?s:" + ty.Pattern.Value + ")$")
	}
	for _, e := range file.Elements {
		out.elements[e.Name] = element{
			children:   regexp.MustCompile("^" + e.Complex.Sequence.pattern() + "$"),
			text:       e.Complex.Mixed || e.Type == "xs:string",
			attributes: e.Complex.Attributes,
		}
	}
	return out
}

// node is an element of a document.
type node struct {
	XMLName    xml.Name
	Attributes []xml.Attr `xml:",any,attr"`
	Text       string     `xml:",chardata"`
	Children   []node     `xml:",any"`
}

func (s schema) check(t *testing.T, document []byte) []string {
	t.Helper()
	var root node
	if err := xml.NewDecoder(bytes.NewReader(document)).Decode(&root); err != nil {
		t.Fatal(err)
	}
	if root.XMLName.Local != "testsuites" {
		return []string{"the root is " + root.XMLName.Local}
	}
	return s.node(root)
}

func (s schema) node(n node) []string {
	name := n.XMLName.Local
	e, known := s.elements[name]
	if !known {
		return []string{"unknown element " + name}
	}
	var problems []string
	var children strings.Builder
	for _, c := range n.Children {
		children.WriteString(c.XMLName.Local + " ")
		problems = append(problems, s.node(c)...)
	}
	if !e.children.MatchString(children.String()) {
		problems = append(problems, fmt.Sprintf("%s holds %s", name, children.String()))
	}
	if !e.text && strings.TrimSpace(n.Text) != "" {
		problems = append(problems, name+" holds text")
	}
	given := make(map[string]string)
	for _, a := range n.Attributes {
		given[a.Name.Local] = a.Value
	}
	for _, a := range e.attributes {
		value, ok := given[a.Name]
		switch {
		case !ok && a.Use == "required":
			problems = append(problems, name+" lacks "+a.Name)
		case ok && !s.types[a.Type].MatchString(value):
			problems = append(problems, fmt.Sprintf("%s of %s is %q", a.Name, name, value))
		}
		delete(given, a.Name)
	}
	for a := range given {
		problems = append(problems, name+" has "+a)
	}
	return problems
}

func TestSchemaCanFail(t *testing.T) {
	s := loadSchema(t)
	const suite = `<testsuite name="a" tests="1" failures="0" errors="0" skipped="0" time="0.000">`
	frame := func(inner string) []byte {
		return []byte(`<testsuites tests="1" failures="0" errors="0" time="1.000">` + inner + `</testsuites>`)
	}
	if problems := s.check(t, frame(suite+`<testcase classname="a" name="b" time="0.000"/></testsuite>`)); len(problems) > 0 {
		t.Errorf("a good document: %v", problems)
	}
	for name, inner := range map[string]string{
		"unknown element":  suite + "<x/></testsuite>",
		"nested suite":     suite + suite + "</testsuite></testsuite>",
		"missing name":     suite + `<testcase classname="a" time="0.000"/></testsuite>`,
		"empty name":       suite + `<testcase classname="a" name="" time="0.000"/></testsuite>`,
		"four decimals":    suite + `<testcase classname="a" name="b" time="0.0000"/></testsuite>`,
		"file":             suite + `<testcase classname="a" name="b" time="0.000" file="x"/></testsuite>`,
		"two outcomes":     suite + `<testcase classname="a" name="b" time="0.000"><skipped message="x"/><failure type="a" message="x"/></testcase></testsuite>`,
		"properties below": suite + `<testcase classname="a" name="b" time="0.000"/><properties/></testsuite>`,
		"stray text":       suite + "text</testsuite>",
	} {
		if problems := s.check(t, frame(inner)); len(problems) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}
