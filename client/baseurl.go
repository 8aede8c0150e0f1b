package client

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

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
