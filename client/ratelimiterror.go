package client

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Scope says which limit a call met.
type Scope uint8

// The scopes. No text of such an answer is known that would say which limit it was; this is read from its headers
// (assumed): the organisation's where nothing is left or the time of a reset is given, but for a server that gives that time with
// every answer.
const (
	ScopeUnknown Scope = iota // the answer has no headers to tell by
	ScopeOrg                  // the budget that all keys and people of the organisation share
	ScopeObject               // the limit of one record, or of one customer for new conversations
)

// String returns "org", "object" or "unknown".
func (s Scope) String() string {
	switch s {
	case ScopeUnknown:
		return "unknown"
	case ScopeOrg:
		return "org"
	case ScopeObject:
		return "object"
	}
	return fmt.Sprintf("Scope(%d)", uint8(s))
}

// A RateLimitError says that a limit is exceeded. The call was not applied and may be sent again, once it is time.
// It wraps the [*Error] with the answer, and errors.Is(err, ErrRateLimited) holds.
type RateLimitError struct {
	Scope Scope
	// RetryAfter is how long to wait, from when the error came: what the server asked for, or what the client would
	// have waited. 0 where nobody knows; then a second, doubled with each try up to a minute, is a fair wait.
	RetryAfter time.Duration
	// Local says that the call was held back on this machine and no request was made: the limiter's word, not the
	// server's.
	Local bool
	// Err is the answer; its RateLimit is what it said of the budget. Where Local is true it holds no answer, and wraps
	// the [*ratelimit.WaitError].
	Err *Error
}

// Error says which limit it was and when to come back.
func (e *RateLimitError) Error() string {
	if e.Err == nil {
		return ErrRateLimited.Error()
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *RateLimitError) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

// Is makes errors.Is(err, ErrRateLimited) hold for calls that were held back here, too.
func (e *RateLimitError) Is(target error) bool { return target == ErrRateLimited }

// LogValue gives what [Error.LogValue] does, with the scope and the wait.
func (e *RateLimitError) LogValue() slog.Value {
	return slog.GroupValue(append(e.Err.LogValue().Group(),
		slog.String("scope", e.Scope.String()),
		slog.Duration("retry_after", e.RetryAfter),
		slog.Bool("local", e.Local))...)
}

// localRefusal is the error of a call that the limiter held back, perhaps after attempts that failed.
func localRefusal(e *Error, held *ratelimit.WaitError) *RateLimitError {
	return &RateLimitError{Scope: scopeOf(held), RetryAfter: held.Wait, Local: e.Attempts == 0, Err: e}
}

func scopeOf(held *ratelimit.WaitError) Scope {
	if held.Object {
		return ScopeObject
	}
	return ScopeOrg
}

// rateLimitError makes the error of an answer 429. resetsAlways says that the server gives the time of the reset with every answer,
// so that it tells nothing of a refusal.
func rateLimitError(e *Error, a *attempt, resetsAlways bool) *RateLimitError {
	b := e.RateLimit
	r := &RateLimitError{Err: e}
	reset := a.header.Get("X-Ratelimit-Reset") != "" && !(resetsAlways && b.Remaining > 0)
	switch {
	case b.Remaining == 0 || reset:
		r.Scope = ScopeOrg
		if !b.Reset.IsZero() {
			r.RetryAfter = b.Reset.Sub(a.received)
		}
		e.Hint = joinHint(e.Hint, "the organisation's budget of requests is spent")
	case b.Remaining > 0:
		r.Scope = ScopeObject
		e.Hint = joinHint(e.Hint, "the limit of this one record or customer is exceeded, others are not affected")
	}
	// Never less than what was asked for, in whichever header.
	if wait, ok := ratelimit.RetryAfter(a.header, a.received); ok {
		r.RetryAfter = max(r.RetryAfter, wait)
	}
	if r.RetryAfter > 0 {
		e.Hint = joinHint(e.Hint, fmt.Sprintf("come back in %s", r.RetryAfter.Round(time.Second)))
	}
	return r
}
