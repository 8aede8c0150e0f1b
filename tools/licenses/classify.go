package main

import (
	"slices"
	"strings"
)

// phrases are what only one licence says, the more special ones first.
var phrases = []struct {
	name string
	says []string
}{
	{"Apache-2.0 and MIT", []string{"apache license", "permission is hereby granted, free of charge"}},
	{"Apache-2.0", []string{"apache license", "version 2.0"}},
	{"MPL-2.0", []string{"mozilla public license", "2.0"}},
	{"LGPL", []string{"gnu lesser general public license"}},
	{"AGPL", []string{"gnu affero general public license"}},
	{"GPL", []string{"gnu general public license"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute this software"}},
	{"MIT", []string{"permission is hereby granted, free of charge"}},
	{"Unlicense", []string{"this is free and unencumbered software"}},
}

// classify names the licence that a text is, in the words of SPDX where it is one of the usual ones.
func classify(text string) string {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, p := range phrases {
		if !slices.ContainsFunc(p.says, func(s string) bool { return !strings.Contains(text, s) }) {
			return p.name
		}
	}
	return "OTHER"
}
