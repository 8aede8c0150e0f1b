package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var minors = []string{"1.26.x", "1.27.x"}

// The workflows of this repository are right, and every way in which one could go wrong unseen is found.
func TestPlants(t *testing.T) {
	const checkout = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
	for name, test := range map[string]struct{ file, from, to, want string }{
		"ci as it is":                {ciFile, "", "", ""},
		"release as it is":           {releaseFile, "", "", ""},
		"a tag":                      {ciFile, checkout, "actions/checkout@v4", `pin "actions/checkout@v4"`},
		"a tag with a commit behind": {ciFile, checkout, "actions/checkout@v4 # 11bd71901bbe5b1630ceea73d27597364c9af683", "pin "},
		"a branch":                   {ciFile, checkout, "actions/checkout@main", "pin "},
		"a tag with a word":          {ciFile, checkout, "actions/checkout@v4-beta", "pin "},
		"in quotes":                  {ciFile, checkout, `"actions/checkout@v4"`, "pin "},
		"in quotes, as a key too":    {ciFile, "uses: " + checkout, `"uses": 'actions/checkout@v4'`, "pin "},
		"in a flow":                  {ciFile, "- run: make test\n", "- {uses: actions/checkout@v4}\n      - run: make test\n", "pin "},
		"a short SHA":                {releaseFile, checkout, "actions/checkout@11bd719 # v4.2.2", "pin "},
		"no version":                 {releaseFile, " # v4.2.2", "", "say the version"},
		"an image":                   {ciFile, checkout, "docker://alpine:3", "pin "},
		"an action of the folder":    {ciFile, checkout, "./.github/actions/x", "pin "},
		"permissions for all":        {ciFile, "permissions:\n  contents: read\n", "permissions: write-all\n", `instead of "write-all"`},
		"permissions to read all":    {releaseFile, "permissions: {}", "permissions: read-all", `instead of "read-all"`},
		"no permissions":             {releaseFile, "permissions: {}\n", "", ": it has no permissions"},
		"permissions as they are":    {ciFile, "permissions:\n  contents: read\n", "permissions: {}\n", ""},
		"none":                       {ciFile, "  contents: read\n", "  contents: none\n", ""},
		"a permission to write":      {ciFile, "  contents: read\n", "  contents: write\n", "contents: write is too much"},
		"another permission":         {ciFile, "  contents: read\n", "  packages: read\n", "packages: read is too much"},
		"a job that may write":       {releaseFile, "      contents: read\n", "      contents: write\n", "contents: write is too much"},
		"publish may do more":        {releaseFile, "      contents: write", "      id-token: write\n      contents: write", "id-token: write is too much"},
		"no test":                    {releaseFile, "      - run: make test\n", "", "is make test"},
		"no check":                   {releaseFile, "      - run: make check", "      - run: echo make check", "is make check"},
		"no compat":                  {releaseFile, "      - run: make compat\n", "", "is make compat"},
		"a test that may fail":       {releaseFile, "      - run: make test\n", "      - run: make test || true\n", "is make test"},
		"a test that may fail too":   {releaseFile, "      - run: make test\n", "      - run: make test\n        continue-on-error: true\n", "is make test"},
		"a test now and then":        {releaseFile, "      - run: make test\n", "      - run: make test\n        if: false\n", "is make test"},
		"a verify that may fail":     {releaseFile, "  verify:\n", "  verify:\n    continue-on-error: true\n", "is make compat"},
		"publish does not wait":      {releaseFile, "    needs: verify\n", "", "does not wait"},
		"publish waits in a list":    {releaseFile, "    needs: verify\n", "    needs: [verify]\n", ""},
		"publish waits for nothing":  {releaseFile, "    needs: verify\n", "    needs: verify\n    if: always()\n", "does not wait"},
		"no such job":                {releaseFile, "  verify:\n", "  verified:\n", "is make test"},
		"one Go":                     {ciFile, "['1.26.x', '1.27.x']", "['1.27.x']", "with each Go of"},
		"the Go of the image":        {ciFile, "go-version: ${{ matrix.go }}", "go-version: stable", "with each Go of"},
		"one Go left out":            {ciFile, "        go: [", "        exclude: [{go: 1.26.x}]\n        go: [", "with each Go of"},
		"ci without tests":           {ciFile, "      - run: make test\n", "", "with each Go of"},
		"ci without checks":          {ciFile, "      - run: make check\n", "", "with each Go of"},
		"no YAML":                    {ciFile, "jobs:", "jobs: [", "yaml: "},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", test.file))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), test.from) {
				t.Fatalf("%s has no %q", test.file, test.from)
			}
			got := check(test.file, []byte(strings.Replace(string(text), test.from, test.to, 1)), minors)
			if test.want == "" {
				if len(got) > 0 {
					t.Errorf("it finds %q", got)
				}
			} else if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("it finds %q", got)
			}
		})
	}
}

func TestRun(t *testing.T) {
	if n, err := run("../.."); err != nil || n < 2 {
		t.Errorf("%d workflows, %v", n, err)
	}
	root := t.TempDir()
	dir := filepath.Join(root, ".github", "workflows")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{filepath.Join(root, "go.mod"): "module m\n\ngo 1.26\n", filepath.Join(dir, "x.yml"): "jobs: {a: {steps: [{uses: a/b@v1}]}}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := run(root)
	for _, want := range []string{`x.yml:1: pin "a/b@v1"`, "x.yml: it has no permissions", "ci.yml: it is not there", "release.yml: it is not there"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it does not find %q: %v", want, err)
		}
	}
}
