package kustomertest

import (
	"strings"
	"time"
)

// An Option sets up a fake. There are no invalid options: a value out of range means the default, or none, as
// each option says.
type Option func(*config)

type config struct {
	host      string
	prefix    string
	pod       string
	keys      keyring
	keyPod    string
	roles     []string // nil is all
	customers []string

	anyAttribute bool // each name is defined
	attributes   map[string]Attribute
	uniqueExtID  bool
	sameExtID    bool
	bare         bool

	limits  limitConfig
	hook    func(Request) *Fault
	latency func() time.Duration
	skew    time.Duration
	noDate  bool
}

func newConfig(opts []Option) config {
	cfg := config{
		host:         "acme.api.kustomerapp.com",
		pod:          "prod1",
		keys:         newKeyring(APIKey),
		anyAttribute: true,
		attributes:   make(map[string]Attribute),
		limits:       limitConfig{org: 1000, create: 120, window: time.Minute},
	}
	for _, o := range opts {
		if o != nil {
			o(&cfg)
		}
	}
	if cfg.keyPod == "" {
		cfg.keyPod = cfg.pod
	}
	return cfg
}

// WithHost sets the host of an in-memory fake's URL, as "api.prod2.kustomerapp.com". The default is
// acme.api.kustomerapp.com; the empty string leaves it.
func WithHost(host string) Option {
	return func(c *config) {
		if host != "" {
			c.host = host
		}
	}
}

// WithPathPrefix serves below a path, as a gateway does: with "/kustomer", URL ends in it and
// /kustomer/v1/users/current is served, while /v1/users/current is answered 404.
func WithPathPrefix(prefix string) Option {
	return func(c *config) {
		c.prefix = ""
		if p := strings.Trim(prefix, "/"); p != "" {
			c.prefix = "/" + p
		}
	}
}

// WithPod sets the region that answers, as the header x-kustomer-pod names it. The default is prod1.
func WithPod(pod string) Option {
	return func(c *config) {
		if pod != "" {
			c.pod = pod
		}
	}
}

// WithKeyPod sets the region that the API keys belong to. When it is not the fake's own, each call is answered
// 401 with the reference's words for a key of another region (status and form of the answer are assumed).
func WithKeyPod(pod string) Option { return func(c *config) { c.keyPod = pod } }

// WithAPIKey replaces [APIKey] as the key that is accepted.
func WithAPIKey(key string) Option { return func(c *config) { c.keys = newKeyring(key) } }

// WithRoles sets the roles of the API keys, such as "org.permission.conversation.update", by their new or legacy
// names; without this option they have all. A call whose role is missing is answered 403 (observed; the
// reference says 401).
func WithRoles(roles ...string) Option {
	return func(c *config) { c.roles = append([]string{}, roles...) }
}

// WithCustomer adds a customer with that id. See also [Server.AddCustomer].
func WithCustomer(id string) Option {
	return func(c *config) { c.customers = append(c.customers, id) }
}

// WithUniqueExternalIDs makes a conversation's externalId unique: a second one is answered 409. Whether it is
// unique at Kustomer is not documented; without this option it is not.
func WithUniqueExternalIDs() Option { return func(c *config) { c.uniqueExtID = true } }

// WithIdempotentExternalIDs answers a create whose externalId is taken with the conversation that has it, as it is,
// instead of making a second one. Whether Kustomer does so is not documented; it goes before
// [WithUniqueExternalIDs].
func WithIdempotentExternalIDs() Option { return func(c *config) { c.sameExtID = true } }

// WithBareAnswers answers conversations with type and id alone, which is all that a client may rely on.
func WithBareAnswers() Option { return func(c *config) { c.bare = true } }

// WithLatency asks latency how long each call takes. Half of the time passes before the call is handled and half
// after, so that answers may overtake each other. Calls of the function are never concurrent.
func WithLatency(latency func() time.Duration) Option {
	return func(c *config) { c.latency = latency }
}

// WithFaults asks hook about each call that no fault of [Server.Fail] takes: nil lets the call pass. The fault's
// Match and Times have no meaning here. Calls of hook are never concurrent, so that it can draw from a seeded
// source; it must not call the fake over HTTP.
func WithFaults(hook func(Request) *Fault) Option { return func(c *config) { c.hook = hook } }

// WithClockSkew sets the fake's clock ahead of the process's by d, or behind. Its times, its header Date and
// x-ratelimit-reset all follow its own clock.
func WithClockSkew(d time.Duration) Option { return func(c *config) { c.skew = d } }

// WithoutDate leaves the header Date out of all answers.
func WithoutDate() Option { return func(c *config) { c.noDate = true } }

// now is the fake's clock.
func (s *Server) now() time.Time { return time.Now().Add(s.cfg.skew) }
