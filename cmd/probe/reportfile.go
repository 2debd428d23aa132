package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// A reportFile is written beside its target and takes the target's place when
// it is whole: nobody finds half a report.
type reportFile struct {
	*bufio.Writer
	file      *os.File
	temporary string // empty: the target is a device or pipe and written directly
	target    string
}

// createReport makes sure that a report can be written there.
func createReport(name string) (*reportFile, error) {
	target := linkTarget(name)
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createBeside(target)
	case err != nil:
		return nil, errors.New(reason(err))
	case info.IsDir():
		return nil, errors.New("it is a folder")
	}
	// A file that may not be written to is not replaced either.
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	if !info.Mode().IsRegular() {
		return &reportFile{Writer: bufio.NewWriter(f), file: f, target: target}, nil
	}
	if err := f.Close(); err != nil {
		return nil, errors.New(reason(err))
	}
	return createBeside(target)
}

// linkTarget is the file that is meant where the name is that of a link.
func linkTarget(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}

func createBeside(target string) (*reportFile, error) {
	folder, base := filepath.Split(target)
	if folder != "" {
		if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no folder %s", filepath.Clean(folder))
		} else if err == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s is not a folder", filepath.Clean(folder))
		}
	}
	temporary := filepath.Join(folder, fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	return &reportFile{Writer: bufio.NewWriterSize(f, 1<<16), file: f, temporary: temporary, target: target}, nil
}

// finish puts the report in its place. After a failure nothing is left of it,
// and an earlier report is still there.
func (r *reportFile) finish() error {
	err := r.Flush()
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	if r.temporary == "" {
		return err
	}
	if err == nil {
		err = os.Rename(r.temporary, r.target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(r.temporary))
	}
	return nil
}

// discard gives a report up.
func (r *reportFile) discard() error {
	err := r.file.Close()
	if r.temporary != "" {
		err = errors.Join(err, os.Remove(r.temporary))
	}
	return err
}
