package client

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// An Option configures a client. [New] returns an error for a nil option, an invalid value, and two options that contradict
// each other. If the same option is given twice, the last one counts.
type Option func(*settings)

// settings are what the options of a client ask for.
type settings struct {
	org, baseURL      *string
	hostRefused       bool // the environment has no valid host, and errs says so
	token             tokenFunc
	rotates           bool                // token may return another token each time
	hasKey, hasSource bool                // WithAPIKey and WithTokenSource were given
	httpClient        func() *http.Client // a function, as for token, because the client may hold a credential
	slots             *slots              // of EnsureConversation; shared by clones for the same organisation
	lastProto         *atomic.Int32       // major version of HTTP of httpClient's last response; shared by clones
	limiter           ratelimit.Limiter
	hasLimiter        bool // WithLimiter was given
	policy            RetryPolicy
	trace             Trace
	logger            *slog.Logger // may be nil
	episodes          *episodes    // of logger
	userAgent         string
	timeout           time.Duration // of an attempt; 0 is none
	updateContentType string
	skipChecks        bool
	defined           []string // names of the organisation's custom attributes; nil if not known
	errs              []error
}

func (s *settings) refuse(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf(format, args...))
}

// apply runs the options and notes all errors in them.
func (s *settings) apply(opts ...Option) {
	for i, o := range opts {
		if o == nil {
			s.refuse("option %d is nil", i+1)
			continue
		}
		o(s)
	}
	if s.org != nil && s.baseURL != nil {
		s.refuse("WithOrg and WithBaseURL both name a host: give one")
	}
	if s.hasKey && s.hasSource {
		s.refuse("WithAPIKey and WithTokenSource both give a credential: give one")
	}
}

// isNil reports whether v is nil, or an interface that holds a nil pointer or function.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}

// WithOrg sends the calls to the organisation's own host, https://<org>.api.kustomerapp.com, which always leads to its
// region. A sandbox is a separate organisation with its own name (observed).
func WithOrg(org string) Option {
	return func(s *settings) { s.org = &org }
}

// WithBaseURL sends the calls to another host: a regional one, such as https://api.prod2.kustomerapp.com for the EU, a
// gateway, or a fake. The URL may have a path, but must not end with /v1. It must be https, except for the local machine, and
// must not have a query, a fragment or a user.
func WithBaseURL(url string) Option {
	return func(s *settings) { s.baseURL = &url }
}

// WithAPIKey sends the key as a bearer token with each call. No error, log or formatted value of this package shows the key.
// A byte-order mark before it, which some files begin with, is removed.
func WithAPIKey(key string) Option {
	return func(s *settings) {
		s.hasKey = true
		key := strings.TrimPrefix(key, byteOrderMark)
		if err := checkToken(key); err != nil {
			s.refuse("%w", err)
			return
		}
		s.token, s.rotates = func(context.Context) (string, error) { return key, nil }, false
	}
}

// WithTokenSource reads the token of each attempt from src. It is for keys that are rotated and for OAuth access tokens. The
// call waits for src, so src must return when its context is done. src is called before the limiter, so it may itself call a
// client on the same limiter. After a 401 it is called once more, and the call is retried if it returns another token.
func WithTokenSource(src TokenSource) Option {
	return func(s *settings) {
		s.hasSource = true
		if isNil(src) {
			s.refuse("WithTokenSource was given nil")
			return
		}
		s.token, s.rotates = src.Token, true
	}
}

// WithHTTPClient sends the calls through a copy of hc. The copy has hc's transport, cookie jar and timeout, but not its
// redirect policy, because redirects are refused. The transport runs while the call holds a permit of the limiter, so it must
// not call a client on the same limiter. Without this option a client has its own transport, with up to 100 idle connections
// to the host.
func WithHTTPClient(hc *http.Client) Option {
	return func(s *settings) {
		switch {
		case hc == nil:
			s.refuse("WithHTTPClient was given nil")
		case hc.Transport != nil && isNil(hc.Transport):
			s.refuse("WithHTTPClient was given a transport that is a nil %T: leave Transport unset for the default one", hc.Transport)
		default:
			given := *hc
			if given.Transport == nil {
				given.Transport = http.DefaultTransport
			}
			s.setHTTPClient(&given)
		}
	}
}

// WithLimiter asks l for a permit before each attempt, and reports each response to it. If l returns an error, the attempt is
// not sent and the call ends. l must return when its context is done. Several clients of one organisation should share one
// limiter. Without this option a client has its own [ratelimit.Adaptive] with the default configuration.
// [ratelimit.Unlimited] turns limiting off.
//
// Two more things are optional. If the permits of l implement [ratelimit.Refuser], l itself delays the calls that follow a
// 429. If l has a method Snapshot() [ratelimit.Snapshot], [Client.RateLimit] returns its result. A limiter that wraps
// [ratelimit.Adaptive] and has both behaves like it.
func WithLimiter(l ratelimit.Limiter) Option {
	return func(s *settings) {
		if isNil(l) {
			s.refuse("WithLimiter was given nil: use ratelimit.Unlimited to send without a limit")
			return
		}
		s.limiter, s.hasLimiter = l, true
	}
}

// WithRetryPolicy sets how often a call is sent, how long it may wait, and how long a write may be repeated. A field that is
// 0 has its default. A negative MaxAttempts or MaxWait is an error. [CallMaxWait] and [CallNoWait] override the MaxWait of p.
func WithRetryPolicy(p RetryPolicy) Option {
	return func(s *settings) {
		if p.MaxAttempts < 0 || p.MaxWait < 0 {
			s.refuse("the retry policy has a negative number")
		}
		s.policy = p
	}
}

// WithTrace calls the functions of t for each call, each attempt and each event.
func WithTrace(t Trace) Option {
	return func(s *settings) { s.trace = t }
}

// WithLogger writes log records about calls, with the context of the call:
//
//   - one record for each call: at level Debug if it succeeded, at Warn if it failed. It has the operation, method, path
//     template, id of the record, status, duration, attempts and request id;
//   - one record for each 429 and one for each retry: at level Info at most once a minute, and otherwise at Debug.
//
// A failure is logged with all that its error says (see LogValue of [Error]): the outcome, the server's texts, which may
// repeat values that were sent, and the externalId of a create whose outcome is unknown. A query, a body, a header and the API
// key are never logged. A call that fails with a [*ValidationError] is not logged.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) {
		if l == nil || l.Handler() == nil {
			s.refuse("WithLogger was given nil, or a logger without a handler")
		}
		s.logger, s.episodes = l, new(episodes)
	}
}

// WithUserAgent puts product, such as "order-sync/1.4", before this package's own name in the User-Agent header, so that an
// administrator can tell which program sent a request.
func WithUserAgent(product string) Option {
	return func(s *settings) {
		if strings.TrimSpace(product) == "" || strings.ContainsFunc(product, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
			s.refuse("the user agent is empty or has characters that a header cannot have")
			return
		}
		s.userAgent = strings.TrimSpace(product + " " + userAgent())
	}
}

const modulePath = "github.com/kustomer-go/kustomer"

// userAgent returns this module with its version.
var userAgent = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == modulePath && strings.HasPrefix(m.Version, "v") {
			return "kustomer-go/" + m.Version
		}
	}
	return "kustomer-go/devel"
})

// WithTimeout limits each attempt, from connecting to the end of the response. The context of a call limits the whole call. 0
// is no limit; the default is 30 seconds.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) {
		if d < 0 {
			s.refuse("the timeout %s is negative", d)
		}
		s.timeout = d
	}
}

// WithUpdateContentType sets the Content-Type of updates. The body is a plain JSON object either way. The default is
// application/json, which the reference states for the API as a whole. Kustomer's schema of this operation says
// application/json-patch+json instead, which is the only other type allowed here.
func WithUpdateContentType(mediaType string) Option {
	return func(s *settings) {
		if allowed := gen.UpdateConversationAttributesOperation.MediaTypes; !slices.Contains(allowed, mediaType) {
			s.refuse("the content type of updates must be one of %s", strings.Join(allowed, ", "))
			return
		}
		s.updateContentType = mediaType
	}
}

// WithoutRequestChecks sends requests that the API document does not allow, for organisations whose limits differ. Some
// requests are still refused: an id that could reach another path, and a value that JSON cannot hold or that is surely a
// mistake, such as an infinite number, text that is not UTF-8, Go's zero time, or a custom attribute with an error.
func WithoutRequestChecks() Option {
	return func(s *settings) { s.skipChecks = true }
}

// WithDefinedAttributes names the custom attributes that the organisation has defined, by system name. If the server then
// responds that an attribute is not defined, the error has the most similar name: see NearestAttribute of [Error]. No request
// is refused because of this option, because the organisation may have defined more attributes since. The file that the
// command cmd/attributes writes has all names:
//
//	client.WithDefinedAttributes(attributes.Names()...)
func WithDefinedAttributes(names ...string) Option {
	return func(s *settings) {
		if slices.Contains(names, "") {
			s.refuse("WithDefinedAttributes was given an empty name")
			return
		}
		s.defined = slices.Clone(names)
	}
}
