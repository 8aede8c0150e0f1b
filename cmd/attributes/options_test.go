package main

import (
	"path/filepath"
	"testing"
)

func TestPackageNames(t *testing.T) {
	dir := t.TempDir()
	writeTo(t, dir, "my-app/main.go", "package main\n")
	writeTo(t, dir, "my-app/x.go", "package wrong\n")
	writeTo(t, dir, "main/x_test.go", "package main_test\n")
	writeTo(t, dir, "own/x.go", "package own2\n")
	writeTo(t, dir, "program/a.go", "//go:build ignore\n\npackage main\n")
	writeTo(t, dir, "program/b.go", "package orders\n")
	writeTo(t, dir, "tools/a.go", "//go:build tools\n\npackage tools\n")
	writeTo(t, dir, "tools/_b.go", "package hidden\n")
	writeTo(t, dir, "tools/c.go", "package orders\n")
	writeTo(t, dir, "only/a.go", "//go:build ignore\n\npackage main\n")
	writeTo(t, dir, "a[b]/a.go", "package orders\n")
	writeTo(t, dir, "broken[/a.go", "package orders\n")
	for file, want := range map[string]string{
		filepath.Join(dir, "program", "x.go"): "orders",
		filepath.Join(dir, "tools", "x.go"):   "orders",
		filepath.Join(dir, "only", "x.go"):    "only",
		filepath.Join(dir, "a[b]", "x.go"):    "orders",
		filepath.Join(dir, "broken[", "x.go"): "orders",
		"":                                    "attributes",
		"/a/b/x.go":                           "b",
		"/a/My-Attrs.v2/x.go":                 "myattrsv2",
		"/a/2nd/x.go":                         "nd",
		"/a/func/x.go":                        "attributes",
		"/a/--/x.go":                          "attributes",
		"/x.go":                               "attributes",
		"/a/größe/x.go":                       "größe",
		"../attributes/sub/x.go":              "sub",
		"x.go":                                "main", // the package of this directory
		filepath.Join(dir, "my-app", "x.go"):  "main",
		filepath.Join(dir, "main", "x.go"):    "attributes",
		filepath.Join(dir, "own", "x.go"):     "own", // no other file in its directory
		filepath.Join(dir, "own", "other.go"): "own2",
	} {
		if got := packageName(file); got != want {
			t.Errorf("package of %s is %s, want %s", file, got, want)
		}
	}
	// The package of go generate takes precedence.
	t.Chdir(filepath.Join(dir, "program"))
	t.Setenv("GOPACKAGE", "main")
	if got := packageName("x.go"); got != "main" {
		t.Errorf("go generate, next to another package: %s", got)
	}
	t.Chdir(filepath.Join(dir, "main"))
	t.Setenv("GOPACKAGE", "main_test")
	if got := packageName("x.go"); got != "main" {
		t.Errorf("go generate: %s", got)
	}
	if got := packageName("sub/x.go"); got != "sub" {
		t.Errorf("go generate, for another directory: %s", got)
	}
}
