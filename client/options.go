package client

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// An Option configures a client. [New] refuses a nil option, a value that makes no sense, and two options that
// contradict each other; of the same option given twice, the last one counts.
type Option func(*settings)

// settings are what options ask for, before any of it is used.
type settings struct {
	org, baseURL      *string
	noHost            bool // which has been said
	token             tokenFunc
	rotates           bool // token may return another one each time
	keys, sources     int  // how often WithAPIKey and WithTokenSource were given
	httpClient        *http.Client
	lastProto         *atomic.Int32 // of httpClient's responses; shared by clones
	limiter           ratelimit.Limiter
	reserve           *float64
	limiters          int // how often WithLimiter was given
	policy            RetryPolicy
	retryCreates      bool
	observer          func(Event)
	logger            *slog.Logger
	userAgent         string
	timeout           time.Duration
	updateContentType string
	skipChecks        bool
	defined           []string
	errs              []error
}

func (s *settings) refuse(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf(format, args...))
}

// apply runs the options and returns all that is wrong with them.
func (s *settings) apply(opts []Option) []error {
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
	if s.keys > 0 && s.sources > 0 {
		s.refuse("WithAPIKey and WithTokenSource both give a credential: give one")
	}
	if s.limiters > 0 && s.reserve != nil {
		s.refuse("WithLimiter and WithReserve both say what is left to others: give the reserve to the limiter")
	}
	return s.errs
}

// isNil reports whether there is nothing to call: no value, or a nil pointer or function in an interface.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}

// WithOrg sends the calls to the organisation's own host, https://<org>.api.kustomerapp.com, which always leads to
// its region. A sandbox is an organisation of its own, with its own name (observed).
func WithOrg(org string) Option {
	return func(s *settings) { s.org = &org }
}

// WithBaseURL sends the calls to another host: a regional one, such as https://api.prod2.kustomerapp.com for the
// EU, a gateway, or a fake. It is the host alone, without /v1 at its end; a path before that is kept. It must be https, except
// for this machine, and may have no query, fragment or user.
func WithBaseURL(url string) Option {
	return func(s *settings) { s.baseURL = &url }
}

// WithAPIKey sends the key as a bearer token with each call. The key never shows in errors, logs or formatted
// output of this package. A byte-order mark before it, as it may stand at the beginning of a file, is left out.
func WithAPIKey(key string) Option {
	return func(s *settings) {
		s.keys++
		key := strings.TrimPrefix(key, byteOrderMark)
		if err := checkToken(key); err != nil {
			s.refuse("%w", err)
			return
		}
		s.token, s.rotates = staticToken(key), false
	}
}

// WithTokenSource asks src for the token of each attempt, for keys that are rotated and for OAuth access tokens. The call
// waits for src, which therefore has to return when its context is done. src is asked before the limiter, so it may itself
// call a client on the same limiter. After a 401 it is asked once more, and the call is sent again if the token is another
// one.
func WithTokenSource(src TokenSource) Option {
	return func(s *settings) {
		s.sources++
		if isNil(src) {
			s.refuse("WithTokenSource was given nil")
			return
		}
		s.token, s.rotates = src.Token, true
	}
}

// WithHTTPClient sends the calls through a copy of hc: its transport, cookie jar and time-out are kept, its redirect
// policy is not, since redirects are refused. The transport runs while the call holds a permit of the limiter, so it must not
// call a client on the same limiter. Without this option a client has a transport of its own, with up
// to 100 idle connections to the host.
func WithHTTPClient(hc *http.Client) Option {
	return func(s *settings) {
		if hc == nil {
			s.refuse("WithHTTPClient was given nil")
			return
		}
		if hc.Transport != nil && isNil(hc.Transport) {
			s.refuse("WithHTTPClient was given a transport that is a nil %T: leave Transport unset for the default one", hc.Transport)
			return
		}
		s.httpClient, s.lastProto = hc, nil
	}
}

// WithLimiter asks l before each attempt is sent, and tells it what came back. An error of l ends the call, which was then
// not sent; l has to return when its context is done. Several clients of one organisation should share one. Without this
// option a client has a [ratelimit.Adaptive] of its own with the zero [ratelimit.Config]; [ratelimit.Unlimited] switches
// limiting off.
func WithLimiter(l ratelimit.Limiter) Option {
	return func(s *settings) {
		if isNil(l) {
			s.refuse("WithLimiter was given nil: use ratelimit.Unlimited to send without a limit")
			return
		}
		s.limiter = l
		s.limiters++
	}
}

// WithLogger writes one record for each call: at level Debug when it succeeded, at Warn when it failed. It holds the
// operation, method, path template, id of the record, status, duration, attempts and request id. A failure is logged with
// all that its error says (see LogValue of [Error]): the outcome, the server's words, which may repeat values that were
// sent, and the externalId of a create whose outcome is unknown. A query, a body, a header and the API key are never
// logged, nor are arguments that are refused with a [*ValidationError]. Without this option nothing is.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) {
		if l == nil {
			s.refuse("WithLogger was given nil")
			return
		}
		s.logger = l
	}
}

// WithUserAgent puts product, such as "order-sync/1.4", before this package's own name in User-Agent, so that an
// administrator can tell who sends what.
func WithUserAgent(product string) Option {
	return func(s *settings) {
		if strings.TrimSpace(product) == "" || strings.ContainsFunc(product, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
			s.refuse("the user agent is empty or has characters that a header cannot hold")
			return
		}
		s.userAgent = product
	}
}

// WithTimeout limits each attempt, from connecting to the end of the answer; a call's context limits the whole
// call. 0 is no limit; the default is 30 seconds.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) {
		if d < 0 {
			s.refuse("the time-out %s is negative", d)
			return
		}
		s.timeout = d
	}
}

// WithUpdateContentType sets the Content-Type of updates, whose body is a plain object either way. The default is
// application/json, which the reference states for the API as a whole; Kustomer's schema of the one operation says
// application/json-patch+json instead, the only other type allowed here.
func WithUpdateContentType(mediaType string) Option {
	return func(s *settings) {
		if allowed := gen.UpdateConversationAttributesOperation.MediaTypes; !slices.Contains(allowed, mediaType) {
			s.refuse("the content type of updates must be one of %s", strings.Join(allowed, ", "))
			return
		}
		s.updateContentType = mediaType
	}
}

// WithoutRequestChecks sends requests that the API document does not allow, for organisations whose limits differ.
// Ids that could reach another path are refused all the same, and so is what JSON cannot hold or what nobody means:
// infinite numbers, texts that are not UTF-8, Go's zero time, a custom attribute with an error.
func WithoutRequestChecks() Option {
	return func(s *settings) { s.skipChecks = true }
}

// WithDefinedAttributes tells which custom attributes the organisation has defined, by system name. Where the server then says
// that an attribute is not defined, the error names the nearest one that is: see NearestAttribute of [Error]. Nothing is
// refused for it before sending, for the organisation may have defined more since. The file that the command cmd/attributes
// writes has all names:
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
