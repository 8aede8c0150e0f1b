package client

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A RetryPolicy says how often a call is sent, how long it may wait, and for how long a write may be repeated.
//
// These failures are retried:
//
//   - for every call, what was certainly not applied: a 429, a 425, a connection that could not be made, and a request that
//     HTTP/2 reports as not processed;
//   - for tags, updates without Rev and reads, also a lost connection, an attempt that took too long, and the statuses 408,
//     500, 502, 503 and 504. Creates, updates with Rev and the writes of [Client.Do] are not retried then, but see
//     [WithRetryCreates];
//   - for every call, one 401, if the token source then returns another token.
//
// A connection that fails in the same way each time is not retried: an untrusted certificate, a server without TLS, a proxy
// that refuses, a host that does not exist.
//
// The wait between attempts is what the server asks for and never less. Without that it is random: up to 1 s after the first
// attempt and up to twice as long after each further one, at most 60 s.
type RetryPolicy struct {
	// MaxAttempts is how often a call is sent at most, including attempts that are refused with a 429. 1 disables retries. 0
	// is the default: at most 4 attempts, plus up to 25 retries of a 429. So 4 is less than the default. Requests that HTTP/2
	// reports as not processed are attempts like others: net/http does not repeat them on its own.
	MaxAttempts int
	// MaxWait is how long a call may wait in all, for limits and between attempts. 0 is no limit but the context's deadline
	// and, without one, an hour for one pause. A wait that cannot fit is refused at once.
	MaxWait time.Duration
	// RetryWindow bounds when an update or tags may be repeated after an attempt that may have been applied: a repeat starts
	// within RetryWindow of the start of the first such attempt, whatever it has to wait for. Otherwise the call ends at once
	// with an [*OutcomeUnknownError].
	//
	// The bound is there because such a repeat is harmless only as long as nobody else changes the conversation. If the first
	// attempt was applied and an agent then reopens the conversation, a repeated "done" closes it again. Rev in the update
	// prevents that: such an update is never repeated after a doubtful end, and the server refuses it when the conversation
	// has changed (assumed).
	//
	// Creates that may be retried (see [WithRetryCreates]) have no such bound.
	//
	// 0 is the default, 60 s. Negative never repeats such a write. Set more only where nothing else writes to these
	// conversations.
	RetryWindow time.Duration
}

const (
	// Without MaxAttempts.
	defaultFailures = 4  // attempts that are not refused with a 429
	defaultRefusals = 25 // retries of a 429

	defaultRetryWindow = time.Minute

	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// maxPause is the longest pause without a deadline and MaxWait. The adaptive limiter has the same bound.
	maxPause = time.Hour
)

// backoff is the wait after n failures in a row, with full jitter.
func backoff(n int) time.Duration {
	most := maxBackoff
	if n < 7 {
		most = min(maxBackoff, firstBackoff<<(n-1))
	}
	return rand.N(most) + 1
}

// count takes in how an attempt failed, and returns the pause before the next one.
func (s *retryState) count(a *attempt, v verdict) time.Duration {
	if a.status != http.StatusTooManyRequests {
		s.failures++
		return max(v.wait, backoff(s.failures))
	}
	s.refusals++
	switch {
	case a.holdsBack && v.wait <= maxPause:
		return 0 // the limiter knows more than this one response tells
	case v.refusal.Scope == ratelimit.ScopeOrg && v.wait > 0:
		return v.wait // the window ends then
	}
	return max(v.wait, backoff(s.refusals))
}

// allows reports whether the policy leaves another attempt.
func (p RetryPolicy) allows(s *retryState) bool {
	if p.MaxAttempts > 0 {
		return s.sent < p.MaxAttempts
	}
	return s.failures < defaultFailures && s.refusals <= defaultRefusals
}

func (p RetryPolicy) retryWindow() time.Duration {
	if p.RetryWindow == 0 {
		return defaultRetryWindow
	}
	return p.RetryWindow
}
