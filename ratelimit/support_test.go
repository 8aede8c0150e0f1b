package ratelimit_test

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// bench is a limiter in virtual time, with helpers for its calls.
type bench struct {
	*ratelimit.Adaptive
	t testing.TB
}

// bare returns a config in which everything that a test does not set is off.
func bare(c ratelimit.Config) ratelimit.Config {
	if c.Reserve == 0 {
		c.Reserve = -1
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = -1
	}
	if c.CustomerLimit == 0 {
		c.CustomerLimit = -1
	}
	if c.SearchLimit == 0 {
		c.SearchLimit = -1
	}
	return c
}

// inBubble runs f with a limiter in a bubble of virtual time.
func inBubble(t *testing.T, c ratelimit.Config, f func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(newBench(t, c)) })
}

func newBench(t testing.TB, c ratelimit.Config) *bench {
	t.Helper()
	l, err := ratelimit.New(bare(c))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{l, t}
}

// A call is one call of Acquire.
type call struct {
	b        *bench
	cancel   context.CancelFunc
	returned atomic.Pointer[returned] // nil while the call waits
}

// returned is what Acquire returned, and when.
type returned struct {
	permit ratelimit.Permit
	err    error
	at     time.Time
}

// call calls Acquire, and returns once it has returned or waits.
func (b *bench) call(r ratelimit.Request) *call {
	b.t.Helper()
	return b.callIn(b.t.Context(), r)
}

func (b *bench) callIn(ctx context.Context, r ratelimit.Request) *call {
	c := b.start(ctx, r)
	synctest.Wait()
	return c
}

// start calls Acquire in the background.
func (b *bench) start(ctx context.Context, r ratelimit.Request) *call {
	c := &call{b: b}
	ctx, c.cancel = context.WithCancel(ctx)
	b.t.Cleanup(c.cancel)
	go func() {
		permit, err := b.Acquire(ctx, r)
		c.returned.Store(&returned{permit, err, time.Now()})
	}()
	return c
}

// calls makes n calls, one after the other.
func (b *bench) calls(n int, r ratelimit.Request) []*call {
	all := make([]*call, n)
	for i := range all {
		all[i] = b.call(r)
	}
	return all
}

func (c *call) waiting() bool            { return c.returned.Load() == nil }
func (c *call) sent() bool               { return c.permit() != nil }
func (c *call) permit() ratelimit.Permit { return c.now().permit }
func (c *call) err() error               { return c.now().err }
func (c *call) ended() time.Time         { return c.now().at }

// now is what Acquire has returned so far: nothing while the call waits.
func (c *call) now() returned {
	if r := c.returned.Load(); r != nil {
		return *r
	}
	return returned{}
}

// sent counts the calls that got a permit.
func sent(calls []*call) (n int) {
	for _, c := range calls {
		if c.sent() {
			n++
		}
	}
	return n
}

// respond ends a call that was sent.
func (c *call) respond(status int, h http.Header) {
	c.b.t.Helper()
	if !c.sent() {
		c.b.t.Fatalf("the call was not sent: %v", c.err())
	}
	c.permit().Done(ratelimit.Result{Status: status, Header: h, Sent: c.ended(), Received: time.Now()})
	synctest.Wait()
}

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// left returns the header of a response with a limit and a count.
func left(limit, remaining int, pairs ...string) http.Header {
	return header(append(pairs, "X-Ratelimit-Limit", strconv.Itoa(limit), "X-Ratelimit-Remaining", strconv.Itoa(remaining))...)
}

// spent returns the header of a refusal with a reset.
func spent(limit int, reset time.Duration) http.Header {
	return left(limit, 0, "X-Ratelimit-Reset", strconv.FormatInt(time.Now().Add(reset).Unix(), 10))
}

// learn lets the limiter see a count.
func (b *bench) learn(limit, remaining int) {
	b.t.Helper()
	b.call(ratelimit.Request{}).respond(http.StatusOK, left(limit, remaining))
}

// want compares a number.
func want(t testing.TB, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// waitError returns the error of a call that was not sent.
func (c *call) waitError() *ratelimit.WaitError {
	c.b.t.Helper()
	e, ok := c.err().(*ratelimit.WaitError)
	if !ok {
		c.b.t.Fatalf("the call did not fail with a WaitError: sent %t, waiting %t, %v", c.sent(), c.waiting(), c.err())
	}
	return e
}

var (
	plain      = ratelimit.Request{}
	background = ratelimit.Request{Background: true}
	recordA    = ratelimit.Request{Object: "a"}
	recordB    = ratelimit.Request{Object: "b"}
	customerA  = ratelimit.Request{Customer: "a"}
)
