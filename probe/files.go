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
	dir    fs.FS
	named  bool             // by a path of its own, not by that of a folder
	unread []source.Problem // why there is no data
}

// find reads the scenario files that paths name. A folder stands for the YAML
// files below it, in the order of their names; hidden folders are passed over.
func find(in Input) ([]located, error) {
	if len(in.Paths) == 0 {
		return nil, errors.New("no scenario file was named")
	}
	var out []located
	seen := map[string]int{}
	folders := folders{fsys: in.FS, open: map[string]fs.FS{}}
	for _, p := range in.Paths {
		p = path.Clean(filepath.ToSlash(p))
		names, err := expand(in.FS, p)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			named := name == p
			if i, ok := seen[name]; ok {
				out[i].named = out[i].named || named
				continue
			}
			f, err := folders.read(name, named)
			switch {
			case err != nil && named:
				return nil, fmt.Errorf("%q cannot be read: %s", name, reason(err))
			case err != nil:
				f.unread = []source.Problem{{Pos: source.Pos{File: name}, Text: "the file cannot be read: " + reason(err)}}
			}
			seen[name] = len(out)
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
			out = append(out, filepath.ToSlash(p))
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

// folders opens the folders of suites, each once.
type folders struct {
	fsys fs.FS
	open map[string]fs.FS
}

// read reads a file and opens the folder it stands in, which nothing that the
// file names can leave, symbolic links included. Nor can the file itself,
// unless it was named: whoever names a link wants what it leads to.
func (f folders) read(name string, named bool) (located, error) {
	out := located{File: source.File{Name: name}, named: named}
	var err error
	if out.dir, err = f.folder(path.Dir(name)); err != nil {
		return out, err
	}
	if f.fsys == nil && named {
		out.Data, err = os.ReadFile(name)
	} else {
		out.Data, err = fs.ReadFile(out.dir, path.Base(name))
	}
	return out, err
}

func (f folders) folder(name string) (fs.FS, error) {
	if dir, ok := f.open[name]; ok {
		return dir, nil
	}
	var dir fs.FS
	var err error
	if f.fsys != nil {
		dir, err = fs.Sub(f.fsys, name)
	} else {
		var root *os.Root
		if root, err = os.OpenRoot(name); err == nil {
			dir = regular{root.FS()}
		}
	}
	if err == nil {
		f.open[name] = dir
	}
	return dir, err
}

// regular is a folder of which only regular files can be opened: what is read
// from a pipe or a device may never end.
type regular struct{ fs.FS }

// Open refuses everything but regular files and folders.
func (r regular) Open(name string) (fs.File, error) {
	info, err := fs.Stat(r.FS, name)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("it is not a regular file")}
	}
	if err != nil {
		return nil, err
	}
	return r.FS.Open(name)
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
