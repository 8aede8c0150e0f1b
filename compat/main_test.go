package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newRoot is a repository with what a comparison needs, and the present state for its baseline.
func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	now, ext := state()
	for name, data := range now {
		write(t, root, name, data)
	}
	sums, err := os.ReadFile(filepath.Join(repository, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "go.sum", sums)
	write(t, root, changelogFile, []byte("# Changelog\n\n## [Unreleased]\n"))
	baseline, err := recordWith(ext, now)
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, baselineFile, baseline)
	return root
}

func write(t *testing.T, root, name string, data []byte) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, root, name, from, to string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(from)) {
		t.Fatalf("%s has no %q", name, from)
	}
	write(t, root, name, bytes.Replace(data, []byte(from), []byte(to), 1))
}

// want runs the command and looks for lines in what it prints.
func want(t *testing.T, args []string, code int, parts ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	got := run(args, &stdout, &stderr)
	if got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	text := stdout.String() + stderr.String()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the output has no %q", part)
		}
	}
	if t.Failed() {
		t.Fatalf("the output is\n%s", text)
	}
}

func TestBaseline(t *testing.T) {
	root := newRoot(t)
	check, again := []string{"-root", root}, []string{"-root", root, "-record"}
	want(t, check, exitFine, "compared with compat/baseline.txtar", "api/openapi.yaml", "client, custom",
		"breaking changes: 0 not announced, 0 announced; other changes: 0\n")

	replace(t, root, "client/config.go", "func FromEnv(", "func FromSomewhere(")
	replace(t, root, "api/openapi.yaml", "x-max-body-bytes: 102400", "x-max-body-bytes: 1024")
	want(t, check, exitProblem, "\nBREAKING: `client.FromEnv`: removed\n",
		"\nBREAKING: `appendTagsToConversation` `x-max-body-bytes`: limit lowered", "breaking changes: 2 not announced, 0 announced; other changes: 1\n")
	before, _ := os.ReadFile(filepath.Join(root, baselineFile))
	want(t, again, exitProblem, "BREAKING: `client.FromEnv`: removed")
	if after, _ := os.ReadFile(filepath.Join(root, baselineFile)); !bytes.Equal(before, after) {
		t.Error("a breaking change that is not announced was recorded")
	}

	replace(t, root, changelogFile, "## [Unreleased]\n", "## [Unreleased]\n\n### Breaking\n\n"+
		"- `client.FromEnv` is `FromSomewhere` now; `client.NeverWas` is an announcement of nothing.\n"+
		"- `appendTagsToConversation` takes less: `x-max-body-bytes`.\n")
	want(t, check, exitFine, "\nannounced: `client.FromEnv`: removed\n", "breaking changes: 0 not announced, 2 announced; other changes: 1\n")
	want(t, again, exitFine, "recorded in compat/baseline.txtar")
	want(t, check, exitFine, "breaking changes: 0 not announced, 0 announced; other changes: 0\n")

	// An entry about a part of an operation is none about the whole.
	replace(t, root, "api/openapi.yaml", "/v1/conversations/{id}/tags", "/v1/conversations/{id}/labels")
	want(t, check, exitProblem, "\nBREAKING: `appendTagsToConversation`: api path removed")
	replace(t, root, changelogFile, "- `appendTagsToConversation` takes", "- `appendTagsToConversation` is elsewhere.\n- `appendTagsToConversation` takes")
	want(t, check, exitFine, "\nannounced: `appendTagsToConversation`: api path removed")
}

func TestFirstBaseline(t *testing.T) {
	root := newRoot(t)
	if err := os.Remove(filepath.Join(root, baselineFile)); err != nil {
		t.Fatal(err)
	}
	want(t, []string{"-root", root}, exitProblem, "compat/baseline.txtar: no such file")
	want(t, []string{"-root", root, "-record"}, exitFine, "recorded")
	want(t, []string{"-root", root}, exitFine, "other changes: 0\n")
}

func TestRelease(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	root := newRoot(t)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=n", "GIT_AUTHOR_EMAIL=e", "GIT_COMMITTER_NAME=n", "GIT_COMMITTER_EMAIL=e")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	check := []string{"-root", root}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	want(t, check, exitFine, "compared with compat/baseline.txtar, for there is no tag of a release")
	for _, tag := range []string{"v0.9.0", "v0.10.0", "v0.11.0-rc.1", "v1", "vnext"} {
		git("tag", tag)
	}
	git("checkout", "-qb", "elsewhere")
	git("commit", "-qm", "two", "--allow-empty")
	git("tag", "v2.0.0")
	git("checkout", "-q", "-")

	want(t, check, exitProblem, `CHANGELOG.md has no section "## [0.10.0]"`)
	replace(t, root, changelogFile, "## [Unreleased]\n", "## [Unreleased]\n\n## [0.10.0] - 2026-11-01\n")
	want(t, check, exitFine, "compared with the release v0.10.0\n", "other changes: 0\n")
	replace(t, root, "gen/gen.go", "	AssignedTeams []ObjectID", "	AssignedTeams []int")
	want(t, check, exitProblem, "BREAKING: `client.", ".AssignedTeams`: changed from []ObjectID to []int")
	want(t, []string{"-root", root, "-record"}, exitProblem, "nothing to record: comparisons are with the release v0.10.0")
}

func TestUsage(t *testing.T) {
	want(t, []string{"-nonsense"}, exitUsage, "flag provided but not defined")
	want(t, []string{"extra"}, exitUsage, `unexpected argument "extra"`)
	want(t, []string{"-h"}, exitFine, "-record")
	want(t, []string{"-root", t.TempDir()}, exitProblem, "compat: ")
}

func TestFilesThatMatter(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"go.mod", "a.go", "a_test.go", "api/openapi.yaml", "api/overlay.yaml", "api/metadata.overlay.yaml", "x/x.yaml",
		"sub/go.mod", "sub/s.go", "sub/deep/d.go", "testdata/t.go", ".git/g.go", "_x/x.go", "p/_x.go", "p/.x.go", "p/p.go"} {
		write(t, root, name, []byte("module m\n"))
	}
	got, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "a.go", "api/openapi.yaml", "p/p.go"} {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is left out", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is read", name)
	}
	if got.module() != "" || (files{"go.mod": []byte("module m\n")}).module() != "m" {
		t.Error("module paths")
	}
}
