package formats

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// uri is the grammar of a URI of RFC 3986, by its names. Of an address in brackets it checks the characters alone.
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

// IsAbsoluteURL reports whether text is a URI of RFC 3986 that leads to something: one of http or https has a host, any other
// has a host or a path. Text that people write for a URL is none: localhost:8080, example.com:443/x and C:\x have a host or a
// drive where the scheme belongs, and characters such as blanks, ü and { have to be percent-encoded.
func IsAbsoluteURL(text string) bool {
	if !uri().MatchString(text) {
		return false
	}
	u, err := url.Parse(text) // looks into addresses in brackets
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
