package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// runAttributes runs the command.
func runAttributes(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	code = run(t.Context(), args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

// responseWith is the response of GET /v1/metadata/conversation with these properties.
func responseWith(properties string) string {
	return `{"data":{"type":"metadata","id":"conversation","attributes":{"properties":{` + properties + `}}}}`
}

// generate returns the file for properties, or fails.
func generate(t testing.TB, properties string, args ...string) string {
	t.Helper()
	code, stdout, stderr := runAttributes(t, responseWith(properties), append(args, "-")...)
	if code != exitOK {
		t.Fatalf("exit code %d, stderr\n%s", code, stderr)
	}
	return stdout
}

// wantLines fails unless the text has each line. It ignores white space.
func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	flat := "\n"
	for line := range strings.Lines(text) {
		flat += strings.Join(strings.Fields(line), " ") + "\n"
	}
	for _, line := range lines {
		if !strings.Contains(flat, "\n"+line+"\n") {
			t.Errorf("no line\n%s\nin\n%s", line, text)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// readLines reads a file of the repository. A working copy on Windows may have CRLF line ends.
func readLines(t *testing.T, name string) string {
	t.Helper()
	return strings.ReplaceAll(readFile(t, name), "\r\n", "\n")
}

func writeTo(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// filesIn lists a directory, including hidden files.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// jsonOf encodes a text as JSON.
func jsonOf(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// render generates the file for definitions that JSON cannot hold.
func render(t *testing.T, o *options, attributes ...definitions.Attribute) (*plan, []byte) {
	t.Helper()
	p := planOf(&definitions.Definitions{Resource: "conversation", Attributes: attributes}, o)
	code, err := p.render()
	if err != nil {
		t.Fatal(err)
	}
	return p, code
}
