package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRepositoryIsCurrent(t *testing.T) {
	code, stdout, stderr := runGen("-root", repository, "-check")
	if code != exitFine || stdout != "the generated files are current\n" {
		t.Errorf("exit code %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
}

const notCurrent = "the generated files are not current: run `make generate` and commit the result\n"

func wantDifference(t *testing.T, root, want string) {
	t.Helper()
	code, stdout, stderr := runGen("-root", root, "-check")
	if code != exitProblem || stdout != "" || stderr != want+notCurrent {
		t.Errorf("exit code %d, stdout %q, stderr\n%swant\n%s", code, stdout, stderr, want+notCurrent)
	}
}

func TestCheckNamesTheChangedByte(t *testing.T) {
	root := newRoot(t)
	replace(t, root, "gen/schema.go", "package gen\n", "package gem\n")
	wantDifference(t, root, "gen/schema.go:3: is not current\n\ton disk:   \"package gem\"\n\tgenerated: \"package gen\"\n")
	if !strings.Contains(readFile(t, root, "gen/schema.go"), "package gem\n") {
		t.Error("-check wrote a file")
	}
}

func TestCheckNamesEachFile(t *testing.T) {
	root := newRoot(t)
	replace(t, root, "gen/schema.go", "package gen\n", "package gem\n")
	replace(t, root, "client/models.go", "package client\n", "package client \n")
	replace(t, root, "gen/metadata/metadata.go", "package metadata\n", "package metatada\n")
	wantDifference(t, root, "client/models.go:3: is not current\n\ton disk:   \"package client \"\n\tgenerated: \"package client\"\n"+
		"gen/metadata/metadata.go:5: is not current\n\ton disk:   \"package metatada\"\n\tgenerated: \"package metadata\"\n"+
		"gen/schema.go:3: is not current\n\ton disk:   \"package gem\"\n\tgenerated: \"package gen\"\n")
}

func TestCheckNoticesLineAtTheEnd(t *testing.T) {
	root := newRoot(t)
	text := readFile(t, root, "gen/gen.go")
	writeFile(t, root, "gen/gen.go", text+"\n")
	_, _, stderr := runGen("-root", root, "-check")
	if !strings.Contains(stderr, "on disk:   \"\"\n\tgenerated: (end of file)") {
		t.Error(stderr)
	}
	writeFile(t, root, "gen/gen.go", strings.TrimSuffix(text, "\n"))
	_, _, stderr = runGen("-root", root, "-check")
	if !strings.Contains(stderr, "on disk:   \"}\" (no line break)\n\tgenerated: \"}\"\n") {
		t.Error(stderr)
	}
}

func TestCheckNoticesChangeOfTheDocument(t *testing.T) {
	for _, test := range []struct{ document, from, to, file, disk, generated string }{
		{documentFile, "maxLength: 64\n", "maxLength: 65\n", "gen/schema.go", "MaxLength: 64", "MaxLength: 65"},
		{documentFile, "Why it ended.", "Why it ended!", "gen/gen.go", "Why it ended.", "Why it ended!"},
		{documentFile, "Why it ended.", "Why it ended!", "client/models.go", "why it ended.", "why it ended!"},
		{metadataFile, "The nodes at the root", "The nodes above", "gen/metadata/metadata.go", "The nodes at the root", "The nodes above"},
	} {
		root := newRoot(t)
		replace(t, root, test.document, test.from, test.to)
		code, _, stderr := runGen("-root", root, "-check")
		_, report, _ := strings.Cut(stderr, test.file+":")
		disk, rest, _ := strings.Cut(report, "\tgenerated:")
		generated, _, _ := strings.Cut(rest, "\n")
		if code != exitProblem || !strings.Contains(disk, test.disk) || !strings.Contains(generated, test.generated) {
			t.Errorf("%s: exit code %d, stderr\n%s", test.file, code, stderr)
		}
	}
}

// A checkout may end lines as Windows does, and editors there may add a mark at the beginning.
func TestCheckoutOfWindows(t *testing.T) {
	root := newRoot(t)
	for _, name := range slices.Concat(inputFiles, generatedFiles) {
		mark := ""
		if strings.HasSuffix(name, ".yaml") {
			mark = "\ufeff"
		}
		writeFile(t, root, name, mark+strings.ReplaceAll(readFile(t, root, name), "\n", "\r\n"))
	}
	if code, _, stderr := runGen("-root", root, "-check"); code != exitFine {
		t.Errorf("exit code %d, stderr\n%s", code, stderr)
	}
	if code, _, stderr := runGen("-root", root); code != exitFine {
		t.Errorf("exit code %d, stderr\n%s", code, stderr)
	}
	wantUntouched(t, root)
}

func TestCheckNoticesMissingFile(t *testing.T) {
	root := newRoot(t)
	if err := os.Remove(filepath.Join(root, "gen/gen.go")); err != nil {
		t.Fatal(err)
	}
	wantDifference(t, root, "gen/gen.go:1: is missing\n")
}

func TestCheckNoticesSurplusFile(t *testing.T) {
	root := newRoot(t)
	writeFile(t, root, "gen/old.go", generatedBy+"from api/old.yaml. DO NOT EDIT.\n\npackage gen\n")
	writeFile(t, root, "gen/metadata/old.go", generatedBy+"from api/old.yaml. DO NOT EDIT.\n\npackage metadata\n")
	writeFile(t, root, "client/written.go", "package client\n")
	wantDifference(t, root, "gen/metadata/old.go:1: is not generated any more; delete it\n"+
		"gen/old.go:1: is not generated any more; delete it\n")
}

func TestCheckReportsBrokenDocument(t *testing.T) {
	root := newRoot(t)
	replace(t, root, documentFile, "maxLength: 64\n", "maxLength: abc\n")
	if code, _, stderr := runGen("-root", root, "-check"); code != exitProblem || !strings.Contains(stderr, `is the string "abc"`) {
		t.Errorf("exit code %d, stderr %s", code, stderr)
	}
}
