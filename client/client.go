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

// A Client calls the Kustomer API. Make one with [New] or [FromEnv] and share it: it is safe for concurrent use, and
// sharing is what lets its calls stay within the organisation's budget together.
type Client struct {
	base              string   // ends in a slash
	host              *url.URL // base, parsed
	token             tokenFunc
	do                func(*http.Request) (*http.Response, error)
	closeIdle         func()
	plainTransport    bool // requests go straight to net/http, whose word on connections can be believed
	limiter           ratelimit.Limiter
	policy            RetryPolicy
	retryCreates      bool
	observer          func(Event)  // may be nil
	logger            *slog.Logger // may be nil
	userAgent         string
	timeout           time.Duration // of an attempt; 0 is none
	updateContentType string
	checks            bool
	defined           []string // names of custom attributes; nil where they are not known
	clone             func([]Option) (*Client, error)
	rotates           bool          // token may return another one each time
	lastProto         *atomic.Int32 // major version of HTTP of the last response; 0 before one
	seen              *seen
}

const defaultTimeout = 30 * time.Second

// New returns a client for the organisation that [WithOrg] or [WithBaseURL] names, with the credential that
// [WithAPIKey] or [WithTokenSource] gives. Those two are needed, all else has a default. It sends nothing. The
// error names everything that is wrong with the options.
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
	base, err := s.host()
	errs = append(errs, err)
	if s.token == nil && s.keys+s.sources == 0 {
		errs = append(errs, errors.New("no credential: give WithAPIKey or WithTokenSource"))
	}
	if s.limiter == nil {
		s.limiter, err = s.ownLimiter()
		errs = append(errs, err)
	}
	if err := problems(errs).err(); err != nil {
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
		do:                hc.Do,
		closeIdle:         hc.CloseIdleConnections,
		plainTransport:    plain,
		limiter:           s.limiter,
		policy:            s.policy,
		retryCreates:      s.retryCreates,
		observer:          s.observer,
		logger:            s.logger,
		userAgent:         userAgent(s.userAgent),
		timeout:           s.timeout,
		updateContentType: s.updateContentType,
		checks:            !s.skipChecks,
		defined:           s.defined,
		rotates:           s.rotates,
		lastProto:         s.lastProto,
		seen:              new(seen),
	}
	// The settings are kept in a function, which prints as an address: they hold the caller's http.Client.
	s.httpClient = withoutNoRedirects(hc)
	c.clone = func(opts []Option) (*Client, error) { return s.over(opts) }
	return c, nil
}

// host returns the base URL that the settings ask for.
func (s *settings) host() (string, error) {
	switch {
	case s.org != nil:
		return orgURL(*s.org)
	case s.baseURL != nil:
		return checkBaseURL(*s.baseURL)
	case s.noHost:
		return "", nil
	}
	return "", errors.New("no host: give WithOrg or WithBaseURL")
}

func (s *settings) ownLimiter() (ratelimit.Limiter, error) {
	var config ratelimit.Config
	if s.reserve != nil {
		config.Reserve = *s.reserve
		if config.Reserve == 0 {
			config.Reserve = -1 // none; 0 would be the default
		}
	}
	return ratelimit.New(config)
}

// Clone returns a client that differs from c in what opts say, and shares the connections of c, unless opts have an HTTP
// client.
//
// For the same host it shares the limiter of c too, unless opts have [WithLimiter] or [WithReserve]: calls with another key
// of the organisation then stay within one budget. On a host that serves many organisations, a key of another organisation
// needs one of these options beside it.
//
// A clone for another host, by [WithOrg] or [WithBaseURL], needs a credential of its own, or Clone fails: the credential of c
// is never sent there. It gets a new limiter with the reserve of c, unless opts have [WithLimiter] or [WithReserve]. Base
// URLs that differ only in the case of the host, the default port or slashes at the end name the same host.
func (c *Client) Clone(opts ...Option) (*Client, error) { return c.clone(opts) }

// over returns a client with these settings, but for what opts say.
func (s settings) over(opts []Option) (*Client, error) {
	kept := s
	s.org, s.baseURL, s.keys, s.sources, s.limiters, s.reserve, s.errs = nil, nil, 0, 0, 0, nil, nil
	errs := s.apply(opts)
	if s.org == nil && s.baseURL == nil {
		s.org, s.baseURL = kept.org, kept.baseURL
	}
	base, err := s.host()
	errs = append(errs, err)
	keptBase, _ := kept.host() // which New has checked
	moved := err == nil && !sameHost(base, keptBase)
	if moved && s.keys+s.sources == 0 {
		errs = append(errs, errors.New("a clone for another host needs a credential of its own: give WithAPIKey or WithTokenSource"))
	}
	if err := problems(errs).err(); err != nil {
		return nil, err
	}
	if s.limiters == 0 && (moved || s.reserve != nil) {
		s.limiter = nil
	}
	if s.limiters == 0 && s.reserve == nil {
		s.reserve = kept.reserve // for a clone of the clone
	}
	return newClient(s, nil)
}

// RateLimit returns what the client's limiter knows at this moment, and false if it does not tell.
func (c *Client) RateLimit() (ratelimit.Snapshot, bool) {
	l, ok := c.limiter.(interface{ Snapshot() ratelimit.Snapshot })
	if !ok {
		return ratelimit.Snapshot{}, false
	}
	return l.Snapshot(), true
}

// CloseIdleConnections closes connections that are kept for later calls. The client stays usable.
func (c *Client) CloseIdleConnections() { c.closeIdle() }

// String says which host the client calls. It holds no credential.
func (c *Client) String() string { return "kustomer client for " + c.base }
