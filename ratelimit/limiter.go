// Package ratelimit decides who may send when. It knows nothing of Kustomer's records.
//
// All API keys and people of an organisation share one budget of requests per 60 seconds, so whoever sends asks a
// [Limiter] first and tells it what came back.
package ratelimit

import (
	"context"
	"net/http"
	"time"
)

// A Limiter lets requests through. One may be shared by several clients. Its methods are safe for concurrent use.
type Limiter interface {
	// Acquire waits until the request may be sent. It returns as soon as ctx is done, with the error of ctx.
	// Each permit it returns is ended by one call of its Done.
	Acquire(ctx context.Context, r Request) (Permit, error)
}

// A Permit is the right to send one request.
type Permit interface {
	// Done tells what came back. It is called exactly once, whatever became of the request.
	Done(Result)
}

// A Request says what is about to be sent.
type Request struct {
	Op         string        // operation, as updateConversationAttributes, or method and path of any other call
	Object     string        // id of the record that is updated, for limits that count each apart; or empty
	Customer   string        // id of the customer a record is created for; or empty
	Background bool          // lets others go first, and leaves budget to them
	Retry      bool          // repeats a write that may have been applied: goes before all others, because it is allowed only for a short time
	MaxWait    time.Duration // how long the caller will wait; 0 leaves it to the limiter, negative is not at all
}

// A Result says what came of a request.
type Result struct {
	Status         int         // HTTP status, or 0 where no answer came
	Header         http.Header // of the answer; nil where none came
	Sent, Received time.Time   // when the request left and its answer's head was there
	Err            error       // why no answer came, or why it was never sent
}

// Unlimited lets every request through at once.
var Unlimited Limiter = unlimited{}

type unlimited struct{}

func (unlimited) Acquire(ctx context.Context, _ Request) (Permit, error) {
	return unlimited{}, ctx.Err()
}

func (unlimited) Done(Result) {}
