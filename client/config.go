package client

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// FromEnv is [New] with settings from the environment:
//
//   - KUSTOMER_ORG, as for [WithOrg], or KUSTOMER_BASE_URL, as for [WithBaseURL];
//   - KUSTOMER_API_KEY, as for [WithAPIKey], or KUSTOMER_API_KEY_FILE, the path of a UTF-8 file that contains only the key. It
//     is read once; a byte-order mark and line breaks at its end are removed.
//
// An empty variable counts as not set. opts override the environment: if they have a host or a credential, the variables for
// it are not read. All problems with the options and the environment are reported in one error.
func FromEnv(opts ...Option) (*Client, error) {
	// These options come last, so that they see what opts have set, and so that errors number opts correctly.
	return New(append(slices.Clip(opts), hostFromEnv, credentialFromEnv)...)
}

func hostFromEnv(s *settings) {
	if s.org == nil && s.baseURL == nil {
		s.hostRefused = !s.oneOf("KUSTOMER_ORG", WithOrg, "KUSTOMER_BASE_URL", WithBaseURL)
	}
}

func credentialFromEnv(s *settings) {
	if !s.hasKey && !s.hasSource && !s.oneOf("KUSTOMER_API_KEY", WithAPIKey, "KUSTOMER_API_KEY_FILE", withKeyFile) {
		s.hasKey = true // otherwise a second error would report that there is none
	}
}

// oneOf applies the option of the variable that is set. It reports whether exactly one of the two is set.
func (s *settings) oneOf(a string, withA func(string) Option, b string, withB func(string) Option) bool {
	valueA, valueB := os.Getenv(a), os.Getenv(b)
	switch {
	case valueA != "" && valueB != "":
		s.refuse("%s and %s are both set: keep one", a, b)
	case valueA != "":
		withA(valueA)(s)
	case valueB != "":
		withB(valueB)(s)
	default:
		s.refuse("neither %s nor %s is set", a, b)
	}
	return (valueA == "") != (valueB == "")
}

func withKeyFile(path string) Option {
	return func(s *settings) {
		key, err := os.ReadFile(path)
		if err != nil {
			s.hasKey = true
			if p, ok := errors.AsType[*fs.PathError](err); ok {
				err = p.Err // without the path, which may be the key itself, set in the wrong variable
			}
			s.refuse("the file that KUSTOMER_API_KEY_FILE names cannot be read: %w", err)
			return
		}
		// Editors and secret stores end a file with a line break.
		WithAPIKey(strings.TrimRight(string(key), "\r\n"))(s)
	}
}

// checkToken returns what is wrong with a key, without showing the key.
func checkToken(key string) error {
	switch {
	case key == "":
		return errors.New("the API key is empty")
	case strings.Contains(key, "\x00"):
		return errors.New("the API key has a NUL byte, perhaps because it is in UTF-16, which PowerShell and some editors write: save it as UTF-8")
	case strings.HasPrefix(key, byteOrderMark):
		return errors.New("the API key begins with a byte-order mark, which some editors write: remove it")
	case strings.HasPrefix(key, "Bearer "):
		return errors.New(`the API key begins with "Bearer ": give the key alone`)
	case strings.ContainsAny(key, "\r\n"):
		return errors.New("the API key has a line break")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the API key has a blank or another character that a key cannot have")
	}
	return nil
}

// host returns the base URL that the settings name, with a slash at its end.
func (s *settings) host() (string, error) {
	switch {
	case s.org != nil:
		return orgURL(*s.org)
	case s.baseURL != nil:
		return checkBaseURL(*s.baseURL)
	case s.hostRefused:
		return "", nil
	}
	return "", errors.New("no host: give WithOrg or WithBaseURL")
}

const maxLabel = 63

var dnsLabel = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?$`)

// hostLabel is more lenient: net/http accepts names in any script, and underscores are in use.
var hostLabel = regexp.MustCompile(`^[\pL\pM\pN_]([\pL\pM\pN_-]*[\pL\pM\pN_])?$`)

// orgURL returns the base URL of an organisation.
func orgURL(org string) (string, error) {
	if !dnsLabel.MatchString(org) {
		if len(org) > maxLabel || looksLikeToken(org) {
			// The text is not shown, because it may be an API key.
			return "", errors.New("this is not the name of an organisation; is it the API key? Give the first part of the organisation's host, or the whole host to WithBaseURL")
		}
		if strings.ContainsAny(org, "./:") {
			return "", fmt.Errorf("the organisation %q is not a name alone: give the first part of its host, or the whole host to WithBaseURL", org)
		}
		return "", fmt.Errorf("the organisation %q is not one DNS label", org)
	}
	return "https://" + strings.ToLower(org) + ".api.kustomerapp.com/", nil
}

// checkBaseURL returns the base URL with a slash at its end, or one error with all problems.
func checkBaseURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		// The text is not shown, because a URL that does not parse may contain a password.
		return "", errors.New("the base URL is not a URL")
	}
	if u.User != nil {
		return "", errors.New("the base URL has a user or a password: Kustomer accepts only the API key")
	}
	// Only a valid host is shown, because the text may be an API key.
	name := "the base URL"
	isHTTP := u.Scheme == "https" || u.Scheme == "http"
	if isHTTP && validHost(u.Hostname()) {
		name += fmt.Sprintf(" %q", u.Scheme+"://"+u.Host)
	}
	var all []error
	wrong := func(format string, args ...any) {
		all = append(all, fmt.Errorf("%s "+format, append([]any{name}, args...)...))
	}
	if !isHTTP {
		wrong("does not begin with https://")
	} else if u.Hostname() == "" {
		wrong("has no host")
	} else if !validHost(u.Hostname()) {
		wrong("has an invalid host")
	} else if port, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || port == 0) || strings.HasSuffix(u.Host, ":") {
		wrong("has no valid port")
	} else if u.Scheme == "http" && !loopback(u.Hostname()) {
		wrong("is not https: the API key would be sent unencrypted (http is allowed only for the local machine)")
	}
	if u.RawQuery != "" || u.ForceQuery {
		wrong("has a query")
	}
	if strings.Contains(text, "#") {
		wrong("has a fragment")
	}
	if u.RawPath != "" {
		wrong("has a path with escaped characters")
	}
	path := strings.TrimRight(u.Path, "/")
	for part := range strings.SplitSeq(path, "/") {
		if isDotSegment(part) {
			name, _, _ := strings.Cut(part, ";") // the rest may be anything
			wrong("has a path with %q", name)
		}
	}
	if strings.HasSuffix(strings.ToLower(path), "/v1") {
		wrong("has /v1 at the end of its path: remove it, because the paths of the operations begin with it")
	}
	if err := errors.Join(all...); err != nil {
		return "", err
	}
	u.Path = path + "/"
	return u.String(), nil
}

// normalBase returns a checked base URL with a host in lower case and without the default port.
func normalBase(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	host := strings.ToLower(u.Host)
	if u.Port() == map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host + u.Path
}

// validHost reports whether a host can be a name or an address, and is not an API key.
func validHost(host string) bool {
	if looksLikeToken(host) {
		return false
	}
	if address, zone, zoned := strings.Cut(host, "%"); net.ParseIP(address) != nil {
		return !zoned || hostLabel.MatchString(zone) // net/url cannot parse its own output for other zones
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if len(label) > maxLabel || !hostLabel.MatchString(label) {
			return false
		}
	}
	return true
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
