package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// identifier makes an exported Go name of the system name of an attribute: all of it, so that adding other attributes does
// not change it. Names of apps begin with @, which becomes App.
func identifier(name string) string {
	rest, app := strings.CutPrefix(name, "@")
	id := word(rest)
	if app {
		id = "App" + id
	}
	if first, _ := utf8.DecodeRuneInString(id); !unicode.IsUpper(first) {
		id = "X" + id // a digit, or a letter that has no upper case
	}
	return id
}

// maxEncoded is how many characters are written out in an identifier.
const maxEncoded = 4

// word makes one word of a text. Where blanks, hyphens, underscores and dots separate words, each begins with a capital. All else
// that no Go name can hold follows after underscores, by code point: A+ is A_2b. So what a text becomes depends on the text
// alone, and two texts become the same word only if they differ in nothing but case and separators.
func word(text string) string {
	var b strings.Builder
	var encoded []string
	capital, separators := true, ""
	flush := func() { // separators at an end, or more than one at a place
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

// How many hexadecimal digits tell texts apart whose words are the same. The longer ones are for the case that the shorter ones
// are the same too.
const (
	shortDigest = 8
	longDigest  = 2 * sha256.Size
)

// digest is an end for an identifier that only this text has.
func digest(text string, digits int) string {
	sum := sha256.Sum256([]byte(text))
	return "_h" + hex.EncodeToString(sum[:])[:digits]
}
