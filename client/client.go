package client

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Client calls the Kustomer API. Make one with [New] or [FromEnv], and share it: a Client is safe for concurrent use, and
// the calls of one Client share the organisation's budget.
type Client struct {
	settings
	base           string // ends in a slash
	do             func(*http.Request) (*http.Response, error)
	plainTransport bool // the transport is one of net/http, so its errors say reliably what was sent
	headersSeen    *headersSeen
}

// New returns a client for the organisation that [WithOrg] or [WithBaseURL] names, with the credential of [WithAPIKey] or
// [WithTokenSource]. These two are required; everything else has a default. New sends nothing. All problems with the options
// are reported in one error.
func New(opts ...Option) (*Client, error) {
	s := settings{
		slots:             new(slots),
		timeout:           30 * time.Second,
		userAgent:         userAgent(),
		updateContentType: gen.UpdateConversationAttributesOperation.MediaTypes[0],
	}
	s.apply(opts...)
	return newClient(s)
}

func newClient(s settings) (*Client, error) {
	base, err := s.host()
	errs := append(s.errs, err)
	if s.token == nil && !s.hasKey && !s.hasSource {
		errs = append(errs, errors.New("no credential: give WithAPIKey or WithTokenSource"))
	}
	if s.limiter == nil {
		s.limiter, err = ratelimit.New(ratelimit.Config{})
		errs = append(errs, err)
	}
	if err := errorList(errs).err(); err != nil {
		return nil, err
	}
	if s.httpClient == nil {
		s.setHTTPClient(newHTTPClient())
	}
	hc := *s.httpClient()
	_, plain := hc.Transport.(*http.Transport)
	hc.Transport = noRedirects{hc.Transport} // this replaces CheckRedirect, which is not called without a Location
	return &Client{
		settings:       s,
		base:           base,
		do:             hc.Do,
		plainTransport: plain,
		headersSeen:    new(headersSeen),
	}, nil
}

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

// Clone returns a client with the settings of c, except those that opts set. It shares the connections of c, unless opts have
// [WithHTTPClient].
//
// For the same host it also shares the limiter of c, unless opts have [WithLimiter]. Calls with another key of the
// organisation then stay within one budget. If the host serves many organisations, give WithLimiter together with the key of
// another organisation. The clone also shares what [Client.EnsureConversation] remembers, unless opts have both.
//
// A clone for another host, by [WithOrg] or [WithBaseURL], needs a credential of its own, otherwise Clone returns an error:
// the credential of c is never sent to another host. Such a clone has a new limiter, unless opts have [WithLimiter]. Base URLs
// that differ only in the case of the host, the default port or slashes at the end name the same host.
func (c *Client) Clone(opts ...Option) (*Client, error) {
	s := c.settings
	s.org, s.baseURL, s.hasKey, s.hasSource, s.hasLimiter = nil, nil, false, false, false
	s.apply(opts...)
	if s.org == nil && s.baseURL == nil {
		s.org, s.baseURL = c.org, c.baseURL
	}
	if base, err := s.host(); err == nil && normalBase(base) != normalBase(c.base) {
		if !s.hasKey && !s.hasSource {
			s.refuse("a clone for another host needs a credential of its own: give WithAPIKey or WithTokenSource")
		}
		if !s.hasLimiter {
			s.limiter = nil
		}
		s.slots = new(slots)
	} else if s.hasLimiter && (s.hasKey || s.hasSource) {
		s.slots = new(slots) // perhaps another organisation
	}
	return newClient(s)
}

// RateLimit returns what the client's limiter currently knows about limits. It returns false if the limiter has no Snapshot
// method: see [WithLimiter].
func (c *Client) RateLimit() (ratelimit.Snapshot, bool) {
	l, ok := c.limiter.(interface{ Snapshot() ratelimit.Snapshot })
	if !ok {
		return ratelimit.Snapshot{}, false
	}
	return l.Snapshot(), true
}

// CloseIdleConnections closes the connections that are kept for later calls. The client stays usable.
func (c *Client) CloseIdleConnections() { c.httpClient().CloseIdleConnections() }

// String returns the base URL of the client. It shows no credential.
func (c *Client) String() string { return "kustomer client for " + c.base }
