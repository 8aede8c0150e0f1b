package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// idText is what ids look like: Kustomer's own, UUIDs, and others that are long enough.
var idText = regexp.MustCompile(`(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}`)

// masks are what a text of the server may repeat of a request or a record.
var masks = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`[^\s"'<>(),;:]+@[^\s"'<>(),;:]+`), "<address>"},
	{regexp.MustCompile("\"[^\"]*\"|`[^`]*`|\u201c[^\u201d]*\u201d"), "<quoted>"},
	{regexp.MustCompile(`\B'[^']*'\B`), "<quoted>"}, // and no apostrophe
	{idText, "<id>"},
	{regexp.MustCompile(`\+?\d(?:[ ()./-]*\d){6,}`), "<number>"},
}

// capitals are words in a row that begin with a capital, as names do.
var capitals = regexp.MustCompile(`\p{Lu}[\p{L}\p{M}.'\x{2019}-]*(?:\s+\p{Lu}[\p{L}\p{M}.'\x{2019}-]*)*`)

// plainWords are no names, though they begin with a capital.
var plainWords = func() []string {
	words := []string{"API", "HTTP", "JSON", "URL", "ID", "UUID", "GET", "PATCH", "POST", "PUT", "Validation", "Invalid", "Resource"}
	for status := range 600 {
		words = append(words, strings.Fields(http.StatusText(status))...)
	}
	return words
}()

// mask is what may be shown of a text of the server. What is known to be secret goes first, and as a whole: cut short, or with
// its digits taken out, it would not be found any more.
func (v *verifier) mask(text string) string { return mask(v.redact(text)) }

// mask takes out of a text of the server what is not Kustomer's own words: what is quoted, addresses, ids, long numbers, and
// words that may be names, which are those with a capital where no sentence begins.
func mask(text string) string {
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.instead)
	}
	var b strings.Builder
	end := 0
	for _, at := range capitals.FindAllStringIndex(text, -1) {
		b.WriteString(text[end:at[0]])
		end = at[1]
		words := text[at[0]:at[1]]
		if isPlain(words, text[:at[0]]) {
			b.WriteString(words)
		} else {
			b.WriteString("<name>")
		}
	}
	return b.String() + text[end:]
}

// isPlain reports whether words with capitals are no names, from what they are and what is before them.
func isPlain(words, before string) bool {
	if r, _ := utf8.DecodeLastRuneInString(before); unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
		return true // within a word, as in externalId
	}
	list := strings.Fields(words)
	known := !slices.ContainsFunc(list, func(w string) bool { return !slices.Contains(plainWords, strings.TrimRight(w, ".")) })
	before = strings.TrimSpace(before)
	return known || len(list) == 1 && (before == "" || strings.HasSuffix(before, "."))
}
