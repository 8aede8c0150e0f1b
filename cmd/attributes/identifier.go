package main

import (
	"crypto/sha256"
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

// word returns a text as one camel-case word. Blanks, hyphens, underscores and dots separate words. Other special
// characters, and separators at an end or side by side, are appended by code point: A+ becomes A_2b. Two texts give the
// same word only if they differ just in case and separators.
func word(text string) string {
	const separators = " -_."
	var b strings.Builder
	var encoded []string
	runes, capital := []rune(text), true
	for i, r := range runes {
		if alphanumeric(r) {
			if capital {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			capital = false
			continue
		}
		between := b.Len() > 0 && i+1 < len(runes) && alphanumeric(runes[i+1]) && !strings.ContainsRune(separators, runes[i-1])
		if !between || !strings.ContainsRune(separators, r) {
			encoded = append(encoded, fmt.Sprintf("%x", r))
		}
		capital = capital || !unicode.IsMark(r) // a mark belongs to the letter before it
	}
	if b.Len() == 0 {
		b.WriteString("X")
	}
	const most = 4 // more special characters than these become a digest
	switch {
	case text == "":
		return "X_empty"
	case len(encoded) > most:
		return b.String() + digest(text)
	case len(encoded) > 0:
		return b.String() + "_" + strings.Join(encoded, "_")
	}
	return b.String()
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// digest returns a stable suffix for a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("_h%x", sum[:4])
}

// identify gives each attribute and value its identifier. Names that collide all get a suffix that depends on their own
// text only. None of them keeps the plain name and none is numbered. Otherwise, adding or removing one could change the
// meaning of another's identifier in code that still compiles. Deleted attributes do not affect others.
func (p *plan) identify() {
	wanted := map[string]int{namesFunc: 1, p.Struct: 1}
	deleted := make(map[string]int)
	for _, a := range p.Attributes {
		plain := identifier(a.Name)
		if a.Deleted {
			deleted[plain]++
			continue
		}
		wanted[plain]++
		for _, v := range a.Values {
			wanted[plain+word(v.text)]++
		}
	}
	for _, a := range p.Attributes {
		plain := identifier(a.Name)
		a.ID = plain
		if wanted[plain] > 1 || a.Deleted && wanted[plain]+deleted[plain] > 1 {
			a.ID += digest(a.Name)
		}
		for i := range a.Values {
			v := &a.Values[i]
			v.ID = a.ID + word(v.text)
			if wanted[plain+word(v.text)] > 1 {
				v.ID += digest(v.text)
			}
		}
	}
}
