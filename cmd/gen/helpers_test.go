package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repository is where the real inputs and outputs are.
const repository = "../.."

var generatedFiles = []string{"client/models.go", "gen/gen.go", "gen/limits.go"}

// newRoot copies what the generator reads and writes into a directory of the test's own.
func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range append([]string{documentFile, overlayFile, configFile}, generatedFiles...) {
		writeFile(t, root, name, readFile(t, repository, name))
	}
	return root
}

func readFile(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeFile(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replace changes a text that has to stand in the file exactly once, so that a test notices when the file moves on.
func replace(t *testing.T, root, name, from, to string) {
	t.Helper()
	text := readFile(t, root, name)
	if n := strings.Count(text, from); n != 1 {
		t.Fatalf("%s holds %q %d times, want once", name, from, n)
	}
	writeFile(t, root, name, strings.Replace(text, from, to, 1))
}

// takeMarks removes the arrows from a file and returns the numbers of the lines that they stood in.
func takeMarks(t *testing.T, root, name, arrow string) (lines []int) {
	t.Helper()
	text := readFile(t, root, name)
	for i, line := range strings.Split(text, "\n") {
		for range strings.Count(line, arrow) {
			lines = append(lines, i+1)
		}
	}
	writeFile(t, root, name, strings.ReplaceAll(text, arrow, ""))
	return lines
}

// runGen runs the command as a shell would.
func runGen(args ...string) (code int, stdout, stderr string) {
	var out, err strings.Builder
	code = run(args, &out, &err)
	return code, out.String(), err.String()
}

// wantUntouched fails if a generated file is not that of the repository, or if anything else lies beside it.
func wantUntouched(t *testing.T, root string) {
	t.Helper()
	for _, name := range generatedFiles {
		if readFile(t, root, name) != readFile(t, repository, name) {
			t.Errorf("%s was changed", name)
		}
	}
	for dir, want := range map[string]int{"gen": 2, "client": 1} {
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != want {
			t.Errorf("%s holds %d files, want %d", dir, len(entries), want)
		}
	}
}
