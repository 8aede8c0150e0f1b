package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// identifier makes an exported Go name of the system name of an attribute: all of it, so that adding other attributes does
// not change it. Names of apps begin with @, which becomes App.
func identifier(name string) string {
	rest, app := strings.CutPrefix(name, "@")
	id := joined(rest)
	if app {
		id = "App" + id
	}
	if first, _ := utf8.DecodeRuneInString(id); !unicode.IsUpper(first) {
		id = "X" + id // a digit, or a letter that has no upper case
	}
	return id
}

// joined makes one word of a text, with a capital wherever something stood that no Go name can hold. It is never empty and
// holds no underscore.
func joined(text string) string {
	var b strings.Builder
	capital := true
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if capital {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			capital = false
		case unicode.IsMark(r): // belongs to the letter before it, as the dots of a decomposed ö
		default:
			capital = true
		}
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}

// taken are the identifiers that are in use.
type taken map[string]bool

// claim gives each text its identifier, prefix and word joined. Where several would have the same, the one that is
// written as Kustomer writes names comes first, and the others get _2, _3 and so on: an underscore is in no other identifier.
func (t taken) claim(texts []string, identifierOf func(string) string) map[string]string {
	order := slices.Clone(texts)
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(oddness(a), oddness(b)), strings.Compare(a, b))
	})
	ids := make(map[string]string, len(order))
	for _, text := range order {
		if _, twice := ids[text]; twice {
			continue
		}
		wanted := identifierOf(text)
		id := wanted
		for n := 2; t[id]; n++ {
			id = wanted + "_" + strconv.Itoa(n)
		}
		t[id], ids[text] = true, id
	}
	return ids
}

// oddness tells names apart that become the same identifier: camel case is the rule, a capital at the beginning was seen, and
// all else is odd.
func oddness(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case joined(text) != string(unicode.ToUpper(first))+text[size:]:
		return 2
	case unicode.IsUpper(first):
		return 1
	}
	return 0
}
