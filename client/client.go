package client

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Client calls the Kustomer API. Make one with [New] or [FromEnv], and share it: a Client is safe for concurrent use, and
// the calls of one Client share the organisation's budget.
type Client struct {
	base              string   // ends in a slash
	host              *url.URL // base, parsed
	token             tokenFunc
	rotates           bool // token may return another token each time
	do                func(*http.Request) (*http.Response, error)
	closeIdle         func()
	plainTransport    bool          // the transport is one of net/http, so its errors say reliably what was sent
	lastProto         *atomic.Int32 // major version of HTTP of the last response; 0 before one
	limiter           ratelimit.Limiter
	headersSeen       *headersSeen
	policy            RetryPolicy
	trace             Trace
	logger            *slog.Logger // may be nil
	episodes          *episodes
	userAgent         string
	timeout           time.Duration // of an attempt; 0 is none
	updateContentType string
	checks            bool
	defined           []string // names of the organisation's custom attributes; nil if not known
	clone             func([]Option) (*Client, error)
}

const defaultTimeout = 30 * time.Second

// New returns a client for the organisation that [WithOrg] or [WithBaseURL] names, with the credential of [WithAPIKey] or
// [WithTokenSource]. These two are required; everything else has a default. New sends nothing. All problems with the options
// are reported in one error.
func New(opts ...Option) (*Client, error) {
	return newClient(defaults(), opts)
}

func defaults() settings {
	return settings{
		timeout:           defaultTimeout,
		updateContentType: gen.UpdateConversationAttributesOperation.MediaTypes[0],
	}
}

func newClient(s settings, opts []Option) (*Client, error) {
	errs := s.apply(opts)
	base, err := s.base()
	errs = append(errs, err)
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
	host, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	hc, plain := httpClient(s.httpClient)
	if s.lastProto == nil {
		s.lastProto = new(atomic.Int32)
	}
	c := &Client{
		base:              base,
		host:              host,
		token:             s.token,
		rotates:           s.rotates,
		do:                hc.Do,
		closeIdle:         hc.CloseIdleConnections,
		plainTransport:    plain,
		lastProto:         s.lastProto,
		limiter:           s.limiter,
		headersSeen:       new(headersSeen),
		policy:            s.policy,
		trace:             s.trace,
		logger:            s.logger,
		episodes:          s.episodes,
		userAgent:         userAgent(s.userAgent),
		timeout:           s.timeout,
		updateContentType: s.updateContentType,
		checks:            !s.skipChecks,
		defined:           s.defined,
	}
	// The settings hold the caller's http.Client, which may show a credential. They are kept in a function, because that prints
	// as an address.
	s.httpClient = withoutNoRedirects(hc)
	c.clone = func(opts []Option) (*Client, error) { return s.withOptions(opts) }
	return c, nil
}

// Clone returns a client with the settings of c, except those that opts set. It shares the connections of c, unless opts have
// [WithHTTPClient].
//
// For the same host it also shares the limiter of c, unless opts have [WithLimiter]. Calls with another key of the
// organisation then stay within one budget. If the host serves many organisations, give WithLimiter together with the key of
// another organisation.
//
// A clone for another host, by [WithOrg] or [WithBaseURL], needs a credential of its own, otherwise Clone returns an error:
// the credential of c is never sent to another host. Such a clone has a new limiter, unless opts have [WithLimiter]. Base URLs
// that differ only in the case of the host, the default port or slashes at the end name the same host.
func (c *Client) Clone(opts ...Option) (*Client, error) { return c.clone(opts) }

// withOptions returns a client with these settings, except those that opts set.
func (s settings) withOptions(opts []Option) (*Client, error) {
	old := s
	s.org, s.baseURL, s.hasKey, s.hasSource, s.hasLimiter, s.errs = nil, nil, false, false, false, nil
	errs := s.apply(opts)
	if s.org == nil && s.baseURL == nil {
		s.org, s.baseURL = old.org, old.baseURL
	}
	base, err := s.base()
	errs = append(errs, err)
	oldBase, _ := old.base() // New has checked it
	moved := err == nil && !sameBase(base, oldBase)
	if moved && !s.hasKey && !s.hasSource {
		errs = append(errs, errors.New("a clone for another host needs a credential of its own: give WithAPIKey or WithTokenSource"))
	}
	if err := errorList(errs).err(); err != nil {
		return nil, err
	}
	if moved && !s.hasLimiter {
		s.limiter = nil
	}
	return newClient(s, nil)
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
func (c *Client) CloseIdleConnections() { c.closeIdle() }

// String returns the base URL of the client. It shows no credential.
func (c *Client) String() string { return "kustomer client for " + c.base }
