package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// module writes a go.mod, a changelog and the files of a txtar archive in testdata to a directory.
func module(t *testing.T, root, archive string) {
	t.Helper()
	data, err := txtar.ParseFile(filepath.Join("testdata", archive))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range data.Files {
		write(t, root, f.Name, string(f.Data))
	}
	write(t, root, "go.mod", "module example.com/m\n\ngo 1.26.0\n")
	write(t, root, changelogFile, "# Changelog\n\n## [Unreleased]\n")
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChanges(t *testing.T) {
	old, now := t.TempDir(), t.TempDir()
	module(t, old, "old.txtar")
	module(t, now, "new.txtar")
	changes, err := compare(old, now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.String())
	}
	text, err := os.ReadFile("testdata/breaking.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("breaking changes are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if changes, err := compare(now, now); len(changes) > 0 || err != nil {
		t.Errorf("without a change: %v, %v", changes, err)
	}
}

func TestSourceThatDoesNotCompileIsAnError(t *testing.T) {
	root := t.TempDir()
	module(t, root, "old.txtar")
	write(t, root, "client/wrong.go", "package client\n\nvar Wrong Missing\n")
	if _, err := loadModules(root); err == nil || !strings.Contains(err.Error(), "undefined: Missing") {
		t.Errorf("error is %v", err)
	}
}

func TestReferences(t *testing.T) {
	root := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=n", "GIT_AUTHOR_EMAIL=e", "GIT_COMMITTER_NAME=n", "GIT_COMMITTER_EMAIL=e")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	wants := func(problem string, lines ...string) {
		t.Helper()
		var out bytes.Buffer
		err := run(root, &out)
		if (err != nil) != (problem != "") || err != nil && !strings.Contains(err.Error(), problem) {
			t.Fatalf("error is %v, want %q\n%s", err, problem, &out)
		}
		for _, line := range lines {
			if !strings.Contains(out.String(), line+"\n") {
				t.Errorf("no line %q in\n%s", line, &out)
			}
		}
	}
	module(t, root, "old.txtar")
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	wants(baselineFile)
	write(t, root, baselineFile, "1234567890\n")
	wants("git fetch --unshallow")
	write(t, root, baselineFile, git("rev-parse", "HEAD"))
	wants("", "breaking changes: 0, not announced: 0")

	module(t, root, "new.txtar")
	wants("announce it in CHANGELOG.md", "BREAKING: `client.Config.Removed`: removed")
	module(t, root, "old.txtar")
	write(t, root, "custom/custom.go", "package custom\n\n// Removed in the new one.\n")
	write(t, root, changelogFile, "## [Unreleased]\n\n### Breaking\n\n- `custom.Key` and\n  `custom.Other` are gone.\n")
	wants("", "announced: `custom.Key`: removed", "breaking changes: 1, not announced: 0")

	for _, tag := range []string{"v0.9.0", "v0.10.0", "v0.11.0-rc.1", "v1", "vnext"} {
		git("tag", tag)
	}
	git("checkout", "-qb", "elsewhere")
	git("commit", "-qm", "two", "--allow-empty")
	git("tag", "v2.0.0")
	git("checkout", "-q", "-")
	wants(`CHANGELOG.md has no section "## [0.10.0]"`)
	write(t, root, changelogFile, "## [Unreleased]\n\n### Breaking\n\n- `custom.Key` is gone.\n\n## [0.10.0] - 2026-11-01\n")
	wants("", "compared with v0.10.0", "announced: `custom.Key`: removed")
}

func TestAnnouncements(t *testing.T) {
	changelog := strings.ReplaceAll(`## [Unreleased]
### Added
- 'client.Added' is new.
### Breaking
- 'client.Gone' is gone, and so is
  'client.Wrapped'.
- 'updateThing' refuses 'name'.
### Removed
- 'client.Removed'
## [0.2.0] - 2026-12-01
### Breaking
- 'client.Second'
## [0.1.0] - 2026-11-01
### Breaking
- 'client.First'
`, "'", "`")
	for _, test := range []struct {
		release string
		names   string
		want    bool
	}{
		{"0.2.0", "client.Gone client.Wrapped", true},
		{"0.2.0", "updateThing name", true},
		{"0.2.0", "updateThing client.Gone", false}, // announced in two entries
		{"0.2.0", "client.Added", false},
		{"0.2.0", "client.Removed", false},
		{"0.2.0", "client.Second", false},
		{"0.1.0", "client.Second", true},
		{"", "client.Gone", true},
		{"", "client.Second", false},
	} {
		entries, err := announcements(changelog, test.release)
		if err != nil {
			t.Fatal(err)
		}
		if got := (change{names: strings.Fields(test.names)}).announced(entries); got != test.want {
			t.Errorf("since release %q, %q is announced: %t", test.release, test.names, got)
		}
	}
}
