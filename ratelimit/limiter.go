// Package ratelimit paces requests within Kustomer's rate limits.
//
// All API keys and people of an organisation share one budget of requests per 60 seconds. A client asks a [Limiter] for
// a [Permit] before each request, and reports the result to it.
package ratelimit

import (
	"context"
	"net/http"
	"time"
)

// A Limiter paces requests. Several clients may share one. Its methods are safe for concurrent use.
type Limiter interface {
	// Acquire waits until the request may be sent. It returns as soon as ctx is done, with the error of ctx. Each
	// permit it returns is ended by one call of its Done.
	Acquire(ctx context.Context, r Request) (Permit, error)
}

// A Permit is the right to send one request.
type Permit interface {
	// Done reports the result. It is called exactly once, whatever happens to the request.
	Done(Result)
}

// A Request describes a request that is about to be sent.
type Request struct {
	Op         string        // operation, such as updateConversationAttributes, or method and path of any other call
	Object     string        // id of the record that is updated, if any, because each record has a limit of its own
	Customer   string        // id of the customer that a record is created for, if any
	Background bool          // lets others go first, and leaves budget to them
	Retry      bool          // goes before all others: repeats a write that may have been applied, which is allowed only for a short time
	MaxWait    time.Duration // how long the caller will wait; 0 leaves it to the limiter, negative is not at all
}

// A Result is the result of a request.
type Result struct {
	Status         int         // HTTP status, or 0 if no response came
	Header         http.Header // of the response; nil if none came
	Sent, Received time.Time   // when the request left and when the head of its response came
	Err            error       // why no response came, or why the request was never sent
}

// Unlimited lets every request through at once.
var Unlimited Limiter = unlimited{}

type unlimited struct{}

func (unlimited) Acquire(ctx context.Context, _ Request) (Permit, error) {
	return unlimited{}, ctx.Err()
}

func (unlimited) Done(Result) {}
