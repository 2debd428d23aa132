package match

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"httpprobe/probe/exchange"
)

// maxSchema is how large a schema file may be.
const maxSchema = 8 << 20

// CompileSchema reads a JSON Schema from a file below the root of files; a
// fragment picks a part of it: api.json#/$defs/user. Without $schema it is one
// of draft 2020-12. Formats are checked. References lead to other files below
// that root only; nothing is ever fetched. Errors are worded for the author of
// the file.
func CompileSchema(file string, files fs.FS) (*Schema, error) {
	if files == nil {
		return nil, fmt.Errorf("schema %q cannot be read: there is no folder to read it from", file)
	}
	name, fragment, hasFragment := strings.Cut(file, "#")
	clean := path.Clean(name)
	if !fs.ValidPath(clean) || clean == "." || strings.ContainsAny(name, `\:`) {
		return nil, fmt.Errorf("schema %q is not a file below the suite's folder", file)
	}
	loader := schemaLoader{files}
	if _, err := loader.read(clean); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(loader)
	address := (&url.URL{Scheme: "file", Path: "/" + clean}).String()
	if hasFragment {
		address += "#" + (&url.URL{Fragment: fragment}).EscapedFragment()
	}
	compiled, err := compileSafely(c, address)
	if err != nil {
		return nil, schemaFault(file, err)
	}
	return &Schema{file: file, compiled: compiled}, nil
}

// compileSafely turns a panic of the library on an odd schema into an error:
// the file is not ours.
func compileSafely(c *jsonschema.Compiler, address string) (s *jsonschema.Schema, err error) {
	defer func() {
		if recover() != nil {
			err = errUnusable
		}
	}()
	return c.Compile(address)
}

var errUnusable = errors.New("it cannot be understood")

// schemaLoader reads file URLs below a root, and nothing else.
type schemaLoader struct{ files fs.FS }

// fileError is a fault of one file, worded for its author.
type fileError struct{ text string }

func (e *fileError) Error() string { return e.text }

// Load implements jsonschema.URLLoader.
func (l schemaLoader) Load(address string) (any, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || u.Host != "" {
		return nil, &fileError{fmt.Sprintf("the reference to %s is not followed: only files below the suite's folder are read", address)}
	}
	return l.read(strings.TrimPrefix(u.Path, "/"))
}

func (l schemaLoader) read(name string) (any, error) {
	f, err := l.files.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &fileError{fmt.Sprintf("schema file %q does not exist in the suite's folder", name)}
		}
		return nil, &fileError{fmt.Sprintf("schema file %q cannot be opened below the suite's folder", name)}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSchema+1))
	switch {
	case err != nil:
		return nil, &fileError{fmt.Sprintf("schema file %q cannot be read", name)}
	case len(b) > maxSchema:
		return nil, &fileError{fmt.Sprintf("schema file %q is larger than %d MiB", name, maxSchema>>20)}
	}
	v, err := exchange.ParseJSON(b)
	if err != nil {
		return nil, &fileError{fmt.Sprintf("schema file %q is not JSON: %v", name, err)}
	}
	if number := oversized(v); number != "" {
		return nil, &fileError{fmt.Sprintf("schema file %q has a number that is too large: %s", name, trim(number, 60))}
	}
	return v, nil
}

// schemaFault words what the library says of a schema that it refuses.
func schemaFault(file string, err error) error {
	var (
		unread  *fileError
		load    *jsonschema.LoadURLError
		invalid *jsonschema.ValidationError
		pattern *jsonschema.InvalidRegexError
		pointer *jsonschema.JSONPointerNotFoundError
		anchor  *jsonschema.AnchorNotFoundError
		draft   *jsonschema.UnsupportedDraftError
	)
	switch {
	case errors.As(err, &load) && errors.As(load.Err, &unread):
		return fmt.Errorf("schema %q: %s", file, unread.text)
	case errors.As(err, &pattern):
		return fmt.Errorf("schema %q: the pattern %q is not one of RE2 syntax: %s", file, pattern.Regex, patternFault(pattern.Err))
	case errors.As(err, &pointer):
		return fmt.Errorf("schema %q: %s leads nowhere", file, relative(pointer.URL))
	case errors.As(err, &anchor):
		return fmt.Errorf("schema %q: %s leads nowhere", file, relative(anchor.Reference))
	case errors.As(err, &draft):
		return fmt.Errorf("schema %q: the draft %s is not supported", file, draft.URL)
	case asSchemaValidation(err, &invalid):
		found := leaves(&check{}, invalid)
		if len(found) == 0 {
			return fmt.Errorf("schema %q is not a valid JSON Schema", file)
		}
		return fmt.Errorf("schema %q is not a valid JSON Schema: at %q expected %s", file, "/"+strings.Join(found[0].at, "/"), found[0].wants)
	}
	return fmt.Errorf("schema %q is not a JSON Schema that can be used: %s", file, relative(err.Error()))
}

// asSchemaValidation reaches the finding of the metaschema, which the library
// keeps in an error that does not unwrap.
func asSchemaValidation(err error, invalid **jsonschema.ValidationError) bool {
	var outer *jsonschema.SchemaValidationError
	return errors.As(err, &outer) && errors.As(outer.Err, invalid)
}

// relative takes the root away that the library's addresses begin with.
func relative(s string) string { return strings.ReplaceAll(s, "file:///", "") }
