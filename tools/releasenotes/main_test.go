package main

import (
	"os"
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	const changelog = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n- `a`.\n\n## [1.1.0] - 2026-01-01\n\n## [1.0.0]\n- first\n"
	for _, test := range []struct{ tag, want, err string }{
		{"v1.2.0", "### Added\n\n- `a`.\n", ""},
		{"v1.0.0", "- first\n", ""},
		{"v1.1.0", "", "is empty"},
		{"v1.3.0", "", "has no section ## [1.3.0]"},
		{"v1.2", "", "is no version"},
		{"1.2.0", "", "is no version"},
		{"gen/v1.2.0", "", "is no version"},
		{"", "", "is no version"},
	} {
		got, err := notes(changelog, test.tag)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %q, %v", test.tag, got, err)
		}
	}
}

// The changelog of this repository is in the form that a release reads.
func TestOwnChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	next := strings.Replace(string(text), "## [Unreleased]", "## [0.1.0] - 2026-01-01", 1)
	if _, err := notes(next, "v0.1.0"); err != nil {
		t.Error(err)
	}
}
