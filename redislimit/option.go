package redislimit

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	defaultPatience = 100 * time.Millisecond
	// The limiter gives up after this time.
	mostPatience = 300 * time.Millisecond
)

// An Option configures [New] and [Fleet].
type Option func(*settings)

// settings are what the options ask for.
type settings struct {
	config   ratelimit.Config
	prefix   string
	patience time.Duration
	name     string
	observe  func(Event)
	keys     []string
	errs     []error
}

// WithConfig sets the limits and reserves. The default is the zero Config. The limiters of an organisation may have different
// ones.
func WithConfig(c ratelimit.Config) Option {
	return func(s *settings) { s.config = c }
}

// WithKeyPrefix sets what all keys begin with: 1 to 64 letters, digits, or characters of "_.:-". The default is "kustomer". The
// least rule in the package comment needs the same prefix.
func WithKeyPrefix(prefix string) Option {
	return func(s *settings) {
		if !prefixName.MatchString(prefix) {
			s.refuse("the key prefix %q is not 1 to 64 letters, digits, or characters of _.:-", prefix)
		}
		s.prefix = prefix
	}
}

// WithPatience sets how long an exchange with the store may take before the limiter works alone: above 0 and up to 300 ms. The
// default is 100 ms. A request may wait that long when the store begins to hang.
func WithPatience(d time.Duration) Option {
	return func(s *settings) {
		if d <= 0 || d > mostPatience {
			s.refuse("the patience %v is not above 0 and up to %v", d, mostPatience)
		}
		s.patience = d
	}
}

// WithMemberName sets the name that [Fleet] shows: 1 to 64 bytes without blanks. Several members may have the same name. The
// default is the name of the host and the process id, such as "web-1/4711".
func WithMemberName(name string) Option {
	return func(s *settings) {
		if !validName(name) {
			s.refuse("the member name %q is not 1 to 64 bytes without blanks", name)
		}
		s.name = name
	}
}

// mostName is the length of the longest name in bytes.
const mostName = 64

func validName(name string) bool {
	return memberName.MatchString(name) && len(name) <= mostName && utf8.ValidString(name)
}

// processName returns the default name of a member. If the name of the host is long, its end tells hosts apart, as with the
// pods of a deployment.
func processName(host string, pid int) string {
	process := fmt.Sprintf("/%d", pid)
	name := host[max(len(host)+len(process)-mostName, 0):] + process
	if !validName(name) {
		return process
	}
	return name
}

// An Event is a change between working through the store and working alone.
type Event struct {
	Attached bool  // the limiter works through the store again; otherwise it works alone
	Err      error // why it works alone; nil if Attached
}

// WithObserver calls f with an [Event] when an exchange with the store fails, and when one succeeds again. It is not called for
// further failures in a row, even if they have another cause, nor for a first exchange that succeeds. It is called from the
// goroutine of the exchange and without a lock, so f may call all methods of the limiter but Close. The limiter stays alone
// until f returns.
//
// If the store cannot be reached, because a port is refused or a host is unknown, Err may be only that the store has not
// responded within the patience: by default, go-redis dials 5 times before it reports the cause. With DialerRetries 1 in the
// options of the client, the log of go-redis has the cause at once. [Fleet] returns the present one if the client cannot
// connect or log in.
func WithObserver(f func(Event)) Option {
	return func(s *settings) {
		if f == nil {
			s.refuse("WithObserver was given nil")
		}
		s.observe = f
	}
}
