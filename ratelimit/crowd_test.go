package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

const crowd = 10_000

// 10,000 goroutines wait. Each window sends a thousand, in order of arrival, and no other goroutine wakes up.
func TestCrowdIsSentByWindows(t *testing.T) {
	const perWindow = 1000
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		t := b.t
		b.call(plain).respond(http.StatusTooManyRequests, spent(perWindow, 30*time.Second))
		calls := b.calls(crowd, plain)
		began := time.Now()
		for done := 0; done < crowd; done += perWindow {
			for !calls[done].sent() {
				pass(time.Second)
			}
			woken(b, calls, done+1) // a probe
			calls[done].respond(http.StatusOK, left(perWindow, perWindow-1))
			woken(b, calls, done+perWindow)
			for i, c := range calls[done+1 : done+perWindow] {
				c.respond(http.StatusOK, left(perWindow, perWindow-2-i))
			}
			woken(b, calls, done+perWindow)
		}
		if d := time.Since(began); d > 10*time.Minute {
			t.Errorf("10 windows took %v", d)
		}
		want(t, "in flight", b.Snapshot().InFlight, 0)
	})
}

// woken checks that the first n calls got a permit, and that no other Acquire has returned.
func woken(b *bench, calls []*call, n int) {
	b.t.Helper()
	for i, c := range calls {
		if c.sent() != (i < n) || c.waiting() != (i >= n) {
			b.t.Fatalf("call %d of %d: sent %t, waiting %t", i, n, c.sent(), c.waiting())
		}
	}
}

// Each response wakes exactly the next one.
func TestCrowdIsSentInOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.call(plain).respond(http.StatusOK, nil)
		calls := b.calls(crowd, plain)
		for i, c := range calls {
			if !c.sent() || i+1 < crowd && !calls[i+1].waiting() {
				b.t.Fatalf("%d: sent %t, and the next one waits: %t", i, c.sent(), calls[i+1].waiting())
			}
			c.respond(http.StatusOK, nil)
		}
		want(b.t, "in flight", b.Snapshot().InFlight, 0)
	})
}
