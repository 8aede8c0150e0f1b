package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// identifier returns an exported Go name for the system name of an attribute. It uses the whole name, so that new
// attributes do not change it. Names of app attributes begin with @, which becomes App.
func identifier(name string) string {
	rest, app := strings.CutPrefix(name, "@")
	id := word(rest)
	if app {
		id = "App" + id
	}
	if first, _ := utf8.DecodeRuneInString(id); !unicode.IsUpper(first) {
		id = "X" + id // a digit, or a letter without upper case
	}
	return id
}

// maxEncoded is how many special characters an identifier spells out.
const maxEncoded = 4

// word returns a text as one camel-case word. Blanks, hyphens, underscores and dots separate words. Other special
// characters are appended by code point: A+ becomes A_2b. The result depends only on the text. Two texts give the same
// word only if they differ just in case and separators.
func word(text string) string {
	var b strings.Builder
	var encoded []string
	capital, separators := true, ""
	flush := func() { // encodes separators at an end and repeated ones
		for _, r := range separators {
			encoded = append(encoded, fmt.Sprintf("%x", r))
		}
		separators = ""
	}
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(separators) > 1 || b.Len() == 0 {
				flush()
			}
			separators = ""
			if capital {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			capital = false
		case strings.ContainsRune(" -_.", r):
			separators += string(r)
			capital = true
		default:
			flush()
			encoded = append(encoded, fmt.Sprintf("%x", r))
			capital = capital || !unicode.IsMark(r) // a mark belongs to the letter before it
		}
	}
	flush()
	if b.Len() == 0 {
		b.WriteString("X")
	}
	switch {
	case text == "":
		return "X_empty"
	case len(encoded) > maxEncoded:
		return b.String() + digest(text, shortDigest)
	case len(encoded) > 0:
		return b.String() + "_" + strings.Join(encoded, "_")
	}
	return b.String()
}

// The number of hexadecimal digits in the suffix of names that collide. The long one is used if short ones collide too.
const (
	shortDigest = 8
	longDigest  = 2 * sha256.Size
)

// digest returns a stable suffix for a text.
func digest(text string, digits int) string {
	sum := sha256.Sum256([]byte(text))
	return "_h" + hex.EncodeToString(sum[:])[:digits]
}
