package ratelimit_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// Each backoff ends at its own time, whichever began first.
func TestBackoffsEndInTime(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		began := time.Now()
		var calls []*call
		for _, seconds := range []int{40, 20, 60, 30, 10, 50} {
			r := ratelimit.Request{Object: strconv.Itoa(seconds)}
			b.call(r).respond(http.StatusTooManyRequests, left(1000, 800, "Retry-After", r.Object))
			calls = append(calls, b.call(r))
		}
		pass(time.Minute)
		for i, seconds := range []int{40, 20, 60, 30, 10, 50} {
			if d := calls[i].ended().Sub(began); d != time.Duration(seconds)*time.Second {
				t.Errorf("the backoff of %d s ended after %v", seconds, d)
			}
		}
	})
}

// Each refusal doubles the backoff. It lasts from half of that time to all of it, between a second and a minute.
func TestBackoffDoubles(t *testing.T) {
	longest := map[int]time.Duration{}
	for range 20 {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1_000_000, 900_000)
			b.call(recordA).respond(http.StatusTooManyRequests, left(1_000_000, 800_000))
			for i := range 9 {
				most := min(2*time.Second<<i, time.Minute)
				next, began := b.call(recordA), time.Now()
				for !next.sent() {
					pass(100 * time.Millisecond)
					if time.Since(began) > most+100*time.Millisecond {
						t.Fatalf("backoff %d is longer than %v", i, most)
					}
				}
				blocked := next.ended().Sub(began)
				if longest[i] = max(longest[i], blocked); blocked < most/2 {
					t.Errorf("backoff %d is %v, less than %v", i, blocked, most/2)
				}
				b.call(recordB).respond(http.StatusOK, left(1_000_000, 700_000-i)) // makes room among the records
				next.respond(http.StatusTooManyRequests, left(1_000_000, 600_000-i))
			}
		})
	}
	if longest[1] < 2500*time.Millisecond {
		t.Errorf("in 20 runs the second backoff was %v at most: is there jitter?", longest[1])
	}
}

// A refusal after the backoff has ended doubles it, but not after another minute.
func TestBackoffDoublesAfterItHasEnded(t *testing.T) {
	for _, test := range []struct {
		after           time.Duration
		atLeast, atMost time.Duration
	}{{10 * time.Second, 30 * time.Second, time.Minute}, {time.Minute, time.Second, 2 * time.Second}} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1000, 900)
			for range 6 {
				b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
				opens := b.Snapshot().Blocked[0].Until
				time.Sleep(time.Until(opens) + test.after)
				b.call(ratelimit.Request{Object: opens.String()}).respond(http.StatusOK, left(1000, 700))
			}
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
			if d := time.Until(b.Snapshot().Blocked[0].Until); d < test.atLeast || d > test.atMost {
				t.Errorf("%v after the last backoff, the seventh one is %v", test.after, d)
			}
		})
	}
}

// A success resets the backoff.
func TestSuccessResetsTheBackoff(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		for range 6 {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
			time.Sleep(time.Minute)
		}
		b.call(recordA).respond(http.StatusOK, left(1000, 999))
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
		if d := time.Until(b.Snapshot().Blocked[0].Until); d > 2*time.Second {
			t.Errorf("the backoff is %v", d)
		}
	})
}

// The window of a record ends 60 s after its first success at the latest, so no backoff lasts longer than that.
func TestBackoffEndsWithTheRecordsWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(4, recordA)
		calls[0].respond(http.StatusOK, left(1000, 890))
		pass(30 * time.Second)
		calls[1].respond(http.StatusOK, left(1000, 889))
		calls = append(calls[1:], b.calls(2, recordA)...)
		pass(10 * time.Second)
		end := time.Now().Add(20 * time.Second)
		for _, c := range calls[1:5] {
			c.respond(http.StatusTooManyRequests, left(1000, 880))
		}
		// One probe after the other is refused: the backoff is at most 2, 4, 8, 16 and 32 s.
		opens := b.Snapshot().Blocked[0].Until
		for opens.Before(end) {
			next := b.call(recordA)
			pass(time.Until(opens))
			next.respond(http.StatusTooManyRequests, left(1000, 870))
			opens = b.Snapshot().Blocked[0].Until
		}
		if !opens.Equal(end) {
			t.Errorf("a backoff ends %v after the window", opens.Sub(end))
		}
	})
}

// If several requests for a record are in flight and all are refused, that counts as one refusal.
func TestRefusalsOfTheSameMoment(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(4, recordA)
		pass(100 * time.Millisecond)
		calls[0].respond(http.StatusTooManyRequests, left(1000, 899))
		until := b.Snapshot().Blocked[0].Until
		for _, c := range calls[1:3] {
			pass(10 * time.Millisecond)
			c.respond(http.StatusTooManyRequests, left(1000, 898))
		}
		if opens := b.Snapshot().Blocked[0].Until; !opens.Equal(until) || time.Until(opens) > 2*time.Second {
			t.Errorf("the backoff has grown from %v to %v", until, opens)
		}
		// The wait that one of them asks for still applies.
		calls[3].respond(http.StatusTooManyRequests, left(1000, 898, "Retry-After", "30"))
		if d := time.Until(b.Snapshot().Blocked[0].Until); d != 30*time.Second {
			t.Errorf("the backoff is %v", d)
		}
	})
}

// A success of a request that was in flight does not end the backoff, even while other records are used.
func TestBackoffBesideOtherRecords(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(2, recordA)
		inFlight[0].respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "60"))
		inFlight[1].respond(http.StatusOK, left(1000, 889))
		for i := range 20 {
			b.call(ratelimit.Request{Object: strconv.Itoa(i)}).respond(http.StatusOK, left(1000, 880-i))
		}
		want(t, "sent to the blocked record", sent(b.calls(2, recordA)), 0)
	})
}

// After a refusal, the next success may be the first one of another window.
func TestBackoffAfterALaterSuccess(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusOK, left(1000, 890))
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 889))
		pass(20 * time.Second)
		b.call(recordA).respond(http.StatusOK, left(1000, 888))
		pass(10 * time.Second)
		pass(10 * time.Second) // 40 s after the first success, 20 s after the last one
		end := time.Now().Add(20 * time.Second)
		for time.Now().Before(end) {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 880))
			opens := b.Snapshot().Blocked[0].Until
			if opens.Equal(end) {
				t.Error("a backoff ends with the previous window")
			}
			pass(time.Until(opens))
		}
	})
}

// A window that ends before a backoff is not forgotten.
func TestWindowEndsBeforeABackoff(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.call(plain)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "100"))
		blocked := b.call(recordA)
		inFlight.respond(http.StatusTooManyRequests, spent(1000, 30*time.Second))
		next := b.call(plain)
		pass(31 * time.Second)
		want(t, "sent in the next window", sent([]*call{blocked, next}), 1)
	})
}
