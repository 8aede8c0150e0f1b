package ratelimit_test

import (
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
		calls[1].answer(http.StatusOK, left(1000, 800))
		want(t, "sent after an answer", sent(calls), 4)
	})
}

func TestMaxRate(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxRate: 3}, func(b *bench) {
		b.learn(1000, 900)
		began := time.Now()
		var calls []*call
		answered := 0
		for range 26 { // 130 s
			calls = append(calls, b.call(plain))
			for ; answered < len(calls) && calls[answered].sent(); answered++ {
				calls[answered].answer(http.StatusOK, left(1000, 900-answered))
			}
			pass(5 * time.Second)
		}
		var at []time.Duration
		for _, c := range calls[:answered] {
			at = append(at, c.ended().Sub(began))
		}
		// The first one of all went at 0 as well.
		for i := range at {
			if i >= 3 && at[i]-at[i-3] < time.Minute {
				t.Errorf("4 within 60 s: %v", at)
			}
		}
		want(t, "sent in 130 s", len(at), 8)
	})
}

// A call that gives up at the moment when its turn comes does not cost the rate anything.
func TestMaxRateAfterCancelledCalls(t *testing.T) {
	for _, warm := range []int{0, 3, 5} {
		inBubble(t, ratelimit.Config{MaxRate: 3, MaxInFlight: 1}, func(b *bench) {
			for i := range warm {
				b.learn(1000, 900-i)
				pass(21 * time.Second)
			}
			pass(2 * time.Minute)
			for range 20 {
				first := b.call(plain)
				second := b.call(plain)
				// Both happen before the second one can run.
				second.cancel()
				first.permit().Done(ratelimit.Result{Status: http.StatusOK, Header: left(1000, 700)})
				pass(0)
				if second.sent() {
					second.answer(http.StatusOK, left(1000, 700))
				}
				pass(61 * time.Second)
			}
			n := 0
			for range 3 {
				c := b.call(plain)
				if c.sent() {
					n++
					c.answer(http.StatusOK, left(1000, 600))
				}
			}
			want(t, "sent at once", n, 3)
		})
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
}
