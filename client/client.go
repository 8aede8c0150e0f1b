package client

import (
	"errors"
	"net/http"
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
