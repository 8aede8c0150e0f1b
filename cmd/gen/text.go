package main

import (
	"strings"
	"unicode"
)

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// lowerFirst turns the beginning of a sentence into its continuation. Abbreviations keep their capitals.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 || len(r) > 1 && unicode.IsUpper(r[1]) {
		return s
	}
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

func firstSentence(s string) string {
	first, _, more := strings.Cut(s, ". ")
	if more {
		first += "."
	}
	return first
}
