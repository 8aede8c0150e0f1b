package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A limiter with its own caps, for client.WithLimiter. Here its two methods are called by hand, as a client does for
// each attempt.
func ExampleNew() {
	l, err := ratelimit.New(ratelimit.Config{
		Reserve:     0.1, // 10 % of the budget are left to others
		MaxInFlight: 8,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	permit, err := l.Acquire(context.Background(), ratelimit.Request{Op: "appendTagsToConversation", Object: "65f0a1b2c3d4e5f600000002"})
	if err != nil {
		fmt.Println(err)
		return
	}
	sent := time.Now()
	header := http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"640"}} // of the response
	permit.Done(ratelimit.Result{Status: http.StatusOK, Header: header, Sent: sent, Received: time.Now()})

	s := l.Snapshot()
	fmt.Printf("%d of %d are left, %d of them to others\n", s.Remaining, s.Limit, s.Reserve)
	// Output: 640 of 1000 are left, 100 of them to others
}

// If the budget is spent, a request that may not wait fails at once. The error has the wait.
func ExampleWaitError() {
	l, err := ratelimit.New(ratelimit.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	permit, err := l.Acquire(ctx, ratelimit.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	permit.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: http.Header{
		"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"42"},
	}})

	_, err = l.Acquire(ctx, ratelimit.Request{MaxWait: 5 * time.Second})
	if waitErr, ok := errors.AsType[*ratelimit.WaitError](err); ok {
		fmt.Println("wait:", waitErr.Wait.Round(time.Second))
	}
	// Output: wait: 42s
}

func ExampleReadBudget() {
	received := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	b := ratelimit.ReadBudget(http.Header{
		"Date":                  {"Sun, 01 Mar 2026 11:59:15 GMT"}, // the server's clock is 45 s behind
		"X-Ratelimit-Limit":     {"1000"},
		"X-Ratelimit-Remaining": {"0"},
		"X-Ratelimit-Reset":     {"1772366385"}, // 11:59:45 there
	}, received)
	fmt.Println(b.Remaining, "of", b.Limit, "left, reset in", b.Reset.Sub(received))
	// Output: 0 of 1000 left, reset in 30s
}

// Two limiters that share one budget. Limiters in several processes share it through a pool of a store.
func ExampleNewShared() {
	pool := ratelimit.NewMemoryPool(nil)
	people, err := ratelimit.NewShared(ratelimit.Config{}, pool)
	if err != nil {
		panic(err)
	}
	jobs, err := ratelimit.NewShared(ratelimit.Config{MaxInFlight: 10}, pool)
	if err != nil {
		panic(err)
	}
	for _, l := range []*ratelimit.Adaptive{people, jobs} {
		fmt.Println(l.Close(context.Background()))
	}
	// Output:
	// <nil>
	// <nil>
}

// fleet asks a store that several processes share. It is a sketch: a real one also passes results on to the store, so
// that it learns how much is left.
type fleet struct {
	take func(ctx context.Context) error // waits until the store has one more
}

func (f fleet) Acquire(ctx context.Context, _ ratelimit.Request) (ratelimit.Permit, error) {
	if err := f.take(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

func (fleet) Done(ratelimit.Result) {}

// A custom limiter, for a budget that several processes share.
func ExampleLimiter() {
	var l ratelimit.Limiter = fleet{take: func(context.Context) error { return nil }}
	_, err := l.Acquire(context.Background(), ratelimit.Request{})
	fmt.Println(err)
	// Output: <nil>
}
