package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/semver"
	"golang.org/x/tools/txtar"
)

// A promise is a former state of the module that users may rely on.
type promise struct {
	name    string // in words
	release string // version without its v, or "" if it is the baseline
	files   files
}

// promisedState is the last release that leads to the working tree, or else the baseline.
func promisedState(root string) (promise, error) {
	tag, why := lastRelease(root)
	if tag != "" {
		f, err := filesOf(root, tag)
		return promise{name: "the release " + tag, release: strings.TrimPrefix(tag, "v"), files: f}, err
	}
	data, err := os.ReadFile(filepath.Join(root, baselineFile))
	if err != nil {
		return promise{}, err
	}
	f := files{}
	for _, file := range txtar.Parse(data).Files {
		f[file.Name] = file.Data
	}
	return promise{name: baselineFile + ", for " + why, files: f}, nil
}

// lastRelease is the tag of the highest version among the ancestors, or "" and the reason why there is none.
func lastRelease(root string) (tag, why string) {
	out, err := git(root, "tag", "--merged", "HEAD", "--list", "v*")
	if err != nil {
		return "", "git cannot tell the releases (" + err.Error() + ")"
	}
	for t := range strings.FieldsSeq(string(out)) {
		full := semver.Canonical(t) == t && semver.Prerelease(t) == ""
		if full && (tag == "" || semver.Compare(t, tag) > 0) {
			tag = t
		}
	}
	return tag, "there is no tag of a release"
}

// filesOf reads the files of a tag, without touching the working tree.
func filesOf(root, tag string) (files, error) {
	archive, err := git(root, "archive", "--format=tar", tag)
	if err != nil {
		return nil, err
	}
	all := files{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return ofModule(all), nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || !relevant(h.Name) {
			continue
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

func git(root string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		line, _, _ := strings.Cut(string(exit.Stderr), "\n")
		return nil, fmt.Errorf("git %s: %s", args[0], line)
	}
	return out, err
}
