package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository is where the real inputs and outputs are.
const repository = "../.."

// newRoot copies the inputs and outputs of the generator into a temporary directory.
func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, d := range documents {
		for _, name := range []string{d.name, d.overlay, d.models, d.schema, d.aliases} {
			if name != "" {
				writeFile(t, root, name, readFile(t, repository, name))
			}
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

// runGen runs the command as a shell would.
func runGen(args ...string) (code int, stdout, stderr string) {
	var out, err strings.Builder
	code = run(args, &out, &err)
	return code, out.String(), err.String()
}

func TestRepositoryIsCurrent(t *testing.T) {
	code, stdout, stderr := runGen("-root", repository, "-check")
	if code != 0 || stdout != "the generated files are current\n" {
		t.Errorf("exit code %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
}

// oapi-codegen keeps state between runs, much of it in maps. Neither may change the output.
func TestRunsAreIdentical(t *testing.T) {
	first, err := generate(repository, documents)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		next, err := generate(repository, documents)
		if err != nil {
			t.Fatal(err)
		}
		for i, out := range next {
			if string(first[i].data) != string(out.data) {
				t.Fatal(firstDifference(out.name, string(first[i].data), string(out.data)))
			}
		}
	}
}

func TestCheckNamesTheFirstDifferenceOfEachFile(t *testing.T) {
	root := newRoot(t)
	for _, name := range []string{"gen/schema.go", "client/models.go"} {
		writeFile(t, root, name, strings.Replace(readFile(t, root, name), "\npackage ", "\npackage  ", 1))
	}
	text := readFile(t, root, "gen/gen.go")
	writeFile(t, root, "gen/gen.go", text+"// more")
	if err := os.Remove(filepath.Join(root, "gen/metadata/metadata.go")); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runGen("-root", root, "-check")
	for _, want := range []string{
		"gen/schema.go:3: is not current\n\ton disk:   \"package  gen\\n\"\n\tgenerated: \"package gen\\n\"\n",
		"client/models.go:3: is not current\n",
		"is not current\n\ton disk:   \"// more\"\n\tgenerated: \"\"\n",
		"gen/metadata/metadata.go: no such file",
		"the generated files are not current: run `make generate` and commit the result\n",
	} {
		if code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, %q is missing in\n%s", code, want, stderr)
		}
	}
	if readFile(t, root, "gen/gen.go") != text+"// more" {
		t.Error("-check wrote a file")
	}

	if code, _, stderr := runGen("-root", root); code != 0 {
		t.Error(stderr)
	}
	if code, _, stderr := runGen("-root", root, "-check"); code != 0 {
		t.Error(stderr)
	}
}

// One run reports the problems of all documents and writes nothing.
func TestProblemsOfAllDocuments(t *testing.T) {
	root := newRoot(t)
	var want []string
	for _, d := range documents {
		writeFile(t, root, d.name, "a: 0x1\nb: ~\n"+readFile(t, root, d.name))
		want = append(want, d.name+":1", d.name+":2")
	}
	code, _, stderr := runGen("-root", root)
	var places []string
	for line := range strings.Lines(stderr) {
		place, _, _ := strings.Cut(line, ": ")
		places = append(places, place)
	}
	if code != 1 || !slices.Equal(places, want) {
		t.Errorf("exit code %d, stderr\n%s", code, stderr)
	}
	for _, d := range documents {
		writeFile(t, root, d.name, readFile(t, repository, d.name))
	}
	if code, _, stderr := runGen("-root", root, "-check"); code != 0 {
		t.Errorf("a file was written: %s", stderr)
	}
}

func TestUnusableInputs(t *testing.T) {
	for text, want := range map[string]string{"": "must be a mapping", "- item": "must be a mapping", "a: [": "yaml: line 1: did not find"} {
		root := newRoot(t)
		writeFile(t, root, documents[0].name, text)
		if code, _, stderr := runGen("-root", root); code != 1 || !strings.Contains(stderr, documents[0].name+":1: "+want) {
			t.Errorf("%q: exit code %d, stderr %q, want %q", text, code, stderr, want)
		}
	}
	if code, _, stderr := runGen("-root", t.TempDir()); code != 1 || strings.Count(stderr, "cannot be read") != 2*len(documents) {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-no-such-flag"}, {"api/openapi.yaml"}, {"-root"}} {
		if code, _, stderr := runGen(args...); code != 2 || !strings.Contains(stderr, "-root") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
	}
	if code, _, _ := runGen("-help"); code != 0 {
		t.Errorf("-help: exit code %d", code)
	}
}

func TestVersionIsThatOfTheModule(t *testing.T) {
	if want := "github.com/oapi-codegen/oapi-codegen/v2 " + generatorVersion + "\n"; !strings.Contains(readFile(t, ".", "go.mod"), want) {
		t.Errorf("go.mod does not require %s", want)
	}
}
