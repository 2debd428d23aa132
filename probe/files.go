package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"httpprobe/probe/scenario"
	"httpprobe/probe/source"
)

// located is a scenario file and the folder that it may read from.
type located struct {
	source.File
	dir fs.FS
}

// find reads the scenario files that paths name. A folder stands for the YAML
// files below it, in the order of their names; hidden folders are passed over.
func find(in Input) ([]located, error) {
	if len(in.Paths) == 0 {
		return nil, errors.New("no scenario file was named")
	}
	var out []located
	seen := map[string]bool{}
	for _, p := range in.Paths {
		names, err := expand(in.FS, p)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			f, err := open(in.FS, name)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// expand gives the files that one path stands for.
func expand(fsys fs.FS, name string) ([]string, error) {
	info, err := stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or folder %q", name)
	case err != nil:
		return nil, fmt.Errorf("%q cannot be read: %s", name, reason(err))
	case !info.IsDir():
		return []string{name}, nil
	}
	var out []string
	visit := func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != name && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if ext := path.Ext(d.Name()); !d.IsDir() && (ext == ".yaml" || ext == ".yml") && d.Name() != settingsFile {
			out = append(out, p)
		}
		return nil
	}
	if fsys != nil {
		err = fs.WalkDir(fsys, name, visit)
	} else {
		err = filepath.WalkDir(name, visit)
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %q cannot be read: %s", name, reason(err))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the folder %q holds no scenario file (*.yaml or *.yml)", name)
	}
	slices.Sort(out)
	return out, nil
}

// settingsFile holds a project's flags, not scenarios.
const settingsFile = "probe.yaml"

func stat(fsys fs.FS, name string) (fs.FileInfo, error) {
	if fsys != nil {
		return fs.Stat(fsys, name)
	}
	return os.Stat(name)
}

// open reads a file and opens the folder it stands in, which nothing that the
// file names can leave, symbolic links included.
func open(fsys fs.FS, name string) (located, error) {
	out := located{File: source.File{Name: filepath.ToSlash(name)}}
	var err error
	if fsys != nil {
		if out.dir, err = fs.Sub(fsys, path.Dir(name)); err == nil {
			out.Data, err = fs.ReadFile(fsys, name)
		}
	} else {
		var root *os.Root
		if root, err = os.OpenRoot(filepath.Dir(name)); err == nil {
			out.dir = root.FS()
			out.Data, err = os.ReadFile(name)
		}
	}
	if err != nil {
		return out, fmt.Errorf("%q cannot be read: %s", name, reason(err))
	}
	return out, nil
}

// reason words an error of the file system for people.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there"
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// tables names the files that a suite reads as tables, as find names them.
func tables(name string, s *scenario.Suite) []string {
	if s == nil {
		return nil
	}
	var out []string
	add := func(e *scenario.Each) {
		if e != nil && e.File.Given() {
			out = append(out, path.Join(path.Dir(name), e.File.Text))
		}
	}
	steps := func(lists ...[]scenario.Step) {
		for _, list := range lists {
			for i := range list {
				add(list[i].Each)
			}
		}
	}
	steps(s.Setup, s.Teardown)
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		add(sc.Each)
		steps(sc.Setup, sc.Steps, sc.Teardown)
	}
	return out
}

// annotateTables fills in the lines of problems that stand in a file which
// the suite reads as a table.
func (f located) annotateTables(problems []source.Problem) {
	for _, p := range problems {
		if p.Pos.File == f.Name || p.Excerpt != nil {
			continue
		}
		name := strings.TrimPrefix(p.Pos.File, path.Dir(f.Name)+"/")
		if data, err := fs.ReadFile(f.dir, name); err == nil {
			source.File{Name: p.Pos.File, Data: data}.Annotate(problems)
		}
	}
}
