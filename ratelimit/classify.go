package ratelimit

import (
	"fmt"
	"net/http"
	"time"
)

// A Scope says which limit a refused request met.
type Scope uint8

// The scopes.
const (
	ScopeUnknown Scope = iota // nothing tells which limit it was
	ScopeOrg                  // the budget that all keys and people of the organisation share
	ScopeObject               // the limit of one record, customer or operation
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

// A Refusal is what a response with status 429 means.
type Refusal struct {
	Scope Scope
	// Wait is how long to wait, from when the response came: what the server asks for, or, of a [Refuser], what its limiter
	// waits, which is at least that. 0 where the server does not say.
	Wait time.Duration
}

// Known is what a caller knows from earlier responses, which [Classify] needs where the response itself does not say enough.
type Known struct {
	Record       bool // the request counts against the limit of one record or customer
	Counts       bool // earlier responses said how much of the budget is left
	NearlySpent  bool // they said that little of it is left
	ResetsAlways bool // responses that refuse nothing carry x-ratelimit-reset too, so it tells nothing of a refusal
}

// Classify says which limit a response with status 429 is about, and how long the server asks to wait. received is when the
// response came.
//
// A response that says nothing is left is about the budget of the organisation. So is one with x-ratelimit-reset, which
// Kustomer sends only once the budget is spent (its reference, "Rate limits"). One that says that something is left is
// about a limit that no header tells: of a record, a customer or an operation. A response that says nothing is judged by
// what was known before. HTML is not the API's, and neither is a response of another type than JSON that has no count: such
// a response is about no known limit.
//
// The wait is the longest of Retry-After and, where the budget is spent, the reset. A reset more than 15 minutes ahead may
// be the fault of a clock or a time zone: it asks for one window.
func Classify(h http.Header, received time.Time, k Known) Refusal {
	v := classify(h, received, now(h, received), k)
	return Refusal{v.scope, max(v.after, v.reset)}
}

// A verdict is a Refusal by its parts.
type verdict struct {
	scope     Scope
	after     time.Duration // asked for by Retry-After
	reset     time.Duration // until the window ends, if it is the budget's; 0 where that is not said
	resetSaid bool          // though perhaps in no form that makes sense
}

// classify is Classify. server is the time on the server's clock.
func classify(h http.Header, received, server time.Time, k Known) (v verdict) {
	v.after, _ = RetryAfter(h, received)
	if !ofAPI(h, http.StatusTooManyRequests) {
		return v
	}
	remaining := readCounts(h, true).Remaining
	v.resetSaid = field(h, "X-Ratelimit-Reset") != ""
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

// A Refuser is a [Permit] whose limiter holds refused requests back by itself, as those of [Adaptive] are: the caller asks
// for the next permit at once instead of waiting. A limiter that wraps another one and returns permits of its own gives
// them this method to behave like the one it wraps.
type Refuser interface {
	Permit
	// Refusal returns what the response with status 429 that Done was given means. Its wait is the longer one of what the
	// server asks for and what the limiter now imposes on such requests. It is the zero Refusal where it was no such response.
	// It is called after Done has returned.
	Refusal() Refusal
}
