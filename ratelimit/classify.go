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
	// Wait is how long the server asks to wait, from when the response came; 0 where it does not say.
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
func Classify(h http.Header, received time.Time, k Known) Refusal {
	b := ReadBudget(h, received)
	var r Refusal
	reset := field(h, "X-Ratelimit-Reset") != "" && !k.ResetsAlways
	switch {
	case b.Remaining == 0, b.Remaining > 0 && reset, b.Remaining < 0 && (field(h, "X-Ratelimit-Reset") != "" || k.NearlySpent):
		r.Scope = ScopeOrg
		if !b.Reset.IsZero() {
			r.Wait = b.Reset.Sub(received)
		}
	case b.Remaining > 0, k.Counts && k.Record:
		r.Scope = ScopeObject
	}
	if wait, ok := RetryAfter(h, received); ok {
		r.Wait = max(r.Wait, wait)
	}
	return r
}

// A Refuser is a [Permit] whose limiter holds refused requests back by itself, as those of [Adaptive] are: the caller asks
// for the next permit at once instead of waiting. A limiter that wraps another one and returns permits of its own gives
// them this method to behave like the one it wraps.
type Refuser interface {
	Permit
	// Refusal returns what the response with status 429 that Done was given means. It is called after Done.
	Refusal() Refusal
}
