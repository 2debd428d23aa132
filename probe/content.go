package probe

import (
	"fmt"
	"mime"
	"strconv"
	"strings"

	"httpprobe/probe/expression"
	"httpprobe/probe/match"
	"httpprobe/probe/rule"
)

// body compares the content: as JSON where it is JSON, as text elsewhere. Of
// content with another label only lists and objects are taken for JSON: a 1.10
// in text/plain is a text.
func (c *checker) body() {
	if c.e.Body == nil {
		return
	}
	content := c.r.Content
	if c.r.CodingFault != "" {
		c.unmet(c.e.BodyPos, "body", "content that can be decoded", c.r.CodingFault, "the body cannot be decoded: "+c.r.CodingFault)
		return
	}
	if len(content) == 0 {
		var nothing any = match.Missing
		if c.e.BodyEmpty {
			nothing = ""
		}
		c.differences(c.e.Body.Match("body", nothing, c.input()))
		return
	}
	kind := c.r.Fields.Get("Content-Type")
	value, err := c.a.content.Value()
	switch labelled := isJSON(kind); {
	case labelled && err != nil:
		c.unmet(c.e.BodyPos, "body", "JSON", "text that is not JSON", "the body is labelled JSON but cannot be read: "+err.Error())
	case err != nil:
		c.differences(c.e.Body.Match("body", string(content), c.input()))
	case labelled || kind == "" || composite(value):
		c.differences(c.e.Body.Match("body", value, c.input()))
	default:
		c.differences(c.e.BodyText.Match("body", string(content), c.input()))
	}
}

func composite(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return true
	}
	return false
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// error compares the message, code and details of an error body, whatever its
// shape.
func (c *checker) error() {
	if len(c.e.Error) == 0 {
		return
	}
	kind, _, err := mime.ParseMediaType(c.r.Fields.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	body := rule.ReadError(c.r.Content, c.r.Status, kind)
	if body.Message == "" && body.Code == nil && body.Details == nil {
		c.unmet(c.e.Error[0].Pos, "error", "an error with a message", string(body.Shape), "expected an error body with a message, but none of the known shapes fits it")
		return
	}
	parts := map[string]any{"message": match.Missing, "code": match.Missing, "details": match.Missing}
	if body.Message != "" {
		parts["message"] = body.Message
	}
	if body.Code != nil {
		parts["code"] = body.Code
	}
	if body.Details != nil {
		parts["details"] = body.Details
	}
	for _, w := range c.e.Error {
		c.differences(w.Matcher.Match("error."+w.Name, parts[w.Name], c.input()))
	}
}

// asserts evaluates the assertions; a false one shows the values in it.
func (c *checker) asserts() {
	for i, p := range c.e.Assert {
		holds, err := p.Bool(c.vars, c.a.response)
		pos := c.e.AssertPos[i]
		if err != nil {
			c.unmet(pos, "assert", p.Text(), "", fmt.Sprintf("%s cannot be evaluated: %v", p.Text(), err))
			continue
		}
		if holds {
			continue
		}
		var terms []string
		for _, t := range p.Explain(c.vars, c.a.response) {
			terms = append(terms, t.Text+" = "+c.show(t.Value))
		}
		c.unmet(pos, "assert", "", strings.Join(terms, "\n"), "it is not true that "+p.Text())
	}
}

// show gives a value as an expression would write it, masked before it is cut.
func (c *checker) show(v any) string {
	const most = 2 << 10
	text, quoted := v.(string)
	if !quoted {
		text = expression.Render(v)
	}
	text = c.mask(text[:min(len(text), most+maskReach)])
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	if quoted {
		return strconv.Quote(text)
	}
	return text
}
