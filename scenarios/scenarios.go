// Package scenarios holds the suites that come with probe. They run against
// the demo API and are meant to be copied from.
package scenarios

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml
var files embed.FS

// Files gives the suites, *.yaml, all at the top. It is read-only.
func Files() fs.FS { return files }
