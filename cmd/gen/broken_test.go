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

// wantProblems applies the edits of all faults and compares everything that is said. Faults come in the order of their
// files.
func wantProblems(t *testing.T, faults ...fault) {
	t.Helper()
	root := newRoot(t)
	want := ""
	for _, f := range faults {
		for _, e := range f.edits {
			replace(t, root, f.file, e.from, e.to)
		}
		lines := takeMarks(t, root, f.file, here)
		spoken := fmt.Sprint(append(takeMarks(t, root, f.file, there), 0)[0])
		if len(lines) != len(f.want) {
			t.Fatalf("%s: %d marks for %d messages", f.file, len(lines), len(f.want))
		}
		for i, message := range f.want {
			want += fmt.Sprintf("%s:%d: %s\n", f.file, lines[i], strings.ReplaceAll(message, "{there}", spoken))
		}
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

func TestSenseFaults(t *testing.T) {
	for _, f := range senseFaults {
		f.file = documentFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

func TestSpellingFaults(t *testing.T) {
	for _, f := range spellingFaults {
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

func TestBrokenMetadata(t *testing.T) {
	for _, f := range metadataFaults {
		f.file = metadataFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

func TestBrokenMetadataOverlay(t *testing.T) {
	for _, f := range metadataOverlayFaults {
		f.file = metadataOverlayFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

func TestBrokenConfig(t *testing.T) {
	for _, f := range configFaults {
		f.file = configFile
		t.Run(f.name, func(t *testing.T) { wantProblems(t, f) })
	}
}

// Documents do not wait for each other, whatever the stage at which they fail.
func TestProblemsOfBothDocuments(t *testing.T) {
	for name, faults := range map[string][]fault{
		"neither can be read": {
			{file: metadataFile, edits: one("openapi: 3.0.3", "openapi: [3.0.3◀"),
				want: []string{"is not valid YAML: did not find expected ',' or ']'"}},
			{file: documentFile, edits: one("openapi: 3.0.3", "openapi: [3.0.3◀"),
				want: []string{"is not valid YAML: did not find expected ',' or ']'"}},
		},
		"the first has a fault, the second gives no Go": {
			{file: metadataOverlayFile, edits: one(enumeration+"    update:\n", enumeration[:len(enumeration)-1]+"◀\n    update:\n      x-go-type-name: A B\n"),
				want: []string{`gives no Go: x-go-type-name in property "enumeration" in schema "Attribute" must be a valid Go identifier: "A B"`}},
			{file: documentFile, edits: one(tagLength, "      maxLenght: 64◀\n"),
				want: []string{`unknown keyword "maxLenght" in a schema`}},
		},
		"the second has a fault, the first lacks a field for an alias": {
			{file: metadataFile, edits: one("displayName: Carrier", "displayName: 7◀"),
				want: []string{"the example does not fit its schema at /data/attributes/properties/carrierStr/displayName: value must be a string"}},
			{file: documentFile, edits: one("        time:\n          description: When it ends.", "        time:◀\n          description: When it ends."),
				want: []string{"the model Snooze has no field for time"}},
			{file: overlayFile, edits: one("  # Ids and tags are Go strings.", "  - target: $.components.schemas.Snooze.properties.time\n    remove: true\n")},
		},
	} {
		t.Run(name, func(t *testing.T) { wantProblems(t, faults...) })
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
