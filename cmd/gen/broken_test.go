package main

import (
	"fmt"
	"strings"
	"testing"
)

// A fault is a change to an input, and what has to be said of it.
type fault struct {
	name  string
	file  string
	edits []edit
	want  []string // messages in the order of their lines
}

// An edit replaces a text that the file holds once. A here stands in each line that a message has to name, as often as
// messages name it, and a there in a line of which a message speaks as {there}.
type edit struct{ from, to string }

const (
	here  = "◀"
	there = "◁"
)

// wantProblems applies the edits and compares everything that is said.
func wantProblems(t *testing.T, f fault) {
	t.Helper()
	root := newRoot(t)
	for _, e := range f.edits {
		replace(t, root, f.file, e.from, e.to)
	}
	lines := takeMarks(t, root, f.file, here)
	spoken := fmt.Sprint(append(takeMarks(t, root, f.file, there), 0)[0])
	if len(lines) != len(f.want) {
		t.Fatalf("%d marks for %d messages", len(lines), len(f.want))
	}
	want := ""
	for i, message := range f.want {
		want += fmt.Sprintf("%s:%d: %s\n", f.file, lines[i], strings.ReplaceAll(message, "{there}", spoken))
	}

	code, stdout, stderr := runGen("-root", root)
	if code != exitProblem || stdout != "" || stderr != want {
		t.Errorf("exit code %d, stdout %q, stderr\n%swant exit code 1, stderr\n%s", code, stdout, stderr, want)
	}
	wantUntouched(t, root)
}

func TestBrokenDocument(t *testing.T) {
	for _, f := range documentFaults {
		f.file = documentFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

func TestBrokenOverlay(t *testing.T) {
	for _, f := range overlayFaults {
		f.file = overlayFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

func TestBrokenConfig(t *testing.T) {
	for _, f := range configFaults {
		f.file = configFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

// A document that has lost a section troubles the overlay too, and both are told in one run.
func TestProblemsOfSeveralFiles(t *testing.T) {
	root := newRoot(t)
	replace(t, root, documentFile, "\npaths:\n", "\nx-paths:\n")
	replace(t, root, configFile, "    TagsToAppend:", "    TagsToPrepend:")
	_, _, stderr := runGen("-root", root)
	for _, want := range []string{
		": paths must be an object\n",
		": the target $.paths.*.patch.requestBody.content['application/json-patch+json'] matches nothing in api/openapi.yaml\n",
		": api/openapi.yaml has no schema \"TagsToPrepend\"\n",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing in\n%s", want, stderr)
		}
	}
	wantUntouched(t, root)
}
