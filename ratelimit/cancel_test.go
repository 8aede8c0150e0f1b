package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestCancelledCallLeavesAtOnce(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(plain)
		second, third := b.call(plain), b.call(recordA)
		pass(time.Second)
		second.cancel()
		pass(0)
		if !errors.Is(second.err(), context.Canceled) || !second.ended().Equal(time.Now()) {
			t.Errorf("it returned %v at %v", second.err(), second.ended())
		}
		want(t, "waiting", b.Snapshot().Waiting, 1)
		first.respond(http.StatusOK, left(1000, 800))
		if !third.sent() {
			t.Error("the next one was not sent")
		}
		third.respond(http.StatusOK, left(1000, 799))
		want(t, "in flight", b.Snapshot().InFlight, 0)
	})
}

func TestEndedContextIsNotSent(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		ctx, cancel := context.WithCancel(b.t.Context())
		cancel()
		if c := b.callIn(ctx, plain); !errors.Is(c.err(), context.Canceled) || c.sent() {
			t.Errorf("sent %t, %v", c.sent(), c.err())
		}
		want(t, "in flight", b.Snapshot().InFlight, 0)
	})
}

// If the context ends just before the turn of a call, it is not sent, and the next call gets all that it was given.
func TestCancelledWhenTheTurnComes(t *testing.T) {
	for _, test := range []struct {
		name   string
		config ratelimit.Config
		known  bool // what is left
		others int  // in flight for the record
	}{
		{"in flight", ratelimit.Config{MaxInFlight: 1}, true, 0},
		{"rate", ratelimit.Config{MaxInFlight: 1, MaxRate: 3}, true, 0},
		{"record", ratelimit.Config{MaxInFlight: 1, ObjectLimit: 2}, true, 0},
		{"record's requests in flight", ratelimit.Config{}, true, 3},
		{"probe", ratelimit.Config{}, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 50 { // it may leave in time
				inBubble(t, test.config, func(b *bench) {
					result := ratelimit.Result{Err: errors.New("connection refused")}
					if test.known {
						b.learn(1000, 900)
						result = ratelimit.Result{Status: http.StatusOK, Header: left(1000, 800)}
					}
					b.calls(test.others, recordA)
					first, second, third := b.call(recordA), b.call(recordA), b.call(recordA)
					second.cancel()
					first.permit().Done(result)
					synctest.Wait()
					if second.sent() || !errors.Is(second.err(), context.Canceled) {
						t.Fatalf("sent %t, %v", second.sent(), second.err())
					}
					if !third.sent() {
						t.Fatal("the slot is lost")
					}
				})
			}
		})
	}
}

func TestDoneTwice(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(recordA)
		b.call(plain)
		first.respond(http.StatusOK, left(1000, 800))
		first.respond(http.StatusTooManyRequests, left(1000, 0))
		s := b.Snapshot()
		want(t, "in flight", s.InFlight, 1)
		want(t, "remaining", s.Remaining, 800)
		want(t, "sent", sent(b.calls(4, plain)), 1)
	})
}

// If the turn comes when the context ends, the permit is taken back. A call that wakes up in between is rightly sent,
// which is rare.
func TestContextEndsWhenTheTurnComes(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		holder, ended := b.call(plain), 0
		for i := range 100 {
			c := b.call(plain)
			holder.permit().Done(ratelimit.Result{Status: http.StatusOK, Header: left(1000, 800-i)})
			c.cancel()
			synctest.Wait()
			if c.sent() {
				holder = c
				continue
			}
			ended++
			if !errors.Is(c.err(), context.Canceled) {
				t.Fatal(c.err())
			}
			if holder = b.call(plain); !holder.sent() {
				t.Fatal("the place was not given back")
			}
		}
		if ended == 0 {
			t.Error("the end of the context was never noticed")
		}
	})
}

// They may be cancelled in any order.
func TestWaitersForTheBudgetAreCancelled(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.call(plain)
		waiting := b.calls(4, recordA)
		for _, i := range []int{0, 3, 1} {
			waiting[i].cancel()
			pass(0)
		}
		inFlight.respond(http.StatusOK, left(1000, 890))
		if !waiting[2].sent() {
			t.Error("the one that is left was not sent")
		}
	})
}
