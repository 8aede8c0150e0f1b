package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestMaxInFlight(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 3}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(10, plain)
		want(t, "sent", sent(calls), 3)
		calls[1].respond(http.StatusOK, left(1000, 800))
		want(t, "sent after a response", sent(calls), 4)
	})
}

func TestMaxRate(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxRate: 3}, func(b *bench) {
		b.learn(1000, 900)
		began := time.Now()
		var calls []*call
		ended := 0
		for range 26 { // 130 s
			calls = append(calls, b.call(plain))
			for ; ended < len(calls) && calls[ended].sent(); ended++ {
				calls[ended].respond(http.StatusOK, left(1000, 900-ended))
			}
			pass(5 * time.Second)
		}
		var at []time.Duration
		for _, c := range calls[:ended] {
			at = append(at, c.ended().Sub(began))
		}
		// The very first one was sent at 0 as well.
		for i := range at {
			if i >= 3 && at[i]-at[i-3] < time.Minute {
				t.Errorf("4 within 60 s: %v", at)
			}
		}
		want(t, "sent in 130 s", len(at), 8)
	})
}

// A call that is cancelled when its turn comes does not count against the rate.
func TestMaxRateAfterCancelledCalls(t *testing.T) {
	for _, rate := range []int{3, 4} {
		for warm := range 4 {
			for range 20 { // the call may leave in time
				inBubble(t, ratelimit.Config{MaxRate: rate, MaxInFlight: 1}, func(b *bench) {
					for i := range warm {
						b.learn(1000, 900-i)
					}
					pass(time.Hour)
					b.learn(1000, 800)
					pass(10 * time.Second)
					first, second := b.call(plain), b.call(plain)
					// Both happen before the second one can run.
					second.cancel()
					first.permit().Done(ratelimit.Result{Status: http.StatusOK, Header: left(1000, 790)})
					pass(0)
					for i := range rate - 2 {
						b.learn(1000, 780-i)
					}
					for i, wait := range []time.Duration{50 * time.Second, 10 * time.Second} {
						next := b.call(plain)
						pass(wait - time.Nanosecond)
						if next.sent() {
							t.Fatalf("%d per minute: %d more sent too early", rate, i+1)
						}
						pass(time.Nanosecond)
						next.respond(http.StatusOK, left(1000, 700-i))
					}
				})
			}
		}
	}
}

func TestUnlimited(t *testing.T) {
	for range 1000 {
		p, err := ratelimit.Unlimited.Acquire(t.Context(), plain)
		if err != nil {
			t.Fatal(err)
		}
		p.Done(ratelimit.Result{Status: http.StatusTooManyRequests})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ratelimit.Unlimited.Acquire(ctx, plain); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

// If no response has the limit, the reserve is a share of what was left when the window was first seen.
func TestReserveWithoutALimit(t *testing.T) {
	for _, test := range []struct {
		config ratelimit.Config
		want   int // sent with 60 left
	}{{ratelimit.Config{ReserveCount: 50}, 10}, {ratelimit.Config{Reserve: 0.5}, 29}, {ratelimit.Config{ReserveCount: 500}, 0}, {ratelimit.Config{}, 60}} {
		inBubble(t, test.config, func(b *bench) {
			b.call(plain).respond(http.StatusOK, header("X-Ratelimit-Remaining", "60"))
			want(t, "sent", sent(b.calls(100, plain)), test.want)
		})
	}
}

// After a refusal with a count below 0, nothing is left. On another response such a count makes no sense and is
// ignored.
func TestCountBelowZero(t *testing.T) {
	negative := header("X-Ratelimit-Limit", "300", "X-Ratelimit-Remaining", "-1")
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(300, 200)
		b.call(plain).respond(http.StatusTooManyRequests, negative)
		want(t, "remaining after a refusal", b.Snapshot().Remaining, 0)
		want(t, "sent after a refusal", sent(b.calls(10, plain)), 0)
	})
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(300, 200)
		b.call(plain).respond(http.StatusOK, negative)
		want(t, "remaining", b.Snapshot().Remaining, 199)
		want(t, "sent", sent(b.calls(300, plain)), 199)
	})
}

// A limit a thousand times larger than the highest count makes no sense, so the reserve is a share of the highest
// count. A limit that was first seen with little left makes sense.
func TestImplausibleLimit(t *testing.T) {
	for _, test := range []struct{ limit, remaining, next, reserve int }{
		{math.MaxInt32, 299, 298, 15}, {299_999, 299, 298, 15_000}, {300_000, 299, 298, 15}, {1000, 0, 999, 50}, {100_000, 9, 99_999, 5000},
	} {
		inBubble(t, ratelimit.Config{Reserve: 0.05}, func(b *bench) {
			b.learn(test.limit, test.remaining)
			pass(61 * time.Second)
			b.learn(test.limit, test.next)
			want(t, fmt.Sprintf("reserve of %d", test.limit), b.Snapshot().Reserve, test.reserve)
		})
	}
	inBubble(t, ratelimit.Config{Reserve: 0.05}, func(b *bench) {
		b.learn(1000, 0)
		want(t, "reserve where nothing was left", b.Snapshot().Reserve, 50)
	})
	inBubble(t, ratelimit.Config{Reserve: 0.05}, func(b *bench) {
		b.learn(math.MaxInt32, 299)
		want(t, "sent", sent(b.calls(300, plain)), 299-45) // as with a limit of 300, of which 15 % are kept
	})
}
