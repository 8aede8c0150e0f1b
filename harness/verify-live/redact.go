package main

import (
	"cmp"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// A secret says whose organisation it is, or lets others in.
type secret struct{ text, name string }

// environment returns the secrets that the environment holds: the credential, and the organisation's name and host.
func environment() []secret {
	key := os.Getenv("KUSTOMER_API_KEY")
	if path := os.Getenv("KUSTOMER_API_KEY_FILE"); key == "" && path != "" {
		text, _ := os.ReadFile(path) // the client has read it
		key = strings.TrimSpace(string(text))
	}
	all := []secret{{key, "<key>"}, {os.Getenv("KUSTOMER_ORG"), "<org>"}}
	u, err := url.Parse(os.Getenv("KUSTOMER_BASE_URL"))
	if err != nil || u.Hostname() == "" {
		return all
	}
	all = append(all, secret{u.Host, "<host>"}, secret{u.Hostname(), "<host>"})
	label, _, _ := strings.Cut(u.Hostname(), ".")
	if net.ParseIP(u.Hostname()) == nil && label != "api" && label != "www" {
		all = append(all, secret{label, "<org>"})
	}
	return all
}

// redact takes out what says whose organisation it is: ids, the organisation's name and host, the credential, the names of
// its attributes.
func (v *verifier) redact(text string) string {
	all := slices.Clone(v.secrets)
	for _, name := range v.defined {
		all = append(all, secret{name, "<attribute>"})
	}
	// A host holds the name of the organisation, so the longer one goes first.
	slices.SortStableFunc(all, func(a, b secret) int { return cmp.Compare(len(b.text), len(a.text)) })
	for _, s := range all {
		if s.text == "" {
			continue
		}
		pattern := regexp.QuoteMeta(s.text)
		if len(s.text) < 3 {
			pattern = `\b` + pattern + `\b` // it is within many words
		}
		text = regexp.MustCompile(`(?i)`+pattern).ReplaceAllLiteralString(text, s.name)
	}
	return idText.ReplaceAllString(text, "<id>")
}
