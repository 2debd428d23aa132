package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"path"
	"strings"

	"httpprobe/probe/expression"
	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// Body is the content of a request, still to be bound to variables.
type Body struct {
	Kind   scenario.BodyKind
	Type   string // the Content-Type unless the step gives one; empty for multipart, which needs its boundary
	data   Data   // json; graphql: variables
	text   *expression.Template
	name   *expression.Template // graphql: operationName
	form   []Param
	parts  []part
	file   fileRef
	hasVar bool
}

// part is one part of a multipart body.
type part struct {
	name, filename, kind string
	text                 *expression.Template
	file                 *fileRef
}

// fileRef is a file whose content becomes a body or part of one. A constant
// path is read when the plan is made, so that a missing file is found before
// anything is sent.
type fileRef struct {
	files   fs.FS
	path    *expression.Template
	content []byte
	read    bool
}

func (c *compiler) body(in *scenario.Body, s scope) *Body {
	if in == nil {
		return nil
	}
	out := &Body{Kind: in.Kind}
	switch in.Kind {
	case scenario.JSON:
		out.Type, out.data = "application/json", c.data(in.Value, s)
	case scenario.Form:
		out.Type, out.form = "application/x-www-form-urlencoded", c.params(in.Form, s)
	case scenario.TextBody:
		out.Type, out.text = "text/plain; charset=utf-8", c.template(in.Text, s)
	case scenario.FileBody:
		out.Type, out.file = typeOf(in.Text.Text), c.file(in.Text, s)
	case scenario.GraphQL:
		out.Type, out.text = "application/json", c.template(in.Text, s)
		out.hasVar = in.Vars.Pos != source.Pos{}
		out.data = c.data(in.Vars, s)
		if in.Operation.Given() {
			out.name = c.template(in.Operation, s)
		}
	case scenario.Multipart:
		for _, p := range in.Parts {
			out.parts = append(out.parts, c.part(p, s))
		}
	}
	return out
}

func (c *compiler) part(in scenario.Part, s scope) part {
	out := part{name: in.Name.Text, filename: in.Filename.Text, kind: in.Type.Text}
	if !in.File.Given() {
		out.text = c.template(in.Text, s)
		return out
	}
	file := c.file(in.File, s)
	out.file = &file
	if out.filename == "" {
		out.filename = path.Base(in.File.Text)
	}
	if out.kind == "" {
		out.kind = typeOf(out.filename)
	}
	return out
}

func (c *compiler) file(t source.Text, s scope) fileRef {
	out := fileRef{files: c.in.Files, path: c.template(t, s)}
	if out.path == nil {
		return out
	}
	if name, constant := out.path.Constant(); constant {
		content, err := readFile(c.in.Files, name)
		if err != nil {
			c.problem(t.Pos, len([]rune(t.Text)), "paths start at the folder of this file", "%v", err)
		}
		out.content, out.read = content, true
	}
	return out
}

// readFile reads a file below the suite's folder. Its errors are for people.
func readFile(files fs.FS, name string) ([]byte, error) {
	clean := strings.TrimPrefix(name, "./")
	if !fs.ValidPath(clean) {
		return nil, fmt.Errorf("%q is outside the folder of this file; only files below it are read", name)
	}
	content, err := fs.ReadFile(files, clean)
	switch {
	case err == nil:
		return content, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %q", name)
	}
	return nil, fmt.Errorf("the file %q cannot be read", name)
}

func (f fileRef) bind(vars expression.Vars) ([]byte, error) {
	if f.read {
		return f.content, nil
	}
	name, err := f.path.String(vars, nil)
	if err != nil {
		return nil, err
	}
	return readFile(f.files, name)
}

func typeOf(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Bind gives the octets of the body and their Content-Type.
func (b *Body) Bind(vars expression.Vars) (content []byte, kind string, err error) {
	switch b.Kind {
	case scenario.JSON:
		content, err = b.data.AppendJSON(nil, vars)
	case scenario.Form:
		content, err = b.bindForm(vars)
	case scenario.TextBody:
		var text string
		text, err = b.text.String(vars, nil)
		content = []byte(text)
	case scenario.FileBody:
		content, err = b.file.bind(vars)
	case scenario.GraphQL:
		content, err = b.bindGraphQL(vars)
	case scenario.Multipart:
		return b.bindMultipart(vars)
	}
	if content == nil {
		content = []byte{}
	}
	return content, b.Type, err
}

func (b *Body) bindForm(vars expression.Vars) ([]byte, error) {
	fields, err := bind(b.form, vars)
	if err != nil {
		return nil, err
	}
	pairs := make([]string, len(fields))
	for i, f := range fields {
		pairs[i] = url.QueryEscape(f.Name) + "=" + url.QueryEscape(f.Value)
	}
	return []byte(strings.Join(pairs, "&")), nil
}

func (b *Body) bindGraphQL(vars expression.Vars) ([]byte, error) {
	query, err := b.text.String(vars, nil)
	if err != nil {
		return nil, err
	}
	out := appendString([]byte(`{"query":`), query)
	if b.name != nil {
		name, err := b.name.String(vars, nil)
		if err != nil {
			return nil, err
		}
		out = appendString(append(out, `,"operationName":`...), name)
	}
	if b.hasVar {
		if out, err = b.data.AppendJSON(append(out, `,"variables":`...), vars); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

var quoteName = strings.NewReplacer(`\`, `\\`, `"`, "%22", "\r", "%0D", "\n", "%0A")

// bindMultipart writes multipart/form-data (RFC 7578) with a boundary that
// depends on the content alone, so that equal steps send equal octets.
func (b *Body) bindMultipart(vars expression.Vars) ([]byte, string, error) {
	contents := make([][]byte, len(b.parts))
	hash := sha256.New()
	for i, p := range b.parts {
		var err error
		if p.file != nil {
			contents[i], err = p.file.bind(vars)
		} else {
			var text string
			text, err = p.text.String(vars, nil)
			contents[i] = []byte(text)
		}
		if err != nil {
			return nil, "", err
		}
		hash.Write(contents[i])
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary("probe-" + hex.EncodeToString(hash.Sum(nil)[:12])); err != nil {
		return nil, "", fmt.Errorf("choosing a boundary: %w", err)
	}
	for i, p := range b.parts {
		header := textproto.MIMEHeader{}
		disposition := `form-data; name="` + quoteName.Replace(p.name) + `"`
		if p.file != nil || p.filename != "" {
			disposition += `; filename="` + quoteName.Replace(p.filename) + `"`
		}
		header.Set("Content-Disposition", disposition)
		if p.kind != "" {
			header.Set("Content-Type", p.kind)
		}
		pw, err := w.CreatePart(header)
		if err == nil {
			_, err = pw.Write(contents[i])
		}
		if err != nil {
			return nil, "", fmt.Errorf("writing part %q: %w", p.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("closing the multipart body: %w", err)
	}
	return out.Bytes(), w.FormDataContentType(), nil
}
