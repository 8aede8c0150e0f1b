package ratelimit_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestInFlightIsAtMostWhatIsLeft(t *testing.T) {
	for _, test := range []struct {
		name             string
		config           ratelimit.Config
		limit, remaining int
		want             int
	}{
		{"no reserve", ratelimit.Config{}, 100, 10, 10},
		{"a share", ratelimit.Config{Reserve: 0.05}, 100, 10, 5},
		{"a share is rounded up", ratelimit.Config{Reserve: 0.05}, 90, 10, 5},
		{"a count", ratelimit.Config{ReserveCount: 7}, 100, 10, 3},
		{"the larger, a count", ratelimit.Config{Reserve: 0.05, ReserveCount: 7}, 100, 10, 3},
		{"the larger, a share", ratelimit.Config{Reserve: 0.08, ReserveCount: 7}, 100, 10, 2},
		{"all is reserved", ratelimit.Config{Reserve: 0.1}, 100, 10, 0},
		{"less than is reserved", ratelimit.Config{Reserve: 0.2}, 100, 10, 0},
		{"never all of the limit, a count", ratelimit.Config{ReserveCount: 150}, 100, 100, 1},
		{"never all of the limit, a share", ratelimit.Config{Reserve: 0.999}, 100, 100, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				b.learn(test.limit, test.remaining)
				want(t, "sent", sent(b.calls(30, plain)), test.want)
			})
		})
	}
}

func TestResponsesOutOfOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 4)
		calls := b.calls(12, plain)
		want(t, "sent", sent(calls), 4)
		pass(100 * time.Millisecond)
		calls[3].respond(http.StatusOK, left(100, 0))
		calls[0].respond(http.StatusOK, left(100, 3))
		calls[1].respond(http.StatusOK, left(100, 2))
		want(t, "sent after late responses with higher counts", sent(calls), 4)
		want(t, "remaining", b.Snapshot().Remaining, 0)
		calls[2].respond(http.StatusOK, left(100, 1))
		// Nothing is in flight and nothing is left: one request is sent to learn when the window ends.
		want(t, "sent to learn the reset", sent(calls), 5)
	})
}

// A late response of the previous window must not make the new window look spent.
func TestResponseOfThePreviousWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 50)
		slow := b.call(plain)
		pass(30 * time.Second)
		b.learn(100, 90) // a new window
		slow.respond(http.StatusOK, left(100, 3))
		want(t, "remaining", b.Snapshot().Remaining, 90)
		b.learn(100, 88)
		want(t, "remaining", b.Snapshot().Remaining, 88)
	})
}

// The same applies to a late refusal.
func TestRefusalOfThePreviousWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 50)
		slow := b.call(plain)
		pass(30 * time.Second)
		b.learn(100, 90)
		slow.respond(http.StatusTooManyRequests, spent(100, 5*time.Second))
		want(t, "remaining", b.Snapshot().Remaining, 90)
	})
}

// Others use most of the budget. How much they have in flight is not known, so the limiter uses only half of its
// share.
func TestOthersUseTheBudgetToo(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 999)
		for i := range 25 {
			b.learn(1000, 995-4*i)
		}
		calls := b.calls(600, plain) // 899 left, 26 of 101 were our own
		n := sent(calls)
		if share := 899 * 26 / 101; n < share/2-2 || n > share/2+2 {
			t.Errorf("%d sent, where half of the share is %d", n, share/2)
		}
		calls[0].respond(http.StatusOK, left(1000, 1))
		for _, c := range calls[1:n] {
			c.respond(http.StatusOK, left(1000, 5))
		}
		want(t, "sent with one left", sent(calls), n+1)
	})
}

// A request without a response may have cost one request of the budget.
func TestLostRequestsCount(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 10)
		pass(time.Millisecond)
		calls := b.calls(4, plain)
		pass(time.Millisecond)
		for i, c := range calls[:3] {
			if i == 0 {
				c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
				continue
			}
			c.respond(http.StatusOK, nil)
		}
		want(t, "remaining", b.Snapshot().Remaining, 7)
		// The request of the next count was sent before they ended, so the count may not include them.
		calls[3].respond(http.StatusOK, left(100, 9))
		want(t, "remaining", b.Snapshot().Remaining, 6)
		pass(time.Millisecond)
		b.learn(100, 6) // left after they came back, so it does
		want(t, "remaining", b.Snapshot().Remaining, 6)
		b.lost()
		pass(time.Minute)
		b.learn(100, 99) // a new window owes nothing to the one before
		want(t, "remaining in a new window", b.Snapshot().Remaining, 99)
	})
}

// If lost requests may have used all that is left, the others are sent one at a time, but never from the reserve.
func TestLostRequestsDoNotBlockAll(t *testing.T) {
	for _, test := range []struct {
		name                 string
		reserve, left, count int // left in all, and at the next count
		want                 int
	}{
		{"no reserve", 0, 10, 2, 1},
		{"reserve", 5, 15, 7, 1},
		{"nothing but the reserve", 5, 15, 5, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{ReserveCount: test.reserve}, func(b *bench) {
				b.learn(100, test.left)
				calls := b.calls(8, plain)
				calls[0].respond(http.StatusOK, left(100, test.count))
				pass(time.Millisecond)
				for _, c := range calls[1:] {
					c.respond(http.StatusOK, nil)
				}
				want(t, "sent", sent(b.calls(5, plain)), test.want)
				want(t, "remaining", b.Snapshot().Remaining, max(0, test.count-7))
			})
		})
	}
}

// Lost requests and those with late responses are our own. Only what was spent beyond them was spent by others.
func TestShareOfOthers(t *testing.T) {
	for name, spend := range map[string]func(b *bench){
		"lost": func(b *bench) {
			for i := range 30 {
				b.lost()
				b.learn(1000, 997-2*i)
			}
		},
		"late": func(b *bench) {
			calls := b.calls(60, plain)
			pass(time.Millisecond)
			for i, c := range calls {
				c.respond(http.StatusOK, left(1000, 939+i))
			}
		},
		"not counted": func(b *bench) {
			for i := range 80 {
				b.learn(1000, 998-i*3/4)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1000, 999)
				spend(b)
				want(t, "sent", sent(b.calls(1000, plain)), b.Snapshot().Remaining)
			})
		})
	}
}

// If a result has no time at which the request was sent, the time of the permit is used.
func TestImpossibleTimes(t *testing.T) {
	for name, r := range map[string]ratelimit.Result{
		"none":     {},
		"long ago": {Sent: time.Unix(1, 0), Received: time.Unix(2, 0)},
		"to come":  {Sent: time.Unix(1<<40, 0), Received: time.Unix(1<<41, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				done := func(c *call, status int, h http.Header) {
					t.Helper()
					if !c.sent() {
						t.Fatalf("not sent: %v", c.err())
					}
					r.Status, r.Header = status, h
					c.permit().Done(r)
					pass(0)
				}
				done(b.call(plain), http.StatusOK, left(100, 1))
				done(b.call(plain), http.StatusOK, left(100, 0))
				done(b.call(plain), http.StatusTooManyRequests, spent(100, 30*time.Second)) // is sent to learn the reset
				pass(61 * time.Second)
				done(b.call(plain), http.StatusOK, left(100, 99))
				want(t, "remaining in the next window", b.Snapshot().Remaining, 99)
				done(b.call(plain), http.StatusTooManyRequests, spent(100, 20*time.Second))
				next := b.call(plain)
				pass(21 * time.Second)
				if !next.sent() {
					t.Error("the next window was not found")
				}
			})
		})
	}
}
