// Package ratelimit paces requests within Kustomer's rate limits.
//
// All API keys and people of an organisation share one budget of requests per 60 seconds. Before each request, a client
// acquires a [Permit] from a [Limiter]. After it, the client reports the result to the permit.
package ratelimit

import (
	"context"
	"net/http"
	"time"
)

// A Limiter paces requests. Several clients may share one. Its methods are safe for concurrent use.
type Limiter interface {
	// Acquire waits until the request may be sent. If ctx is done before that, it returns the error of ctx at once. The
	// caller calls Done of each permit exactly once.
	Acquire(ctx context.Context, r Request) (Permit, error)
}

// A Permit is the right to send one request.
type Permit interface {
	// Done reports the result of the request. It is called exactly once, even if the request was never sent.
	Done(Result)
}

// A Request describes a request that is about to be sent.
type Request struct {
	Op         string        // operation, such as updateConversationAttributes, or method and path of any other call
	Object     string        // id of the record that is updated, if any, because each record has its own limit
	Customer   string        // id of the customer that a record is created for, if any
	Search     bool          // counts against the limit that all searches share
	Background bool          // lets other requests go first, and leaves budget to them
	Retry      bool          // goes before all others, because a write that may have been applied is repeated only for a short time
	MaxWait    time.Duration // how long the caller waits at most; 0 leaves it to the limiter, negative means not at all
}

// A Result is the result of a request.
type Result struct {
	Status         int         // HTTP status, or 0 if no response came
	Header         http.Header // of the response; nil if none came
	Sent, Received time.Time   // when the request was sent and when the header of its response came; zero if not known
	Err            error       // why no response came, or why the request was never sent
}

// Unlimited gives each request a permit at once.
var Unlimited Limiter = unlimited{}

type unlimited struct{}

func (unlimited) Acquire(ctx context.Context, _ Request) (Permit, error) {
	return unlimited{}, ctx.Err()
}

func (unlimited) Done(Result) {}
