package ratelimit

import (
	"fmt"
	"net/http"
	"time"
)

// A Scope is the limit that a refused request reached.
type Scope uint8

// The scopes.
const (
	ScopeUnknown Scope = iota // the response does not say which limit
	ScopeOrg                  // the budget that all keys and people of the organisation share
	ScopeObject               // the limit of one record, customer or operation, or of searches
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

// A Refusal is the meaning of a response with status 429.
type Refusal struct {
	Scope Scope
	// Wait is how long to wait after the response: what the server asks for or, from a [Refuser], what its limiter imposes
	// if that is longer. It is 0 if the server does not say.
	Wait time.Duration
}

// Known is what earlier responses showed. [Classify] uses it if the response itself does not say enough.
type Known struct {
	Record       bool // the request counts against the limit of one record or customer, or of searches
	Counts       bool // earlier responses had a count of what is left of the budget
	NearlySpent  bool // the last count was low
	ResetsAlways bool // responses other than refusals have x-ratelimit-reset too, so it says nothing about a refusal
}

// Classify returns which limit a response with status 429 is about, and how long the server asks to wait. received is
// when the response came.
//
// If x-ratelimit-remaining is 0, it is the budget of the organisation. It is also the organisation's budget if the response has
// x-ratelimit-reset, which Kustomer sends only once the budget is spent (its reference, "Rate limits"). If
// x-ratelimit-remaining is above 0 and there is no reset, it is a limit that no header shows: of a record, a customer, searches
// or an operation. If the response has neither header, k decides. The limit is unknown if the response does not come from the
// API: if it is HTML, or has neither a count nor the type JSON.
//
// The wait is Retry-After or, if the budget is spent and that is longer, the reset. A reset more than 15 minutes ahead
// may be wrong because of a clock or a time zone. It is replaced by one window.
func Classify(h http.Header, received time.Time, k Known) Refusal {
	v := classify(h, received, now(h, received), k)
	return Refusal{v.scope, max(v.after, v.reset)}
}

// A verdict is a Refusal with its wait in parts.
type verdict struct {
	scope     Scope
	after     time.Duration // asked for by Retry-After
	reset     time.Duration // until the window ends, if the budget is spent; 0 if that is not known
	resetSaid bool          // the response has a reset, though it may make no sense
}

// classify is Classify. server is the time on the server's clock.
func classify(h http.Header, received, server time.Time, k Known) (v verdict) {
	v.after, _ = RetryAfter(h, received)
	if !ofAPI(h, http.StatusTooManyRequests) {
		return v
	}
	remaining := readCounts(h, true).Remaining
	v.resetSaid = h.Get("X-Ratelimit-Reset") != ""
	switch {
	case remaining == 0, remaining > 0 && v.resetSaid && !k.ResetsAlways, remaining < 0 && (v.resetSaid || k.NearlySpent):
		v.scope = ScopeOrg
		wait, far := untilReset(h, server, maxRefusedAhead)
		if wait == 0 && far {
			wait = windowLength
		}
		v.reset = wait
	case remaining > 0, k.Counts && k.Record:
		v.scope = ScopeObject
	}
	return v
}

// A Refuser is a [Permit] whose limiter makes refused requests wait itself, such as the permits of [Adaptive]. The caller
// asks for the next permit at once instead of waiting. If a limiter wraps another one and returns its own permits, they
// need this method too.
type Refuser interface {
	Permit
	// Refusal returns the meaning of the response that was passed to Done, if its status is 429, and otherwise the zero
	// Refusal. The wait is the longer one of what the server asks for and what the limiter imposes on such requests.
	// Refusal is called after Done has returned.
	Refusal() Refusal
}
