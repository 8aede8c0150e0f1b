package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository is where the real inputs and outputs are.
const repository = "../.."

var (
	documentFile, overlayFile         = documents[0].name, documents[0].overlay
	metadataFile, metadataOverlayFile = documents[1].name, documents[1].overlay

	inputFiles = []string{documentFile, overlayFile, metadataFile, metadataOverlayFile, configFile}
	// importedPackages are those of this module that generated files import, beside generated ones.
	importedPackages = []string{"custom", "internal/schema"}
	generatedFiles   = []string{"client/models.go", "gen/gen.go", "gen/metadata/metadata.go", "gen/schema.go"}
)

// newRoot copies what the generator reads and writes into a directory of the test's own, which has what it only looks at too.
func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range slices.Concat(inputFiles, generatedFiles) {
		writeFile(t, root, name, readFile(t, repository, name))
	}
	for _, dir := range importedPackages {
		link := filepath.Join(root, dir)
		target, err := filepath.Abs(filepath.Join(repository, dir))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(target, link)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func readFile(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(unixLines(data)) // whatever the checkout has
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
	var files []string
	for _, dir := range []string{"client", "gen"} {
		err := fs.WalkDir(os.DirFS(root), dir, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(files, generatedFiles) {
		t.Errorf("there are %q, want %q", files, generatedFiles)
	}
}
