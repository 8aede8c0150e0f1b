package formats

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// uri is the URI grammar of RFC 3986. For an address in brackets it checks only the characters.
var uri = sync.OnceValue(func() *regexp.Regexp {
	const (
		escaped   = `%[0-9A-Fa-f]{2}`
		regName   = `(?:[\w.~!$&'()*+,;=-]|` + escaped + `)*`
		userinfo  = `(?:[\w.~!$&'()*+,;=:-]|` + escaped + `)*`
		pchar     = `(?:[\w.~!$&'()*+,;=:@-]|` + escaped + `)`
		authority = `(?:` + userinfo + `@)?(?:\[[0-9A-Fa-f:.]+\]|` + regName + `)(?::\d*)?`
		path      = `(?:/` + pchar + `*)*`
		query     = `(?:` + pchar + `|[/?])*`
	)
	return regexp.MustCompile(`^[A-Za-z][A-Za-z\d+.-]*:(?://` + authority + path + `|/?(?:` + pchar + `+` + path + `)?)(?:\?` + query + `)?(?:#` + query + `)?$`)
})

// IsAbsoluteURL reports whether text is an RFC 3986 URI with a target. An http or https URL needs a host; other URLs
// need a host or a path. Common mistakes are refused: in localhost:8080, example.com:443/x and C:\x, a host or drive
// takes the place of the scheme. Blanks, non-ASCII characters and characters such as { must be percent-encoded.
func IsAbsoluteURL(text string) bool {
	if !uri().MatchString(text) {
		return false
	}
	u, err := url.Parse(text) // checks the addresses in brackets
	if err != nil {
		return false
	}
	switch {
	case u.Scheme == "http" || u.Scheme == "https":
		return u.Hostname() != ""
	case len(u.Scheme) < 2 || u.Scheme == "localhost" || strings.Contains(u.Scheme, "."):
		return false
	}
	return u.Host != "" || u.Opaque != "" || strings.Trim(u.Path, "/") != ""
}
