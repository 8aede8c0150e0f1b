package main

import (
	"strings"
	"testing"
)

// What the overlay takes from the models must not be promised by their aliases.
func TestAliasesNeedTheirModels(t *testing.T) {
	for action, want := range map[string]string{
		"$.components.schemas.Snooze.properties.status.enum[0]": ": the models have no constant for scheduled\n",
		"$.components.schemas.Snooze.properties.time":           ": the model Snooze has no field for time\n",
	} {
		root := newRoot(t)
		writeFile(t, root, overlayFile, readFile(t, root, overlayFile)+"  - target: "+action+"\n    remove: true\n")
		code, _, stderr := runGen("-root", root)
		if code != exitProblem || !strings.HasPrefix(stderr, documentFile+":") || !strings.HasSuffix(stderr, want) {
			t.Errorf("%s: exit code %d, stderr %q, want %q", action, code, stderr, want)
		}
		wantUntouched(t, root)
	}
}

func TestTypesAsSeenFromTheClient(t *testing.T) {
	types, err := parseTypes([]byte(`package gen
type Tag = string
type Level float64
const (
	Low Level = -1
	High Level = 2
)
type S struct {
	A *Tag ` + "`json:\"a,omitempty\"`" + `
	B []Tag ` + "`json:\"b\"`" + `
	C nullable.Nullable[Tag] ` + "`json:\"c\"`" + `
	D time.Time ` + "`json:\"d\"`" + `
	E Level ` + "`json:\"e\"`" + `
	F map[string]int ` + "`json:\"f\"`" + `
	g int
}`))
	if err != nil {
		t.Fatal(err)
	}
	fields := types.fields("S")
	for name, want := range map[string]string{
		"a": "*string", "b": "[]string", "c": "Nullable[string]", "d": "time.Time", "e": "Level", "f": "any",
	} {
		if got := fields[name]; got.typ != want || got.name != strings.ToUpper(name) {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
	if len(fields) != 6 {
		t.Errorf("%d fields, want 6", len(fields))
	}
	if got := types.consts["Level"]; len(got) != 2 || got[0] != (goConst{"Low", "-1"}) || got[1] != (goConst{"High", "2"}) {
		t.Errorf("constants %v", got)
	}
}
