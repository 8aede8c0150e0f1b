package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/semver"
)

// baselineFile holds the commit to compare with while there is no release.
const baselineFile = "compat/baseline"

// reference returns what to compare with: the tag of the last release below HEAD and its version without the v, or the
// commit of the baseline and no version.
func reference(root string) (ref, release string, err error) {
	tags, err := git(root, "tag", "--merged", "HEAD", "--list", "v*")
	if err != nil {
		return "", "", err
	}
	for tag := range strings.FieldsSeq(string(tags)) {
		full := semver.Canonical(tag) == tag && semver.Prerelease(tag) == ""
		if full && (ref == "" || semver.Compare(tag, ref) > 0) {
			ref = tag
		}
	}
	if ref != "" {
		return ref, strings.TrimPrefix(ref, "v"), nil
	}
	commit, err := os.ReadFile(filepath.Join(root, baselineFile))
	return strings.TrimSpace(string(commit)), "", err
}

// checkout writes the files of a tag or commit to a new directory. The caller removes it, after an error too.
func checkout(root, ref string) (string, error) {
	data, err := git(root, "archive", "--format=zip", ref)
	if err != nil {
		return "", fmt.Errorf("%w (is the clone shallow? git fetch --unshallow --tags)", err)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "compat-")
	if err != nil {
		return "", err
	}
	return dir, os.CopyFS(dir, archive)
}

func git(root string, args ...string) ([]byte, error) {
	out, err := exec.Command("git", append([]string{"-C", root}, args...)...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		line, _, _ := strings.Cut(string(exit.Stderr), "\n")
		return nil, fmt.Errorf("git %s: %s", args[0], line)
	}
	return out, err
}
