package main

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// A secret is a text that identifies the organisation or gives access to it, with its replacement.
type secret struct{ text, instead string }

// environment returns the secrets of the environment: the API key, and the organisation's name and host.
func environment() []secret {
	key := os.Getenv("KUSTOMER_API_KEY")
	if path := os.Getenv("KUSTOMER_API_KEY_FILE"); key == "" && path != "" {
		text, _ := os.ReadFile(path) // the client reports an error
		key = strings.TrimSpace(string(text))
	}
	all := []secret{{key, "<key>"}, {os.Getenv("KUSTOMER_ORG"), "<org>"}}
	if u, err := url.Parse(os.Getenv("KUSTOMER_BASE_URL")); err == nil {
		all = append(all, secret{u.Host, "<host>"}, secret{u.Hostname(), "<host>"})
		if name, _, _ := strings.Cut(u.Hostname(), "."); net.ParseIP(u.Hostname()) == nil && name != "api" && name != "www" {
			all = append(all, secret{name, "<org>"})
		}
	}
	return all
}

// idPattern matches ids: Kustomer's, UUIDs, and other long hexadecimal numbers.
var idPattern = regexp.MustCompile(`(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}`)

// redact replaces ids and secrets.
func (v *verifier) redact(text string) string {
	// Replace the longest first, because a host contains the name of the organisation.
	slices.SortStableFunc(v.secrets, func(a, b secret) int { return cmp.Compare(len(b.text), len(a.text)) })
	for _, s := range v.secrets {
		if s.text == "" {
			continue
		}
		pattern := regexp.QuoteMeta(s.text)
		if len(s.text) < 3 {
			pattern = `\b` + pattern + `\b` // such a short text is a part of many words
		}
		text = regexp.MustCompile(`(?i)`+pattern).ReplaceAllLiteralString(text, s.instead)
	}
	return idPattern.ReplaceAllString(text, "<id>")
}

var (
	// quoted matches quoted texts, and numbers of 7 or more digits, such as phone numbers. Apostrophes in words are no quotes.
	quoted = regexp.MustCompile("\"[^\"]*\"|`[^`]*`|\u201c[^\u201d]*\u201d|\\B'[^']*'\\B|\\+?\\d(?:[ ()./-]*\\d){6,}")
	// plain matches words that are not names: words that begin in lower case, such as externalId, short numbers, and the
	// placeholders of redact.
	plain = regexp.MustCompile(`^\(?([a-z][A-Za-z'-]*|\d{1,6}|<[A-Za-z]+>)[).,:;?!]*$`)
	// capital matches the first word of a sentence, or a name.
	capital = regexp.MustCompile(`^[A-Z][a-z']*[.,:;?!]*$`)
)

// mask returns a text of the server without anything that may come from the request or a record. Words in lower case, the
// first word, short numbers and the texts of HTTP statuses remain.
func (v *verifier) mask(text string) string {
	for status := 400; status < 512; status++ {
		if text != "" && text == http.StatusText(status) {
			return text
		}
	}
	words := strings.Fields(quoted.ReplaceAllString(v.redact(text), "…"))
	for i, w := range words {
		begins := i == 0 && capital.MatchString(w) && (len(words) == 1 || plain.MatchString(words[1]))
		if !begins && !plain.MatchString(w) {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
