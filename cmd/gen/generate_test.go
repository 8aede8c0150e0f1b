package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutputIsThatOfTheRepository(t *testing.T) {
	root := newRoot(t)
	for _, name := range generatedFiles {
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := runGen("-root", root); code != exitFine {
		t.Fatal(stderr)
	}
	wantUntouched(t, root)
}

// The generator of the models keeps state between runs, and much of it is held in maps.
func TestRunsAreIdentical(t *testing.T) {
	first, err := generate(repository)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		next, err := generate(repository)
		if err != nil {
			t.Fatal(err)
		}
		for i, out := range next {
			if string(out.data) != string(first[i].data) {
				t.Fatalf("%s%s", out.name, firstDifference(first[i].data, out.data))
			}
		}
	}
}

func TestRunAfterBrokenInputIsIdentical(t *testing.T) {
	root := newRoot(t)
	replace(t, root, overlayFile, "x-go-type-name: SnoozeStatus", "x-go-type-name: Snooze Status")
	if code, _, _ := runGen("-root", root); code != exitProblem {
		t.Fatalf("exit code %d, want 1", code)
	}
	replace(t, root, overlayFile, "x-go-type-name: Snooze Status", "x-go-type-name: SnoozeStatus")
	if code, _, stderr := runGen("-root", root, "-check"); code != exitFine {
		t.Error(stderr)
	}
}

func TestMissingInputs(t *testing.T) {
	for _, name := range inputFiles {
		root := newRoot(t)
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := runGen("-root", root)
		if want := name + ":1: cannot be read: no such file or directory\n"; code != exitProblem || stderr != want {
			t.Errorf("exit code %d, stderr %q, want %q", code, stderr, want)
		}
		wantUntouched(t, root)
	}
}

func TestEmptyInputs(t *testing.T) {
	for _, name := range []string{documentFile, overlayFile, metadataFile, metadataOverlayFile} {
		for text, want := range map[string]string{
			"":              name + ":1: is empty\n",
			"# nothing":     name + ":1: is empty\n",
			"\n\n- item":    name + ":3: must be a mapping, is a list\n",
			"\r\n\r- x":     name + ":3: must be a mapping, is a list\n",
			"\xff\xfea\x00": name + ":1: is UTF-16; save it as UTF-8\n",
			"\xfe\xff\x00a": name + ":1: is UTF-16; save it as UTF-8\n",
		} {
			root := newRoot(t)
			writeFile(t, root, name, text)
			if code, _, stderr := runGen("-root", root); code != exitProblem || stderr != want {
				t.Errorf("%q: exit code %d, stderr %q, want %q", text, code, stderr, want)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-no-such-flag"}, {"api/openapi.yaml"}, {"-root"}} {
		if code, _, stderr := runGen(args...); code != exitUsage || !strings.Contains(stderr, "-root") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
	}
	if code, _, _ := runGen("-help"); code != exitFine {
		t.Errorf("-help: exit code %d", code)
	}
}

func TestVersionIsThatOfTheModule(t *testing.T) {
	if want := "github.com/oapi-codegen/oapi-codegen/v2 " + generatorVersion + "\n"; !strings.Contains(readFile(t, ".", "go.mod"), want) {
		t.Errorf("go.mod does not require %s", want)
	}
}
