package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for text, want := range map[string]string{
		"MIT License\n\nPermission is hereby granted,\n  free of charge, to":              "MIT",
		"Apache License\nVersion 2.0, January 2004":                                       "Apache-2.0",
		"Redistribution and use in source and binary forms\n… Neither the name of":        "BSD-3-Clause",
		"Redistribution and use in source and binary forms":                               "BSD-2-Clause",
		"Permission to use, copy, modify, and/or distribute this software":                "ISC",
		"Mozilla Public License Version 2.0":                                              "MPL-2.0",
		"GNU GENERAL PUBLIC LICENSE":                                                      "GPL",
		"Apache License, Version 2.0 … and: Permission is hereby granted, free of charge": "Apache-2.0 and MIT",
		"All rights reserved": "OTHER",
	} {
		if got := classify(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestNodeDependencies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "package-lock.json")
	text := `{"packages":{"":{"version":"0.0.0"},"node_modules/a":{"version":"1.0.0","license":"MIT"},"node_modules/a/node_modules/@b/c":{"version":"2.0.0"}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	deps, err := nodeDependencies(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	section(&b, "T", deps)
	if want := "\n## T\n\n| name | version | licence |\n| --- | --- | --- |\n| @b/c | 2.0.0 | not stated |\n| a | 1.0.0 | MIT |\n"; b.String() != want {
		t.Errorf("got %s", &b)
	}
}

func TestFirstDifference(t *testing.T) {
	for _, test := range []struct{ got, want, says string }{
		{"a\nb", "a\nb", ""},
		{"a\nc", "a\nb", `line 2 is "c" and should be "b"`},
		{"a", "a\nb", "line 2 is missing: b"},
		{"a\nb", "a", "line 2 is too many: b"},
	} {
		if says := firstDifference(test.got, test.want); says != test.says {
			t.Errorf("%q and %q: %s", test.got, test.want, says)
		}
	}
}

// The root module's dependencies are those that reach users: the ones that are promised, and each with a licence.
func TestRootModule(t *testing.T) {
	deps, err := goDependencies("../..")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range deps {
		names = append(names, d.name)
		if d.licence == "not stated" || d.licence == "OTHER" {
			t.Errorf("%s has the licence %s", d.name, d.licence)
		}
	}
	if got := strings.Join(names, " "); !strings.Contains(got, "github.com/oapi-codegen/runtime") || len(names) > 4 {
		t.Errorf("the root module depends on %s", got)
	}
}
