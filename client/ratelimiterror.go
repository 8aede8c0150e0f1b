package client

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Scope says which limit a call met. No such response of the API was ever recorded, so it is read from the headers
// (assumed): see [ratelimit.Classify].
type Scope = ratelimit.Scope

// The scopes.
const (
	ScopeUnknown = ratelimit.ScopeUnknown // the response does not say which limit it was, or a cap of the limiter's own held the call back
	ScopeOrg     = ratelimit.ScopeOrg     // the budget that all keys and people of the organisation share
	ScopeObject  = ratelimit.ScopeObject  // the limit of one record, or of one customer for new conversations
)

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
	return &RateLimitError{Scope: held.Scope, RetryAfter: held.Wait, Local: e.Attempts == 0, Err: e}
}

// rateLimitError returns the error of a 429.
func rateLimitError(e *Error, refusal ratelimit.Refusal) *RateLimitError {
	switch refusal.Scope {
	case ScopeOrg:
		e.Hint = joinHint(e.Hint, "the organisation's budget of requests is spent")
	case ScopeObject:
		e.Hint = joinHint(e.Hint, "the limit of this one record or customer is exceeded, others are not affected")
	}
	if refusal.Wait > 0 {
		e.Hint = joinHint(e.Hint, fmt.Sprintf("come back in %s", refusal.Wait.Round(time.Second)))
	}
	return &RateLimitError{Scope: refusal.Scope, RetryAfter: refusal.Wait, Err: e}
}
