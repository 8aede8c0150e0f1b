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
	ScopeUnknown Scope = iota // the response does not say which limit it was
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

// A Refusal is the meaning of a response with status 429.
type Refusal struct {
	Scope Scope
	// Wait is how long to wait after the response: what the server asks for or, from a [Refuser], the wait of its
	// limiter if that is longer. 0 if the server does not say.
	Wait time.Duration
}

// Known is what earlier responses said. [Classify] needs it if the response itself does not say enough.
type Known struct {
	Record       bool // the request counts against the limit of one record or customer
	Counts       bool // earlier responses said how much of the budget is left
	NearlySpent  bool // they said that little of it is left
	ResetsAlways bool // other responses have x-ratelimit-reset too, so it says nothing about a refusal
}

// Classify returns which limit a response with status 429 is about, and how long the server asks to wait. received is
// when the response came.
//
// A response that says nothing is left is about the budget of the organisation. So is one with x-ratelimit-reset, which
// Kustomer sends only once the budget is spent (its reference, "Rate limits"). A response that says something is left
// is about a limit that no header shows: of a record, a customer or an operation. A response that says neither is
// classified by what was known before. HTML does not come from the API, and neither does a response of another type
// than JSON that has no count: the limit of such a response is unknown.
//
// The wait is the longer one of Retry-After and, if the budget is spent, the reset. A reset more than 15 minutes ahead
// may be wrong because of a clock or a time zone. It counts as one window.
func Classify(h http.Header, received time.Time, k Known) Refusal {
	v := classify(h, received, now(h, received), k)
	return Refusal{v.scope, max(v.after, v.reset)}
}

// A verdict is a Refusal in parts.
type verdict struct {
	scope     Scope
	after     time.Duration // asked for by Retry-After
	reset     time.Duration // until the window ends, if the budget is spent; 0 if that is not known
	resetSaid bool          // perhaps in a form that makes no sense
}

// classify is Classify with the time on the server's clock.
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

// A Refuser is a [Permit] whose limiter holds back refused requests itself, such as the permits of [Adaptive]. The
// caller asks for the next permit at once instead of waiting. A limiter that wraps another one and returns permits of
// its own gives them this method to behave like the wrapped one.
type Refuser interface {
	Permit
	// Refusal returns the meaning of the response with status 429 that Done was given. Its wait is the longer one of
	// what the server asks for and what the limiter imposes on such requests. It is the zero Refusal for any other
	// response. It is called after Done has returned.
	Refusal() Refusal
}
